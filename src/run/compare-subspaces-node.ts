import { dot, type Rng } from "../engine/index.ts";
import {
  curveSubspace,
  type DirectionSubspace,
  fit,
  principalSubspace,
  randomSubspace,
  Trajectory,
} from "../fit/index.ts";
import { directionAnchors, directionSpan, volumeSpace } from "../geometry/index.ts";
import { spanLikelihood } from "../inference/index.ts";
import { materialise, Span, simplex } from "../subspace/index.ts";
import { sampledTempered } from "./compare-sampling-node.ts";
import { type CompareContext, type Found, samplingOf } from "./compare-spec.ts";
import { spaceOf } from "./sample-node.ts";

/** Epochs that a training goes on to find principal components of it, and the last deviations that count (SWAG). */
const FOLLOWED = 50;
const DEVIATIONS = 20;
/** Standard deviations of the priors in flat subspaces, as in the published notebooks of a regression. */
const PRIOR_SD = { random: 1, principal: 5, curve: 1 };

/** A flat subspace, and what it took to find it. */
interface Prepared {
  subspace: DirectionSubspace;
  /** Of the noise, where chains start; of a regression. */
  scale?: number;
  evaluations: number;
  seconds: number;
}

const SUBSPACES: Record<keyof typeof PRIOR_SD, (context: CompareContext, rng: Rng) => Promise<Prepared>> = {
  random: async ({ folder, setup, member }, rng) => {
    const { theta, scale, epochs } = await member(0);
    const subspace = randomSubspace(theta, rankOf(setup), rng.split("directions"));
    return { subspace, scale, evaluations: epochs, seconds: folder.record.timings["member-1"] };
  },
  principal: async (context, rng) => {
    const { folder, setup, member } = context;
    const { theta, scale, epochs } = await member(0);
    const begun = performance.now();
    const subspace = await followed(context, theta, Math.min(rankOf(setup), DEVIATIONS), rng);
    const seconds = folder.record.timings["member-1"] + (performance.now() - begun) / 1000;
    return { subspace, scale, evaluations: epochs + FOLLOWED, seconds };
  },
  curve: async ({ setup: { span, path, scale } }) => {
    using points = materialise(span, path, [0, 0.5, 1]);
    const [first, middle, last] = points.anchors;
    return { subspace: curveSubspace(first, middle, last), scale, evaluations: 0, seconds: 0 };
  },
};

/** As many directions as the span of the path has dimensions. */
const rankOf = ({ span, path, spec }: CompareContext["setup"]): number =>
  spaceOf(span.gram(0), path, { ...spec, space: "volume" }).dimension;

/**
 * A posterior in a flat subspace (Izmailov et al. 2020): of random or principal directions around the first optimum, as many
 * as the span of the path has, or in the plane of the ends and the middle of the path. It is sampled at the same cost as
 * the others, from standard normal coordinates.
 */
export async function inSubspace(context: CompareContext, kind: keyof typeof PRIOR_SD): Promise<Found> {
  const { folder, setup, rng, options } = context;
  const { spec, data } = setup;
  const own = rng.split(kind);
  const { scale, evaluations, seconds, ...prepared } = await SUBSPACES[kind](context, own);
  using subspace = prepared.subspace;
  const { mean, directions } = subspace;
  using around = new Span(directionAnchors(mean, directions));
  const space = volumeSpace(directionSpan(directions.map((v) => Math.sqrt(dot(v, v)))));
  using likelihood = await spanLikelihood(data.train, around.anchors, spec.chains, options.signal);
  const d = space.dimension + (likelihood.regression && spec.sampleNoise ? 1 : 0);
  const prior = { scale: PRIOR_SD[kind], weight: spec.prior.weight };
  const sampling = { ...setup, span: around, scale, spec: { ...samplingOf(spec, "volume", d), prior } };
  const lambda = Float64Array.from(own.split("starts").normal(spec.chains * space.dimension));
  const label = kind === "curve" ? "sampling the plane of the path" : `sampling ${kind} directions`;
  const where = { space, likelihood, rng: own, lambda };
  const found = await sampledTempered({ folder, setup: sampling, options }, kind, where, label);
  return {
    ...found,
    evaluations: evaluations + (found.evaluations ?? 0),
    seconds: seconds + found.seconds,
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
