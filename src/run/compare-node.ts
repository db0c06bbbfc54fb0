import { dot, Rng, releaseVector } from "../engine/index.ts";
import {
  type DirectionSubspace,
  type FitSpec,
  fit,
  principalSubspace,
  randomSubspace,
  Trajectory,
} from "../fit/index.ts";
import { directionAnchors, directionSpan, spanCoordinates, volumeSpace } from "../geometry/index.ts";
import {
  assessGaussian,
  diagonalLaplace,
  drawGaussian,
  fitGaussian,
  posterior,
  predictDraws,
  type SpanLikelihood,
  spanLikelihood,
} from "../inference/index.ts";
import type { Initialiser } from "../model/index.ts";
import { coefficientMatrix, evenly, Span, simplex } from "../subspace/index.ts";
import type { RunFolder } from "./folder-node.ts";
import { type PosteriorScores, scoreOutputs, scorePoints } from "./posterior-scores.ts";
import {
  noiseOf,
  type SampledTemperature,
  type SampleSetup,
  type SampleSpec,
  sampleAt,
  spaceOf,
} from "./sample-node.ts";
import { type JobOptions, trainOptimum } from "./train-node.ts";

/**
 * What may be compared. `random` and `principal` are posteriors in flat subspaces around the first optimum (Izmailov et al.
 * 2020), `line`, `tunnel` and `volume` those around the path, and `variational` is a Gaussian fit to the last.
 */
export const METHODS = [
  "optimum",
  "ensemble",
  "laplace",
  "random",
  "principal",
  "path",
  "line",
  "tunnel",
  "volume",
  "variational",
] as const;
export type Method = (typeof METHODS)[number];

/** What to compare, and at which cost. */
export interface CompareSpec {
  methods: readonly Method[];
  /** Optima of the deep ensemble, the first of which stands alone as `optimum` and is what others are around. */
  members: number;
  init: Initialiser;
  training: FitSpec;
  /** Evaluations of the gradient of all data that each chain may have; the variational fit has those of all chains. */
  evaluations: number;
  chains: number;
  /** Draws kept of each chain, at least where there are as many steps. */
  draws: number;
  temperature: number;
  /** Of the spaces around the path. */
  metric: SampleSpec["metric"];
  tube: number;
  prior: SampleSpec["prior"];
  sampleNoise: boolean;
}

/** What a method reached on the test examples, and what it cost. */
export interface ComparedMethod {
  method: Method;
  /** Networks that predict together. */
  networks: number;
  scores: PosteriorScores;
  /** Of a posterior that was sampled: largest R-hat, and least and mean effective draws of the coordinates of the span. */
  rHat?: number;
  essMin?: number;
  essMean?: number;
  /** Of the variational fit: k̂, below 0.7 where it can be trusted. */
  k?: number;
  /** Of Laplace: the precision of the prior that predicts the validation examples best. */
  priorPrecision?: number;
  /** Gradients of all training data, those of a path that is given not included. */
  evaluations?: number;
  seconds: number;
}

/** What `isthmus compare` found. */
export interface CompareResult {
  parameters: number;
  /** Dimension of the affine span of the path's control points. */
  dimension: number;
  rows: ComparedMethod[];
  /** Methods that are not possible here, and why. */
  left: { method: Method; reason: string }[];
}

/** Draws of an approximation, and points of the path, that predict. */
const PREDICTING = 200;
/** Draws of the variational fit that predict. */
const FITTED = 1000;
/** Draws that tell k̂. */
const ASSESSING = 2000;
/** Draws in a step of the variational fit. */
const VARIATIONAL_SAMPLES = 16;
/** Epochs that a training goes on to find principal components of it, and the last deviations that count (SWAG). */
const FOLLOWED = 50;
const DEVIATIONS = 20;
/** Standard deviations of the priors in flat subspaces, as in the published notebooks of a regression. */
const PRIOR_SD = { random: 1, principal: 5 };
/** Among which that of the prior of Laplace is chosen. */
const PRECISIONS = [1, 10, 100, 1000, 10_000, 100_000];

type Setup = Omit<SampleSetup, "spec"> & { spec: CompareSpec };

interface Context {
  folder: RunFolder;
  setup: Setup;
  likelihood: SpanLikelihood;
  /** θ of the member with a number, trained at the first call; and the scale of the noise around it. */
  member: (number: number) => Promise<{ theta: Float32Array; scale: number; epochs: number }>;
  rng: Rng;
  options: JobOptions;
}

/**
 * The job of `isthmus compare`: what several methods predict from the same data, and what each costs. Each is a part of the
 * run, which is not done again when the run is resumed. Writes results/compare.json.
 */
export async function compareJob(
  folder: RunFolder,
  setup: Setup,
  options: JobOptions,
): Promise<CompareResult> {
  const { network, span, spec, seed, data } = setup;
  const rng = Rng.fromSeed(seed).split("compare");
  const members = new Map<number, Awaited<ReturnType<Context["member"]>>>();
  using likelihood = await spanLikelihood(data.train, span.anchors, spec.chains);
  using cleanup = new DisposableStack();
  cleanup.defer(() => releaseVector(...[...members.values()].map(({ theta }) => theta)));
  const member: Context["member"] = async (number) => {
    const known = members.get(number);
    if (known) return known;
    options.onStage?.(`training optimum ${number + 1} of ${spec.members}`);
    const stage = `member-${number + 1}`;
    const theta = await trainOptimum(
      folder,
      stage,
      { network, init: spec.init, spec: spec.training, data, rng: rng.split(stage) },
      options,
    );
    const epochs = folder.readMetrics().filter((line) => line.stage === stage).length;
    // The maximum likelihood of σ, on examples that the optimum was not fitted to where there are such.
    const { error } = await (data.validation ?? data.train).evaluate(theta);
    const made = { theta, epochs, scale: Math.sqrt(error) };
    members.set(number, made);
    return made;
  };
  const context = { folder, setup, likelihood, member, rng, options };
  const rows: ComparedMethod[] = [];
  const left: CompareResult["left"] = [];
  for (const method of spec.methods) {
    const reason = obstacle(method, setup);
    if (reason) {
      left.push({ method, reason });
      continue;
    }
    const stage = `compare-${method}`;
    if (!folder.isFinished(stage)) {
      const begun = performance.now();
      folder.writeJson(stage, await COMPARED[method](context));
      folder.finishStage(stage, (performance.now() - begun) / 1000);
    }
    rows.push({ method, ...(folder.readJson(stage) as Omit<ComparedMethod, "method">) });
  }
  const dimension = spaceOf(span.gram(0), setup.path, { ...spec, space: "volume" }).dimension;
  const result: CompareResult = { parameters: network.layout.size, dimension, rows, left };
  folder.writeJson("compare", result);
  return result;
}

/** Why a method is not possible, if it is not. */
function obstacle(method: Method, { network, data, scale }: Setup): string | undefined {
  if (method === "laplace" && network.spec.kind !== "mlp") {
    return `gradients of single examples are computed for multilayer perceptrons only, and this is a ${network.spec.kind}`;
  }
  if (method === "path" && data.loss.task === "regression" && scale === undefined) {
    return "the path has no noise scale of its own";
  }
  return undefined;
}

/**
 * The sampler of a space of d dimensions that spends the given evaluations: MCLMC, with two in a step, or on a line, where
 * there is no direction to turn, HMC (which needs a few more to find its first step size). What the draws that are asked for leave over becomes more draws.
 */
function samplingOf(spec: CompareSpec, space: SampleSpec["space"], d: number): SampleSpec {
  const isokinetic = d > 1;
  const leapfrogSteps = 10;
  const steps = Math.floor(spec.evaluations / (isokinetic ? 2 : leapfrogSteps));
  // MCLMC tunes itself for three tenths of the steps that it is told of.
  const warmup = 3 * Math.floor(steps / 10);
  const thin = Math.max(1, Math.floor((steps - warmup) / spec.draws));
  return {
    space,
    metric: spec.metric,
    tube: spec.tube,
    prior: spec.prior,
    sampleNoise: spec.sampleNoise,
    temperatures: [spec.temperature],
    sampler: {
      kind: isokinetic ? "mclmc" : "hmc",
      warmup: isokinetic ? steps : warmup,
      targetAcceptance: 0.8,
      metric: "diagonal",
      maxDepth: 8,
      leapfrogSteps,
      preconditioning: false,
      stepSizes: [0.1, 0.1],
    },
    chains: spec.chains,
    draws: Math.floor((steps - warmup) / thin),
    thin,
  };
}

type Found = Omit<ComparedMethod, "method">;

const COMPARED: Record<Method, (context: Context) => Promise<Found>> = {
  optimum: (context) => ensembleOf(context, 1),
  ensemble: (context) => ensembleOf(context, context.setup.spec.members),
  laplace,
  random: (context) => inSubspace(context, "random"),
  principal: (context) => inSubspace(context, "principal"),
  path: pointsOfPath,
  line: (context) => sampled(context, "line"),
  tunnel: (context) => sampled(context, "tunnel"),
  volume: (context) => sampled(context, "volume"),
  variational,
};

/** Optima that were trained apart. */
async function ensembleOf({ setup, member, folder, options }: Context, count: number): Promise<Found> {
  const members: Awaited<ReturnType<typeof member>>[] = [];
  for (let i = 0; i < count; i++) members.push(await member(i));
  const { test } = setup.data;
  const points = {
    anchors: members.map(({ theta }) => theta),
    coefficients: Float64Array.from({ length: count * count }, (_, at) => (at % (count + 1) === 0 ? 1 : 0)),
    scales: Float64Array.from(members, ({ scale }) => scale),
  };
  const { scores } = await scorePoints(test, setup.data.dataset.test.targets, points, options);
  const { timings } = folder.record;
  return {
    networks: count,
    scores,
    evaluations: members.reduce((sum, { epochs }) => sum + epochs, 0),
    seconds: members.reduce((sum, _, i) => sum + timings[`member-${i + 1}`], 0),
  };
}

/** Diagonal Laplace approximation around the first optimum; the prior that validates best. */
async function laplace({ setup, member, rng, folder, options }: Context): Promise<Found> {
  const { data, spec } = setup;
  const { theta, scale, epochs } = await member(0);
  options.onStage?.("approximating by Laplace");
  const begun = performance.now();
  const regression = data.loss.task === "regression";
  const scored = async (priorPrecision: number, split: "validation" | "train" | "test") => {
    const noiseScale = regression ? scale : undefined;
    const { temperature } = spec;
    using gaussian = await diagonalLaplace(data.train, theta, {
      priorPrecision,
      noiseScale,
      temperature,
      signal: options.signal,
    });
    const landscape = data[split] ?? data.train;
    const targets = (data.dataset[split] ?? data.dataset.train).targets;
    const outputs = await predictDraws(landscape, gaussian, PREDICTING, rng.split("laplace"), options);
    return scoreOutputs(landscape, targets, outputs, new Float64Array(PREDICTING).fill(scale)).scores;
  };
  let [best, bestLppd] = [PRECISIONS[0], Number.NEGATIVE_INFINITY];
  for (const precision of PRECISIONS) {
    const { lppd } = await scored(precision, data.validation ? "validation" : "train");
    if (lppd > bestLppd) [best, bestLppd] = [precision, lppd];
  }
  return {
    networks: PREDICTING,
    scores: await scored(best, "test"),
    priorPrecision: best,
    // The curvature at the optimum costs about one more gradient for each output.
    evaluations: epochs + (regression ? 1 : setup.network.outputs),
    seconds: folder.record.timings["member-1"] + (performance.now() - begun) / 1000,
  };
}

/**
 * A posterior in a flat subspace around the first optimum with as many dimensions as the span of the path, sampled at the
 * same cost, from where the directions are 1 long on average.
 */
async function inSubspace(context: Context, kind: "random" | "principal"): Promise<Found> {
  const { folder, setup, member, rng, options } = context;
  const { spec, data, span, path } = setup;
  const { theta, scale, epochs } = await member(0);
  const own = rng.split(kind);
  const rank = spaceOf(span.gram(0), path, { ...spec, space: "volume" }).dimension;
  const begun = performance.now();
  using subspace =
    kind === "random"
      ? randomSubspace(theta, rank, own.split("directions"))
      : await followed(context, theta, Math.min(rank, DEVIATIONS), own);
  const { mean, directions } = subspace;
  const prepared = (performance.now() - begun) / 1000;
  using around = new Span(directionAnchors(mean, directions));
  const space = volumeSpace(directionSpan(directions.map((v) => Math.sqrt(dot(v, v)))));
  using likelihood = await spanLikelihood(data.train, around.anchors, spec.chains);
  const d = space.dimension + (likelihood.regression && spec.sampleNoise ? 1 : 0);
  const sampling = {
    ...setup,
    span: around,
    scale,
    spec: { ...samplingOf(spec, "volume", d), prior: { scale: PRIOR_SD[kind], weight: spec.prior.weight } },
  };
  const stage = `draws-${kind}`;
  options.onStage?.(`sampling the subspace of ${kind} directions`);
  const lambda = Float64Array.from(own.split("starts").normal(spec.chains * space.dimension));
  const found = await sampleAt(
    folder,
    stage,
    spec.temperature,
    { space, likelihood, rng: own, lambda },
    sampling,
    options,
  );
  return {
    ...foundBy(found, sampling.spec),
    evaluations: epochs + (kind === "principal" ? FOLLOWED : 0) + found.evaluations,
    seconds: folder.record.timings["member-1"] + prepared + folder.record.timings[stage],
  };
}

/** The principal components of where the training goes on from an optimum. */
async function followed(
  { setup, options }: Context,
  optimum: Float32Array,
  rank: number,
  rng: Rng,
): Promise<DirectionSubspace> {
  const { network, data, spec } = setup;
  options.onStage?.("following the training of the optimum");
  using start = Span.of([optimum]);
  using trajectory = new Trajectory(optimum.length, { from: 1, most: DEVIATIONS });
  await fit(
    {
      network,
      loss: data.loss,
      map: simplex(0),
      anchors: start.anchors,
      fixed: [false],
      train: data.train.examples,
    },
    { ...spec.training, epochs: FOLLOWED, schedule: "constant", keepBest: false, patience: 0 },
    rng.split("training"),
    { signal: options.signal, onProgress: options.onProgress, onEpoch: trajectory.onEpoch },
  );
  return principalSubspace(trajectory, rank);
}

/** Points of the path, evenly spaced in t, without any posterior. */
async function pointsOfPath({ setup, options }: Context): Promise<Found> {
  const { data, path, span, scale } = setup;
  options.onStage?.("predicting along the path");
  const begun = performance.now();
  const points = {
    anchors: span.anchors,
    coefficients: coefficientMatrix(path, evenly(path, PREDICTING)),
    scales: new Float64Array(PREDICTING).fill(scale ?? Number.NaN),
  };
  const { scores } = await scorePoints(data.test, data.dataset.test.targets, points, options);
  return { networks: PREDICTING, scores, seconds: (performance.now() - begun) / 1000 };
}

/** A posterior around the path, sampled at the given cost. */
async function sampled(
  { folder, setup, likelihood, rng, options }: Context,
  kind: SampleSpec["space"],
): Promise<Found> {
  const { spec, span, path } = setup;
  const space = spaceOf(span.gram(0), path, { ...spec, space: kind });
  const d = space.dimension + (likelihood.regression && spec.sampleNoise ? 1 : 0);
  const sampling = { ...setup, spec: samplingOf(spec, kind, d) };
  options.onStage?.(`sampling the ${kind}`);
  const found = await sampleAt(
    folder,
    `draws-${kind}`,
    spec.temperature,
    { space, likelihood, rng: rng.split(kind) },
    sampling,
    options,
  );
  return {
    ...foundBy(found, sampling.spec),
    evaluations: found.evaluations,
    seconds: folder.record.timings[`draws-${kind}`],
  };
}

/** What chains have found. */
const foundBy = ({ splits, convergence }: SampledTemperature, { chains, draws }: SampleSpec) => ({
  networks: chains * draws,
  scores: splits.test,
  rHat: convergence.rHatMax,
  essMin: convergence.essBulkMin,
  essMean: convergence.essBulkMean,
});

/** A Gaussian fitted to the posterior in the volume, from the middle of the path on. */
async function variational({ setup, likelihood, rng, options }: Context): Promise<Found> {
  const { spec, span, path, data, scale } = setup;
  const space = spaceOf(span.gram(0), path, { ...spec, space: "volume" });
  const noise = noiseOf(likelihood, spec, scale);
  const { prior, temperature } = spec;
  const target = posterior({ space, prior, likelihood, noise, temperature });
  options.onStage?.("fitting a Gaussian to the posterior in the volume");
  const begun = performance.now();
  const start = target.unconstrain(spanCoordinates(space.span, path.at([0.5])), [scale ?? 1]);
  const steps = Math.max(1, Math.floor((spec.evaluations * spec.chains) / VARIATIONAL_SAMPLES));
  const fitted = await fitGaussian(target, start, rng.split("variational"), {
    steps,
    samples: VARIATIONAL_SAMPLES,
    signal: options.signal,
    onProgress: options.onProgress,
  });
  const { k } = await assessGaussian(target, fitted, ASSESSING, rng.split("assess"));
  const { draws } = drawGaussian(fitted, FITTED, rng.split("draws"));
  const { lambda, scales } = target.constrain(draws);
  const coefficients = new Float64Array(scales.length * span.terms);
  space.lifting().lift(lambda, coefficients);
  const points = { anchors: span.anchors, coefficients, scales };
  const { scores } = await scorePoints(data.test, data.dataset.test.targets, points, options);
  return {
    networks: scales.length,
    scores,
    k,
    evaluations: fitted.evaluations,
    seconds: (performance.now() - begun) / 1000,
  };
}
