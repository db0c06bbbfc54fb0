import fc from "fast-check";
import { expect, it } from "vitest";
import { timeLeft } from "./io.ts";

it("the time left is that of the rest at the pace so far, rounded up", () => {
  expect(timeLeft(0, 1, 5000)).toBe("");
  expect(timeLeft(0.5, 0.5, 2000)).toBe("2 s left");
  expect(timeLeft(0.01, 0.99, 2000)).toBe("4 min left"); // 198 s
  expect(timeLeft(0.001, 0.999, 36_000)).toBe("10.0 h left"); // 35,964 s
  // Resumed at 0.9: a tenth of the work is to come, of which half took 3 s.
  expect(timeLeft(0.05, 0.05, 3000)).toBe("3 s left");
});

it("the time left never grows while work goes on evenly", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.98, noNaN: true }), (done) => {
      const seconds = (d: number) => Number.parseInt(timeLeft(d, 1 - d, 50_000 * d), 10);
      expect(seconds(done + 0.02)).toBeLessThanOrEqual(seconds(done));
    }),
  );
});
