import {
  add,
  arange,
  castTo,
  concatenate,
  equal,
  full,
  less,
  matmul,
  mean,
  multiply,
  reshape,
  split,
  type Value,
  where,
} from "../engine/index.ts";

/** Non-overlapping 2x2 windows of [n, c, h, w] as [n, c, h/2, 2, w/2, 2]. */
function windows(x: Value): Value {
  const [n, c, h, w] = x.shape;
  return reshape(x, [n, c, h / 2, 2, w / 2, 2]);
}

/** 2x2 average pooling with stride 2 of [n, c, h, w]; h and w are even. */
export const averagePool = (x: Value): Value => mean(windows(x), [3, 5]);

/** The permutation [w, w] that brings even columns to the front: 1 in row 2j of column j, and in row 2j + 1 of w/2 + j. */
function evenThenOdd(w: number): Value {
  const even = multiply(2, arange(w / 2));
  const source = concatenate([even, add(even, 1)]);
  return castTo(equal(reshape(arange(w), [w, 1]), reshape(source, [1, w])), "float32");
}

/** The larger of both, whose gradient goes to b where they are equal. */
const larger = (a: Value, b: Value): Value => where(less(b, a), a, b);

/**
 * 2x2 max pooling with stride 2; an odd last row or column is pooled alone ("SAME" padding).
 *
 * Written as maxima of whole halves: a reduction over windows has a gradient that compares and chooses in runs of two
 * numbers, which takes longer than the convolutions. Neighbouring columns are brought into halves by a product with a
 * permutation, which is exact and whose gradient is one product, too.
 */
export function maxPool(x: Value): Value {
  let padded = x;
  for (const axis of [2, 3]) {
    const { shape } = padded;
    if (shape[axis] % 2 === 0) continue;
    const border = full(
      shape.map((size, i) => (i === axis ? 1 : size)),
      -3e38,
    );
    padded = concatenate([padded, border], axis);
  }
  const [n, c, h, w] = padded.shape;
  const [top, bottom] = split(reshape(padded, [n, c, h / 2, 2 * w]), [w], 3);
  const columns = matmul(larger(top, bottom), evenThenOdd(w));
  const [left, right] = split(columns, [w / 2], 3);
  return larger(left, right);
}
