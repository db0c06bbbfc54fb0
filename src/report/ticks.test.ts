import { expect, test } from "vitest";
import { logTickLabel, logTicks } from "./ticks.ts";

test("powers of ten over several decades, doubles and fives within few", () => {
  expect(logTicks(2e-4, 30)).toEqual([0.001, 0.01, 0.1, 1, 10]);
  expect(logTicks(0.04, 0.7)).toEqual([0.05, 0.1, 0.2, 0.5]);
});

test("labels are plain from 0.001 to 1000 and powers beyond", () => {
  const labels = [1e-5, 2e-4, 0.001, 0.05, 1, 500, 1000, 1e4].map(logTickLabel);
  expect(labels).toEqual(["10⁻⁵", "2·10⁻⁴", "0.001", "0.05", "1", "500", "1000", "10⁴"]);
});
