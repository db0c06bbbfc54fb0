import { expect, it } from "vitest";
import { degrees, percentage, significant } from "./numbers.ts";

it("shows four digits, without an exponent where a reader can do without", () => {
  expect([203.74, 17890.4, 1, -0.5, 0, 0.001234].map(significant)).toEqual([
    "203.7",
    "17890",
    "1.000",
    "−0.5000",
    "0",
    "0.001234",
  ]);
  expect(significant(1.3412e-4)).toBe("1.341·10⁻⁴");
  expect(significant(9.99996e-5)).toBe("1.000·10⁻⁴");
  expect(significant(5e9)).toBe("5.000·10⁹");
  expect([Number.POSITIVE_INFINITY, Number.NaN, null].map(significant)).toEqual(["∞", "–", "–"]);
});

it("tells a share from none and from all", () => {
  expect([0.999988, 0.491, 0.02, 1.36e-7, 0, 1].map(percentage)).toEqual([
    "99.9988",
    "49.1",
    "2",
    "1.4·10⁻⁵",
    "0",
    "100.0",
  ]);
  expect(degrees(Math.PI / 2)).toBe("90.00°");
});
