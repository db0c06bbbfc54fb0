/** One named array inside the parameter vector. */
export interface Leaf {
  name: string;
  shape: number[];
  /** First element in the parameter vector. */
  offset: number;
  size: number;
}

/** Where each named array lies in the parameter vector θ: consecutive, row-major, in forward order. */
export interface Layout {
  leaves: Leaf[];
  /** D, the length of θ. */
  size: number;
}

export function layoutOf(arrays: { name: string; shape: number[] }[]): Layout {
  let offset = 0;
  const leaves = arrays.map(({ name, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const leaf = { name, shape, offset, size };
    offset += size;
    return leaf;
  });
  return { leaves, size: offset };
}

/** The arrays of a parameter vector, as views of it. */
export function leafViews(layout: Layout, theta: Float32Array): Float32Array[] {
  if (theta.length !== layout.size) {
    throw new Error(
      `A parameter vector of ${theta.length} elements was given; this network has ${layout.size}.`,
    );
  }
  return layout.leaves.map(({ offset, size }) => theta.subarray(offset, offset + size));
}
