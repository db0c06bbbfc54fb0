/** A density on the nodes of a rectangular grid, row-major: that at (x[i], y[j]) stands at j · nx + i. */
export interface GridDensity {
  xs: Float64Array;
  ys: Float64Array;
  values: Float64Array;
}

/** Bandwidths that the grid reaches beyond the outermost points. */
const MARGIN = 3;

/**
 * The density of points in the plane by Gaussian kernels, with bandwidths by Scott's rule: n^(−1/6) standard deviations along
 * each axis (Scott 1992, equation 6.42). The standard deviations are those within chains, so that modes between which
 * chains do not go stay as narrow as they are.
 *
 * @param x n
 * @param y n
 * @param nodes of the grid along each axis
 * @param chains to which the points belong, one after the other and equally long; default one
 * @throws RangeError where points do not differ along an axis, or are not finite
 */
export function kernelDensity(
  x: Float64Array,
  y: Float64Array,
  nodes: { x: number; y: number },
  chains = 1,
): GridDensity {
  const n = x.length;
  const [xs, ofX] = kernels(x, nodes.x, chains);
  const [ys, ofY] = kernels(y, nodes.y, chains);
  const values = new Float64Array(nodes.x * nodes.y);
  for (let j = 0; j < nodes.y; j++) {
    for (let i = 0; i < nodes.x; i++) {
      let sum = 0;
      for (let s = 0; s < n; s++) sum += ofX[i * n + s] * ofY[j * n + s];
      values[j * nodes.x + i] = sum / n;
    }
  }
  return { xs, ys, values };
}

/** Nodes along an axis, and the kernel of each point at each, [nodes, n]. */
function kernels(
  points: Float64Array,
  count: number,
  chains: number,
): [nodes: Float64Array, values: Float64Array] {
  const n = points.length;
  const sd = sdWithinChains(points, chains);
  if (!(sd > 0 && Number.isFinite(sd))) {
    throw new RangeError(
      `A density of ${n} points with a standard deviation of ${sd} was asked for; give points that are finite and differ.`,
    );
  }
  const bandwidth = sd * n ** (-1 / 6);
  const low = points.reduce((a, b) => Math.min(a, b)) - MARGIN * bandwidth;
  const high = points.reduce((a, b) => Math.max(a, b)) + MARGIN * bandwidth;
  const nodes = Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
  const norm = 1 / (bandwidth * Math.sqrt(2 * Math.PI));
  const values = new Float64Array(count * n);
  for (let i = 0; i < count; i++) {
    for (let s = 0; s < n; s++)
      values[i * n + s] = norm * Math.exp(-0.5 * ((nodes[i] - points[s]) / bandwidth) ** 2);
  }
  return [nodes, values];
}

function sdWithinChains(points: Float64Array, chains: number): number {
  const each = points.length / chains;
  let squares = 0;
  for (let c = 0; c < chains; c++) {
    const own = points.subarray(c * each, (c + 1) * each);
    const mean = own.reduce((a, b) => a + b, 0) / each;
    squares += own.reduce((sum, p) => sum + (p - mean) ** 2, 0);
  }
  return Math.sqrt(squares / (points.length - chains));
}
