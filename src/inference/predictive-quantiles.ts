import type { GaussianPredictions } from "./log-likelihood.ts";
import { normalDistribution } from "./normal-distribution.ts";

const PRECISION = 1e-9;

/**
 * Quantiles of the predictive distribution of each example, the mixture over draws of N(mean_si, deviation_s²): where its
 * distribution function takes the levels. Found by Newton's method, kept in a bracket that is halved where it leaves it.
 *
 * @param levels in (0, 1)
 * @returns [n, levels] row-major; NaN where a prediction is not a number
 */
export function predictiveQuantiles(
  { draws, examples, means, deviations }: GaussianPredictions,
  levels: readonly number[],
): Float64Array {
  const wrong = levels.find((level) => !(level > 0 && level < 1));
  if (wrong !== undefined) {
    throw new RangeError(`A quantile of level ${wrong} was asked for; give a number between 0 and 1.`);
  }
  const result = new Float64Array(examples * levels.length);
  const own = new Float64Array(draws);
  for (let i = 0; i < examples; i++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let widest = 0;
    let sum = 0;
    for (let s = 0; s < draws; s++) {
      own[s] = means[s * examples + i];
      sum += own[s] + deviations[s];
      least = Math.min(least, own[s] - 9 * deviations[s]);
      most = Math.max(most, own[s] + 9 * deviations[s]);
      widest = Math.max(widest, deviations[s]);
    }
    levels.forEach((level, k) => {
      result[i * levels.length + k] = Number.isFinite(sum)
        ? quantile(own, deviations, level, [least, most], PRECISION * widest)
        : Number.NaN;
    });
  }
  return result;
}

function quantile(
  means: Float64Array,
  deviations: Float64Array,
  level: number,
  [from, to]: readonly [number, number],
  precision: number,
): number {
  const draws = means.length;
  let [low, high] = [from, to];
  let x = (low + high) / 2;
  while (high - low > precision) {
    let [below, density] = [0, 0];
    for (let s = 0; s < draws; s++) {
      const z = (x - means[s]) / deviations[s];
      below += normalDistribution(z) / draws;
      density += Math.exp(-0.5 * z * z) / (deviations[s] * draws * Math.sqrt(2 * Math.PI));
    }
    if (below === level) return x;
    if (below < level) low = x;
    else high = x;
    const step = (level - below) / density;
    const next = x + step;
    const stays = next > low && next < high;
    if (stays && Math.abs(step) < precision) return next;
    x = stays ? next : (low + high) / 2;
  }
  return x;
}
