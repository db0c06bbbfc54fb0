import * as jax from "@jax-js/jax";
import fc from "fast-check";
import { describe, it } from "vitest";
import { agree, check, filled } from "./agreement.reference.ts";
import type { Value } from "./index.ts";
import * as ops from "./index.ts";

const from1to = (max: number) => fc.integer({ min: 1, max });

/** jax-js refuses to differentiate convolutions whose padding reaches far beyond the kernel. */
function isDifferentiable(size: number, kernel: number, padding: number, stride: number): boolean {
  if (size + 2 * padding < kernel) return false;
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const before = kernel - 1 - padding;
  const after = size + kernel - 1 - ((out - 1) * stride + 1) - before;
  return Math.min(before, after, before + after) >= -out;
}

/** Images [n, c, h, w], kernels [o, c, kh, kw], zeros around and stride. */
const convolutions = fc
  .record({
    n: from1to(2),
    c: from1to(3),
    o: from1to(3),
    h: from1to(6),
    w: from1to(6),
    kh: from1to(3),
    kw: from1to(3),
  })
  .chain(({ n, c, o, h, w, kh, kw }) =>
    fc
      .record({
        image: filled([n, c, h, w]),
        kernel: filled([o, c, kh, kw]),
        padding: fc.integer({ min: 0, max: 2 }),
        stride: from1to(3),
      })
      .filter(
        ({ padding, stride }) =>
          isDifferentiable(h, kh, padding, stride) && isDifferentiable(w, kw, padding, stride),
      ),
  );

const squares = (f: (i: Value, k: Value) => Value) => (i: Value, k: Value) => ops.sum(ops.square(f(i, k)));
const gradients = (f: (i: Value, k: Value) => Value, i: Value, k: Value) =>
  ops.grad(squares(f) as never, { argnums: [0, 1] })(i, k) as Value[];

describe("convolutions", () => {
  it("with padding and stride, and their gradients", () =>
    check(
      convolutions,
      ({ image, kernel, padding, stride }) =>
        agree(
          (i, k) => {
            const f = (a: Value, b: Value) => ops.convolve(a, b, padding, stride);
            return [f(i, k), ...gradients(f, i, k)];
          },
          [image, kernel],
        ),
      15,
    ));

  it("of one column, whose gradient with respect to the image loses all its columns to negative padding", () =>
    agree(
      (i, k) => gradients((a, b) => ops.convolve(a, b, 1, 3), i, k),
      [
        { shape: [1, 2, 2, 1], data: [1, -2, 3, 0.5] },
        { shape: [1, 2, 2, 1], data: [2, 1, -1, 3] },
      ],
    ));

  it("second derivatives", () =>
    check(
      convolutions,
      ({ image, kernel, padding, stride }) =>
        agree(
          (i, k) => {
            const f = squares((a, b) => ops.convolve(a, b, padding, stride));
            const gradient = ((b: Value) => ops.grad(f as never, { argnums: [1] })(i, b)) as never;
            return (ops.jvp(gradient, [k], [ops.multiply(k, 0.25)])[1] as Value[]).flat();
          },
          [image, kernel],
          1e-3,
        ),
      5,
    ));

  it("with dilated images and kernels and uneven padding, in one, two and three dimensions", () =>
    check(
      fc.tuple(
        fc.constantFrom(1, 2, 3),
        fc.constantFrom([1, 0], [0, 2], [2, 1]),
        from1to(2),
        from1to(2),
        from1to(2),
        filled([2, 2, 4, 4, 4]),
        filled([3, 2, 2, 2, 2]),
      ),
      ([rank, pad, stride, imageDilation, kernelDilation, image, kernel]) => {
        const cut = (input: typeof image, size: number) => {
          const shape = input.shape.slice(0, 2 + rank);
          return { shape, data: input.data.slice(0, shape[0] * shape[1] * size ** rank) };
        };
        const each = <T>(x: T) => Array.from({ length: rank }, () => x);
        return agree(
          (i, k) => {
            const f = (a: Value, b: Value) =>
              jax.lax.convGeneralDilated(a.ref as never, b.ref as never, each(stride), each(pad) as never, {
                lhsDilation: each(imageDilation),
                rhsDilation: each(kernelDilation),
              }) as unknown as Value;
            return [f(i, k), ...gradients(f, i, k)];
          },
          [cut(image, 4), cut(kernel, 2)],
          1e-3,
        );
      },
      8,
    ));

  it("mapped over images, over kernels, over both, and twice", () =>
    check(
      fc.tuple(filled([3, 2, 1, 4, 4]), filled([3, 2, 1, 3, 2]), from1to(2)),
      ([images, kernels, stride]) =>
        agree(
          (x, k) => {
            const f = ((a: Value, b: Value) => ops.convolve(a, b, 1, stride)) as never;
            const first = (v: Value) => ops.reshape(ops.split(v, [1], 0)[0], v.shape.slice(1));
            const both = (a: Value, b: Value) => ops.vmap(f)(a, b) as Value;
            const shared = (a: Value, b: Value) => ops.vmap(f, [null, 0])(a, b) as Value;
            const each = (a: Value, b: Value) => ops.vmap(f, [0, null])(a, b) as Value;
            const twice = (a: Value, b: Value) => ops.vmap(shared as never, [0, null])(a, b) as Value;
            return [
              both(x, k),
              ...gradients(both, x, k),
              shared(first(x), k),
              ...gradients(shared, first(x), k),
              each(x, first(k)),
              ...gradients(each, x, first(k)),
              twice(x, k),
              ...gradients(twice, x, k),
            ];
          },
          [images, kernels],
          1e-3,
        ),
      3,
    ));
});
