/**
 * The distribution function of the standard normal, to about 1e-15 absolute: ½ + φ(x)(x + x³/3 + x⁵/15 + …), whose
 * terms have one sign (Marsaglia 2004, "Evaluating the normal distribution").
 */
export function normalDistribution(x: number): number {
  // Beyond, the distance to 0 or 1 is below the rounding error.
  if (x > 8) return 1;
  if (x < -8) return 0;
  let term = x;
  let sum = x;
  for (let i = 3, last = Number.NaN; sum !== last && !Number.isNaN(sum); i += 2) {
    last = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
