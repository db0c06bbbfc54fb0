import { z } from "zod";
import { checkWedges, WEDGE_KINDS, type WedgeSpec } from "../landscape/index.ts";
import { wedgeAnswer, wedgeReport } from "../report/node.ts";
import { wedgeJob } from "../run/node.ts";
import { readPointsFile } from "./points-file.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const whole = (least: number) => z.number().int().min(least);

const schema = z.object({
  kind: z
    .enum(WEDGE_KINDS)
    .default("all-tuples")
    .describe("a wedge for every tuple of the axes; some with random axes; some with random directions"),
  dimension: whole(2).default(1000).describe("D"),
  short: whole(1).default(100).describe("short directions s of each wedge; the other D - s are long"),
  wedges: whole(1).optional().describe("number of wedges of axes and rotated; 10 by default"),
  turned: z.boolean().default(false).describe("all tuples of the axes of a random rotation"),
  halfWidth: z.number().min(0).default(0).describe("how far wedges reach along their short directions"),
  optima: whole(1).max(1000).default(3).describe("random points that are taken down to the nearest wedge"),
  scale: z.number().positive().default(1).describe("standard deviation of the coordinates of random points"),
  points: z.string().optional().describe("points of your own (npy, npz, csv) whose loss is wanted"),
  seed: runFlags.seed,
  out: runFlags.out,
});

type Spec = z.output<typeof schema>;

function wedgesOf({ kind, dimension, short, wedges, turned, halfWidth, seed }: Spec): WedgeSpec {
  const spec: WedgeSpec = {
    kind,
    dimension,
    short,
    ...(kind === "all-tuples" ? { wedges } : { wedges: wedges ?? 10 }),
    ...(turned ? { turned } : {}),
    ...(halfWidth > 0 ? { halfWidth } : {}),
    seed,
  };
  try {
    checkWedges(spec);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return spec;
}

function pointsOf(file: string, dimension: number): Float64Array {
  const { values, columns } = readPointsFile(file);
  if (columns !== dimension) {
    throw new UsageError(
      `${file} holds points of ${columns} coordinates; the landscape has ${dimension}, so give that many or --dimension ${columns}.`,
    );
  }
  return values;
}

export default verb({
  name: "wedge",
  summary:
    "Makes the toy landscape of wedges (Fort and Jastrzebski 2019), takes random points down to it, and looks at the lines between them.",
  operands: "",
  schema,
  example: "isthmus wedge --kind rotated --dimension 500 --short 100 --wedges 10 --optima 4",
  async run(spec, { commandLine }, io) {
    const wedges = wedgesOf(spec);
    const points = spec.points === undefined ? undefined : pointsOf(spec.points, spec.dimension);
    await inRunFolder("wedge", spec, { name: spec.kind }, commandLine, io, async (folder) => {
      const options = jobOptions(io);
      const job = { wedges, optima: spec.optima, scale: spec.scale, points };
      const result = await wedgeJob(folder, job, spec.seed, options);
      options.finish();
      const report = wedgeReport(folder);
      const answer = wedgeAnswer(result);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus connect ${folder.path} --method hyperplane`,
      );
    });
  },
});
