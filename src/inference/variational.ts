import type { Rng } from "../engine/index.ts";
import type { LogDensity } from "./density.ts";
import { psis } from "./psis.ts";

/** A normal distribution N(mean, L Lᵀ) of positions in R^d. */
export interface GaussianApproximation {
  /** [d] */
  readonly mean: Float64Array;
  /** L [d, d] row-major, lower triangular with a positive diagonal. */
  readonly factor: Float64Array;
}

export interface VariationalOptions {
  /** Whether coordinates may be correlated; `diagonal` is the mean-field approximation. Default full. */
  covariance?: "full" | "diagonal";
  /** Steps of Adam; default 1000. */
  steps?: number;
  /** Draws in a step, an even number, half of them the mirror images of the others about the mean; default 16. */
  samples?: number;
  /**
   * Rates of Adam in the first and the last step, falling geometrically. They are relative to the present width of the
   * approximation, and so need no adjustment to the scale of the coordinates. Default 0.1 and 0.001.
   */
  rates?: readonly [first: number, last: number];
  /** Standard deviation of every coordinate at the start; default 0.1. */
  startSd?: number;
  signal?: AbortSignal;
  /** Share of the steps done, in [0, 1]. */
  onProgress?: (done: number) => void;
}

/** What variational inference found. */
export interface VariationalFit extends GaussianApproximation {
  /**
   * The evidence lower bound as estimated from the draws of each step, [steps]: below the logarithm of the integral of the
   * density by the Kullback-Leibler divergence. −∞ where a draw lay outside of the density.
   */
  readonly elbo: Float64Array;
  /** Evaluations of the log-density. */
  readonly evaluations: number;
}

const DECAYS = [0.9, 0.999];
const EPSILON = 1e-8;

/**
 * Gaussian variational inference: maximises the evidence lower bound E_q[log p(x)] + entropy(q) over q = N(μ, L Lᵀ), by
 * Adam with reparametrised gradients, x = μ + L ε (Kucukelbir et al. 2017, "Automatic differentiation variational
 * inference").
 *
 * Gradients are taken of the path of the draws alone (Roeder et al. 2017, "Sticking the landing"), so that they have no
 * noise where q is the target. Steps are taken in the coordinates of ε, μ ← μ + L a and L ← L (strict triangle of A + exp of
 * its diagonal), which makes them as long in one scale of the coordinates as in another. Draws of step k depend on fold k of `rng` alone.
 *
 * @param start mean at the start [d], where the log-density is finite
 * @throws RangeError for options out of range, or if all draws of a step lie outside of the density
 */
export async function fitGaussian(
  density: LogDensity,
  start: Float64Array,
  rng: Rng,
  options: VariationalOptions = {},
): Promise<VariationalFit> {
  const { covariance = "full", steps = 1000, samples = 16, rates = [0.1, 0.001], startSd = 0.1 } = options;
  const d = density.dimension;
  check(start.length, d, steps, samples, rates, startSd);
  const mean = start.slice();
  const factor = new Float64Array(d * d);
  for (let i = 0; i < d; i++) factor[i * (d + 1)] = startSd;
  const elbo = new Float64Array(steps);
  const [values, gradients] = [new Float64Array(samples), new Float64Array(samples * d)];
  const ascent = new Float64Array(d + d * d);
  const adam = new Adam(ascent.length);
  for (let step = 0; step < steps; step++) {
    options.signal?.throwIfAborted();
    const noise = mirrored(rng.foldIn(step), samples, d);
    await density.evaluate(place({ mean, factor }, noise), values, gradients);
    elbo[step] = lowerBound(factor, noise, values);
    if (!whitenedAscent(factor, noise, values, gradients, ascent)) {
      throw new RangeError(
        `The log-density is not finite at any of the ${samples} draws of step ${step + 1}; start elsewhere, or with a smaller standard deviation than ${startSd}.`,
      );
    }
    const rate = rates[0] * (rates[1] / rates[0]) ** (step / Math.max(1, steps - 1));
    const move = adam.step(ascent, rate);
    advance(mean, factor, move, covariance === "full");
    options.onProgress?.((step + 1) / steps);
  }
  return { mean, factor, elbo, evaluations: steps * samples };
}

function check(
  given: number,
  d: number,
  steps: number,
  samples: number,
  rates: readonly number[],
  startSd: number,
): void {
  if (given !== d) {
    throw new RangeError(`The start has ${given} coordinates, the density ${d}; give as many.`);
  }
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`${steps} steps were asked for; give a whole number from 1.`);
  }
  if (!Number.isInteger(samples) || samples < 2 || samples % 2 !== 0) {
    throw new RangeError(`${samples} draws in a step were asked for; give an even number from 2.`);
  }
  if (!(rates[1] > 0 && rates[0] >= rates[1])) {
    throw new RangeError(`The rates are ${rates.join(" and ")}; give two above 0, the second not larger.`);
  }
  if (!(startSd > 0)) {
    throw new RangeError(`The standard deviation at the start is ${startSd}; give a number above 0.`);
  }
}

/** Standard normal numbers [n, d], the second half the first with the other sign. */
function mirrored(rng: Rng, n: number, d: number): Float64Array {
  const noise = new Float64Array(n * d);
  const half = (n * d) / 2;
  rng.normal(half).forEach((z, i) => {
    noise[i] = z;
    noise[half + i] = -z;
  });
  return noise;
}

/** The positions μ + L ε of rows ε of `noise` [n, d]. */
function place({ mean, factor }: GaussianApproximation, noise: Float64Array): Float64Array {
  const d = mean.length;
  return noise.map((_, at) => {
    const i = at % d;
    let sum = mean[i];
    for (let j = 0; j <= i; j++) sum += factor[i * d + j] * noise[at - i + j];
    return sum;
  });
}

/**
 * Mean of log p − log q over the draws. (The entropy of q is known, but its estimate takes noise away: the terms vary
 * together, and where q is the target their difference does not vary at all.)
 */
function lowerBound(factor: Float64Array, noise: Float64Array, values: Float64Array): number {
  const n = values.length;
  const d = noise.length / n;
  let sum = 0;
  for (const value of values) sum += Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  for (const z of noise) sum += (z * z) / 2;
  return sum / n + logDeterminant(factor, d) + (d / 2) * Math.log(2 * Math.PI);
}

function logDeterminant(factor: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += Math.log(factor[i * (d + 1)]);
  return sum;
}

/**
 * Writes the directions of ascent of (a, A), [d] and the lower triangle of [d, d]: means over the draws of
 * h = Lᵀ∇log p(x) + ε, whose second term is −Lᵀ∇log q(x), and of h εᵀ. Draws outside of the density are left out.
 *
 * @returns whether there was any other
 */
function whitenedAscent(
  factor: Float64Array,
  noise: Float64Array,
  values: Float64Array,
  gradients: Float64Array,
  ascent: Float64Array,
): boolean {
  const n = values.length;
  const d = noise.length / n;
  ascent.fill(0);
  let inside = 0;
  for (let s = 0; s < n; s++) {
    if (!Number.isFinite(values[s])) continue;
    inside++;
    for (let i = 0; i < d; i++) {
      let h = noise[s * d + i];
      for (let k = i; k < d; k++) h += factor[k * d + i] * gradients[s * d + k];
      ascent[i] += h;
      for (let j = 0; j <= i; j++) ascent[d + i * d + j] += h * noise[s * d + j];
    }
  }
  for (let i = 0; i < ascent.length; i++) ascent[i] /= Math.max(1, inside);
  return inside > 0;
}

/** μ ← μ + L a, then L ← L (strict lower triangle of A + exp of its diagonal). */
function advance(mean: Float64Array, factor: Float64Array, move: Float64Array, full: boolean): void {
  const d = mean.length;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) mean[i] += factor[i * d + j] * move[j];
  }
  const A = (k: number, j: number) =>
    k === j ? Math.exp(move[d + k * d + k]) : full ? move[d + k * d + j] : 0;
  for (let i = 0; i < d; i++) {
    // From the left: column j needs the columns from j on, which are still the old ones.
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = j; k <= i; k++) sum += factor[i * d + k] * A(k, j);
      factor[i * d + j] = sum;
    }
  }
}

/** Adam (Kingma and Ba 2015), in float64. */
class Adam {
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#first = new Float64Array(size);
    this.#second = new Float64Array(size);
  }

  /** The step along a direction of ascent. */
  step(gradient: Float64Array, rate: number): Float64Array {
    this.#count++;
    const [b1, b2] = DECAYS;
    const [c1, c2] = DECAYS.map((b) => 1 - b ** this.#count);
    return gradient.map((g, i) => {
      this.#first[i] = b1 * this.#first[i] + (1 - b1) * g;
      this.#second[i] = b2 * this.#second[i] + (1 - b2) * g * g;
      return (rate * this.#first[i]) / c1 / (Math.sqrt(this.#second[i] / c2) + EPSILON);
    });
  }
}

/** n independent draws [n, d] of a Gaussian, and their log-densities [n]. */
export function drawGaussian(
  gaussian: GaussianApproximation,
  n: number,
  rng: Rng,
): { draws: Float64Array; logDensities: Float64Array } {
  const d = gaussian.mean.length;
  const noise = Float64Array.from(rng.normal(n * d));
  const constant = -(d / 2) * Math.log(2 * Math.PI) - logDeterminant(gaussian.factor, d);
  const logDensities = new Float64Array(n).fill(constant);
  noise.forEach((z, at) => {
    logDensities[Math.floor(at / d)] -= (z * z) / 2;
  });
  return { draws: place(gaussian, noise), logDensities };
}

/** How good a Gaussian approximation is, from independent draws of it. */
export interface ApproximationQuality {
  /**
   * k̂ of the Pareto-smoothed importance ratios target / approximation: below 0.7 the approximation can be trusted, and its
   * weighted draws more so; above it covers too little of the target (Yao et al. 2018, "Yes, but did it work?").
   */
  k: number;
  /** The draws [n, d] and the logarithms of their weights [n], which sum to 1. */
  draws: Float64Array;
  logWeights: Float64Array;
  /** The evidence lower bound from these draws. */
  elbo: number;
}

/** Weighs n draws of an approximation against the density that it approximates. */
export async function assessGaussian(
  density: LogDensity,
  gaussian: GaussianApproximation,
  n: number,
  rng: Rng,
): Promise<ApproximationQuality> {
  const { draws, logDensities } = drawGaussian(gaussian, n, rng);
  const values = new Float64Array(n);
  await density.evaluate(draws, values, new Float64Array(draws.length));
  // Outside of the density the weight is 0.
  const logRatios = values.map((value, i) => (Number.isFinite(value) ? value - logDensities[i] : -Infinity));
  const { k, logWeights } = psis(logRatios);
  return { k, draws, logWeights, elbo: logRatios.reduce((sum, ratio) => sum + ratio, 0) / n };
}
