import { existsSync, readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { FormatError, type NdArray, parseCsv, readNpy, readNpz } from "../format/index.ts";
import { dimensionAnswer, dimensionReport } from "../report/node.ts";
import { type DimensionPoints, dimensionJob, ESTIMATOR_NAMES, SAMPLINGS, samplePoints } from "../run/node.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints } from "./checkpoints.ts";
import { nearest } from "./flags.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  estimators: z
    .string()
    .optional()
    .describe(`names with commas between them; all by default: ${ESTIMATOR_NAMES.join(", ")}`),
  sampling: z.enum(SAMPLINGS).default("random").describe("how points of a subspace are placed"),
  points: z.number().int().min(5).default(1000).describe("points of a subspace"),
  neighbours: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe("nearest neighbours, instead of each estimator's default"),
  asPublished: z
    .boolean()
    .default(false)
    .describe(
      "as Chen and Saidi, table 1: 200 even points, or the 20 x 20 tiling of a triangle; their two estimators",
    ),
  seed: runFlags.seed,
  out: runFlags.out,
});

type Spec = z.output<typeof schema>;

/** What table 1 was made with. */
function published(spec: Spec, coordinates: number): Spec {
  const triangle = coordinates === 2;
  return {
    ...spec,
    estimators: "maximum-likelihood,tangent-rank-published",
    sampling: triangle ? "authors-tiling" : "even",
    points: triangle ? 400 : 200,
  };
}

function namesOf(list: string | undefined) {
  if (list === undefined) return ESTIMATOR_NAMES;
  return list.split(",").map((name) => {
    const known = ESTIMATOR_NAMES.find((n) => n === name.trim());
    if (!known) {
      throw new UsageError(
        `there is no estimator "${name}"; did you mean "${nearest(name, [...ESTIMATOR_NAMES])}"?`,
      );
    }
    return known;
  });
}

const isArray = (operand: string) => /\.(npy|npz|csv)$/.test(operand);

/** Points of the user's own: n rows of d numbers. */
function ownPoints(file: string): DimensionPoints {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new UsageError(`there is no file ${file}; give an npy, npz or csv file with a row a point.`);
  }
  const bytes = readFileSync(file);
  let array: NdArray;
  if (file.endsWith(".csv")) array = parseCsv(bytes.toString("utf8"), file);
  else if (file.endsWith(".npy")) array = readNpy(bytes, file);
  else {
    const arrays = Object.values(readNpz(bytes, file));
    if (arrays.length !== 1) {
      throw new UsageError(`${file} holds ${arrays.length} arrays; give a file with one, the points.`);
    }
    [array] = arrays;
  }
  const [n, d] = array.shape;
  if (array.shape.length !== 2 || n < 2 || d < 1) {
    throw new FormatError(file, "content", `found shape [${array.shape}], expected [points, coordinates]`);
  }
  return { points: { dimension: d, points: Float64Array.from(array.data as ArrayLike<number>) } };
}

export default verb({
  name: "dimension",
  summary: "Estimates the intrinsic dimension of a subspace, or of points of your own (npy, npz, csv).",
  operands: "checkpoint|run|points.npy",
  schema,
  example: "isthmus dimension runs/subspace-fashion-mnist-small-1 --estimators two-nn,maximum-likelihood",
  async run(flags, { operands, commandLine }, io) {
    if (operands.length !== 1) {
      throw new UsageError(
        `${operands.length} operands were given; give one subspace, or one file of points.`,
      );
    }
    const [operand] = operands;
    const own = isArray(operand);
    const loaded = own ? undefined : loadCheckpoint(checkpointFile(operand));
    if (loaded?.map.dimension === 0) {
      throw new UsageError(`${loaded.file} holds one optimum, which has dimension 0; give a subspace.`);
    }
    if (own && flags.asPublished) {
      throw new UsageError("--as-published places points of a subspace; your own points are where they are.");
    }
    const spec = flags.asPublished ? published(flags, loaded!.map.dimension) : flags;
    const estimators = namesOf(spec.estimators);
    const ownOnes = own ? ownPoints(operand) : undefined;
    await inRunFolder(
      "dimension",
      spec,
      { name: own ? "points" : loaded!.map.kind },
      commandLine,
      io,
      async (folder) => {
        const options = jobOptions(io);
        options.onStage?.("estimating");
        const rng = Rng.fromSeed(spec.seed).split("dimension");
        const sample = () => {
          const network = networkOfCheckpoints([loaded!], () => {
            throw new UsageError(`${operand} does not say its network; give a subspace written by isthmus.`);
          });
          using span = loaded!.span(network);
          return samplePoints(span, loaded!.map, spec.sampling, spec.points, rng.split("points"));
        };
        const result = dimensionJob(folder, {
          what: operand,
          dimension: loaded?.map.dimension,
          sampling: own ? "given" : spec.sampling,
          points: ownOnes ?? sample(),
          estimators,
          k: spec.neighbours,
          rng,
        });
        options.finish();
        const report = dimensionReport(folder);
        const answer = dimensionAnswer(result);
        const rows = result.rows.map(({ estimator, estimate, interval, problem }) =>
          [
            estimator.padEnd(24),
            estimate === undefined ? "     -" : estimate.toFixed(3).padStart(6),
            interval ? `  ${interval.map((x) => x.toFixed(2)).join(" to ")}` : "",
            problem ? `  ${problem}` : "",
          ].join(""),
        );
        io.result(
          { folder: folder.path, report, answer, ...result },
          `${answer}\n\n${rows.join("\n")}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus reproduce subspaces/table-1, for what is known about the published estimates`,
        );
      },
    );
  },
});
