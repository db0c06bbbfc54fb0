import { dot, type Rng } from "../engine/index.ts";
import { type DirectionSubspace, fit, principalSubspace, randomSubspace, Trajectory } from "../fit/index.ts";
import { directionAnchors, directionSpan, volumeSpace } from "../geometry/index.ts";
import { diagonalLaplace, predictDraws, spanLikelihood } from "../inference/index.ts";
import { Span, simplex } from "../subspace/index.ts";
import { type CompareContext, type Found, foundBy, PREDICTING, samplingOf } from "./compare-spec.ts";
import { scoreOutputs, scorePoints } from "./posterior-scores.ts";
import { sampleAt, spaceOf } from "./sample-node.ts";

/** Epochs that a training goes on to find principal components of it, and the last deviations that count (SWAG). */
const FOLLOWED = 50;
const DEVIATIONS = 20;
/** Standard deviations of the priors in flat subspaces, as in the published notebooks of a regression. */
const PRIOR_SD = { random: 1, principal: 5 };
/** Among which that of the prior of Laplace is chosen. */
const PRECISIONS = [1, 10, 100, 1000, 10_000, 100_000];

/** Optima that were trained apart. */
export async function ensembleOf(
  { setup, member, folder, options }: CompareContext,
  count: number,
): Promise<Found> {
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
export async function laplace({ setup, member, rng, folder, options }: CompareContext): Promise<Found> {
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
export async function inSubspace(context: CompareContext, kind: "random" | "principal"): Promise<Found> {
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
  { setup, options }: CompareContext,
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
