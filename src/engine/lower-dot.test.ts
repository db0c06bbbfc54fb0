import fc from "fast-check";
import { describe, it } from "vitest";
import {
  agree,
  broadcastable,
  check,
  dims,
  filled,
  type Input,
  np,
  permutation,
  transposed,
  wholes,
} from "./agreement.reference.ts";
import * as ops from "./index.ts";

/** Where a letter of an einsum may stand: in x, in y, in the result. */
const ROLES = {
  batch: [true, true, true],
  left: [true, false, true],
  right: [false, true, true],
  contracted: [true, true, false],
  leftSum: [true, false, false],
  rightSum: [false, true, false],
} as const;

interface Product {
  subscripts: string;
  inputs: Input[];
  shapes: number[][];
}

/** Any einsum of two operands, each with its axes in any order; `ones` axes are stored once and broadcast. */
const products: fc.Arbitrary<Product> = fc
  .array(
    fc.record({
      role: fc.constantFrom(...(Object.keys(ROLES) as (keyof typeof ROLES)[])),
      size: fc.constantFrom(1, 2, 3, 5, 17),
      ones: fc.constantFrom([false, false], [false, false], [true, false], [false, true]),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((letters) => letters.map((l, i) => ({ ...l, letter: "abcde"[i] })))
  .filter((letters) => [0, 1].every((side) => letters.some(({ role }) => ROLES[role][side])))
  .filter((letters) => letters.reduce((n, { size }) => n * size, 1) <= 1500)
  .chain((letters) => {
    const on = (side: number) =>
      fc.shuffledSubarray(
        letters.filter(({ role }) => ROLES[role][side]),
        { minLength: letters.filter(({ role }) => ROLES[role][side]).length },
      );
    return fc.tuple(on(0), on(1), on(2)).chain(([x, y, out]) => {
      const text = (list: typeof letters) => list.map(({ letter }) => letter).join("");
      const stored = (list: typeof letters, side: number) => list.map((l) => (l.ones[side] ? 1 : l.size));
      return fc.tuple(filled(stored(x, 0)), filled(stored(y, 1))).map((inputs) => ({
        subscripts: `${text(x)},${text(y)}->${text(out)}`,
        inputs,
        shapes: [x, y].map((list) => list.map(({ size }) => size)),
      }));
    });
  });

describe("products", () => {
  it("any einsum of two operands, permuted and broadcast, and its gradients", () =>
    check(
      products,
      ({ subscripts, inputs, shapes }) =>
        agree(
          (x, y) => {
            const f = (a: typeof x, b: typeof x) =>
              ops.einsum(subscripts, np.broadcastTo(a.ref, shapes[0]), np.broadcastTo(b.ref, shapes[1]));
            const loss = (a: typeof x, b: typeof x) => ops.sum(ops.multiply(f(a, b), 0.5));
            return [
              f(x, y),
              transposed(f(x, y)),
              ...(ops.grad(loss as never, { argnums: [0, 1] })(x, y) as never[]),
            ];
          },
          inputs,
          2e-4,
        ),
      40,
    ));

  it("matrix products with broadcast batches, vectors included", () =>
    check(
      broadcastable(2).chain(({ shape, narrow }) =>
        fc
          .tuple(...[0, 1, 2].map(() => fc.constantFrom(1, 2, 5, 18)))
          .chain(([m, k, n]) => fc.tuple(filled([...shape, m, k]), filled([...narrow, k, n]), filled([k]))),
      ),
      (inputs) =>
        agree(
          (x, y, v) => [ops.matmul(x, y), transposed(ops.matmul(x, y)), ops.matmul(x, v), ops.matmul(v, y)],
          inputs,
          2e-4,
        ),
    ));

  it("of integers, whichever operand is transposed", () =>
    check(
      fc.tuple(wholes([2, 3, 4], -5, 5), wholes([2, 3, 4], -5, 5), wholes([3], -5, 5)),
      (inputs) =>
        agree(
          (x, y, b) => [
            ops.einsum("aij,akj->aik", x, y),
            ops.einsum("aij,aik->ajk", x, y),
            ops.einsum("aij,bkj->abik", x, y),
            ops.add(ops.einsum("aij,akj->ik", x, y), b),
            ops.einsum("aij,i->aj", x, b),
          ],
          inputs,
        ),
      3,
    ));
});

describe("biases", () => {
  it("join their product along either axis, whatever their rank", () =>
    check(
      fc.tuple(filled([5, 3]), filled([20, 3]), filled([20]), filled([5, 1])),
      (inputs) =>
        agree((x, w, b, c) => {
          const product = ops.matmul(x, transposed(w));
          const swapped = ops.matmul(w, transposed(x));
          return [
            ops.add(product, b),
            ops.add(c, product),
            ops.add(swapped, ops.reshape(b, [20, 1])),
            ops.subtract(product, b),
            ops.add(ops.reshape(product, [1, 5, 20]), np.broadcastTo(b.ref, [4, 5, 20])),
            ops.add(ops.reshape(product, [5, 1, 20]), np.broadcastTo(b.ref, [5, 2, 20])),
            ops.add(product, ops.reshape(b, [20, 1, 1])),
            product,
          ];
        }, inputs),
      4,
    ));

  it("of a network for each member of a batch, mapped over any argument", () =>
    check(
      dims(0, 0).chain(() => fc.tuple(filled([3, 4, 2]), filled([3, 4]), filled([3, 5, 2]), permutation(3))),
      ([w, b, x]) =>
        agree(
          (weights, biases, inputs) => {
            const layer = ((a: typeof w, c: typeof w, v: typeof w) =>
              ops.relu(ops.add(ops.matmul(v as never, ops.transpose(a as never)), c as never))) as never;
            const first = (v: typeof weights) => ops.reshape(ops.split(v, [1], 0)[0], v.shape.slice(1));
            return [
              ops.vmap(layer)(weights, biases, inputs),
              ops.vmap(layer, [0, 0, null])(weights, biases, first(inputs)),
              ops.vmap(layer, [null, 0, null])(first(weights), biases, first(inputs)),
              ops.vmap(layer, [null, null, 0])(first(weights), first(biases), inputs),
              ops.vmap(layer, [0, null, 0])(weights, first(biases), inputs),
            ] as never;
          },
          [w, b, x],
        ),
      4,
    ));
});
