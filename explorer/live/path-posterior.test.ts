import { expect, test } from "vitest";
import { pathPosterior, posteriorBand } from "./path-posterior.ts";

test("for a linear model the posterior is the normal distribution of least squares", () => {
  // Targets 0.5 x + noise of variance s²: L(t) = s² + m (t - 0.5)², so t is normal with variance s² T / (N m).
  const [count, noise, spread, temperature] = [70, 0.0025, 0.8, 4];
  const sd = Math.sqrt((noise * temperature) / (count * spread));
  const t = Float64Array.from({ length: 2001 }, (_, i) => i / 2000);
  const weights = pathPosterior(
    t.map((at) => noise + spread * (at - 0.5) ** 2),
    count,
    temperature,
  );
  const x = [-1, 0.5, 2];
  const functions = Float32Array.from([...t].flatMap((at) => x.map((u) => at * u)));
  const band = posteriorBand(weights, functions);
  x.forEach((u, i) => {
    expect(band.low[i]).toBeCloseTo(0.5 * u - 1.95996 * sd * Math.abs(u), 3);
    expect(band.high[i]).toBeCloseTo(0.5 * u + 1.95996 * sd * Math.abs(u), 3);
  });
});

test("where all positions are alike, all weigh the same", () => {
  expect([...pathPosterior([0, 0, 0, 0], 10, 1)]).toEqual([0.25, 0.25, 0.25, 0.25]);
});
