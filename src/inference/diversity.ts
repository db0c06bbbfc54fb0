import { checkAlike, type Predictions, predictedClasses } from "./predictive.ts";

/** Share of examples for which two predictors name different classes, in [0, 1]. */
export function disagreement(p: Predictions, q: Predictions): number {
  checkAlike([p, q]);
  const [a, b] = [predictedClasses(p), predictedClasses(q)];
  let different = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) different++;
  return different / a.length;
}

/** Total variation distance ½ Σ |p − q| of two predictive distributions, averaged over examples, in [0, 1]. */
export function totalVariation(p: Predictions, q: Predictions): number {
  checkAlike([p, q]);
  let sum = 0;
  for (let i = 0; i < p.values.length; i++) sum += Math.abs(p.values[i] - q.values[i]);
  return sum / 2 / (p.values.length / p.classes);
}

/** A measure between every two members, m × m row-major, symmetric with 0 on the diagonal. */
export function pairwise(
  members: readonly Predictions[],
  measure: (p: Predictions, q: Predictions) => number,
): Float64Array {
  const m = members.length;
  const result = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) result[i * m + j] = result[j * m + i] = measure(members[i], members[j]);
  }
  return result;
}
