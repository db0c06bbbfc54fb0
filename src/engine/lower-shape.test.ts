import fc from "fast-check";
import { describe, it } from "vitest";
import { agree, check, dims, filled, np, permutation, size, transposed } from "./agreement.reference.ts";
import * as ops from "./index.ts";

describe("shapes", () => {
  it("transpose, reshape and broadcast in any combination", () =>
    check(
      dims(1, 4).chain((shape) => fc.tuple(filled(shape), permutation(shape.length))),
      ([input, perm]) => {
        const total = size(input.shape);
        return agree(
          (x) => {
            const moved = ops.transpose(x, perm);
            const wide = np.broadcastTo(ops.reshape(moved, [...moved.shape, 1]), [...moved.shape, 2]);
            return [
              moved,
              ops.reshape(moved, [total]),
              ops.reshape(ops.exp(moved), [1, total, 1]),
              wide,
              ops.reshape(wide, [2 * total]),
              transposed(wide),
              ops.reshape(transposed(wide), [total, 2]),
            ];
          },
          [input],
        );
      },
    ));

  it("reshapes split and merge axes of permuted arrays", () => {
    // Factors of the axes, in order; both shapes merge runs of them, so that every kind of match occurs.
    const factors = fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 5 });
    const merged = (list: number[], cuts: boolean[]) => {
      const shape = [list[0]];
      for (let i = 1; i < list.length; i++) {
        if (cuts[i]) shape[shape.length - 1] *= list[i];
        else shape.push(list[i]);
      }
      return shape;
    };
    const cuts = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    return check(
      fc
        .tuple(factors, cuts, cuts)
        .chain(([list, a, b]) => {
          const from = merged(list, a);
          return fc.tuple(permutation(from.length), fc.constant(from), fc.constant(merged(list, b)));
        })
        .chain(([perm, from, to]) => {
          // The stored array is permuted; its transpose has the shape `from`.
          const stored = from.map((_, i) => from[perm.indexOf(i)]);
          return fc.tuple(filled(stored), fc.constant(perm), fc.constant(to));
        }),
      ([input, perm, to]) =>
        agree(
          (x) => {
            const other = ops.reshape(ops.transpose(x, perm), to);
            return [
              other,
              transposed(other),
              ops.reshape(
                ops.square(other),
                perm.map((p) => input.shape[p]),
              ),
            ];
          },
          [input],
        ),
      20,
    );
  });

  it("concatenation, stacking, splitting, padding, slices and flips, of permuted arrays, too", () =>
    check(
      dims(1, 3).chain((shape) =>
        fc.tuple(filled(shape), filled([...shape].reverse()), fc.nat({ max: shape.length - 1 })),
      ),
      ([a, b, axis]) =>
        agree(
          (x, y) => {
            const joined = ops.concatenate([x, transposed(y), x], axis);
            const length = a.shape[axis];
            const pad = a.shape.map((_, i) => (i === axis ? [1, 2] : [0, 1]));
            const padded = np.pad(transposed(y), pad);
            return [
              joined,
              ops.stack([x, transposed(y)], axis),
              ...ops.split(joined, [length, 2 * length], axis),
              ...ops.split(transposed(joined), [1], a.shape.length - 1 - axis),
              padded,
              np.flip(x.ref, axis),
              np.flip(transposed(padded)),
              np.split(padded.ref, [1, length], axis) as never,
            ].flat() as never;
          },
          [a, b],
        ),
    ));

  it("the gradients of shape operations", () =>
    check(
      dims(2, 3).chain((shape) => fc.tuple(filled(shape), fc.nat({ max: shape.length - 1 }))),
      ([input, axis]) =>
        agree(
          (x) => {
            const f = (v: typeof x) => {
              const [head, tail] = ops.split(ops.concatenate([v, ops.multiply(v, 2)], axis), [1], axis);
              const mixed = ops.multiply(np.pad(ops.square(head), 1), 0.5);
              return ops.add(ops.sum(mixed), ops.sum(ops.multiply(np.flip(tail.ref, 0), tail)));
            };
            return ops.grad(f as never)(x) as typeof x;
          },
          [input],
        ),
    ));
});
