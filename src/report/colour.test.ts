import { expect, test } from "vitest";
import { bandColours, jet, publishedPosition } from "./colour.ts";
import { planeLevels } from "./levels.ts";

const levels = planeLevels([0.03, 5]);

test("jet is matplotlib's at its knots and middle", () => {
  expect(jet(0)).toEqual([0, 0, 0.5]);
  expect(jet(1)).toEqual([0.5, 0, 0]);
  expect(jet(0.25)).toEqual([0, 0.5, 1]);
  const middle = [0.15 / 0.31, 1, 1 - 0.16 / 0.31];
  for (const [i, part] of jet(0.5).entries()) expect(part).toBeCloseTo(middle[i], 12);
});

test("published colour positions are those of the formula, and saturate", () => {
  // 0.9 (max(ln(z - m + 1e-8), -5) + 5)/(ln(M - m + 2e-8) + 5), computed with Python's math module.
  const golden: [number, number][] = [
    [0.03, 0],
    [0.035, 0],
    [0.1, 0.319026526415],
    [1, 0.677313699282],
    [4, 0.869381263497],
    [5, 0.9],
    [1e12, 1],
  ];
  for (const [value, position] of golden) {
    expect(publishedPosition(levels, -5, value)).toBeCloseTo(position, 8);
  }
});

test("low is dark red and what saturates is dark blue on 55 per cent on white", () => {
  const fills = bandColours(levels, "published").map((colour) => colour.fill);
  expect(fills.length).toBe(8);
  expect(fills[7]).toBe("#7373b9"); // 255 (0.45 + 0.55 (0, 0, 0.5))
  const [red, green, blue] = fills[0].match(/[0-9a-f]{2}/g)!.map((pair) => Number.parseInt(pair, 16));
  expect(red).toBeGreaterThan(190);
  expect(green).toBe(115);
  expect(blue).toBe(115);
});

test("perceptual fills darken from band to band", () => {
  const luminance = (hex: string) => {
    const [r, g, b] = hex.match(/[0-9a-f]{2}/g)!.map((pair) => (Number.parseInt(pair, 16) / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const lights = bandColours(levels, "perceptual").map((colour) => luminance(colour.fill));
  for (let i = 1; i < lights.length; i++) expect(lights[i]).toBeLessThan(lights[i - 1] - 0.01);
});

test("a constant field and a range below exp(logAlpha) have colours too", () => {
  for (const values of [
    [1, 1],
    [1, 1.001],
  ]) {
    for (const { fill, line } of bandColours(planeLevels(values), "published")) {
      expect(fill + line).toMatch(/^#[0-9a-f]{6}#[0-9a-f]{6}$/);
    }
  }
});
