import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bezier, line, polychain } from "../subspace/index.ts";
import {
  arcLengthAt,
  arcLengthTable,
  centredGram,
  chordLength,
  controlPolygonLength,
  gramOf,
  pathLength,
  speed,
  speeds,
  tAtArcLength,
} from "./index.ts";

/** Curves of the research notes: control points, length, end-to-end distance, upper bound. */
const golden: [string, number[][], number, number, number][] = [
  [
    "a",
    [
      [-3, -3],
      [-4, 4],
      [0, -3.5],
    ],
    8.422282,
    3.041381,
    15.571068,
  ],
  [
    "b",
    [
      [-3, 0],
      [-1, -2],
      [1, 2.5],
      [-1, 2],
    ],
    5.290077,
    2.828427,
    9.814409,
  ],
  [
    "c",
    [
      [-2.5, 1],
      [-1, -1],
      [1.7, 1.7],
      [1, -0.9],
    ],
    4.912964,
    3.982462,
    9.010959,
  ],
  [
    "d",
    [
      [-3, 0],
      [-1, -2],
      [1, 2],
      [3, 0],
    ],
    6.549608,
    6.0,
    10.12899,
  ],
  [
    "e",
    [
      [1, -3],
      [-3, 3],
      [3, 3],
      [-1, -3],
    ],
    10.04924,
    2.0,
    20.422205,
  ],
  [
    "f",
    [
      [1, -3, 0],
      [-3, 3, 3],
      [3, 3, -3],
      [-1, -3, 0],
    ],
    10.932331,
    2.0,
    24.105781,
  ],
];

describe("golden lengths", () => {
  for (const [name, controls, length, chord, upper] of golden) {
    const path = bezier(controls.length - 1);
    test(`curve ${name}`, () => {
      for (const gram of [gramOf(controls), centredGram(gramOf(controls))]) {
        expect(pathLength(path, gram)).toBeCloseTo(length, 6);
        expect(pathLength(path, gram, { trapezoid: 10_000 })).toBeCloseTo(length, 6);
        expect(chordLength(path, gram)).toBeCloseTo(chord, 6);
        expect(controlPolygonLength(gram)).toBeCloseTo(upper, 6);
      }
    });
  }
});

const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
const controlPoints = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 2, maxLength: 8 });

test("chord ≤ length ≤ control polygon, for every Bézier curve", () => {
  fc.assert(
    fc.property(controlPoints, (controls) => {
      const gram = centredGram(gramOf(controls));
      const path = bezier(controls.length - 1);
      const length = pathLength(path, gram);
      expect(chordLength(path, gram)).toBeLessThanOrEqual(length * (1 + 1e-9) + 1e-7);
      expect(length).toBeLessThanOrEqual(controlPolygonLength(gram) * (1 + 1e-9) + 1e-7);
    }),
  );
});

test("a chain is as long as its control polygon", () => {
  fc.assert(
    fc.property(controlPoints, (controls) => {
      const gram = centredGram(gramOf(controls));
      expect(pathLength(polychain(controls.length), gram)).toBeCloseTo(controlPolygonLength(gram), 5);
    }),
  );
});

test("the length of a parabola in closed form", () => {
  // (t, t²) for t in [0, 1]: √5/2 + asinh(2)/4.
  const gram = gramOf([
    [0, 0],
    [0.5, 0],
    [1, 1],
  ]);
  expect(pathLength(bezier(2), gram)).toBeCloseTo(Math.sqrt(5) / 2 + Math.asinh(2) / 4, 13);
});

test("speed of a parabola, and of a line", () => {
  const gram = gramOf([
    [0, 0],
    [0.5, 0],
    [1, 1],
  ]);
  const ts = [0, 0.3, 1];
  speeds(bezier(2), gram, ts).forEach((v, i) => {
    expect(v).toBeCloseTo(Math.hypot(1, 2 * ts[i]), 14);
    expect(speed(bezier(2), gram, ts[i])).toBe(v);
  });
  expect(
    speed(
      line(),
      gramOf([
        [1, 1],
        [4, 5],
      ]),
      0.7,
    ),
  ).toBe(5);
});

describe("arc length table", () => {
  const gram = gramOf(golden[2][1]);
  const path = bezier(3);
  const table = arcLengthTable(path, gram);

  test("ends at the length", () => {
    expect(table.length).toBeCloseTo(4.912964, 6);
    expect(arcLengthAt(table, 0)).toBe(0);
    expect(arcLengthAt(table, 1)).toBe(table.length);
  });

  test("t and s are inverse to each other", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (u) => {
        const t = tAtArcLength(table, u * table.length);
        expect(arcLengthAt(table, t)).toBeCloseTo(u * table.length, 12);
      }),
    );
  });

  test("agrees with the length of the part of a parabola up to t", () => {
    const parabola = gramOf([
      [0, 0],
      [0.5, 0],
      [1, 1],
    ]);
    const lengthTo = (x: number) => (x * Math.hypot(1, 2 * x)) / 2 + Math.asinh(2 * x) / 4;
    const cells = arcLengthTable(bezier(2), parabola);
    for (const x of [0.1, 0.33333, 0.80808]) {
      expect(arcLengthAt(cells, x)).toBeCloseTo(lengthTo(x), 6);
      expect(tAtArcLength(cells, lengthTo(x))).toBeCloseTo(x, 6);
    }
  });

  test("is exact on a chain with legs of unequal length", () => {
    const chain = arcLengthTable(
      polychain(3),
      gramOf([
        [0, 0],
        [3, 0],
        [3, 1],
      ]),
      7,
    );
    expect(tAtArcLength(chain, 1.5)).toBeCloseTo(0.25, 14);
    expect(tAtArcLength(chain, 3)).toBeCloseTo(0.5, 14);
    expect(tAtArcLength(chain, 3.5)).toBeCloseTo(0.75, 14);
  });

  test("names positions that are not on the path", () => {
    expect(() => tAtArcLength(table, 5)).toThrow("The arc length is 5; give a number from 0 to 4.9");
    expect(() => arcLengthAt(table, -0.1)).toThrow("The position t is -0.1; give a number from 0 to 1.");
    expect(() => arcLengthTable(path, gram, 0)).toThrow("a whole number from 1");
  });
});
