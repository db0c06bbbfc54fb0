import { checkAlike, meanPrediction, type Predictions, predictedClasses } from "./predictive.ts";
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

/**
 * Jensen-Shannon divergence of several predictive distributions, H(mean p) − mean H(p), averaged over examples, in nats: 0 where
 * they agree, at most ln of their number (Fort et al. 2019, authors' code, without its added 1e-5).
 */
export function jensenShannon(members: readonly Predictions[]): number {
  const mean = meanPrediction(members);
  const entropy = ({ classes, values }: Predictions): number => {
    let sum = 0;
    // p ln p tends to 0 with p.
    for (const p of values) if (p > 0) sum -= p * Math.log(p);
    return sum / (values.length / classes);
  };
  return entropy(mean) - members.reduce((sum, member) => sum + entropy(member), 0) / members.length;
}

/**
 * Between which disagreements over error, d / (1 − a), a predictor of accuracy a lies beside one of accuracy a* of the same C
 * classes (Fort et al. 2019, section 4, derived anew): `independent`, if its errors have nothing to do with those of the other and
 * wrong classes are equally likely; `flipped`, if it is the other with some of its predictions replaced by random ones.
 *
 * @param reference a*, in (1 / C, 1]
 * @param accuracy a, in [0, 1)
 * @returns both; `flipped` is 0 from a* on
 * @throws RangeError for a reference no better than chance, which random flips do not make worse
 */
export function diversityLimits(
  reference: number,
  accuracy: number,
  classes: number,
): { independent: number; flipped: number } {
  if (!(reference > 1 / classes && reference <= 1)) {
    throw new RangeError(
      `A predictor of accuracy ${reference} in ${classes} classes was given to compare others with; give one that is better than chance.`,
    );
  }
  const [wrong, wrongReference] = [1 - accuracy, 1 - reference];
  const independent =
    reference * wrong + accuracy * wrongReference + (wrongReference * wrong * (classes - 2)) / (classes - 1);
  // Of the flipped share, right ones become wrong, and one wrong one in C − 1 becomes right.
  const flipped = (reference - accuracy) / (reference - wrongReference / (classes - 1));
  return { independent: independent / wrong, flipped: Math.max(0, flipped) / wrong };
}
