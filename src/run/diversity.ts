import { allocateVector, combine, type Rng, releaseVector } from "../engine/index.ts";
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

/**
 * Where networks beside an optimum come from: other trainings, its own training (its states and their mean), and draws of
 * `sampleAround`, with `random-low-rank` those of `low-rank` from random draws that are nearly as good as the optimum.
 */
export const DIVERSITY_GROUPS = [
  "independent",
  "training",
  "average",
  ...SUBSPACE_SAMPLERS,
  "random-low-rank",
] as const;
export type DiversityGroup = (typeof DIVERSITY_GROUPS)[number];

/** Groups of draws around an optimum. */
export type DrawnGroup = SubspaceSamplerKind | "random-low-rank";

/** A network in the plane of accuracy and diversity. */
export interface DiversityPoint {
  /** On the examples of the landscape, in [0, 1]. */
  accuracy: number;
  /** Share of examples for which it and the optimum name different classes, in [0, 1]. */
  disagreement: number;
  /** Disagreement over error, 1 − accuracy. */
  diversity: number;
  /** What `diversityLimits` gives for its accuracy. */
  limits: { independent: number; flipped: number };
}

/** Networks drawn around an optimum beside others that were trained apart (Fort et al. 2019). */
export interface DiversityResult {
  /** Accuracy of the optimum. */
  base: number;
  classes: number;
  /** Examples on which the networks were compared. */
  examples: number;
  /** Those that there are. */
  groups: Partial<Record<DiversityGroup, DiversityPoint[]>>;
  /** Accuracy of the averaged predictions of the optimum and a group. */
  together: Partial<Record<DiversityGroup, number>>;
  /** t-SNE of the predictions of all, by group; none of fewer than four. */
  map?: { group: DiversityGroup | "base"; points: [number, number][] }[];
}

export interface DiversitySpec {
  /** Networks drawn by each sampler. */
  draws: number;
  /** Largest scale of each sampler, see `sampleAround`; draws grow up to it, so that a range of accuracies is seen. */
  scales: Record<DrawnGroup, number>;
}

export const DIVERSITY_DEFAULTS: DiversitySpec = {
  draws: 20,
  scales: { random: 20, dropout: 0.2, diagonal: 3, "low-rank": 3, "random-low-rank": 10 },
};

/** The map of functions looks at so many examples. */
const MAPPED = 300;

/** Random draws as accurate as this share of the optimum's accuracy span a subspace of their own. */
const NEARLY_AS_GOOD = 0.95;

/**
 * Places networks by accuracy and disagreement with an optimum: others, states of its training, and draws around it.
 *
 * @param landscapes.measured on whose examples accuracies and disagreements are measured
 * @param landscapes.selection on whose examples random draws are good enough for `random-low-rank`
 * @param theta of the optimum, like all vectors [D] in the vector memory
 * @param around.independent trained apart from it
 * @param around.states of its late training; what needs two of them is left out where there are fewer
 */
export async function diversityOf(
  { measured, selection }: { measured: NetworkLandscape; selection: NetworkLandscape },
  labels: ArrayLike<number>,
  theta: Float32Array,
  around: { independent: readonly Float32Array[]; states: readonly Float32Array[] },
  { draws, scales }: DiversitySpec,
  rng: Rng,
  { signal, onProgress }: WorkOptions = {},
): Promise<DiversityResult> {
  const { outputs: classes } = measured.network;
  const { independent, states } = around;
  using memory = new DisposableStack();
  const vector = () => {
    const made = allocateVector(theta.length);
    memory.defer(() => releaseVector(made));
    return made;
  };
  const out = vector();
  const kinds: readonly SubspaceSamplerKind[] = states.length > 1 ? SUBSPACE_SAMPLERS : ["random", "dropout"];
  let done = 0;
  /** Predictions of draws of growing scale, each handed to `keep` before it is drawn over. */
  const drawn = async (
    group: DrawnGroup,
    kind: SubspaceSamplerKind,
    from: readonly Float32Array[],
    keep?: () => Promise<void>,
  ): Promise<Predictions[]> => {
    const own: Predictions[] = [];
    for (let i = 0; i < draws; i++) {
      const scale = (scales[group] * (i + 1)) / draws;
      using sampler = sampleAround(kind, theta, from, scale, rng.split(group));
      sampler.draw(i, out);
      own.push(await probabilitiesOf(measured, out, { signal }));
      await keep?.();
      onProgress?.(++done / (draws * (kinds.length + 1)));
    }
    return own;
  };
  const predicted = async (thetas: readonly Float32Array[]): Promise<Predictions[]> => {
    const own: Predictions[] = [];
    for (const one of thetas) own.push(await probabilitiesOf(measured, one, { signal }));
    return own;
  };

  const base = await probabilitiesOf(measured, theta, { signal });
  const groups = new Map<DiversityGroup, Predictions[]>();
  groups.set("independent", await predicted(independent));
  groups.set("training", await predicted(states));
  if (states.length > 1) {
    const mean = vector();
    combine(mean, states, new Array(states.length).fill(1 / states.length));
    groups.set("average", await predicted([mean]));
  }
  const accepted: Float32Array[] = [];
  const least = NEARLY_AS_GOOD * (1 - (await selection.evaluate(theta, { signal })).error);
  const accept = async () => {
    if (1 - (await selection.evaluate(out, { signal })).error < least) return;
    const kept = vector();
    kept.set(out);
    accepted.push(kept);
  };
  for (const kind of kinds) {
    const own = await drawn(kind, kind, states, kind === "random" ? accept : undefined);
    groups.set(kind, own);
  }
  if (accepted.length > 1) {
    groups.set("random-low-rank", await drawn("random-low-rank", "low-rank", accepted));
  }

  const accuracyOf = (p: Predictions) => scoresOf(p, labels).accuracy.value;
  const reference = accuracyOf(base);
  const place = (p: Predictions): DiversityPoint => {
    const accuracy = accuracyOf(p);
    const differ = disagreement(base, p);
    const limits = diversityLimits(reference, accuracy, classes);
    return { accuracy, disagreement: differ, diversity: differ / (1 - accuracy), limits };
  };
  const present = [...groups].filter(([, own]) => own.length > 0);
  return {
    base: reference,
    classes,
    examples: labels.length,
    groups: Object.fromEntries(present.map(([group, own]) => [group, own.map(place)])),
    together: Object.fromEntries(
      present.map(([group, own]) => [group, accuracyOf(meanPrediction([base, ...own]))]),
    ),
    map: mapOf([["base", [base]], ...present], rng.split("map")),
  };
}

/** The map of all networks by what they predict for the first examples. */
function mapOf(
  groups: readonly (readonly [DiversityGroup | "base", readonly Predictions[]])[],
  rng: Rng,
): DiversityResult["map"] {
  const all = groups.flatMap(([, own]) => own);
  if (all.length < 4) return undefined;
  const first = ({ classes, values }: Predictions) => ({
    classes,
    values: values.subarray(0, MAPPED * classes),
  });
  const points = functionMap(all.map(first), rng);
  let at = 0;
  return groups.map(([group, own]) => {
    at += own.length;
    return { group, points: points.slice(at - own.length, at) };
  });
}
