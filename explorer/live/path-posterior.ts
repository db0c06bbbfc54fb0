/** Central 95 % of the functions of a posterior on a path, at each input. */
export interface Band {
  low: Float32Array;
  high: Float32Array;
}

/**
 * The posterior of the position t on a path, uniform before it has seen data, at a temperature: weights of even positions that
 * sum to 1, proportional to exp(-N (L(t) - min L) / (2 σ² T)). The noise σ² of the targets is the least mean squared error on
 * the path, its maximum-likelihood estimate.
 *
 * @param errors mean squared error L on the training examples at each position
 * @param count number N of training examples
 */
export function pathPosterior(errors: ArrayLike<number>, count: number, temperature: number): Float64Array {
  const all = Float64Array.from(errors);
  const least = all.reduce((a, b) => Math.min(a, b));
  const rate = count / (2 * Math.max(least, 1e-12) * temperature);
  const weights = all.map((error) => Math.exp(-rate * (error - least)));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/**
 * The band of weighted functions.
 * @param values of each function at n inputs, row-major [functions, n]
 */
export function posteriorBand(weights: Float64Array, values: Float32Array): Band {
  const functions = weights.length;
  const n = values.length / functions;
  const band = { low: new Float32Array(n), high: new Float32Array(n) };
  const order = Uint32Array.from({ length: functions }, (_, p) => p);
  for (let i = 0; i < n; i++) {
    order.sort((a, b) => values[a * n + i] - values[b * n + i]);
    let below = 0;
    let [low, high] = [Number.NaN, Number.NaN];
    for (const p of order) {
      const value = values[p * n + i];
      below += weights[p];
      if (Number.isNaN(low) && below >= 0.025) low = value;
      if (Number.isNaN(high) && below >= 0.975 - 1e-12) high = value;
    }
    band.low[i] = low;
    band.high[i] = Number.isNaN(high) ? values[order[functions - 1] * n + i] : high;
  }
  return band;
}
