import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { assign } from "./assignment.ts";

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

const total = (profit: ArrayLike<number>, n: number, order: ArrayLike<number>) =>
  Array.from(order, (j, i) => profit[i * n + j]).reduce((a, b) => a + b, 0);

const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e3, max: 1e3, noNaN: true }));
const square = fc
  .integer({ min: 1, max: 7 })
  .chain((n) => fc.tuple(fc.constant(n), fc.array(value, { minLength: n * n, maxLength: n * n })));

describe("linear assignment", () => {
  it("finds what trying all orders finds", () => {
    fc.assert(
      fc.property(square, ([n, values]) => {
        const order = assign(Float64Array.from(values), n);
        expect([...order].sort()).toEqual(Array.from({ length: n }, (_, i) => i));
        const best = Math.max(...permutations(n).map((p) => total(values, n, p)));
        expect(total(values, n, order)).toBeCloseTo(best, 8);
      }),
      { numRuns: 60 },
    );
  });

  it("undoes a permutation of 200 rows under noise, whatever is added to rows and columns", () => {
    const n = 200;
    const rng = Rng.fromSeed(1);
    const hidden = rng.split("order").permutation(n);
    const profit = rng.split("noise").uniform64(n * n);
    const [rows, columns] = [rng.split("rows").normal(n), rng.split("columns").normal(n)];
    hidden.forEach((j, i) => {
      profit[i * n + j] += 1;
    });
    const shifted = profit.map((v, k) => v + 10 * rows[Math.floor(k / n)] - 10 * columns[k % n]);
    expect(assign(shifted, n)).toEqual(hidden);
  });

  it("refuses what are not n² finite numbers", () => {
    expect(() => assign(new Float64Array(3), 2)).toThrow("give 4 finite numbers");
    expect(() => assign(Float64Array.of(1, 2, Number.NaN, 4), 2)).toThrow("not all finite");
  });
});
