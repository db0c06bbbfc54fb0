import { z } from "zod";
import { Rng } from "../engine/index.ts";
import type { DimensionEstimatorName } from "../geometry/index.ts";
import { dimensionAnswer, dimensionReport } from "../report/node.ts";
import {
  type DimensionPoints,
  type DimensionResult,
  type DimensionRow,
  ESTIMATOR_NAMES,
  givenPoints,
  misfit,
  SAMPLINGS,
  samplePoints,
} from "../run/index.ts";
import { dimensionJob, type JobOptions } from "../run/node.ts";
import { type CoefficientMap, isPath } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints } from "./checkpoints.ts";
import { networkObjective, objectiveFlags, wedgeObjective } from "./dimension-objective.ts";
import { kebab, nearest } from "./flags.ts";
import type { Io } from "./io.ts";
import { readPointsFile } from "./points-file.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

/** Flags of the dimension of points. */
const pointFlags = {
  estimators: z
    .string()
    .optional()
    .describe(
      `of points: names with commas between them, also those of scikit-dimension; all by default: ${ESTIMATOR_NAMES.join(", ")}`,
    ),
  sampling: z
    .enum(SAMPLINGS)
    .default("random")
    .describe(
      "of points: how those of a subspace are placed: at random in its coordinates, evenly, evenly by arc length along a path, or as the published tiling of a triangle",
    ),
  points: z.number().int().min(5).max(20_000).default(1000).describe("of points: how many of a subspace"),
  neighbours: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe("of points: nearest neighbours, instead of each estimator's default"),
  asPublished: z
    .boolean()
    .default(false)
    .describe(
      "of points: as Chen and Saidi, table 1: 200 even points of a path, or the 20 x 20 tiling of a triangle; maximum likelihood with 20 neighbours, the published rank with 8 or --neighbours",
    ),
};

const schema = z.object({
  ...objectiveFlags,
  ...pointFlags,
  operands: z.string().array().optional().describe("what was given, as the operands name it"),
  seed: runFlags.seed,
  out: runFlags.out,
  resume: runFlags.resume,
});

type Spec = z.output<typeof schema>;

/** What table 1 was made with. */
function published(spec: Spec, map: CoefficientMap, given: ReadonlySet<string>): Spec {
  const other = ["estimators", "sampling", "points"].find((key) => given.has(key));
  if (other) {
    throw new UsageError(`--as-published says the ${other} itself; leave out one of the two flags.`);
  }
  const triangle = map.domain === "simplex" && map.dimension === 2;
  if (!isPath(map) && !triangle) {
    throw new UsageError(
      `--as-published is for paths and triangles; this ${map.kind} has ${map.dimension} coordinates.`,
    );
  }
  return {
    ...spec,
    estimators: "maximum-likelihood,tangent-rank-published",
    sampling: triangle ? "authors-tiling" : "even",
    points: triangle ? 400 : 200,
  };
}

/** Names of scikit-dimension, in lower case and without signs. */
const SCIKIT_DIMENSION: Record<string, DimensionEstimatorName> = {
  mle: "maximum-likelihood",
  twonn: "two-nn",
  lpca: "local-pca",
  corrint: "correlation-dimension",
  mom: "moments",
  mindml: "mind",
  fishers: "fisher-separability",
  knn: "knn-graph",
};

function namesOf(list: string | undefined): readonly DimensionEstimatorName[] {
  if (list === undefined) return ESTIMATOR_NAMES;
  return list.split(",").map((text) => {
    const name = text.trim().toLowerCase();
    const known = ESTIMATOR_NAMES.find((n) => n === name) ?? SCIKIT_DIMENSION[name.replace(/[-_]/g, "")];
    if (!known) {
      throw new UsageError(
        `there is no estimator "${text.trim()}"; did you mean "${nearest(name, [...ESTIMATOR_NAMES])}"?`,
      );
    }
    return known;
  });
}

const isArray = (operand: string) => /\.(npy|npz|csv)$/.test(operand);

/** Points of the user's own. */
function ownPoints(file: string): DimensionPoints {
  const { values, rows, columns } = readPointsFile(file);
  if (rows < 2) throw new UsageError(`${file} holds one point; give two or more.`);
  return givenPoints(values, columns);
}

/** The estimates, as columns of a terminal. */
function tableOf(rows: readonly DimensionRow[]): string {
  const cells = rows.map(({ estimator, estimate, interval, spread, problem }) =>
    problem
      ? [estimator, "-", problem]
      : [
          estimator,
          estimate!.toFixed(3),
          interval ? interval.map((x) => x.toFixed(2)).join(" to ") : "",
          spread === undefined ? "" : spread.toFixed(2),
        ],
  );
  return [["estimator", "estimate", "95 % interval", "spread over points"], ...cells]
    .map(([name, estimate, third, fourth = ""]) =>
      `${name.padEnd(22)}  ${estimate.padStart(8)}  ${third.padEnd(13)}  ${fourth}`.trimEnd(),
    )
    .join("\n");
}

/** Where the points come from. */
interface Source {
  spec: Spec;
  /** Of the run folder. */
  name: string;
  dimension?: number;
  sampling: DimensionResult["sampling"];
  points(rng: Rng, options: JobOptions): Promise<DimensionPoints>;
}

function fileSource(file: string, spec: Spec, given: ReadonlySet<string>): Source {
  const other = ["asPublished", "sampling", "points"].find((key) => given.has(key));
  if (other) {
    throw new UsageError(
      `--${kebab(other)} is about points of a subspace; your own points are where they are, so leave it out.`,
    );
  }
  const points = ownPoints(file);
  return { spec, name: "points", sampling: "given", points: async () => points };
}

function subspaceSource(operand: string, flags: Spec, given: ReadonlySet<string>): Source {
  const loaded = loadCheckpoint(checkpointFile(operand));
  const { map, file } = loaded;
  if (map.dimension === 0) {
    throw new UsageError(
      `${file} holds one optimum, which has dimension 0; give a subspace, or --data and --network without an operand for the dimension of the objective.`,
    );
  }
  const spec = flags.asPublished ? published(flags, map, given) : flags;
  const { sampling, points: n } = spec;
  const reason = misfit(sampling, map);
  if (reason) throw new UsageError(`--sampling ${sampling} is not possible: ${reason}.`);
  const network = networkOfCheckpoints([loaded], () => {
    throw new UsageError(`${file} does not say its network; give a subspace written by isthmus.`);
  });
  return {
    spec,
    name: map.kind,
    dimension: map.dimension,
    sampling,
    async points(rng, options) {
      using span = loaded.span(network);
      return await samplePoints(span, map, { sampling, n, rng }, options);
    },
  };
}

/** @throws UsageError where a flag of the other use was given */
function refuseFlags(flags: object, given: ReadonlySet<string>, why: string): void {
  const other = Object.keys(flags).find((key) => given.has(key));
  if (other) throw new UsageError(`--${kebab(other)} ${why}`);
}

/** The dimension of points: of a subspace, or of the user's own. */
async function pointDimension(
  what: string,
  flags: Spec,
  given: ReadonlySet<string>,
  commandLine: string,
  io: Io,
) {
  refuseFlags(
    objectiveFlags,
    given,
    `is about the dimension of an objective; leave it out, or leave ${what} out.`,
  );
  const source = (isArray(what) ? fileSource : subspaceSource)(what, flags, given);
  const { spec, name, dimension, sampling } = source;
  const estimators = namesOf(spec.estimators);
  // The published maximum likelihood has 20 neighbours, whatever the rank has.
  const neighbours = (estimator: DimensionEstimatorName) =>
    spec.asPublished && estimator === "maximum-likelihood" ? undefined : spec.neighbours;
  await inRunFolder("dimension", spec, { name }, commandLine, io, async (folder) => {
    const options = jobOptions(io);
    options.onStage?.("estimating");
    const rng = Rng.fromSeed(spec.seed).split("dimension");
    const points = await source.points(rng.split("points"), options);
    const result = dimensionJob(folder, { what, dimension, sampling, points, estimators, neighbours, rng });
    options.finish();
    const report = dimensionReport(folder);
    const answer = dimensionAnswer(result);
    io.result(
      { folder: folder.path, report, answer, ...result },
      `${answer}\n\n${tableOf(result.rows)}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus reproduce subspaces/table-1, for what is known about the published estimates`,
    );
  });
}

/** The landscape of wedges that a run folder or a checkpoint belongs to. */
function wedgesOf(operand: string) {
  if (isArray(operand)) return undefined;
  const { wedges: spec, file } = loadCheckpoint(checkpointFile(operand));
  return spec && { spec, file };
}

export default verb({
  name: "dimension",
  summary:
    "Measures the intrinsic dimension of an objective: how many random directions training needs (Li et al. 2018). For that give --data and --network and no operand, or a run of isthmus wedge. With a subspace or a file of points (npy, npz, csv) it estimates the dimension of the points instead; that use has the flags marked so, from --estimators on.",
  operands: "[wedge-run|subspace-run|checkpoint|points.npy]",
  schema,
  example: "isthmus dimension --data fashion-mnist-small --network 64 --dimensions 10,100,1000",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length > 1) {
      throw new UsageError(
        `${operands.length} operands were given; give none, one run of isthmus wedge, one subspace, or one file of points.`,
      );
    }
    const spec = resumedSpec("dimension", { ...flags, operands }, given);
    const [what] = spec.operands;
    const wedges = what === undefined ? undefined : wedgesOf(what);
    if (what !== undefined && !wedges) {
      await pointDimension(what, spec, given, commandLine, io);
      return;
    }
    refuseFlags(
      pointFlags,
      given,
      "is about the dimension of points; leave it out, or give a subspace or points.",
    );
    await (wedges
      ? wedgeObjective(wedges, spec, given, commandLine, io)
      : networkObjective(spec, given, commandLine, io));
  },
});
