import { z } from "zod";
import { connectSchema, runConnect } from "./connect.ts";
import { openData } from "./spec-data.ts";
import { verb } from "./verb.ts";

export default verb({
  name: "demo",
  summary: "Joins two optima of a small network on the embedded Fashion-MNIST, offline, and writes a report.",
  operands: "",
  schema: z.object({
    seed: connectSchema.shape.seed,
    out: connectSchema.shape.out,
  }),
  example: "isthmus demo",
  async run({ seed, out }, { commandLine }, io) {
    io.say("Two networks learn Fashion-MNIST (the embedded 10,000 images) from different random starts.");
    const spec = connectSchema.parse({ seed, out, epochs: 25, curveEpochs: 15 });
    await runConnect(spec, await openData(spec, seed, io), io, commandLine);
  },
});
