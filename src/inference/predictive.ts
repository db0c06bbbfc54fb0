/**
 * Predictions of a classifier for n examples: probabilities or logits, n × classes row-major.
 */
export interface Predictions {
  classes: number;
  values: Float64Array;
}

/** Probabilities of logits: exp(z_k) / Σ exp(z_j). */
export function softmax({ classes, values: z }: { classes: number; values: ArrayLike<number> }): Predictions {
  const values = new Float64Array(z.length);
  for (let row = 0; row < z.length; row += classes) {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) if (z[row + k] > most) most = z[row + k];
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const e = Math.exp(z[row + k] - most);
      values[row + k] = e;
      sum += e;
    }
    for (let k = 0; k < classes; k++) values[row + k] /= sum;
  }
  return { classes, values };
}

/** The mean over members, of probabilities or of logits, element by element. */
export function meanPrediction(members: readonly Predictions[]): Predictions {
  const [{ classes, values: first }] = checkAlike(members);
  const values = new Float64Array(first.length);
  for (const member of members) {
    for (let i = 0; i < values.length; i++) values[i] += member.values[i] / members.length;
  }
  return { classes, values };
}

/** Throws where there are no members or they are of different sizes. */
export function checkAlike(members: readonly Predictions[]): readonly Predictions[] {
  if (members.length === 0)
    throw new RangeError("An ensemble without members was asked for; give one or more.");
  const [{ classes, values }] = members;
  for (const member of members) {
    if (member.classes !== classes || member.values.length !== values.length) {
      throw new RangeError(
        `Predictions of ${values.length / classes} x ${classes} and of ${member.values.length / member.classes} x ${member.classes} were given; members of an ensemble need equal sizes.`,
      );
    }
  }
  return members;
}

/**
 * The class with the highest value of each example: the first of several, where the error of a landscape counts a tie
 * as wrong; −1, which is no label, where a value is not a number, so that a network that diverged is never right.
 */
export function predictedClasses({ classes, values }: Predictions): Int32Array {
  const result = new Int32Array(values.length / classes);
  for (let i = 0; i < result.length; i++) {
    let best = 0;
    for (let k = 0; k < classes; k++) {
      const value = values[i * classes + k];
      if (Number.isNaN(value)) {
        best = -1;
        break;
      }
      if (value > values[i * classes + best]) best = k;
    }
    result[i] = best;
  }
  return result;
}
