/** Eigenvalues of a symmetric tridiagonal matrix, by falling value, and of each unit eigenvector the first and last entry. */
export interface TridiagonalEigen {
  values: Float64Array;
  first: Float64Array;
  last: Float64Array;
}

/** Sweeps of the QL iteration for one eigenvalue; two or three are usual. */
const SWEEPS = 60;

/**
 * Eigenvalues of a symmetric tridiagonal matrix by the implicit QL iteration (Golub and Welsch 1969), which rotates only two
 * rows of the eigenvectors along: in O(k²).
 *
 * @param diagonal k numbers
 * @param off k − 1 numbers beside the diagonal; more are ignored
 */
export function tridiagonalEigen(diagonal: ArrayLike<number>, off: ArrayLike<number>): TridiagonalEigen {
  const k = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = Float64Array.from({ length: k }, (_, i) => (i < k - 1 ? off[i] : 0));
  const rows = [new Float64Array(k), new Float64Array(k)];
  rows[0][0] = 1;
  rows[1][k - 1] = 1;
  for (let l = 0; l < k; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < k - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      if (sweep === SWEEPS) throw new Error("The eigenvalues of a tridiagonal matrix did not converge.");
      sweepUp(d, e, l, m, rows);
    }
  }
  const order = Array.from(d.keys()).sort((a, b) => d[b] - d[a]);
  const sorted = (values: Float64Array) => Float64Array.from(order, (i) => values[i]);
  return { values: sorted(d), first: sorted(rows[0]), last: sorted(rows[1]) };
}

/** One implicit QL sweep with Wilkinson's shift over the rows m down to l, which are coupled. */
function sweepUp(d: Float64Array, e: Float64Array, l: number, m: number, rows: Float64Array[]): void {
  let g = (d[l + 1] - d[l]) / (2 * e[l]);
  g = d[m] - d[l] + e[l] / (g + Math.sign(g || 1) * Math.hypot(g, 1));
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i];
    const b = c * e[i];
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The matrix falls apart here.
      d[i + 1] -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    const t = (d[i] - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    for (const row of rows) {
      const z = row[i + 1];
      row[i + 1] = s * row[i] + c * z;
      row[i] = c * row[i] - s * z;
    }
  }
  d[l] -= p;
  e[l] = g;
  e[m] = 0;
}
