import type { AmbientSpace, PathSpace } from "../geometry/index.ts";
import type { LogDensity } from "./density.ts";
import type { FullSpace } from "./full-space.ts";
import { fromInterval, toInterval } from "./interval.ts";
import type { SpanLikelihood } from "./likelihood.ts";

/** What a prior along a path is uniform in: its arc length, its position t, or the volume of the span around it. */
export const PRIOR_WEIGHTS = ["arc-length", "position", "volume"] as const;

/**
 * A prior of coordinates around a path (Dold et al. 2025, section 3 and code). In the volume φ ~ N(0, scale² I). In a
 * tunnel and on a line t is uniform on the range of the space, and ξ ~ N(0, scale² I), times |B'(t)| / S (`arc-length`, the
 * published default), nothing (`position`), or |det ∂φ/∂λ| (`volume`, which is not normalised). In the full space
 * θ ~ N(0, scale² I).
 */
export interface Prior {
  /** Standard deviation of φ, ξ or θ. */
  scale: number;
  weight: (typeof PRIOR_WEIGHTS)[number];
}

/**
 * Of a regression: known, or sampled with the prior log σ ~ N(logMean, logSd²). Dold et al. (2025, code) take N(0, 1), the
 * default, around a path, and N(−1, 0.1²) in the full space.
 */
export type Noise = { kind: "fixed"; scale: number } | { kind: "sampled"; logMean?: number; logSd?: number };

/** What a posterior is made of. */
export interface PosteriorSpec {
  space: AmbientSpace | FullSpace;
  prior: Prior;
  likelihood: SpanLikelihood;
  /** Of a regression, and only there. */
  noise?: Noise;
  /** T of likelihood^(1/T), above 0; the prior is never tempered. */
  temperature: number;
}

/**
 * A posterior over unbounded positions u ∈ Rᵈ: the logit of t (`toInterval`), the other coordinates as they are, and last
 * log σ where it is sampled.
 */
export interface Posterior extends LogDensity {
  /** Coordinates λ [n, k] and noise scales [n] (NaN of a classification) of positions [n, d]. */
  constrain(positions: Float64Array): { lambda: Float64Array; scales: Float64Array };
  /** The inverse of `constrain`. */
  unconstrain(lambda: Float64Array, scales: ArrayLike<number>): Float64Array;
  /**
   * Its two factors where the prior is a Gaussian of the unbounded positions, that is in the volume: what elliptical slice
   * sampling needs.
   */
  readonly factors?: {
    /** Standard deviations [d] of the prior, whose mean is 0. */
    readonly priorSd: Float64Array;
    /** (1/T) Σᵢ log p(yᵢ | θ(λ), σ). */
    readonly likelihood: LogDensity;
  };
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/**
 * The tempered posterior log p(λ) + (1/T) Σᵢ log p(yᵢ | θ(λ), σ) around a path, as a log-density of unbounded positions,
 * Jacobians of their transforms included.
 *
 * @throws RangeError for a temperature or a prior scale that is not positive, or noise that does not fit the likelihood
 */
export function posterior({ space, prior, likelihood, noise, temperature }: PosteriorSpec): Posterior {
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new RangeError(`The temperature is ${temperature}; give a number above 0.`);
  }
  if (!(prior.scale > 0 && Number.isFinite(prior.scale))) {
    throw new RangeError(`The scale of the prior is ${prior.scale}; give a number above 0.`);
  }
  const { regression, examples, anchors: m } = likelihood;
  if (regression !== (noise !== undefined)) {
    throw new RangeError(
      regression
        ? "The likelihood of a regression needs its noise; give a scale, or sample it."
        : "A classification has no noise scale; leave it out.",
    );
  }
  const k = space.dimension;
  const sampled = noise?.kind === "sampled";
  const { logMean = 0, logSd = 1 } = sampled ? noise : {};
  const d = k + (sampled ? 1 : 0);
  const range = "range" in space ? (space as PathSpace).range : undefined;
  const lifting = space.lifting();

  const constrain = (positions: Float64Array) => {
    const n = positions.length / d;
    const lambda = new Float64Array(n * k);
    const scales = new Float64Array(n).fill(noise?.kind === "fixed" ? noise.scale : Number.NaN);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < k; j++) lambda[i * k + j] = positions[i * d + j];
      if (range) lambda[i * k] = toInterval(positions[i * d], ...range).value;
      if (sampled) scales[i] = Math.exp(positions[i * d + k]);
    }
    return { lambda, scales };
  };

  /** Adds the log prior of λ, and its gradient; but for the constant of a prior over the volume it is normalised. */
  const addPrior = (lambda: Float64Array, values: Float64Array, gradients: Float64Array) => {
    const n = values.length;
    const first = range ? 1 : 0;
    const constant =
      -(k - first) * (Math.log(prior.scale) + LOG_TWO_PI / 2) - (range ? Math.log(range[1] - range[0]) : 0);
    for (let i = 0; i < n; i++) {
      values[i] += constant;
      for (let j = i * k + first; j < (i + 1) * k; j++) {
        const z = lambda[j] / prior.scale;
        values[i] -= 0.5 * z * z;
        gradients[j] -= z / prior.scale;
      }
      // Uniform in arc length means density |B'| / S of t instead of 1 / (width of the range).
      if (range && prior.weight === "arc-length") values[i] += Math.log(range[1] - range[0]);
    }
    if (range && prior.weight === "arc-length") lifting.addLogArcDensity(values, gradients);
    if (prior.weight === "volume") lifting.addLogVolume(values, gradients);
  };

  /** Writes the tempered log-likelihoods at n positions, and gives their gradients. The lifting remembers the positions. */
  const temperedLikelihood = async (lambda: Float64Array, scales: Float64Array, values: Float64Array) => {
    const n = scales.length;
    const c = new Float64Array(n * m);
    lifting.lift(lambda, c);
    const losses = new Float64Array(n);
    const inCoefficients = new Float64Array(n * m);
    await likelihood.evaluate(c, losses, inCoefficients);
    const inLogScale = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      // The log-likelihood is −loss, or of a regression −loss / (2σ²) − examples · log(σ √(2π)).
      const precision = 1 / (scales[i] * scales[i]);
      const factor = -(regression ? precision / 2 : 1) / temperature;
      values[i] = factor * losses[i];
      if (regression) {
        values[i] -= (examples * (Math.log(scales[i]) + LOG_TWO_PI / 2)) / temperature;
        inLogScale[i] = (losses[i] * precision - examples) / temperature;
      }
      for (let j = i * m; j < (i + 1) * m; j++) inCoefficients[j] *= factor;
    }
    const inLambda = new Float64Array(n * k);
    lifting.pullBack(inCoefficients, inLambda);
    return { inLambda, inLogScale };
  };

  /** Of a space without transforms of its coordinates. */
  const likelihoodAlone: LogDensity = {
    dimension: d,
    async evaluate(positions, values, gradients) {
      const { lambda, scales } = constrain(positions);
      const { inLambda, inLogScale } = await temperedLikelihood(lambda, scales, values);
      for (let i = 0; i < scales.length; i++) {
        for (let j = 0; j < k; j++) gradients[i * d + j] = inLambda[i * k + j];
        if (sampled) gradients[i * d + k] = inLogScale[i];
      }
    },
  };
  const priorSd = new Float64Array(d).fill(prior.scale);
  if (sampled) priorSd[k] = logSd;

  return {
    dimension: d,
    factors: space.kind === "volume" && logMean === 0 ? { priorSd, likelihood: likelihoodAlone } : undefined,
    constrain,
    unconstrain(lambda, scales) {
      const n = lambda.length / k;
      const positions = new Float64Array(n * d);
      for (let i = 0; i < n; i++) {
        positions.set(lambda.subarray(i * k, (i + 1) * k), i * d);
        if (range) positions[i * d] = fromInterval(lambda[i * k], ...range);
        if (sampled) positions[i * d + k] = Math.log(scales[i]);
      }
      return positions;
    },
    async evaluate(positions, values, gradients) {
      const n = positions.length / d;
      const { lambda, scales } = constrain(positions);
      const { inLambda, inLogScale } = await temperedLikelihood(lambda, scales, values);
      addPrior(lambda, values, inLambda);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < k; j++) gradients[i * d + j] = inLambda[i * k + j];
        if (range) {
          const { slope, logSlope, logSlopeDerivative } = toInterval(positions[i * d], ...range);
          values[i] += logSlope;
          gradients[i * d] = slope * gradients[i * d] + logSlopeDerivative;
        }
        if (sampled) {
          const z = (positions[i * d + k] - logMean) / logSd;
          values[i] -= 0.5 * (z * z + LOG_TWO_PI) + Math.log(logSd);
          gradients[i * d + k] = inLogScale[i] - z / logSd;
        }
      }
    },
  };
}
