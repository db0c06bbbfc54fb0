import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { fitGeneralisedPareto, generalisedParetoQuantile } from "./generalised-pareto.ts";
import { gaussianLogLikelihood, type LogLikelihood, looOf, lppdOf, psis } from "./index.ts";
import { congruential } from "./traces.reference.ts";

/** Log-likelihoods −(i+1)(u+u+u−1.5)² − i/10 of 300 draws and 6 examples. */
function quadratic(): LogLikelihood {
  const u = congruential(7);
  const values = Float64Array.from({ length: 300 * 6 }, (_, at) => {
    const i = at % 6;
    return -(i + 1) * (u() + u() + u() - 1.5) ** 2 - 0.1 * i;
  });
  return { draws: 300, examples: 6, values };
}

/** Log ratios −k ln u: the ratios u^(−k) have a Pareto tail of shape k. */
function paretoRatios(k: number, draws = 400): Float64Array {
  const u = congruential(6);
  return Float64Array.from({ length: draws }, () => -k * Math.log(u()));
}

/**
 * Values below are of an independent implementation with NumPy and SciPy (`genpareto.ppf`) of what ArviZ 0.18
 * documents.
 */
describe("Pareto-smoothed importance sampling", () => {
  it.each([
    {
      shape: 0.3,
      k: 0.3365073907327162,
      most: -4.061333779166601,
      first: -5.973738031675903,
      size: 306.5784533593523,
    },
    {
      shape: 0.9,
      k: 0.9108452163088651,
      most: -1.5118561600707134,
      first: -6.746018665964525,
      size: 15.75220253922935,
    },
  ])("smooths ratios of shape $shape", ({ shape, k, most, first, size }) => {
    const { logWeights, k: found } = psis(paretoRatios(shape));
    expect(found).toBeCloseTo(k, 9);
    expect(Math.max(...logWeights)).toBeCloseTo(most, 9);
    expect(logWeights[0]).toBeCloseTo(first, 9);
    expect(1 / logWeights.reduce((sum, w) => sum + Math.exp(2 * w), 0)).toBeCloseTo(size, 6);
    expect(logWeights.reduce((sum, w) => sum + Math.exp(w), 0)).toBeCloseTo(1, 12);
  });

  it("takes a longer tail of draws that are not independent", () => {
    const { k, logWeights } = psis(paretoRatios(0.9), 0.5);
    expect(k).toBeCloseTo(1.0775709124399364, 9);
    expect(Math.max(...logWeights)).toBeCloseTo(-1.2352746305891047, 9);
  });

  it("finds the shape of a long tail", () => {
    for (const shape of [0.2, 0.5, 0.8]) {
      const { k } = psis(paretoRatios(shape, 40_000));
      expect(Math.abs(k - shape)).toBeLessThan(0.1);
    }
  });

  it("leaves equal ratios as they are", () => {
    const { k, logWeights } = psis(new Float64Array(100).fill(-7));
    expect(k).toBe(Number.POSITIVE_INFINITY);
    for (const weight of logWeights) expect(weight).toBeCloseTo(-Math.log(100), 12);
  });

  it("keeps the order of the weights, none above the largest raw one", () => {
    const ratios = paretoRatios(0.7);
    const { logWeights } = psis(ratios);
    const order = [...ratios.keys()].sort((i, j) => ratios[i] - ratios[j]);
    for (let i = 1; i < order.length; i++) {
      expect(logWeights[order[i]]).toBeGreaterThanOrEqual(logWeights[order[i - 1]]);
    }
  });

  it("is NaN where a ratio is not a number or infinite", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const ratios = paretoRatios(0.5);
      ratios[3] = value;
      const { k, logWeights } = psis(ratios);
      expect(k).toBeNaN();
      expect(logWeights.every(Number.isNaN)).toBe(true);
    }
    expect(() => psis(new Float64Array(4))).toThrow("4 draws");
    expect(() => psis(new Float64Array(40), 0)).toThrow("efficiency of the draws is 0");
  });

  it("quantiles of a generalised Pareto distribution invert (1 + kx/σ)^(−1/k)", () => {
    for (const k of [-0.4, 0, 1e-17, 0.7]) {
      const x = generalisedParetoQuantile({ k, sigma: 2 }, 0.9);
      const above = Math.abs(k) < 1e-12 ? Math.exp(-x / 2) : (1 + (k * x) / 2) ** (-1 / k);
      expect(above).toBeCloseTo(0.1, 12);
    }
  });

  it("fits quantiles of a generalised Pareto distribution with their parameters", () => {
    const n = 5000;
    const truth = { k: 0.4, sigma: 3 };
    const values = Float64Array.from({ length: n }, (_, i) =>
      generalisedParetoQuantile(truth, (i + 0.5) / n),
    );
    const { k, sigma } = fitGeneralisedPareto(values);
    expect(k).toBeCloseTo(0.4, 1.7);
    expect(sigma).toBeCloseTo(3, 1);
  });
});

describe("leave-one-out cross-validation", () => {
  it("agrees with an independent implementation", () => {
    const loo = looOf(quadratic());
    expect(loo.elpd).toBeCloseTo(-15.823972030788784, 8);
    expect(loo.standardError).toBeCloseTo(5.242390254619888, 8);
    expect(loo.effectiveParameters).toBeCloseTo(11.333424144204574, 8);
    const pointwise = [
      -0.27947946119999223, -0.7034313842295452, -1.6149230655044438, -2.9179152860810103,
      -3.6724213144866678, -6.635801519287125,
    ];
    const k = [
      0.07731071737772573, 0.47451664666260035, 0.9084877961286497, 1.3016632558803378, 1.1677097836724384,
      2.0476183950176337,
    ];
    pointwise.forEach((value, i) => {
      expect(loo.pointwise[i]).toBeCloseTo(value, 8);
      expect(loo.k[i]).toBeCloseTo(k[i], 8);
    });
    expect(loo.unreliable).toBe(4);
    const other = looOf(quadratic(), 0.7);
    expect(other.elpd).toBeCloseTo(-15.889969716527215, 8);
    expect(other.effectiveParameters).toBeCloseTo(11.399421829943005, 8);
    expect(other.k[1]).toBeCloseTo(0.3934490456924831, 8);
  });

  it("is exact cross-validation of a normal mean with a flat prior", () => {
    // Without y_i the mean is N(ȳ₋ᵢ, 1/(n−1)), so y_i is predicted by N(ȳ₋ᵢ, 1 + 1/(n−1)).
    const n = 12;
    const y = Float64Array.from(Rng.fromSeed(1).normal(n));
    const mean = y.reduce((sum, value) => sum + value, 0) / n;
    const draws = 8000;
    const means = new Float64Array(draws * n);
    Rng.fromSeed(2)
      .normal(draws)
      .forEach((z, s) => {
        means.fill(mean + z / Math.sqrt(n), s * n, (s + 1) * n);
      });
    const deviations = new Float64Array(draws).fill(1);
    const loo = looOf(gaussianLogLikelihood({ draws, examples: n, means, deviations }, y));
    y.forEach((value, i) => {
      const variance = 1 + 1 / (n - 1);
      const left = (n * mean - value) / (n - 1);
      const exact = -0.5 * Math.log(2 * Math.PI * variance) - (value - left) ** 2 / (2 * variance);
      expect(Math.abs(loo.pointwise[i] - exact)).toBeLessThan(0.02);
    });
    expect(loo.unreliable).toBe(0);
    expect(Math.abs(loo.effectiveParameters - 1)).toBeLessThan(0.35);
  });

  it("of the eight schools: near exact cross-validation and near the published values", () => {
    const likelihood = eightSchools(8000);
    const loo = looOf(likelihood);
    // ln p(y_j | the other schools), with μ integrated in closed form and τ on a fine grid (NumPy).
    const exact = [-4.88778, -3.42219, -3.85623, -3.46239, -3.4559, -3.48258, -4.23035, -3.94446];
    exact.forEach((value, j) => {
      expect(Math.abs(loo.pointwise[j] - value)).toBeLessThan(0.05);
    });
    expect(Math.abs(loo.elpd + 30.742)).toBeLessThan(0.1);
    expect(Math.abs(loo.standardError - 1.362)).toBeLessThan(0.05);
    // Of 2000 draws of another sampler, in the documentation of ArviZ.
    expect(Math.abs(loo.elpd + 30.78)).toBeLessThan(0.15);
    expect(Math.abs(loo.effectiveParameters - 0.95)).toBeLessThan(0.15);
    expect(8 * lppdOf(likelihood).value).toBeCloseTo(loo.elpd + loo.effectiveParameters, 9);
  });

  it("counts an example whose likelihood is not a number as unreliable", () => {
    const broken = quadratic();
    broken.values[1] = Number.NaN;
    const loo = looOf(broken);
    expect(loo.elpd).toBeNaN();
    expect(loo.unreliable).toBe(5);
    expect(() => looOf({ ...broken, draws: 7 })).toThrow("1800 log-likelihoods were given for 7 draws");
  });
});

/**
 * Log-likelihoods of the eight schools (Rubin 1981) at independent draws of their posterior: μ ~ N(0, 5²), τ ~
 * half-Cauchy(5), θ_j ~ N(μ, τ²), y_j ~ N(θ_j, σ_j²). Given τ all is normal, and τ is drawn from its density on a
 * grid.
 */
function eightSchools(draws: number): LogLikelihood {
  const y = [28, 8, -3, 7, -1, 1, 18, 12];
  const sigma = [15, 10, 16, 11, 9, 11, 10, 18];
  const given = (tau: number) => {
    const variances = sigma.map((s) => s * s + tau * tau);
    const precision = 1 / 25 + variances.reduce((sum, v) => sum + 1 / v, 0);
    return { precision, mean: variances.reduce((sum, v, j) => sum + y[j] / v, 0) / precision, variances };
  };
  const grid = Array.from({ length: 4000 }, (_, i) => (i + 0.5) * 0.02);
  const density = grid.map((tau) => {
    const { precision, mean, variances } = given(tau);
    const evidence = variances.reduce((sum, v, j) => sum - 0.5 * Math.log(v) - (0.5 * y[j] ** 2) / v, 0);
    return (
      Math.exp(evidence + 0.5 * mean * mean * precision - 0.5 * Math.log(precision)) / (1 + (tau / 5) ** 2)
    );
  });
  const total = density.reduce((sum, p) => sum + p, 0);
  const rng = Rng.fromSeed(8);
  const levels = rng.split("tau").uniform64(draws).sort();
  const noise = rng.split("noise").normal(draws * 9);
  const values = new Float64Array(draws * 8);
  let [at, below] = [0, density[0] / total];
  for (let s = 0; s < draws; s++) {
    while (levels[s] > below) below += density[++at] / total;
    const tau = grid[at];
    const { precision, mean } = given(tau);
    const mu = mean + noise[9 * s] / Math.sqrt(precision);
    for (let j = 0; j < 8; j++) {
      const p = 1 / sigma[j] ** 2 + 1 / tau ** 2;
      const theta = (y[j] / sigma[j] ** 2 + mu / tau ** 2) / p + noise[9 * s + 1 + j] / Math.sqrt(p);
      values[8 * s + j] =
        -0.5 * Math.log(2 * Math.PI) - Math.log(sigma[j]) - 0.5 * ((y[j] - theta) / sigma[j]) ** 2;
    }
  }
  return { draws, examples: 8, values };
}
