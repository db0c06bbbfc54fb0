import { checkAlike, type Predictions, predictedClasses } from "./predictive.ts";
import { checkLabels } from "./scores.ts";

/** Share of examples for which two predictors name different classes, in [0, 1]. */
export function disagreement(p: Predictions, q: Predictions): number {
  checkAlike([p, q]);
  const [a, b] = [predictedClasses(p), predictedClasses(q)];
  let different = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) different++;
  return different / a.length;
}

/**
 * Share of examples for which two predictors name different classes and one of them is right, in [0, 1] (Wortsman et
 * al. 2021, code): where an ensemble can gain over a member.
 */
export function disagreementOneRight(p: Predictions, q: Predictions, labels: ArrayLike<number>): number {
  checkAlike([p, q]);
  checkLabels(p, labels);
  const [a, b] = [predictedClasses(p), predictedClasses(q)];
  let one = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && (a[i] === labels[i] || b[i] === labels[i])) one++;
  return one / a.length;
}

/** Total variation distance ½ Σ |p − q| of two predictive distributions, averaged over examples, in [0, 1]. */
export function totalVariation(p: Predictions, q: Predictions): number {
  checkAlike([p, q]);
  let sum = 0;
  for (let i = 0; i < p.values.length; i++) sum += Math.abs(p.values[i] - q.values[i]);
  return sum / 2 / (p.values.length / p.classes);
}

/**
 * Kullback-Leibler divergence Σ p ln(p / q) of two predictive distributions, averaged over examples, in nats: 0 or
 * more, not symmetric, infinite where q rules out a class that p does not.
 */
export function klDivergence(p: Predictions, q: Predictions): number {
  checkAlike([p, q]);
  let sum = 0;
  for (let i = 0; i < p.values.length; i++) {
    // p ln p tends to 0 with p.
    if (p.values[i] !== 0) sum += p.values[i] * Math.log(p.values[i] / q.values[i]);
  }
  return sum / (p.values.length / p.classes);
}

/** A measure from member i to member j in row i and column j, m × m row-major, with 0 on the diagonal. */
export function pairwise(
  members: readonly Predictions[],
  measure: (p: Predictions, q: Predictions) => number,
): Float64Array {
  const m = members.length;
  const result = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) if (i !== j) result[i * m + j] = measure(members[i], members[j]);
  }
  return result;
}
