import * as jax from "@jax-js/jax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  agree,
  broadcastable,
  check,
  dims,
  filled,
  np,
  permutation,
  transposed,
  wholes,
} from "./agreement.reference.ts";
import * as ops from "./index.ts";
import { compile, type Value } from "./index.ts";

const operands = broadcastable(4).chain(({ shape, narrow }) =>
  fc.tuple(filled(shape), filled(narrow), fc.boolean()).map(([a, b, swap]) => (swap ? [b, a] : [a, b])),
);

describe("elementwise operations", () => {
  it("of many rows and one short row, which is repeated", () =>
    check(
      fc
        .record({
          batch: fc.constantFrom([], [3]),
          n: fc.constantFrom(24, 35, 37, 120),
          w: fc.constantFrom(2, 5, 16),
          shared: fc.boolean(),
        })
        .chain(({ batch, n, w, shared }) =>
          fc.tuple(filled([...batch, n, w]), filled(shared ? [w] : [...batch, 1, w])),
        ),
      (inputs) =>
        agree(
          (x, row) => [
            ops.add(x, row),
            ops.subtract(row, x),
            ops.divide(x, ops.add(ops.square(row), 1)),
            ops.multiply(ops.tanh(x), row),
          ],
          inputs,
        ),
    ));

  it("of two operands broadcast", () =>
    check(operands, (inputs) =>
      agree(
        (x, y) => [
          ops.add(x, y),
          ops.subtract(x, y),
          ops.subtract(ops.negative(x), y),
          ops.multiply(x, y),
          ops.divide(x, ops.add(ops.square(y), 1)),
          ops.maximum(x, y),
          ops.minimum(x, y),
          ops.where(ops.less(x, y), x, y),
          ops.where(ops.equal(x, y), 1, y),
        ],
        inputs,
      ),
    ));

  it("of one operand", () =>
    check(dims(0, 4).chain(filled), (input) =>
      agree(
        (x) => [
          ops.negative(x),
          ops.abs(x),
          ops.exp(x),
          ops.log(ops.add(ops.square(x), 0.5)),
          ops.sqrt(ops.add(ops.square(x), 0.5)),
          ops.sin(x),
          ops.cos(x),
          np.arcsin(ops.multiply(x, 0.4)),
          np.arctan(x.ref),
          ops.erf(x),
          jax.lax.erfc(x.ref as never) as unknown as Value,
          np.floor(x.ref),
          np.ceil(x.ref),
          np.trunc(x.ref),
          np.sign(x.ref),
          ops.maximum(x, 0),
          ops.stopGradient(x),
        ],
        [input],
      ),
    ));

  it("comparisons, their negations and their casts", () =>
    check(operands, (inputs) =>
      agree((x, y) => {
        const masks = [
          ops.less(x, y),
          ops.equal(x, y),
          np.lessEqual(x.ref, y.ref),
          np.greater(x.ref, y.ref),
          np.notEqual(x.ref, y.ref),
          ops.less(0, x),
        ];
        return [...masks, ...masks.map((m) => ops.castTo(m, "float32")), ops.castTo(x, "int32")];
      }, inputs),
    ));

  it("keep the order of permuted operands", () =>
    check(
      dims(2, 4).chain((shape) =>
        fc
          .tuple(filled(shape), permutation(shape.length))
          .chain(([x, perm]) =>
            fc.tuple(fc.constant(x), fc.constant(perm), filled(perm.map((p) => shape[p]))),
          ),
      ),
      ([x, perm, y]) =>
        agree(
          (a, b) => {
            const moved = ops.transpose(a, perm);
            return [
              ops.add(moved, b),
              ops.exp(moved),
              ops.multiply(b, moved),
              ops.relu(ops.subtract(moved, b)),
            ];
          },
          [x, y],
        ),
    ));

  it("rectify whatever shape the mask has", async () => {
    const products = (x: Value, y: Value) => {
      const mask = (v: Value) => ops.castTo(ops.less(0, v), "float32");
      // The mask of x, spread over the shape of both, beside x itself, and the other way round.
      const spread = np.broadcastTo(mask(x), np.add(x.ref, y.ref).shape);
      return [
        ops.multiply(x, mask(x)),
        ops.multiply(y, mask(x)),
        ops.multiply(x, spread),
        ops.multiply(transposed(x), mask(transposed(x))),
      ];
    };
    const row = { shape: [1, 3], data: [-1, 2, 3] };
    await agree(products, [row, { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }]);
    await check(operands, (inputs) => agree(products, inputs));
  });

  it("divide towards zero, and leave the remainder the sign of the dividend (as C and jax-js do)", () =>
    check(
      dims(0, 2).chain((shape) => fc.tuple(filled(shape), wholes(shape, -20, 20), wholes(shape, 1, 7))),
      (inputs) =>
        agree(
          (x, i, j) => [
            np.fmod(x.ref, 0.75),
            np.remainder(x.ref, 0.75),
            np.floorDivide(x.ref, 0.75),
            np.fmod(i.ref, j.ref),
            np.remainder(i.ref, ops.negative(j)),
            np.floorDivide(i.ref, j.ref),
          ],
          inputs,
        ),
    ));

  it("pass NaN on through maxima, minima and rectifiers, at every place of a vector", async () => {
    const n = 21;
    using program = await compile(
      ((x: Value) => [
        ops.relu(x),
        ops.maximum(x, 0),
        ops.maximum(x, 1),
        ops.minimum(x, ops.square(x)),
      ]) as never,
      [{ shape: [n] }],
    );
    for (let k = 0; k < n; k++) {
      for (const result of await program.run([new Float32Array(n).fill(2).with(k, Number.NaN)])) {
        expect([...result].map(Number.isNaN)).toEqual(Array.from({ length: n }, (_, i) => i === k));
      }
    }
  });
});

describe("reductions", () => {
  const reducible = dims(1, 4).chain((shape) =>
    fc.tuple(
      filled(shape),
      fc.shuffledSubarray(
        shape.map((_, i) => i),
        { minLength: 1 },
      ),
    ),
  );

  it("over any axes, also of permuted and of broadcast arrays", () =>
    check(reducible, ([input, axes]) =>
      agree(
        (x) => {
          const wide = np.broadcastTo(ops.reshape(x, [...x.shape, 1]), [...x.shape, 3]);
          const all = [...axes, x.shape.length];
          return [
            ops.sum(x, axes),
            ops.mean(transposed(x), axes),
            ops.mean(x, axes, { keepdims: true }),
            ops.max(x, axes),
            np.min(x.ref, axes),
            np.prod(x.ref, axes),
            ops.sum(wide, all),
            ops.mean(wide, all),
            np.prod(wide.ref, all),
            ops.max(wide, all),
            ops.sum(transposed(wide), [0]),
            ops.logsumexp(x, axes),
          ];
        },
        [input],
      ),
    ));

  it("and their gradients (ties share the gradient of a maximum)", () =>
    check(reducible, ([input, axes]) =>
      agree(
        (x) => {
          const of = (f: (v: Value) => Value) =>
            ops.grad(((v: Value) => ops.sum(ops.square(f(v)))) as never)(x) as Value;
          return [
            of((v) => ops.sum(v, axes)),
            of((v) => ops.mean(v, axes)),
            of((v) => ops.max(v, axes)),
            of((v) => np.prod(ops.add(ops.square(v), 0.5), axes)),
          ];
        },
        [input],
      ),
    ));

  it("of truth values: any and all", () =>
    check(reducible, ([input, axes]) =>
      agree((x) => [np.any(ops.less(0, x), axes), np.all(ops.less(-1, x), axes)], [input]),
    ));

  it("argmax and argmin take the first of equals", () =>
    check(
      dims(1, 3).chain((shape) => fc.tuple(wholes(shape, -1, 1), fc.nat({ max: shape.length - 1 }))),
      ([{ shape, data }, axis]) =>
        agree((x) => [ops.argmax(x, axis), np.argmin(x.ref, axis)], [{ shape, data }]),
    ));
});
