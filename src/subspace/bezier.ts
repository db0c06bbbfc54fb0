import { checkCount, type PathMap, pathMap } from "./coefficient-map.ts";

/**
 * The Bézier curve of a degree K, whose K + 1 anchors are its control points; it starts in the first and ends in the
 * last. The coefficients are the Bernstein polynomials b_k(t) = C(K, k) tᵏ (1 − t)ᴷ⁻ᵏ (Dold et al. 2025, code;
 * Garipov et al. 2018, eq. 4, is degree 2). Outside of [0, 1] the polynomials simply continue; their values then
 * alternate in sign, and digits are lost as (1 + 2d)ᴷ at a distance d from the interval.
 *
 * Derivatives are by the difference scheme b_k' = K (b_{k−1} − b_k), with the polynomials of degree K − 1 on the
 * right, repeated.
 *
 * @param degree K, a whole number from 1; good to 12 digits at degree 100
 */
export function bezier(degree: number): PathMap {
  checkCount("The degree of a Bézier curve", degree, 1);
  if (degree > 1000) throw new RangeError(`The degree of a Bézier curve is ${degree}; give at most 1000.`);
  const binomials: Float64Array[] = [];
  return pathMap({ kind: "bezier", degree }, degree + 1, (t, order, out) => {
    out.fill(0);
    const lower = degree - order;
    if (lower < 0) return out;
    binomials[order] ??= binomialRow(lower);
    bernstein(binomials[order], t, out);
    for (let n = lower + 1; n <= degree; n++) {
      for (let k = n; k > 0; k--) out[k] = n * (out[k - 1] - out[k]);
      out[0] *= -n;
    }
    return out;
  });
}

/** The straight line from the first anchor (t = 0) to the second (t = 1): c = (1 − t, t), also outside of [0, 1]. */
export function line(): PathMap {
  return { ...bezier(1), kind: "line", spec: { kind: "line" } };
}

/** C(n, 0) … C(n, n), which float64 holds exactly up to n = 56. */
function binomialRow(n: number): Float64Array {
  const row = new Float64Array(n + 1);
  row[0] = 1;
  for (let k = 1; k <= n; k++) row[k] = k > n / 2 ? row[n - k] : (row[k - 1] * (n - k + 1)) / k;
  return row;
}

/** The Bernstein polynomials at t. Powers are running products, so that 0⁰ is 1 and the ends are exact. */
function bernstein(binomials: Float64Array, t: number, out: Float64Array): void {
  const n = binomials.length - 1;
  let power = 1;
  for (let k = 0; k <= n; k++, power *= t) out[k] = binomials[k] * power;
  power = 1;
  for (let k = n; k >= 0; k--, power *= 1 - t) out[k] *= power;
}
