import { Rng } from "../engine/index.ts";
import {
  type AmbientSpace,
  affineSpan,
  type Gram,
  injectivityRadius,
  lineSpace,
  massBeyond,
  spanPositions,
  type Tunnel,
  tunnelSpace,
  volumeSpace,
} from "../geometry/index.ts";
import {
  type FullSpace,
  fullSpace,
  type Noise,
  type Posterior,
  type Prior,
  pointLikelihood,
  posterior,
  type SpanLikelihood,
  spanLikelihood,
} from "../inference/index.ts";
import { evenly, type PathMap } from "../subspace/index.ts";
import type { RunFolder } from "./folder-node.ts";
import { excessOf, FULL_SPACE_NOISE, pointsAtRandom } from "./full-space-node.ts";
import { keepPath } from "./keep-path-node.ts";
import { checkReach } from "./prior-reach.ts";
import { assess, looAt } from "./sample-scores-node.ts";
import type { SampledTemperature, SampleResult, SampleSetup, SampleSpec } from "./sample-spec.ts";
import { sampleStage } from "./sample-stage-node.ts";
import type { JobOptions } from "./train-node.ts";

/**
 * The job of `isthmus sample`: draws from the posterior in a space around a path, or in the full space from points of it
 * on, at one or several temperatures. Writes results/sample.json and for each temperature results/draws-T.npz: positions
 * `lambda` [C, S, k] or parameter vectors `theta` [C, S, D], coordinates `phi` [C, S, K] of the affine span, `scale` [C, S]
 * of the noise, `log_density` and `diverging` [C, S]; what they cost is in results/draws-T.json. Around a path, this and the
 * span are in results/path.npz: `t` [n], `phi` [n, K], `singular_values` [K] of the centred anchors, and `unit` [K], the
 * weight-space length of one unit of each coordinate φ. The path itself is checkpoints/path.safetensors.
 */
export async function sampleJob(
  folder: RunFolder,
  setup: SampleSetup,
  options: JobOptions,
): Promise<SampleResult> {
  const { data, span, path, spec, seed, network } = setup;
  const space =
    spec.space === "full"
      ? fullSpace(network.layout.size)
      : spaceOf(span.gram(0), path, { ...spec, space: spec.space });
  using likelihood =
    space.kind === "full"
      ? await pointLikelihood(data.train, spec.chains, options.signal)
      : await spanLikelihood(data.train, span.anchors, spec.chains, options.signal);
  if (space.kind !== "full") folder.writeArrays("path", placeOfPath(space, path));
  keepPath(folder, setup);
  const rng = Rng.fromSeed(seed).split("sample");
  const temperatures: SampledTemperature[] = [];
  for (const temperature of spec.temperatures) {
    options.onStage?.(`sampling at temperature ${temperature}`);
    const stage = `draws-${temperature}`;
    const own = rng.split(`temperature ${temperature}`);
    temperatures.push(
      await sampleAt(folder, stage, temperature, { space, likelihood, rng: own }, setup, options),
    );
  }
  const lppd = temperatures.map(({ splits }) => (splits.validation ?? splits.test).lppd);
  const best = lppd.indexOf(Math.max(...lppd.filter((x) => !Number.isNaN(x))));
  const chosen = Math.max(0, best);
  const result: SampleResult = {
    space: spec.space,
    dimension: space.dimension,
    parameters: network.layout.size,
    chains: spec.chains,
    draws: spec.draws,
    temperatures,
    best: chosen,
    loo: await looAt(folder, temperatures[chosen].temperature, space, setup, options),
    injectivity: space.kind === "tunnel" ? injectivityOf(space as Tunnel, spec.prior) : undefined,
  };
  folder.writeJson("sample", result);
  return result;
}

/** Where and from what to sample. */
export interface Sampled {
  space: AmbientSpace | FullSpace;
  likelihood: SpanLikelihood;
  rng: Rng;
  /** Starts of the chains, [C, k] or [C, D]; on the path, at random t, by default. */
  lambda?: Float64Array;
}

/**
 * Samples at one temperature, as a stage that survives a crash, and scores the draws, which are in results/STAGE.npz
 * afterwards.
 */
export async function sampleAt(
  folder: RunFolder,
  stage: string,
  temperature: number,
  { space, likelihood, rng, lambda }: Sampled,
  setup: SampleSetup,
  options: JobOptions,
): Promise<SampledTemperature> {
  const { path, span, spec, scale } = setup;
  const excess = space.kind === "full" && excessOf(spec.chains, spec.draws, space.dimension);
  if (excess) throw new RangeError(`${excess}.`);
  checkReach(space, span, spec.prior, spec.tube);
  const noise = noiseOf(likelihood, spec, scale);
  const target = posterior({ space, prior: spec.prior, likelihood, noise, temperature });
  const places =
    lambda ??
    (space.kind === "full"
      ? pointsAtRandom(span, path, spec.chains, rng)
      : startsOnPath(space, path, spec.chains, rng));
  const positions = positionsOf(places, target, scale, spec);
  const starts = Array.from({ length: spec.chains }, (_, i) => ({
    position: positions.slice(i * target.dimension, (i + 1) * target.dimension),
    rng: rng.split(`chain ${i}`),
  }));
  await sampleStage(folder, stage, target, space, setup, starts, options);
  options.onStage?.("scoring");
  return assess(folder, stage, temperature, space, setup, options);
}

/** The space around a path that a spec asks for. */
export function spaceOf(
  gram: Gram,
  path: PathMap,
  { space, metric, tube }: Pick<SampleSpec, "metric" | "tube"> & { space: AmbientSpace["kind"] },
): AmbientSpace {
  const span = affineSpan(gram, metric);
  if (space === "volume") return volumeSpace(span);
  return space === "line" ? lineSpace(span, path) : tunnelSpace(span, path, { scale: tube });
}

/** Nodes of the path in results/path.npz. */
const ALONG = 201;

/** Where the path lies in the affine span, and how long its coordinates are. */
function placeOfPath({ span }: AmbientSpace, path: PathMap): Parameters<RunFolder["writeArrays"]>[1] {
  const t = evenly(path, ALONG);
  const { singularValues } = span;
  const K = singularValues.length;
  return {
    t: { shape: [t.length], data: t },
    phi: { shape: [t.length, K], data: spanPositions(lineSpace(span, path), t) },
    singular_values: { shape: [K], data: singularValues },
    unit: { shape: [K], data: span.metric === "published" ? singularValues : singularValues.map(() => 1) },
  };
}

/** The noise of a posterior: none of a classification. */
export function noiseOf(
  likelihood: SpanLikelihood,
  spec: Pick<SampleSpec, "sampleNoise"> & { space?: SampleSpec["space"] },
  scale?: number,
): Noise | undefined {
  if (!likelihood.regression) return undefined;
  if (spec.sampleNoise) return { kind: "sampled", ...(spec.space === "full" && FULL_SPACE_NOISE) };
  if (scale === undefined) {
    throw new RangeError(
      "The path has no noise scale of its own; sample it (--noise sampled), or give a path of isthmus path.",
    );
  }
  return { kind: "fixed", scale };
}

/** Coordinates [C, k] of points of the path at random t. */
function startsOnPath(space: AmbientSpace, path: PathMap, chains: number, rng: Rng): Float64Array {
  const k = space.dimension;
  const ts = rng.split("starts").uniform64(chains);
  if (space.kind === "volume") return spanPositions(lineSpace(space.span, path), ts);
  return Float64Array.from({ length: chains * k }, (_, i) => (i % k === 0 ? ts[i / k] : 0));
}

/** Unbounded positions [C, d] of coordinates [C, k], with the noise scale of the path. */
function positionsOf(
  lambda: Float64Array,
  target: Posterior,
  scale = 1,
  { chains, publishedStarts }: Pick<SampleSpec, "chains" | "publishedStarts">,
): Float64Array {
  if (!publishedStarts) return target.unconstrain(lambda, new Float64Array(chains).fill(scale));
  const [d, k] = [target.dimension, lambda.length / chains];
  return Float64Array.from({ length: chains * d }, (_, at) =>
    at % d < k ? lambda[Math.floor(at / d) * k + (at % d)] : scale,
  );
}

function injectivityOf(tunnel: Tunnel, prior: Prior): SampleResult["injectivity"] {
  const { radius } = injectivityRadius(tunnel.frame.curve, { range: tunnel.range });
  const normals = tunnel.dimension - 1;
  return {
    radius,
    massBeyond: massBeyond(radius, { normals, scale: tunnel.scale, standardDeviation: prior.scale }),
  };
}
