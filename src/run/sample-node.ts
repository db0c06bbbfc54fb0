import { Rng } from "../engine/index.ts";
import type { NdArray } from "../format/index.ts";
import {
  type AmbientSpace,
  affineSpan,
  type Gram,
  injectivityRadius,
  lineSpace,
  massBeyond,
  type SpanMetric,
  spanPositions,
  type Tunnel,
  tunnelSpace,
  volumeSpace,
} from "../geometry/index.ts";
import {
  type Chain,
  type ChainState,
  type Convergence,
  convergenceOf,
  type Draws,
  type FullSpace,
  fullSpace,
  looOf,
  type Noise,
  type Posterior,
  type Prior,
  pointLikelihood,
  posterior,
  relativeEfficiency,
  runChains,
  type Sampler,
  type SpanLikelihood,
  type StepInfo,
  spanLikelihood,
  startChains,
  summaryOf,
} from "../inference/index.ts";
import type { Network } from "../model/index.ts";
import { evenly, type PathMap, type Span } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { excessOf, FULL_SPACE_NOISE, fullSpaceArrays, pointsAtRandom } from "./full-space-node.ts";
import { functionValues } from "./function-values-node.ts";
import { decodePlain, encodePlain } from "./plain-data.ts";
import type { PosteriorPoints } from "./posterior-points.ts";
import { type PosteriorScores, scorePoints } from "./posterior-scores.ts";
import { checkReach } from "./prior-reach.ts";
import { type SamplerSpec, samplingPlan } from "./sampler-spec.ts";
import type { JobOptions } from "./train-node.ts";

/** What to sample, and how. */
export interface SampleSpec {
  /** Around the path, or `full`: weight space itself. */
  space: AmbientSpace["kind"] | "full";
  metric: SpanMetric;
  /** τ of a tunnel: weight-space distance (in the metric) of one unit of ξ. */
  tube: number;
  prior: Prior;
  /** Of a regression: sampled, or that of the trained path. */
  sampleNoise: boolean;
  /** Temperatures of the likelihood; the one with the best validation LPPD is told apart. */
  temperatures: readonly number[];
  sampler: SamplerSpec;
  chains: number;
  /** Draws kept of each chain, and steps to a draw. */
  draws: number;
  thin: number;
  /**
   * Whether starts are taken for unbounded positions, as the published code does by mistake: t for its logit, so that
   * chains begin between 0.5 and 0.78, and a noise scale for its logarithm.
   */
  publishedStarts?: boolean;
}

/** What sampling at one temperature found. */
export interface SampledTemperature {
  temperature: number;
  /** Of the coordinates φ of the affine span, in which all spaces are compared; the full space is projected onto it. */
  convergence: Convergence;
  /** Of what the networks predict of a few test examples. */
  functions: Convergence;
  /** Of the position t, where there is one. */
  position?: Convergence;
  /** After the warm-up. */
  divergences: number;
  /** Chains whose draws are all one, or are not finite. */
  stuck: number;
  /** Evaluations of the log-density and its gradient, of all chains, and seconds of sampling without the warm-up. */
  evaluations: number;
  seconds: number;
  splits: Record<string, PosteriorScores>;
}

/** What `isthmus sample` found. */
export interface SampleResult {
  space: SampleSpec["space"];
  /** Dimension of the space, and D. */
  dimension: number;
  parameters: number;
  chains: number;
  draws: number;
  temperatures: SampledTemperature[];
  /** Index of the temperature with the best validation LPPD (of the test split's where there is no validation). */
  best: number;
  /** At that temperature, of the training examples. */
  loo: { elpd: number; standardError: number; effectiveParameters: number; unreliable: number };
  /** Of a tunnel: where it folds or meets itself, and how much of the prior lies beyond. */
  injectivity?: { radius: number; massBeyond: number };
}

/** Draws of which scores are computed: so many that they hold at most so many numbers. */
const SCORED = 5e6;
/** Milliseconds from one saving of the chains to the next: at least so many, and so many times what the saving took. */
const SAVE_EVERY = 2000;
const SAVE_SHARE = 20;

/** What is sampled. */
export interface SampleSetup {
  network: Network;
  data: RunData;
  span: Span;
  path: PathMap;
  /** Of the trained path. */
  scale?: number;
  spec: SampleSpec;
  seed: number;
}

/**
 * The job of `isthmus sample`: draws from the posterior in a space around a path, or in the full space from points of it
 * on, at one or several temperatures. Writes results/sample.json and for each temperature results/draws-T.npz: positions
 * `lambda` [C, S, k] or parameter vectors `theta` [C, S, D], coordinates `phi` [C, S, K] of the affine span, `scale` [C, S]
 * of the noise, `log_density` and `diverging` [C, S]; what they cost is in results/draws-T.json. Around a path, this and the
 * span are in results/path.npz: `t` [n], `phi` [n, K], `singular_values` [K] of the centred anchors, and `unit` [K], the
 * weight-space length of one unit of each coordinate φ.
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

/** Runs the chains of one temperature as a stage that survives a crash, and writes their draws. */
async function sampleStage(
  folder: RunFolder,
  stage: string,
  target: Posterior,
  space: AmbientSpace | FullSpace,
  { spec, span }: SampleSetup,
  starts: { position: Float64Array; rng: Rng }[],
  options: JobOptions,
): Promise<void> {
  const file = `checkpoints/${stage}.resume.json`;
  folder.lock();
  if (folder.isFinished(stage)) {
    folder.remove(file);
    return;
  }
  const { density, missing, ...plan } = samplingPlan(spec.sampler, target);
  const saved = folder.has(file)
    ? (decodePlain(new TextDecoder().decode(folder.readBytes(file))) as SavedChains)
    : undefined;
  const { sampler, warmup } = timed(plan.sampler, saved?.sampling);
  const begun = performance.now() - 1000 * (saved?.seconds ?? 0);
  const chains: Chain[] = saved?.chains ?? (await startChains(density, sampler, starts));
  const seconds = () => (performance.now() - begun) / 1000;
  const latest = [...chains];
  let due = performance.now() + SAVE_EVERY;
  const save = () => {
    const from = performance.now();
    const state: SavedChains = { chains: latest, seconds: seconds(), sampling: warmup.seconds() };
    folder.writeText(file, encodePlain(state));
    const to = performance.now();
    due = to + Math.max(SAVE_EVERY, SAVE_SHARE * (to - from));
  };
  warmup.begin(chains, sampler.warmup);
  let finished: Chain[];
  try {
    finished = await runChains(density, sampler, chains, {
      draws: spec.draws,
      thin: spec.thin,
      signal: options.signal,
      onProgress: options.onProgress,
      saveEvery: Math.max(1, Math.ceil(spec.thin / 2)),
      onSave: (number, chain) => {
        latest[number] = chain;
        if (performance.now() > due) save();
      },
    });
  } catch (error) {
    save();
    throw error;
  }
  const whole = finished.map((chain) => {
    const rest = missing?.(chain.draws);
    return rest ? { ...chain, values: chain.values.map((value, i) => value + rest[i]) } : chain;
  });
  const positions = new Float64Array(spec.chains * spec.draws * target.dimension);
  whole.forEach(({ draws }, i) => {
    positions.set(draws, i * draws.length);
  });
  const { lambda, scales } = target.constrain(positions);
  const counts = [spec.chains, spec.draws] as const;
  const places =
    space.kind === "full"
      ? await fullSpaceArrays(lambda, counts, span, spec.metric)
      : ambientArrays(lambda, counts, space);
  writeDraws(
    folder,
    stage,
    whole,
    { ...places, scale: { shape: [...counts], data: scales } },
    warmup.seconds(),
  );
  folder.finishStage(stage, seconds());
  folder.remove(file);
}

interface SavedChains {
  chains: Chain[];
  /** Of all, and of them those after the warm-up. */
  seconds: number;
  sampling: number;
}

/**
 * A sampler that notes when its chains have left the warm-up.
 *
 * @param spent seconds after the warm-up that an interrupted run has taken already
 */
function timed(sampler: Sampler<ChainState, StepInfo>, spent = 0) {
  let before = 0;
  let since = performance.now();
  return {
    sampler: {
      ...sampler,
      step(state: ChainState, rng: Rng) {
        if (before-- === 0) since = performance.now();
        return sampler.step(state, rng);
      },
    },
    warmup: {
      begin(chains: readonly Chain[], warmup: number) {
        before = chains.reduce((sum, { step }) => sum + Math.max(0, warmup - step), 0);
        since = performance.now();
      },
      /** Seconds since then; none before. */
      seconds: () => spent + (before >= 0 ? 0 : (performance.now() - since) / 1000),
    },
  };
}

/** What is kept of draws [C, S, k] in a space around a path: themselves and their coordinates φ. */
function ambientArrays(lambda: Float64Array, [C, S]: readonly [number, number], space: AmbientSpace) {
  const phi = spanPositions(space, lambda);
  return {
    lambda: { shape: [C, S, space.dimension], data: lambda },
    phi: { shape: [C, S, phi.length / (C * S)], data: phi },
  };
}

function writeDraws(
  folder: RunFolder,
  stage: string,
  chains: readonly Chain[],
  arrays: Record<string, NdArray>,
  seconds: number,
): void {
  const [C, S] = [chains.length, chains[0].values.length];
  const each = (values: (chain: Chain) => ArrayLike<number>) => {
    const all = new Float64Array(C * S);
    chains.forEach((chain, i) => {
      all.set(Array.from(values(chain)), i * S);
    });
    return { shape: [C, S], data: all };
  };
  const divergences = chains.reduce((sum, chain) => sum + chain.divergences.sampling, 0);
  const evaluations = chains.reduce((sum, chain) => sum + chain.evaluations, 0);
  folder.writeArrays(stage, {
    ...arrays,
    log_density: each(({ values }) => values),
    diverging: each(({ infos }) => infos.map(({ divergent }) => Number(divergent))),
  });
  folder.writeJson(stage, { divergences, evaluations, seconds } satisfies Cost);
}

/** What the chains of a stage have cost; beside the draws, which are the same bytes whenever they are drawn. */
type Cost = Pick<SampledTemperature, "divergences" | "evaluations" | "seconds">;

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

async function assess(
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

async function looAt(
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

function injectivityOf(tunnel: Tunnel, prior: Prior): SampleResult["injectivity"] {
  const { radius } = injectivityRadius(tunnel.frame.curve, { range: tunnel.range });
  const normals = tunnel.dimension - 1;
  return {
    radius,
    massBeyond: massBeyond(radius, { normals, scale: tunnel.scale, standardDeviation: prior.scale }),
  };
}
