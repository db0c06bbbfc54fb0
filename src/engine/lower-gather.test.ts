import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { agree, check, dims, filled, np, size, transposed, wholes } from "./agreement.reference.ts";
import * as ops from "./index.ts";
import { compile, type Value } from "./index.ts";

/** An array, an axis of it, and indices into that axis, of any rank. */
const lookups = dims(1, 3).chain((shape) =>
  fc.nat({ max: shape.length - 1 }).chain((axis) =>
    fc.tuple(
      filled(shape),
      dims(0, 2).chain((indexShape) => wholes(indexShape, 0, shape[axis] - 1)),
      fc.constant(axis),
    ),
  ),
);
const gradient = (f: (v: Value) => Value, x: Value) =>
  ops.grad(((v: Value) => ops.sum(ops.multiply(f(v), f(v)))) as never)(x) as Value;

describe("gathering", () => {
  it("along any axis, and its gradient, which adds where indices repeat", () =>
    check(lookups, ([x, index, axis]) =>
      agree(
        (v, i) => {
          const mirrored = v.shape.length - 1 - axis;
          return [
            ops.take(v, i, axis),
            ops.take(transposed(v), i, mirrored),
            gradient((u) => ops.take(u, i, axis), v),
            gradient((u) => ops.take(transposed(u), i, mirrored), v),
          ];
        },
        [x, index],
      ),
    ));

  it("under vmap over the array, the indices, or both, and the gradients", () =>
    check(
      fc.tuple(filled([3, 4, 2]), wholes([3, 5], 0, 3)),
      (inputs) =>
        agree((x, i) => {
          const pick = ((v: Value, k: Value) => ops.take(v, k, 0)) as never;
          const first = ops.take(x, ops.castTo(ops.arange(1), "int32"), 0);
          const row = ops.reshape(first, [4, 2]);
          const both = (v: Value) => ops.vmap(pick)(v, i) as Value;
          const indices = (v: Value) => ops.vmap(pick, [null, 0])(v, i) as Value;
          return [both(x), indices(row), gradient(both, x), gradient(indices, row)];
        }, inputs),
      5,
    ));

  it("the label's logit, as a loss takes it, and one-hot labels", () =>
    check(
      fc.tuple(filled([6, 3]), wholes([6], 0, 2)),
      (inputs) =>
        agree((logits, labels) => {
          const hot = (i: Value) => ops.castTo(ops.equal(ops.reshape(i, [6, 1]), ops.arange(3)), "float32");
          const loss = (v: Value) => ops.sum(ops.multiply(ops.logSoftmax(v), hot(labels)));
          const taken = (v: Value) =>
            ops.sum(np.takeAlongAxis(ops.logSoftmax(v), ops.reshape(labels, [6, 1]), 1));
          return [
            hot(labels),
            loss(logits),
            taken(logits),
            ...[loss, taken].map((f) => ops.grad(f as never)(logits) as Value),
          ];
        }, inputs),
      5,
    ));

  it("loses no sum when many updates meet in few elements on several threads", async () => {
    const [n, rows] = [100_000, 4];
    vi.stubEnv("ISTHMUS_THREADS", "2");
    // The matrix product is large enough for the program to get all threads.
    using program = await compile(
      ((u: Value, i: Value, table: Value, a: Value) => {
        const f = (t: Value) => ops.sum(ops.multiply(ops.take(t, i, 0), u));
        return [ops.grad(f as never)(table) as Value, ops.matmul(a, a)];
      }) as never,
      [{ shape: [n] }, { shape: [n], dtype: "int32" }, { shape: [rows] }, { shape: [256, 256] }],
    );
    const index = Int32Array.from({ length: n }, (_, i) => (i * 7919) % rows);
    for (let run = 0; run < 5; run++) {
      const [sums] = await program.run([
        new Float32Array(n).fill(1),
        index,
        new Float32Array(rows),
        new Float32Array(size([256, 256])),
      ]);
      expect([...sums]).toEqual(new Array(rows).fill(n / rows));
    }
    vi.unstubAllEnvs();
  });
});
