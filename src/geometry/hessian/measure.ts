import { allocateVector, dot, type Rng, releaseVector } from "../../engine/index.ts";
import type { Landscape, WorkOptions } from "../../landscape/index.ts";
import { meanInterval } from "../paired.ts";
import { hutchinson } from "./hutchinson.ts";
import { type Lanczos, lanczos } from "./lanczos.ts";
import { hessianAt } from "./operator.ts";
import { type SpectralDensity, spectralDensity } from "./quadrature.ts";
import { countDirections, type DirectionCount, settledCount } from "./short-directions.ts";

/** How closely a Hessian is looked at. */
export interface HessianSpec {
  /** Curvatures above which directions count as short. */
  thresholds: readonly number[];
  /** Steps of Lanczos's iteration from each start. */
  steps: number;
  /** Random starts, from 1. */
  probes: number;
  /** Random vectors for trace and Frobenius norm, from 1. */
  traceProbes: number;
  /** How many of the largest eigenvalues to tell. */
  top: number;
}

/** The curvature of a landscape at one point. */
export interface HessianMeasures {
  loss: number;
  gradientNorm: number;
  /** The largest eigenvalues, and how far each may be from one. */
  top: { value: number; bound: number }[];
  /** The smallest Ritz value: at least the smallest eigenvalue. */
  least: number;
  counts: DirectionCount[];
  trace: { mean: number; standardError: number };
  /** ‖H‖ (Frobenius), and Tr / ‖H‖, which lies between −√D and √D ("Goldilocks zone", Fort and Scherlis 2019). */
  frobenius: number;
  traceRatio: number;
  /** Fractions of the eigenvalues that are told to be above 0, and below: beyond the noise and beyond their bounds. */
  positive: number;
  negative: number;
  /** What rounding in the products may take for an eigenvalue. */
  noise: number;
  density: SpectralDensity;
  /** Hessian-vector products that this took. */
  products: number;
}

/** Points of the axis of a density, and Gaussians in the range of the eigenvalues. */
const DENSITY_POINTS = 400;
const DENSITY_RESOLUTION = 100;
/** Rounding of float32 numbers of size 1. */
const FLOAT32 = 2 ** -23;

/**
 * Measures the Hessian of a landscape at θ: its largest eigenvalues, the density of all, counts above thresholds, trace and
 * norm. The first start begins anew where an invariant space is complete, and stops where all counts are settled.
 *
 * @param rng the same stream for several points makes their differences less noisy
 */
export async function measureHessian(
  landscape: Landscape,
  theta: Float32Array,
  { thresholds, steps, probes: count, traceProbes, top }: HessianSpec,
  rng: Rng,
  { signal, onProgress }: WorkOptions = {},
): Promise<HessianMeasures> {
  using operator = await hessianAt(landscape, theta);
  const gradient = allocateVector(landscape.size);
  const loss = await landscape.gradient(theta, gradient, { signal });
  const gradientNorm = Math.sqrt(dot(gradient, gradient));
  releaseVector(gradient);
  const all = count * Math.min(steps, landscape.size) + traceProbes;
  const enough = (soFar: Lanczos) => thresholds.every((t) => settledCount(soFar, t) !== undefined);
  const probes: Lanczos[] = [];
  for (let i = 0; i < count && !probes[0]?.complete; i++) {
    const part = (done: number) => onProgress?.((done * steps + i * steps) / all);
    const first = i === 0 ? { restarts: true, enough } : {};
    const found = await lanczos(operator, rng.split("probe").foldIn(i), {
      ...{ steps, signal, onProgress: part },
      ...first,
    });
    probes.push(found);
  }
  const estimate = await hutchinson(operator, traceProbes, rng.split("trace"), {
    signal,
    onProgress: (done) => onProgress?.(1 - ((1 - done) * traceProbes) / all),
  });
  const [{ ritz, bounds }] = probes;
  const least = Math.min(...probes.map((probe) => probe.ritz[probe.ritz.length - 1]));
  const rounding = FLOAT32 * Math.max(Math.abs(ritz[0]), Math.abs(least));
  const noise = Math.max(rounding, ...probes.map((probe) => probe.noise));
  const told = (side: (value: number) => number) =>
    meanInterval(
      probes.map((probe) =>
        probe.ritz.reduce(
          (sum, value, i) => sum + (side(value) > noise + probe.bounds[i] ? probe.weights[i] : 0),
          0,
        ),
      ),
    ).mean;
  const frobenius = Math.sqrt(estimate.squaredNorm.mean);
  const { mean, standardError } = estimate.trace;
  return {
    loss,
    gradientNorm,
    top: Array.from(ritz.subarray(0, top), (value, i) => ({ value, bound: bounds[i] })),
    least,
    counts: countDirections(probes, thresholds),
    trace: { mean, standardError },
    frobenius,
    traceRatio: mean / frobenius,
    positive: told((value) => value),
    negative: told((value) => -value),
    noise,
    density: spectralDensity(probes, DENSITY_POINTS, DENSITY_RESOLUTION),
    products: probes.reduce((sum, probe) => sum + probe.alpha.length, traceProbes),
  };
}
