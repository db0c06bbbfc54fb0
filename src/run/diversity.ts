import { allocateVector, type Rng, releaseVector } from "../engine/index.ts";
import { SUBSPACE_SAMPLERS, type SubspaceSamplerKind, sampleAround } from "../fit/index.ts";
import {
  disagreement,
  diversityLimits,
  functionMap,
  meanPrediction,
  type Predictions,
  scoresOf,
} from "../inference/index.ts";
import type { NetworkLandscape, WorkOptions } from "../landscape/index.ts";
import { probabilitiesOf } from "./averages.ts";

/** A network in the plane of accuracy and diversity: disagreement with the base over its error. */
export interface DiversityPoint {
  accuracy: number;
  disagreement: number;
  diversity: number;
}

/** Networks drawn around an optimum beside others that were trained apart (Fort et al. 2019). */
export interface DiversityResult {
  base: number;
  classes: number;
  /** Trained apart from the base. */
  independent: DiversityPoint[];
  /** Other states of its own training. */
  training: DiversityPoint[];
  samplers: Partial<Record<SubspaceSamplerKind, DiversityPoint[]>>;
  /** Accuracy of averaged predictions: of the draws of each sampler, of the training's states, of the independent ones. */
  together: Record<string, number>;
  /** Both limits at these accuracies. */
  limits: { accuracy: number[]; independent: number[]; flipped: number[] };
  /** t-SNE of the predictions of all, by group; none of fewer than four. */
  map?: { group: string; points: [number, number][] }[];
}

export interface DiversitySpec {
  draws: number;
  /** Largest scale of each sampler; see `sampleAround`. */
  scales: Record<SubspaceSamplerKind, number>;
}

export const DIVERSITY_DEFAULTS: DiversitySpec = {
  draws: 20,
  scales: { random: 20, dropout: 0.2, diagonal: 3, "low-rank": 3 },
};

/** The map of functions looks at so many examples. */
const MAPPED = 300;

/**
 * Places networks by accuracy and disagreement with an optimum: others, states of its training, and draws around it.
 *
 * @param states of the late training of the optimum, for the Gaussian samplers; those left out are not drawn
 */
export async function diversityOf(
  landscape: NetworkLandscape,
  labels: ArrayLike<number>,
  theta: Float32Array,
  { independent, states }: { independent: readonly Float32Array[]; states: readonly Float32Array[] },
  { draws, scales }: DiversitySpec,
  rng: Rng,
  { signal, onProgress }: WorkOptions = {},
): Promise<DiversityResult> {
  const { outputs: classes } = landscape.network;
  const base = await probabilitiesOf(landscape, theta, { signal });
  const accuracyOf = (p: Predictions) => scoresOf(p, labels).accuracy.value;
  const place = (p: Predictions): DiversityPoint => {
    const accuracy = accuracyOf(p);
    const differ = disagreement(base, p);
    return { accuracy, disagreement: differ, diversity: differ / (1 - accuracy) };
  };
  const predicted = async (thetas: readonly Float32Array[]) => {
    const all: Predictions[] = [];
    for (const one of thetas) all.push(await probabilitiesOf(landscape, one, { signal }));
    return all;
  };
  const groups: Record<string, Predictions[]> = {
    independent: await predicted(independent),
    training: await predicted(states),
  };
  const kinds = SUBSPACE_SAMPLERS.filter(
    (kind) => kind === "random" || kind === "dropout" || states.length > 1,
  );
  const out = allocateVector(theta.length);
  try {
    for (const [k, kind] of kinds.entries()) {
      const own: Predictions[] = [];
      for (let i = 0; i < draws; i++) {
        // Draws at growing scales, so that the whole range of accuracies is seen.
        const scale = (scales[kind] * (i + 1)) / draws;
        using sampler = sampleAround(kind, theta, states, scale, rng.split(kind));
        sampler.draw(i, out);
        own.push(await probabilitiesOf(landscape, out, { signal }));
        onProgress?.((k + (i + 1) / draws) / kinds.length);
      }
      groups[kind] = own;
    }
  } finally {
    releaseVector(out);
  }
  const points = Object.fromEntries(Object.entries(groups).map(([name, all]) => [name, all.map(place)]));
  const reference = accuracyOf(base);
  const accuracies = Array.from({ length: 41 }, (_, i) => 1 / classes + ((reference - 1 / classes) * i) / 40);
  const limits = accuracies.map((a) => diversityLimits(reference, a, classes));
  const every = Object.values(groups).reduce((sum, all) => sum + all.length, 1);
  const short = (p: Predictions): Predictions => ({
    classes,
    values: p.values.subarray(0, MAPPED * classes),
  });
  const mapped = every < 4 ? undefined : [["base", [base]] as const, ...Object.entries(groups)];
  const coordinates =
    mapped &&
    functionMap(
      mapped.flatMap(([, all]) => all.map(short)),
      rng.split("map"),
    );
  const starts = mapped?.map((_, g) => mapped.slice(0, g).reduce((sum, [, all]) => sum + all.length, 0));
  return {
    base: reference,
    classes,
    independent: points.independent,
    training: points.training,
    samplers: Object.fromEntries(kinds.map((kind) => [kind, points[kind]])),
    together: Object.fromEntries(
      Object.entries(groups)
        .filter(([, all]) => all.length > 0)
        .map(([name, all]) => [name, accuracyOf(meanPrediction([base, ...all]))]),
    ),
    limits: {
      accuracy: accuracies,
      independent: limits.map((limit) => limit.independent),
      flipped: limits.map((limit) => limit.flipped),
    },
    ...(mapped && coordinates
      ? {
          map: mapped.flatMap(([group, all], g) =>
            all.length > 0 ? [{ group, points: coordinates.slice(starts![g], starts![g] + all.length) }] : [],
          ),
        }
      : {}),
  };
}
