import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { densityOf, eightSchools, gaussian, mixture } from "./targets.reference.ts";
import { assessGaussian, drawGaussian, fitGaussian, type GaussianApproximation } from "./variational.ts";

const rng = Rng.fromSeed(5);

function covarianceOf({ mean, factor }: GaussianApproximation): (i: number, j: number) => number {
  const d = mean.length;
  return (i, j) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += factor[i * d + k] * factor[j * d + k];
    return sum;
  };
}

describe("a correlated Gaussian of ten dimensions", () => {
  test("is found exactly, its normaliser too", async () => {
    const start = new Float64Array(10);
    const fit = await fitGaussian(gaussian, start, rng.split("fit"), { steps: 1500 });
    const covariance = covarianceOf(fit);
    gaussian.quantities.forEach(({ mean, sd }, i) => {
      expect(fit.mean[i]).toBeCloseTo(mean, 3);
      expect(Math.sqrt(covariance(i, i))).toBeCloseTo(sd, 3);
      const other = (i + 3) % 10;
      const correlation = covariance(i, other) / sd / gaussian.quantities[other].sd;
      expect(correlation).toBeCloseTo(0.7 ** Math.abs(i - other), 3);
    });
    // ln of (2π)^(d/2) √det: sds times the residual deviations of an autoregression.
    const logDeterminant =
      gaussian.quantities.reduce((sum, { sd }) => sum + Math.log(sd), 0) + 4.5 * Math.log(1 - 0.49);
    const normaliser = 5 * Math.log(2 * Math.PI) + logDeterminant;
    expect(fit.elbo[1499]).toBeCloseTo(normaliser, 3);
    expect(fit.evaluations).toBe(1500 * 16);
    const { k, elbo } = await assessGaussian(gaussian, fit, 2000, rng.split("assess"));
    expect(k).toBeLessThan(0.5);
    expect(elbo).toBeCloseTo(normaliser, 3);
  });

  test("has mean-field deviations 1 / √(diagonal of the precision), too narrow", async () => {
    const fit = await fitGaussian(gaussian, new Float64Array(10), rng.split("diagonal"), {
      covariance: "diagonal",
      steps: 1500,
      rates: [0.1, 1e-4],
    });
    const covariance = covarianceOf(fit);
    gaussian.quantities.forEach(({ mean, sd }, i) => {
      // Precision of an autoregression with ρ = 0.7: (1 + ρ²) / (1 − ρ²) within, 1 / (1 − ρ²) at the ends.
      const precision = (i === 0 || i === 9 ? 1 : 1.49) / 0.51 / sd ** 2;
      expect(Math.abs(fit.mean[i] - mean) / sd).toBeLessThan(0.02);
      expect(Math.sqrt(covariance(i, i) * precision)).toBeCloseTo(1, 1);
      expect(covariance(i, (i + 1) % 10)).toBe(0);
    });
  });
});

test("steps do not depend on the scale of the coordinates", async () => {
  const scale = 1000;
  const scaled = densityOf(10, (x, gradient) => {
    const value = new Float64Array(1);
    gaussian.evaluate(
      x.map((y) => y / scale),
      value,
      gradient,
    );
    for (let i = 0; i < 10; i++) gradient[i] /= scale;
    return value[0];
  });
  const plain = await fitGaussian(gaussian, new Float64Array(10), rng, { steps: 50 });
  const large = await fitGaussian(scaled, new Float64Array(10), rng, { steps: 50, startSd: 100 });
  large.mean.forEach((x, i) => {
    expect(x / scale).toBeCloseTo(plain.mean[i], 8);
  });
});

test("the eight schools are nearly Gaussian but for ln τ", async () => {
  const fit = await fitGaussian(eightSchools, new Float64Array(10), rng.split("schools"), { steps: 1500 });
  const [mu, tau] = eightSchools.quantities;
  const covariance = covarianceOf(fit);
  // μ given τ is normal, so its mean is right and its sd nearly; ln τ has a long lower tail, which a normal has not.
  expect(Math.abs(fit.mean[0] - mu.mean) / mu.sd).toBeLessThan(0.1);
  expect(Math.abs(Math.sqrt(covariance(0, 0)) / mu.sd - 1)).toBeLessThan(0.1);
  const { k, draws, logWeights } = await assessGaussian(eightSchools, fit, 20_000, rng.split("weights"));
  expect(k).toBeLessThan(0.7);
  const weighted = (of: (x: Float64Array) => number) =>
    logWeights.reduce((sum, w, i) => sum + Math.exp(w) * of(draws.subarray(10 * i, 10 * i + 10)), 0);
  // Importance weights mend what the shape of the normal spoils.
  expect(Math.abs(weighted(mu.of) - mu.mean) / mu.sd).toBeLessThan(0.05);
  expect(Math.abs(weighted(tau.of) - tau.mean) / tau.sd).toBeLessThan(0.1);
});

test("k̂ tells that an approximation is too narrow", async () => {
  const narrow: GaussianApproximation = {
    mean: new Float64Array(2).fill(0),
    factor: Float64Array.of(0.4, 0, 0, 0.4),
  };
  const { k } = await assessGaussian(mixture, narrow, 4000, rng.split("narrow"));
  expect(k).toBeGreaterThan(0.7);
});

test("draws have the log-density of the Gaussian, and its moments", () => {
  const own: GaussianApproximation = {
    mean: Float64Array.of(1, -2),
    factor: Float64Array.of(2, 0, 0.5, 0.3),
  };
  const { draws, logDensities } = drawGaussian(own, 20_000, rng.split("draws"));
  let [cross, variance] = [0, 0];
  for (let i = 0; i < 20_000; i++) {
    const [a, b] = [(draws[2 * i] - 1) / 2, draws[2 * i + 1] + 2];
    // x₁ ~ N(1, 2²), x₂ given x₁ ~ N(−2 + 0.25 (x₁ − 1), 0.3²).
    const log = -(a ** 2) / 2 - ((b - 0.5 * a) / 0.3) ** 2 / 2 - Math.log(2 * Math.PI * 2 * 0.3);
    if (i < 50) expect(logDensities[i]).toBeCloseTo(log, 8);
    cross += (2 * a * b) / 20_000;
    variance += b ** 2 / 20_000;
  }
  expect(cross).toBeCloseTo(1, 1);
  expect(variance).toBeCloseTo(0.34, 1);
});

test("what makes no sense is refused", async () => {
  const origin = new Float64Array(10);
  await expect(fitGaussian(gaussian, new Float64Array(3), rng)).rejects.toThrow("start has 3 coordinates");
  await expect(fitGaussian(gaussian, origin, rng, { samples: 3 })).rejects.toThrow("even number");
  await expect(fitGaussian(gaussian, origin, rng, { rates: [0.01, 0.1] })).rejects.toThrow("rates");
  const nowhere = densityOf(1, () => Number.NaN);
  await expect(fitGaussian(nowhere, new Float64Array(1), rng)).rejects.toThrow("start elsewhere");
});
