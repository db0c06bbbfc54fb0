import { Rng } from "../engine/index.ts";
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
  looOf,
  type Noise,
  type Posterior,
  type Prior,
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
import type { PathMap, Span } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { decodePlain, encodePlain } from "./plain-data.ts";
import { type PosteriorScores, scorePoints } from "./posterior-scores.ts";
import { type SamplerSpec, samplingPlan } from "./sampler-spec.ts";
import type { JobOptions } from "./train-node.ts";

/** What to sample, and how. */
export interface SampleSpec {
  space: AmbientSpace["kind"];
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
}

/** What sampling at one temperature found. */
export interface SampledTemperature {
  temperature: number;
  /** Of the coordinates φ of the affine span, in which all spaces are compared. */
  convergence: Convergence;
  /** Of the position t, where there is one. */
  position?: Convergence;
  /** After the warm-up. */
  divergences: number;
  /** Evaluations of the log-density and its gradient, of all chains, and seconds of sampling without the warm-up. */
  evaluations: number;
  seconds: number;
  splits: Record<string, PosteriorScores>;
}

/** What `isthmus sample` found. */
export interface SampleResult {
  space: AmbientSpace["kind"];
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
/** Seconds from one saving of the chains to the next. */
const SAVE_EVERY = 2;

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
 * The job of `isthmus sample`: draws from the posterior in a space around a path, at one or several temperatures. Writes
 * results/sample.json and for each temperature results/draws-T.npz: positions `lambda` [C, S, k], coordinates `phi`
 * [C, S, K] of the affine span, `scale` [C, S] of the noise, `log_density` and `diverging` [C, S]; what they cost is in
 * results/draws-T.json.
 */
export async function sampleJob(
  folder: RunFolder,
  setup: SampleSetup,
  options: JobOptions,
): Promise<SampleResult> {
  const { data, span, path, spec, seed, network } = setup;
  const gram = span.gram(0);
  const space = spaceOf(gram, path, spec);
  using likelihood = await spanLikelihood(data.train, span.anchors, spec.chains);
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
interface Sampled {
  space: AmbientSpace;
  likelihood: SpanLikelihood;
  rng: Rng;
  /** Starts of the chains, [C, k]; on the path, at random t, by default. */
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
  const { path, spec, scale } = setup;
  const noise = noiseOf(likelihood, spec, scale);
  const target = posterior({ space, prior: spec.prior, likelihood, noise, temperature });
  const starts = startsOf(
    lambda ?? startsOnPath(space, path, spec.chains, rng),
    target,
    scale,
    spec.chains,
    rng,
  );
  await sampleStage(folder, stage, target, space, spec, starts, options);
  options.onStage?.("scoring");
  return assess(folder, stage, temperature, space, setup, options);
}

/** The space around a path that a spec asks for. */
export function spaceOf(
  gram: Gram,
  path: PathMap,
  { space, metric, tube }: Pick<SampleSpec, "space" | "metric" | "tube">,
): AmbientSpace {
  const span = affineSpan(gram, metric);
  if (space === "volume") return volumeSpace(span);
  return space === "line" ? lineSpace(span, path) : tunnelSpace(span, path, { scale: tube });
}

/** The noise of a posterior: none of a classification. */
export function noiseOf(
  likelihood: SpanLikelihood,
  spec: Pick<SampleSpec, "sampleNoise">,
  scale?: number,
): Noise | undefined {
  if (!likelihood.regression) return undefined;
  if (spec.sampleNoise) return { kind: "sampled" };
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

/** Starts at given coordinates, each chain with a random stream of its own. */
function startsOf(
  lambda: Float64Array,
  target: Posterior,
  scale: number | undefined,
  chains: number,
  rng: Rng,
): { position: Float64Array; rng: Rng }[] {
  const positions = target.unconstrain(lambda, new Float64Array(chains).fill(scale ?? 1));
  const d = target.dimension;
  return Array.from({ length: chains }, (_, i) => ({
    position: positions.slice(i * d, (i + 1) * d),
    rng: rng.split(`chain ${i}`),
  }));
}

/** Runs the chains of one temperature as a stage that survives a crash, and writes their draws. */
async function sampleStage(
  folder: RunFolder,
  stage: string,
  target: Posterior,
  space: AmbientSpace,
  spec: SampleSpec,
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
  const { sampler, warmup } = timed(plan.sampler);
  const saved = folder.has(file)
    ? (decodePlain(new TextDecoder().decode(folder.readBytes(file))) as SavedChains)
    : undefined;
  const begun = performance.now() - 1000 * (saved?.seconds ?? 0);
  const chains: Chain[] = saved?.chains ?? (await startChains(density, sampler, starts));
  const seconds = () => (performance.now() - begun) / 1000;
  const latest = [...chains];
  let written = performance.now();
  const save = () => {
    folder.writeText(file, encodePlain({ chains: latest, seconds: seconds() } satisfies SavedChains));
    written = performance.now();
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
        if (performance.now() - written > 1000 * SAVE_EVERY) save();
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
  writeDraws(folder, stage, target, space, whole, warmup.seconds());
  folder.finishStage(stage, seconds());
  folder.remove(file);
}

interface SavedChains {
  chains: Chain[];
  seconds: number;
}

/** A sampler that notes when its chains have left the warm-up. */
function timed(sampler: Sampler<ChainState, StepInfo>) {
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
      /** Seconds since then. */
      seconds: () => (performance.now() - since) / 1000,
    },
  };
}

function writeDraws(
  folder: RunFolder,
  stage: string,
  target: Posterior,
  space: AmbientSpace,
  chains: readonly Chain[],
  seconds: number,
): void {
  const [C, S] = [chains.length, chains[0].values.length];
  const d = target.dimension;
  const positions = new Float64Array(C * S * d);
  chains.forEach(({ draws }, i) => {
    positions.set(draws, i * S * d);
  });
  const { lambda, scales } = target.constrain(positions);
  const each = (values: (chain: Chain) => ArrayLike<number>) => {
    const all = new Float64Array(C * S);
    chains.forEach((chain, i) => {
      all.set(Array.from(values(chain)), i * S);
    });
    return { shape: [C, S], data: all };
  };
  const phi = spanPositions(space, lambda);
  const divergences = chains.reduce((sum, chain) => sum + chain.divergences.sampling, 0);
  const evaluations = chains.reduce((sum, chain) => sum + chain.evaluations, 0);
  folder.writeArrays(stage, {
    lambda: { shape: [C, S, space.dimension], data: lambda },
    phi: { shape: [C, S, phi.length / (C * S)], data: phi },
    scale: { shape: [C, S], data: scales },
    log_density: each(({ values }) => values),
    diverging: each(({ infos }) => infos.map(({ divergent }) => Number(divergent))),
  });
  folder.writeJson(stage, { divergences, evaluations, seconds } satisfies Cost);
}

/** What the chains of a stage have cost; beside the draws, which are the same bytes whenever they are drawn. */
type Cost = Pick<SampledTemperature, "divergences" | "evaluations" | "seconds">;

/** Evenly spaced draws as points of the span, at most so many that their scores fit into memory. */
function scoredPoints(folder: RunFolder, stage: string, space: AmbientSpace, span: Span, examples: number) {
  const { lambda, scale } = folder.readArrays(stage);
  const k = space.dimension;
  const all = lambda.data.length / k;
  const step = Math.max(1, Math.ceil((all * examples) / SCORED));
  const count = Math.ceil(all / step);
  const own = new Float64Array(count * k);
  const scales = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    own.set((lambda.data as Float64Array).subarray(i * step * k, (i * step + 1) * k), i * k);
    scales[i] = Number(scale.data[i * step]);
  }
  const coefficients = new Float64Array(count * span.terms);
  space.lifting().lift(own, coefficients);
  return { anchors: span.anchors, coefficients, scales };
}

async function assess(
  folder: RunFolder,
  stage: string,
  temperature: number,
  space: AmbientSpace,
  { data, span }: SampleSetup,
  options: JobOptions,
): Promise<SampledTemperature> {
  const { phi, lambda } = folder.readArrays(stage);
  const drawsOf = ({ shape: [chains, draws, dimension], data }: typeof phi): Draws => ({
    chains,
    draws,
    dimension,
    values: data as Float64Array,
  });
  const splits: SampledTemperature["splits"] = {};
  for (const name of ["validation", "test"] as const) {
    const [landscape, split] = [data[name], data.dataset[name]];
    if (!landscape || !split) continue;
    const points = scoredPoints(folder, stage, space, span, split.count);
    splits[name] = (await scorePoints(landscape, split.targets, points, options)).scores;
  }
  const positions = drawsOf(lambda);
  const t = {
    ...positions,
    dimension: 1,
    values: positions.values.filter((_, i) => i % space.dimension === 0),
  };
  return {
    temperature,
    convergence: convergenceOf(summaryOf(drawsOf(phi))),
    position: space.kind === "volume" ? undefined : convergenceOf(summaryOf(t)),
    ...(folder.readJson(stage) as Cost),
    splits,
  };
}

async function looAt(
  folder: RunFolder,
  temperature: number,
  space: AmbientSpace,
  { data, span }: SampleSetup,
  options: JobOptions,
): Promise<SampleResult["loo"]> {
  const { count, targets } = data.dataset.train;
  const stage = `draws-${temperature}`;
  const points = scoredPoints(folder, stage, space, span, count);
  const { logLikelihood } = await scorePoints(data.train, targets, points, options);
  const { phi } = folder.readArrays(stage);
  const [chains, draws, dimension] = phi.shape;
  const efficiency = relativeEfficiency({ chains, draws, dimension, values: phi.data as Float64Array });
  const { elpd, standardError, effectiveParameters, unreliable } = looOf(logLikelihood, efficiency);
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
