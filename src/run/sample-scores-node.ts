import type { NdArray } from "../format/index.ts";
import type { AmbientSpace } from "../geometry/index.ts";
import {
  convergenceOf,
  type Draws,
  type FullSpace,
  looOf,
  relativeEfficiency,
  summaryOf,
} from "../inference/index.ts";
import type { Span } from "../subspace/index.ts";
import type { RunFolder } from "./folder-node.ts";
import { functionValues } from "./function-values-node.ts";
import type { PosteriorPoints } from "./posterior-points.ts";
import { scorePoints } from "./posterior-scores.ts";
import type { Cost, SampledTemperature, SampleResult, SampleSetup } from "./sample-spec.ts";
import type { JobOptions } from "./train-node.ts";

/** Draws of which scores are computed: so many that they hold at most so many numbers. */
const SCORED = 5e6;
/** Evenly spaced draws as networks: all of them, or at most so many that what they predict of the examples fits into memory. */
function scoredPoints({ arrays, space, span }: DrawnArrays, examples: number): PosteriorPoints {
  const { scale, theta, lambda } = arrays;
  const { data: positions } = (theta ?? lambda) as { data: Float32Array | Float64Array };
  const k = space.dimension;
  const all = positions.length / k;
  const step = Math.max(1, Math.ceil((all * examples) / SCORED));
  const count = Math.ceil(all / step);
  const own = positions.slice(0, count * k);
  const scales = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    own.set(positions.subarray(i * step * k, (i * step + 1) * k), i * k);
    scales[i] = Number(scale.data[i * step]);
  }
  if (space.kind === "full") return { thetas: own as Float32Array, scales };
  const coefficients = new Float64Array(count * span.terms);
  space.lifting().lift(own as Float64Array, coefficients);
  return { anchors: span.anchors, coefficients, scales };
}

/** The draws of a stage, and where they are. */
interface DrawnArrays {
  arrays: ReturnType<RunFolder["readArrays"]>;
  space: AmbientSpace | FullSpace;
  span: Span;
}

const drawsOf = ({ shape: [chains, draws, dimension = 1], data }: NdArray): Draws => ({
  chains,
  draws,
  dimension,
  values: data as Float64Array,
});

/** Diagnoses the draws of a stage and scores what they predict. */
export async function assess(
  folder: RunFolder,
  stage: string,
  temperature: number,
  space: AmbientSpace | FullSpace,
  { data, span }: SampleSetup,
  options: JobOptions,
): Promise<SampledTemperature> {
  const drawn = { arrays: folder.readArrays(stage), space, span };
  const { phi, lambda, log_density } = drawn.arrays;
  const splits: SampledTemperature["splits"] = {};
  for (const name of ["validation", "test"] as const) {
    const [landscape, split] = [data[name], data.dataset[name]];
    if (!landscape || !split) continue;
    splits[name] = (
      await scorePoints(landscape, split.targets, scoredPoints(drawn, split.count), options)
    ).scores;
  }
  const position = () => {
    const all = drawsOf(lambda);
    const values = all.values.filter((_, i) => i % space.dimension === 0);
    return convergenceOf(summaryOf({ ...all, dimension: 1, values }));
  };
  const { chains } = drawsOf(phi);
  return {
    temperature,
    convergence: convergenceOf(summaryOf(drawsOf(phi))),
    functions: convergenceOf(summaryOf(await functionValues(data, scoredPoints(drawn, 1), chains, options))),
    position: "range" in space ? position() : undefined,
    ...(folder.readJson(stage) as Cost),
    stuck: stuckChains(drawsOf(log_density)),
    splits,
  };
}

/** Chains whose log-densities are all one or not finite. */
const stuckChains = ({ chains, draws, values }: Draws): number =>
  Array.from({ length: chains }, (_, c) => values.subarray(c * draws, (c + 1) * draws)).filter(
    (own) => !own.every(Number.isFinite) || own.every((value) => value === own[0]),
  ).length;

/** PSIS-LOO of the training examples, by the draws of a temperature. */
export async function looAt(
  folder: RunFolder,
  temperature: number,
  space: AmbientSpace | FullSpace,
  { data, span }: SampleSetup,
  options: JobOptions,
): Promise<SampleResult["loo"]> {
  const { count, targets } = data.dataset.train;
  const drawn = { arrays: folder.readArrays(`draws-${temperature}`), space, span };
  const { logLikelihood } = await scorePoints(data.train, targets, scoredPoints(drawn, count), options);
  const efficiency = relativeEfficiency(drawsOf(drawn.arrays.phi));
  const { elpd, standardError, effectiveParameters, unreliable } = looOf(
    logLikelihood,
    // Chains that are too short, or that never move, tell nothing of their efficiency.
    efficiency > 0 ? efficiency : 1,
  );
  return { elpd, standardError, effectiveParameters, unreliable };
}
