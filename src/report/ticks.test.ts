import { expect, test } from "vitest";
import { logTickLabel, logTicks, outerLabels } from "./ticks.ts";

test("powers of ten over several decades, doubles and fives within few", () => {
  expect(logTicks(2e-4, 30)).toEqual([0.001, 0.01, 0.1, 1, 10]);
  expect(logTicks(0.04, 0.7)).toEqual([0.05, 0.1, 0.2, 0.5]);
  expect(logTicks(4, 16)).toEqual([4, 5, 6, 7, 8, 9, 10, 15]);
});

test("labels are plain from 0.001 to 1000 and powers beyond", () => {
  const labels = [1e-5, 2e-4, 0.001, 0.05, 1, 15, 500, 1000, 1e4, 1.5e4].map(logTickLabel);
  expect(labels).toEqual(["10⁻⁵", "2·10⁻⁴", "0.001", "0.05", "1", "15", "500", "1000", "10⁴", "1.5·10⁴"]);
});

test("the outer labels of a linear axis are rounded outwards to a nice step", () => {
  expect(outerLabels(-0.425, -0.328, 6)).toEqual(["−0.44", "−0.32"]);
  expect(outerLabels(0, 214, 6)).toEqual(["0", "250"]);
  expect(outerLabels(0.193, 0.411, 6)).toEqual(["0.15", "0.45"]);
});
