/** A field on a rectangular grid of nodes, row-major: value (x[ix], y[iy]) stands at iy · nx + ix. */
export interface Field {
  /** Ascending, evenly spaced node positions. */
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** Throws one clear sentence where the lists do not make a grid. */
export function checkField({ xs, ys, values }: Field): void {
  for (const [name, nodes] of Object.entries({ xs, ys })) {
    if (nodes.length < 2) throw new Error(`${name} has ${nodes.length} nodes; a plane needs two or more.`);
    const step = (nodes[nodes.length - 1] - nodes[0]) / (nodes.length - 1);
    for (let i = 1; i < nodes.length; i++) {
      if (!(step > 0 && Math.abs(nodes[i] - nodes[i - 1] - step) < 1e-3 * step)) {
        const where = `${name} goes from ${nodes[i - 1]} to ${nodes[i]}, where the mean step is ${step}`;
        throw new Error(`${where}; give ascending, evenly spaced nodes.`);
      }
    }
  }
  if (values.length !== xs.length * ys.length) {
    throw new Error(
      `A plane of ${xs.length} by ${ys.length} nodes has ${values.length} values; give one a node, x fastest.`,
    );
  }
}

/**
 * The field between its nodes, on `factor` times as many steps, by bilinear interpolation. Each node is one of the
 * samples and keeps its value exactly, and a cell of equal values stays exactly constant. The result has a border
 * of one sample around it, of the nearest values, so that contours end outside the plane instead of on its rim.
 *
 * @returns samples, row-major, `width` · `height` of them, `width` = (nx − 1) factor + 3.
 */
export function refine({ xs, ys, values }: Field, factor: number) {
  const nx = xs.length;
  const width = (nx - 1) * factor + 3;
  const height = (ys.length - 1) * factor + 3;
  const samples = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    const [iy, fy] = cellOf(row - 1, ys.length, factor);
    for (let column = 0; column < width; column++) {
      const [ix, fx] = cellOf(column - 1, nx, factor);
      const at = iy * nx + ix;
      const below = mix(values[at], values[at + 1], fx);
      const above = mix(values[at + nx], values[at + nx + 1], fx);
      samples[row * width + column] = mix(below, above, fy);
    }
  }
  return { samples, width, height };
}

/** The cell of a sample, and how far in it is, in [0, 1]. */
function cellOf(sample: number, nodes: number, factor: number): [cell: number, share: number] {
  const inside = Math.min(Math.max(sample, 0), (nodes - 1) * factor);
  const cell = Math.min(Math.floor(inside / factor), nodes - 2);
  return [cell, (inside - cell * factor) / factor];
}

function mix(a: number, b: number, share: number): number {
  return share === 1 ? b : a + share * (b - a);
}
