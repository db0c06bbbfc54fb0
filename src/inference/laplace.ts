import {
  add,
  allocateVector,
  compile,
  multiply,
  type Rng,
  releaseVector,
  type Value,
} from "../engine/index.ts";
import type { NetworkLandscape, WorkOptions } from "../landscape/index.ts";

/** Independent normal distributions of the parameters of a network. Owns native memory: dispose of it. */
export interface DiagonalPosterior extends Disposable {
  /** [D], in the vector memory. */
  readonly mean: Float32Array;
  /** Standard deviations [D], in the vector memory. */
  readonly deviations: Float32Array;
}

export interface LaplaceOptions extends WorkOptions {
  /** 1 / variance of the prior N(0, I / precision) of the parameters, above 0. */
  priorPrecision: number;
  /** σ of a regression, and only there. */
  noiseScale?: number;
  /** T of likelihood^(1/T); default 1. */
  temperature?: number;
}

/**
 * The diagonal Laplace approximation of the posterior around an optimum θ̂: N(θ̂, diag(H + precision)⁻¹) with the
 * diagonal H of the Gauss-Newton matrix of the negative log-likelihood (MacKay 1992; Ritter et al. 2018), which is never
 * negative. Where the likelihood tells nothing of a parameter its deviation is that of the prior.
 *
 * The approximation leaves out all correlations, so that its draws fit the data worse the more parameters there are; a
 * precision of the prior that is chosen on validation data makes up for it.
 *
 * @param optimum θ̂ of length D in the vector memory, copied; its loss is a squared error or a cross-entropy
 * @throws RangeError for numbers that are not positive, or a noise scale that does not fit the landscape
 */
export async function diagonalLaplace(
  landscape: NetworkLandscape,
  optimum: Float32Array,
  { priorPrecision, noiseScale, temperature = 1, ...options }: LaplaceOptions,
): Promise<DiagonalPosterior> {
  const regression = landscape.loss.task === "regression";
  if (regression !== (noiseScale !== undefined)) {
    throw new RangeError(
      regression
        ? "The likelihood of a regression needs its noise scale; give one."
        : "A classification has no noise scale; leave it out.",
    );
  }
  for (const [what, x] of Object.entries({ priorPrecision, noiseScale: noiseScale ?? 1, temperature })) {
    if (!(x > 0 && Number.isFinite(x))) throw new RangeError(`${what} is ${x}; give a number above 0.`);
  }
  const mean = allocateVector(optimum.length);
  const deviations = allocateVector(optimum.length);
  try {
    mean.set(optimum);
    await landscape.gaussNewtonDiagonal(optimum, deviations, options);
    const weight = 1 / ((noiseScale ?? 1) ** 2 * temperature);
    for (let j = 0; j < deviations.length; j++) {
      deviations[j] = 1 / Math.sqrt(weight * deviations[j] + priorPrecision);
    }
  } catch (error) {
    releaseVector(mean, deviations);
    throw error;
  }
  return { mean, deviations, [Symbol.dispose]: () => releaseVector(mean, deviations) };
}

/**
 * Outputs of the network at n draws of its parameters for every example: [n, examples, outputs], such as logits.
 * Draw k depends on fold k of `rng` alone.
 */
export async function predictDraws(
  landscape: NetworkLandscape,
  { mean, deviations }: Pick<DiagonalPosterior, "mean" | "deviations">,
  n: number,
  rng: Rng,
  { signal, onProgress }: WorkOptions = {},
): Promise<Float32Array> {
  const D = mean.length;
  const each = landscape.examples.count * landscape.network.outputs;
  const result = new Float32Array(n * each);
  const vector = { shape: [D] };
  using shift = await compile(
    (m: Value, s: Value, z: Value) => add(m, multiply(s, z)),
    [vector, vector, vector],
  );
  const [theta, noise] = [allocateVector(D), allocateVector(D)];
  try {
    for (let k = 0; k < n; k++) {
      noise.set(rng.foldIn(k).normal(D));
      await shift.run([mean, deviations, noise], [theta]);
      result.set(await landscape.predict(theta, { signal }), k * each);
      onProgress?.((k + 1) / n);
    }
  } finally {
    releaseVector(theta, noise);
  }
  return result;
}
