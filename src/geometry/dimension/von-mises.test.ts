import fc from "fast-check";
import { expect, test } from "vitest";
import { concentrationOf, meanResultant, vonMisesDivergence } from "./von-mises.ts";

test("the mean resultant length is I₁/I₀", () => {
  // scipy.special.ive(1, x) / scipy.special.ive(0, x)
  expect(meanResultant(0)).toBeCloseTo(0, 14);
  expect(meanResultant(1)).toBeCloseTo(0.4463899658965345, 13);
  expect(meanResultant(10)).toBeCloseTo(0.9485998259548458, 13);
  expect(meanResultant(1000)).toBeCloseTo(0.9994998748748043, 12);
  expect(meanResultant(1e6)).toBeCloseTo(0.9999994999998749, 12);
});

test("the concentration of a mean resultant length is its inverse within 1 %", () => {
  for (let eta = 0.02; eta < 0.999; eta += 0.01)
    expect(Math.abs(meanResultant(concentrationOf(eta)) / eta - 1)).toBeLessThan(0.01);
});

test("the divergence is the integral of p ln(p / q), also where a density is narrow", () => {
  const distribution = fc.record({
    mean: fc.double({ min: -3, max: 3, noNaN: true }),
    concentration: fc.double({ min: 0, max: 200, noNaN: true }),
  });
  fc.assert(
    fc.property(distribution, distribution, (p, q) => {
      // The trapezoidal rule is exact for periodic functions as smooth as these.
      const thetas = Float64Array.from({ length: 2000 }, (_, i) => (2 * Math.PI * i) / 2000);
      const normalised = ({ mean, concentration }: typeof p) => {
        const exponent = thetas.map((theta) => concentration * (Math.cos(theta - mean) - 1));
        const total = exponent.reduce((sum, e) => sum + Math.exp(e), 0);
        return exponent.map((e) => e - Math.log(total));
      };
      const [logP, logQ] = [normalised(p), normalised(q)];
      const integral = logP.reduce((sum, log, i) => sum + Math.exp(log) * (log - logQ[i]), 0);
      expect(vonMisesDivergence(p, q)).toBeCloseTo(integral, 8);
    }),
  );
});
