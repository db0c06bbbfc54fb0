import { expect, test } from "vitest";
import { tridiagonalEigen } from "./tridiagonal.ts";

test.each([1, 2, 3, 10, 200])("the second difference of %i points has its closed-form eigenvectors", (k) => {
  const { values, first, last } = tridiagonalEigen(new Float64Array(k).fill(2), new Float64Array(k).fill(-1));
  values.forEach((value, i) => {
    // λ_j = 2 − 2 cos(jπ / (k + 1)), of the vector √(2 / (k + 1)) sin(j l π / (k + 1)); the largest first.
    const j = k - i;
    const angle = (j * Math.PI) / (k + 1);
    expect(value).toBeCloseTo(2 - 2 * Math.cos(angle), 12);
    expect(first[i] ** 2).toBeCloseTo((2 / (k + 1)) * Math.sin(angle) ** 2, 12);
    expect(last[i] ** 2).toBeCloseTo((2 / (k + 1)) * Math.sin(k * angle) ** 2, 12);
  });
});

test("a matrix that falls apart has the eigenvalues of its parts, and no first entry in the second", () => {
  // [[1, 2], [2, 1]] has −1 and 3; [[5, 1], [1, 5]] has 4 and 6; and 0 alone.
  const { values, first } = tridiagonalEigen([1, 1, 5, 5, 0], [2, 0, 1, 0]);
  expect([...values]).toEqual([6, 4, 3, 0, -1].map((value) => expect.closeTo(value, 12)));
  expect([...first].map((x) => x * x)).toEqual([0, 0, 0.5, 0, 0.5].map((x) => expect.closeTo(x, 12)));
});
