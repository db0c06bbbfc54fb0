import type { LogDensity } from "./density.ts";

/** The log-density at x [d], and its gradient written into `gradient` [d]. */
export type PointDensity = (x: Float64Array, gradient: Float64Array) => number;

/** A distribution with moments that are known without sampling. */
export interface Target extends LogDensity {
  readonly name: string;
  readonly quantities: readonly {
    readonly name: string;
    readonly of: (x: Float64Array) => number;
    readonly mean: number;
    readonly sd: number;
  }[];
}

/** The interface of many positions from a function of one. */
export function densityOf(dimension: number, at: PointDensity): LogDensity {
  return {
    dimension,
    evaluate(positions, values, gradients) {
      for (let n = 0; n < values.length; n++) {
        const [from, to] = [n * dimension, (n + 1) * dimension];
        values[n] = at(positions.subarray(from, to), gradients.subarray(from, to));
      }
    },
  };
}

const coordinate = (i: number, mean: number, sd: number) => ({
  name: `x${i}`,
  of: (x: Float64Array) => x[i],
  mean,
  sd,
});

/** Ten dimensions with sds from ½ to 2 and correlations 0.7^|i − j|, whose inverse is tridiagonal. */
export const gaussian: Target = (() => {
  const [d, rho] = [10, 0.7];
  const sd = Array.from({ length: d }, (_, i) => 2 ** ((2 * i) / (d - 1) - 1));
  const mean = Array.from({ length: d }, (_, i) => (i - 4) / 4);
  const at: PointDensity = (x, gradient) => {
    const z = sd.map((s, i) => (x[i] - mean[i]) / s);
    // A first-order autoregression: z₀ ~ N(0, 1), zᵢ ~ N(ρ zᵢ₋₁, 1 − ρ²).
    let value = -(z[0] ** 2) / 2;
    gradient.fill(0);
    gradient[0] = -z[0] / sd[0];
    for (let i = 1; i < d; i++) {
      const residual = (z[i] - rho * z[i - 1]) / (1 - rho ** 2);
      value -= (residual * (z[i] - rho * z[i - 1])) / 2;
      gradient[i] -= residual / sd[i];
      gradient[i - 1] += (rho * residual) / sd[i - 1];
    }
    return value;
  };
  return {
    name: "a correlated Gaussian",
    ...densityOf(d, at),
    quantities: sd.map((s, i) => coordinate(i, mean[i], s)),
  };
})();

/**
 * Neal's funnel, v ~ N(0, 3²) and x₁ … x₉ ~ N(0, eᵛ), in the coordinates v and zᵢ = xᵢ e^(−v/2). For a standard normal
 * z, ln|z| has mean −(γ + ln 2)/2 and variance π²/8.
 */
export const funnel: Target = {
  name: "Neal's funnel, not centred",
  ...densityOf(10, (x, gradient) => {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const variance = i === 0 ? 9 : 1;
      value -= x[i] ** 2 / variance / 2;
      gradient[i] = -x[i] / variance;
    }
    return value;
  }),
  quantities: [
    { ...coordinate(0, 0, 3), name: "v" },
    coordinate(9, 0, 1),
    {
      name: "ln|x₁|",
      of: (x) => Math.log(Math.abs(x[1])) + x[0] / 2,
      mean: -(0.5772156649015329 + Math.LN2) / 2,
      sd: Math.sqrt(Math.PI ** 2 / 8 + 9 / 4),
    },
  ],
};

/** A twisted Gaussian (Haario et al. 1999): x₀ ~ N(0, 1), x₁ ~ N(x₀² − 1, ½²), so that x₁ has variance 2 + ¼. */
export const banana: Target = {
  name: "a banana",
  ...densityOf(2, (x, gradient) => {
    const residual = (x[1] - x[0] ** 2 + 1) / 0.25;
    gradient[0] = -x[0] + 2 * x[0] * residual;
    gradient[1] = -residual;
    return -(x[0] ** 2) / 2 - (residual ** 2 * 0.25) / 2;
  }),
  quantities: [
    coordinate(0, 0, 1),
    coordinate(1, 0, Math.sqrt(2.25)),
    { name: "x₀²", of: (x) => x[0] ** 2, mean: 1, sd: Math.SQRT2 },
  ],
};

/** 0.3 N((−2, 0), 1) + 0.7 N((2, 0), 1). */
export const mixture: Target = {
  name: "two modes",
  ...densityOf(2, (x, gradient) => {
    const [left, right] = [0.3 * Math.exp(-((x[0] + 2) ** 2) / 2), 0.7 * Math.exp(-((x[0] - 2) ** 2) / 2)];
    const share = left / (left + right);
    gradient[0] = -x[0] + 2 * (1 - 2 * share);
    gradient[1] = -x[1];
    return Math.log(left + right) - x[1] ** 2 / 2;
  }),
  quantities: [coordinate(0, 0.8, Math.sqrt(5 - 0.64)), coordinate(1, 0, 1)],
};

/** Rubin (1981): effect of coaching and its standard error in eight schools. */
const EFFECTS = [28, 8, -3, 7, -1, 1, 18, 12];
const ERRORS = [15, 10, 16, 11, 9, 11, 10, 18];

/** The eight schools, μ ~ N(0, 5²), τ ~ half-Cauchy(0, 5), θᵢ = μ + τ ηᵢ, in the coordinates μ, ln τ, η₁ … η₈. */
export const eightSchools: Target = {
  name: "eight schools",
  ...densityOf(10, (x, gradient) => {
    const [mu, tau] = [x[0], Math.exp(x[1])];
    const ratio = (tau / 5) ** 2;
    let value = -((mu / 5) ** 2) / 2 - Math.log1p(ratio) + x[1];
    gradient[0] = -mu / 25;
    gradient[1] = 1 - (2 * ratio) / (1 + ratio);
    EFFECTS.forEach((effect, i) => {
      const eta = x[i + 2];
      const residual = (effect - mu - tau * eta) / ERRORS[i];
      value -= (eta ** 2 + residual ** 2) / 2;
      gradient[0] += residual / ERRORS[i];
      gradient[1] += (tau * eta * residual) / ERRORS[i];
      gradient[i + 2] = -eta + (tau * residual) / ERRORS[i];
    });
    return value;
  }),
  quantities: eightSchoolsByQuadrature(),
};

/**
 * Posterior means and sds of μ, τ and θ₁ … θ₈ by the trapezoidal rule over (μ, ln τ): given these, θᵢ is normal, and its
 * observation has variance τ² + errorᵢ².
 */
function eightSchoolsByQuadrature(): Target["quantities"] {
  const first = new Float64Array(10);
  const second = new Float64Array(10);
  let total = 0;
  for (let logTau = -25; logTau < 7; logTau += 0.1) {
    const tau = Math.exp(logTau);
    for (let mu = -30; mu <= 30; mu += 0.5) {
      let log = logTau - Math.log1p((tau / 5) ** 2) - (mu / 5) ** 2 / 2;
      EFFECTS.forEach((effect, i) => {
        const variance = tau ** 2 + ERRORS[i] ** 2;
        log -= Math.log(variance) / 2 + (effect - mu) ** 2 / variance / 2;
      });
      const weight = Math.exp(log);
      total += weight;
      const add = (i: number, mean: number, variance: number) => {
        first[i] += weight * mean;
        second[i] += weight * (mean ** 2 + variance);
      };
      add(0, mu, 0);
      add(1, tau, 0);
      EFFECTS.forEach((effect, i) => {
        const share = tau ** 2 / (tau ** 2 + ERRORS[i] ** 2);
        add(i + 2, mu + share * (effect - mu), share * ERRORS[i] ** 2);
      });
    }
  }
  return Array.from(first, (sum, i) => {
    const mean = sum / total;
    const of =
      i === 0
        ? (x: Float64Array) => x[0]
        : i === 1
          ? (x: Float64Array) => Math.exp(x[1])
          : (x: Float64Array) => x[0] + Math.exp(x[1]) * x[i];
    const name = i === 0 ? "μ" : i === 1 ? "τ" : `θ${i - 1}`;
    return { name, of, mean, sd: Math.sqrt(second[i] / total - mean ** 2) };
  });
}
