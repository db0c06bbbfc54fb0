import { describe, expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { lanczos } from "./lanczos.ts";
import { turnedDiagonal } from "./operators.reference.ts";
import { quadrature } from "./quadrature.ts";
import { countDirections, settledCount } from "./short-directions.ts";

const rng = Rng.fromSeed(3);

/** A few large eigenvalues over a bulk around 0, as Hessians of networks have them. */
const spectrum = (size: number) =>
  Float32Array.from({ length: size }, (_, i) => (i < 20 ? 10 / (i + 1) : 0.01 * Math.cos(i)));
const falling = (values: ArrayLike<number>) => Float64Array.from(values).sort().reverse();

describe("Lanczos's iteration", () => {
  test("through all dimensions finds every eigenvalue", async () => {
    const values = spectrum(60);
    const found = await lanczos(turnedDiagonal(values, rng.split("turn")), rng.split("all"), { steps: 60 });
    expect(found.complete).toBe(true);
    falling(values).forEach((value, i) => {
      expect(Math.abs(found.ritz[i] - value)).toBeLessThan(1e-5);
    });
  });

  test("every Ritz value is within its bound of an eigenvalue, and the largest converge first", async () => {
    const values = spectrum(1000);
    const operator = turnedDiagonal(values, rng.split("turn"));
    const { ritz, bounds, noise } = await lanczos(operator, rng.split("bounds"), { steps: 40 });
    ritz.forEach((value, i) => {
      const distance = values.reduce((least, x) => Math.min(least, Math.abs(x - value)), Infinity);
      expect(distance).toBeLessThan(bounds[i] + 1e-5);
    });
    for (let i = 0; i < 10; i++) expect(ritz[i]).toBeCloseTo(values[i], 4);
    // Rounding of float32 numbers up to 10.
    expect(noise).toBeGreaterThan(0);
    expect(noise).toBeLessThan(1e-5);
  });

  test("stays orthogonal: the largest eigenvalue is not found twice", async () => {
    const values = spectrum(400);
    const operator = turnedDiagonal(values, rng.split("turn"));
    const { ritz } = await lanczos(operator, rng.split("orthogonal"), { steps: 150 });
    expect(ritz.filter((value) => value > 1).length).toBe(values.filter((value) => value > 1).length);
  });

  test("restarts meet eigenvalues as often as they occur", async () => {
    const values = new Float32Array(200).map((_, i) => [3, 0.5, 0][i < 7 ? 0 : i < 30 ? 1 : 2]);
    const operator = turnedDiagonal(values, rng.split("turn"));
    const enough = (soFar: Parameters<typeof settledCount>[0]) => settledCount(soFar, 0.1) !== undefined;
    const found = await lanczos(operator, rng.split("again"), { steps: 200, restarts: true, enough });
    expect(found.alpha.length).toBeLessThan(100);
    expect(settledCount(found, 0.1)).toBe(30);
    expect(settledCount(found, 1)).toBe(7);
    // Without them it ends after as many steps as there are different eigenvalues, and nothing is settled.
    const single = await lanczos(operator, rng.split("once"), { steps: 200 });
    expect(single.alpha.length).toBe(3);
    expect(settledCount(single, 0.1)).toBeUndefined();
  });

  test("a landscape without curvature has no short directions", async () => {
    const found = await lanczos(turnedDiagonal(new Float32Array(50), rng.split("turn")), rng, {
      steps: 50,
      restarts: true,
      enough: (soFar) => settledCount(soFar, 0.01) !== undefined,
    });
    expect(found.alpha.length).toBe(1);
    expect(settledCount(found, 0.01)).toBe(0);
  });

  test("is the same for the same stream, stops when asked to, and refuses what is not finite", async () => {
    const operator = turnedDiagonal(spectrum(100), rng.split("turn"));
    const run = (signal?: AbortSignal) => lanczos(operator, rng.split("same"), { steps: 20, signal });
    expect(await run()).toEqual(await run());
    await expect(run(AbortSignal.abort())).rejects.toThrow("aborted");
    const broken = {
      size: 10,
      multiply: async (_: unknown, [p]: readonly Float32Array[]) => void p.fill(NaN),
    };
    await expect(lanczos(broken, rng, { steps: 5 })).rejects.toThrow("not finite");
  });
});

describe("counts above a threshold", () => {
  const values = spectrum(1000);

  test("are exact where Ritz values have converged on both sides, and estimates elsewhere", async () => {
    const operator = turnedDiagonal(values, rng.split("turn"));
    const probes = await Promise.all(
      [0, 1, 2, 3].map((i) => lanczos(operator, rng.split("probe").foldIn(i), { steps: 40 })),
    );
    const thresholds = [4, 1.5, 0.8, 0.008, 0.005, 0.002, 0, -0.004, -0.009];
    const counts = countDirections(probes, thresholds);
    counts.forEach(({ count, exact, standardError }, i) => {
      const expected = values.filter((value) => value > thresholds[i]).length;
      expect(exact).toBe(i < 3);
      if (exact) expect([count, standardError]).toEqual([expected, 0]);
      else {
        expect(Math.abs(count - expected)).toBeLessThan(3 * standardError);
        expect(standardError).toBeLessThan(50);
      }
    });
  });

  test("the quadrature of 1 is D, that of λ² the squared Frobenius norm", async () => {
    const operator = turnedDiagonal(values, rng.split("turn"));
    const probes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => lanczos(operator, rng.split("moment").foldIn(i), { steps: 10 })),
    );
    expect(quadrature(probes, () => 1).mean).toBeCloseTo(1000, 8);
    const squares = quadrature(probes, (value) => value * value);
    const norm = values.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(squares.mean - norm)).toBeLessThan(4 * squares.standardError);
  });
});
