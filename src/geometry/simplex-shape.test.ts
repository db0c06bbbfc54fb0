import { expect, test } from "vitest";
import { gramOf, simplexShape } from "./index.ts";

test("a right triangle of known sides, seen from zero", () => {
  const { sides, cosines, angles } = simplexShape(
    gramOf([
      [3, 0],
      [0, 4],
      [-3, 0],
    ]),
  );
  const expected = [
    [0, 5, 6],
    [5, 0, 5],
    [6, 5, 0],
  ];
  const directions = [0, Math.PI / 2, Math.PI];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const angle = Math.abs(directions[i] - directions[j]);
      expect(sides[3 * i + j]).toBeCloseTo(expected[i][j], 14);
      expect(angles[3 * i + j]).toBeCloseTo(angle, 14);
      expect(cosines[3 * i + j]).toBeCloseTo(Math.cos(angle), 14);
    }
  }
});

test("a vertex at zero has sides but no angles", () => {
  const { sides, cosines, angles } = simplexShape(
    gramOf([
      [0, 0],
      [0, 2],
    ]),
  );
  expect([...sides]).toEqual([0, 2, 2, 0]);
  expect([cosines[1], angles[1]]).toEqual([Number.NaN, Number.NaN]);
});
