import { combine, dot } from "../engine/index.ts";
import { disagreement, meanPrediction, type Predictions, scoresOf, softmax } from "../inference/index.ts";
import type { NetworkLandscape, WorkOptions } from "../landscape/index.ts";

/** Networks collected one after another, averaged as weights and as predictions. */
export interface Averages {
  /** Number of the collected network from which on they are averaged, from 1. */
  from: number;
  /** Accuracy of each network alone; of the mean of the weights, and of the mean of the probabilities, up to it; null before. */
  individual: number[];
  weights: (number | null)[];
  predictions: (number | null)[];
  /** From each network to the next: the angle seen from the origin, in degrees, and the share of labels that change. */
  angles: number[];
  changed: number[];
}

/** The angle between two vectors seen from the origin, in degrees. */
export function angleBetween(a: Float32Array, b: Float32Array): number {
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

/** Class probabilities of a network for every example of a landscape. */
export async function probabilitiesOf(
  landscape: NetworkLandscape,
  theta: Float32Array,
  options: WorkOptions = {},
): Promise<Predictions> {
  return softmax({ classes: landscape.network.outputs, values: await landscape.predict(theta, options) });
}

/**
 * Accuracy of networks that were collected in a training: alone, of their averaged weights (SWA; Izmailov et al. 2018) and of their
 * averaged predictions (snapshot ensembles; Huang et al. 2017), against their number ("Large Scale Structure", figure 6).
 *
 * @param thetas in the order of collection, vectors of the vector memory
 * @param from number of the first that is averaged, from 1
 * @param mean [D] in the vector memory; gets the mean of the weights of all that are averaged
 * @throws RangeError where no network has the number `from`
 */
export async function averagesOf(
  landscape: NetworkLandscape,
  labels: ArrayLike<number>,
  thetas: readonly Float32Array[],
  from: number,
  mean: Float32Array,
  { signal, onProgress }: WorkOptions = {},
): Promise<Averages> {
  if (!Number.isInteger(from) || from < 1 || from > thetas.length) {
    throw new RangeError(
      `Averaging from network ${from} of ${thetas.length} was asked for; give a number from 1 to ${thetas.length}.`,
    );
  }
  const accuracy = (p: Predictions) => scoresOf(p, labels).accuracy.value;
  const own: Predictions[] = [];
  for (const [k, theta] of thetas.entries()) {
    own.push(await probabilitiesOf(landscape, theta, { signal }));
    onProgress?.((k + 1) / thetas.length / 2);
  }
  const weights: (number | null)[] = [];
  mean.fill(0);
  for (let k = 0; k < thetas.length; k++) {
    if (k + 1 < from) {
      weights.push(null);
      continue;
    }
    const count = k + 2 - from;
    combine(mean, [mean, thetas[k]], [1 - 1 / count, 1 / count]);
    weights.push(accuracy(await probabilitiesOf(landscape, mean, { signal })));
    onProgress?.(0.5 + (k + 1) / thetas.length / 2);
  }
  return {
    from,
    individual: own.map(accuracy),
    weights,
    predictions: own.map((_, k) =>
      k + 1 < from ? null : accuracy(meanPrediction(own.slice(from - 1, k + 1))),
    ),
    angles: thetas.slice(1).map((theta, k) => angleBetween(thetas[k], theta)),
    changed: own.slice(1).map((p, k) => disagreement(own[k], p)),
  };
}
