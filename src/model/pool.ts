import { concatenate, full, max, mean, reshape, type Value } from "../engine/index.ts";

/** Non-overlapping 2x2 windows of [n, c, h, w] as [n, c, h/2, 2, w/2, 2]. */
function windows(x: Value): Value {
  const [n, c, h, w] = x.shape;
  return reshape(x, [n, c, h / 2, 2, w / 2, 2]);
}

/** 2x2 average pooling with stride 2 of [n, c, h, w]; h and w are even. */
export const averagePool = (x: Value): Value => mean(windows(x), [3, 5]);

/** 2x2 max pooling with stride 2; an odd last row or column is pooled alone ("SAME" padding). */
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
  return max(windows(padded), [3, 5]);
}
