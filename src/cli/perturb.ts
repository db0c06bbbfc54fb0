import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { perturbAnswer, perturbReport } from "../report/node.ts";
import { openRunData, type PerturbSpec, perturbJob } from "../run/node.ts";
import { isPath } from "../subspace/index.ts";
import { checkpointFile, type Loaded, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkFlags, networkSpecOf, runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

/** Standard deviations of a sweep, and those of the published planes. */
const NOISE = "0,0.001,0.003,0.01,0.02,0.03,0.05,0.1,0.3,1";
const PUBLISHED_NOISE = "0,0.01,1";

const schema = z.object({
  ...dataFlags,
  network: networkFlags.network,
  activation: networkFlags.activation,
  noise: z
    .string()
    .optional()
    .describe(
      `standard deviations of the noise; ${NOISE} by default, ${PUBLISHED_NOISE} with --as-published`,
    ),
  draws: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe("independent draws of the noise; 3 by default, 1 with --as-published"),
  relative: z
    .boolean()
    .default(false)
    .describe("noise in units of the root mean square of each array of weights"),
  where: z
    .enum(["full", "inside", "orthogonal"])
    .default("full")
    .describe(
      "noise in all directions; only inside the subspace, along differences of its vertices; or at right angles to it; always of the length of the full noise",
    ),
  directions: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      "random directions along which the distance is found at which the error is one point higher; 10 by default, none with --as-published",
    ),
  split: z.enum(["both", "train", "test"]).default("test").describe("examples to evaluate"),
  asPublished: z
    .boolean()
    .default(false)
    .describe(
      "the published procedure: planes through the perturbed ends and an independent optimum (the second operand), or through three perturbed vertices",
    ),
  points: z.number().int().min(3).default(21).describe("grid nodes along each axis of those planes"),
  seed: runFlags.seed,
  out: runFlags.out,
});

type Spec = z.output<typeof schema>;

function noiseOf(text: string): number[] {
  const levels = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (levels.some((s) => !(s >= 0 && s < Number.POSITIVE_INFINITY))) {
    throw new UsageError(
      `--noise "${text}" is not possible: give standard deviations from 0, such as 0,0.01,0.1.`,
    );
  }
  return [...new Set(levels)].sort((a, b) => a - b);
}

function specOf(spec: Spec): PerturbSpec {
  const { asPublished, relative, where, split } = spec;
  return {
    noise: noiseOf(spec.noise ?? (asPublished ? PUBLISHED_NOISE : NOISE)),
    draws: spec.draws ?? (asPublished ? 1 : 3),
    relative,
    where,
    directions: spec.directions ?? (asPublished ? 0 : 10),
    splits: split === "both" ? ["train", "test"] : [split],
    planePoints: asPublished ? spec.points : 0,
  };
}

/** Refuses what cannot be perturbed as asked. */
function check([subject, optimum]: Loaded[], spec: Spec, given: ReadonlySet<string>): void {
  const { file, map } = subject;
  if (map.kind === "neural") {
    throw new UsageError(
      `${file} holds a neural curve, which has no vertices to perturb; give a line, simplex, Bézier curve, chain or optimum.`,
    );
  }
  if (spec.where !== "full" && map.dimension === 0) {
    throw new UsageError(
      `${file} holds a single optimum, so nothing lies ${spec.where === "inside" ? "inside" : "at right angles to"} its subspace; leave --where out.`,
    );
  }
  if (!spec.asPublished) {
    if (optimum) throw new UsageError("the independent optimum is used with --as-published only; add it.");
    if (given.has("points")) throw new UsageError("--points has no effect without --as-published.");
    return;
  }
  if (isPath(map)) {
    if (!optimum) {
      throw new UsageError(
        "the published planes go through both ends and an independent optimum; give its checkpoint as the second operand.",
      );
    }
    if (optimum.map.dimension > 0) {
      throw new UsageError(
        `${optimum.file} holds a subspace; the second operand must be an optimum, a checkpoint of one network.`,
      );
    }
  } else if (optimum) {
    throw new UsageError(
      "the published planes of a simplex go through three of its vertices; leave the optimum out.",
    );
  } else if (map.anchors < 3) {
    throw new UsageError(`${file} has fewer than three vertices, and a plane needs three; give a triangle.`);
  }
}

export default verb({
  name: "perturb",
  summary:
    "How sensitive a subspace or an optimum is: Gaussian noise on its vertices at several strengths, and how far one can go along random directions until the error rises.",
  operands: "checkpoint|run [optimum]",
  schema,
  example: "isthmus perturb runs/subspace-fashion-mnist-small-1",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length < 1 || operands.length > 2) {
      throw new UsageError(
        `${operands.length} operands were given; give a checkpoint (.safetensors) or a run folder, and with --as-published an independent optimum.`,
      );
    }
    const loaded = operands.map((operand) => loadCheckpoint(checkpointFile(operand)));
    const job = specOf(flags);
    check(loaded, flags, given);
    const { spec, validationCount } = setupOf(operands[0], flags, given);
    const dataset = await openData(spec, spec.seed, io);
    const network = networkOfCheckpoints(loaded, () => networkSpecOf({ ...spec, dropout: 0 }, dataset));
    await inRunFolder("perturb", spec, dataset, commandLine, io, async (folder) => {
      const validation = validationCount(dataset);
      using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
      using span = loaded[0].span(network);
      const [optimum] = loaded[1]?.span(network).anchors ?? [];
      const { map } = loaded[0];
      const options = jobOptions(io);
      const setup = { network, span, map, optimum, data, spec: job, seed: spec.seed };
      const result = await perturbJob(folder, setup, options);
      options.finish();
      const report = perturbReport(folder);
      const answer = perturbAnswer(result, dataset.classes > 0);
      const { planes: _, ...numbers } = result;
      io.result(
        { folder: folder.path, report, answer, ...numbers },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus plane ${operands[0]} --through random, to see the landscape around it`,
      );
    });
  },
});
