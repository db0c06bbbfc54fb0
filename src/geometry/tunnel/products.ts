/** y += a · x */
export function addMultiple(y: Float64Array, a: number, x: Float64Array): void {
  for (let d = 0; d < y.length; d++) y[d] += a * x[d];
}

export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += x[d] * y[d];
  return sum;
}

/** The product of a matrix, rows of `x.length` numbers, with a vector x; `out` has one number a row. */
export function rowProducts(rows: Float64Array, x: Float64Array, out: Float64Array): void {
  const n = x.length;
  const count = out.length;
  if (count < 4) {
    for (let i = 0, at = 0; i < count; i++) {
      let sum = 0;
      for (let d = 0; d < n; d++, at++) sum += rows[at] * x[d];
      out[i] = sum;
    }
    return;
  }
  // Four rows at once, so that their sums do not wait for each other; the last four overlap those before them.
  for (let next = 0; next < count; next += 4) {
    const i = Math.min(next, count - 4);
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let d = 0, at = i * n; d < n; d++, at++) {
      const y = x[d];
      s0 += rows[at] * y;
      s1 += rows[at + n] * y;
      s2 += rows[at + 2 * n] * y;
      s3 += rows[at + 3 * n] * y;
    }
    out[i] = s0;
    out[i + 1] = s1;
    out[i + 2] = s2;
    out[i + 3] = s3;
  }
}
