import { type AmbientSpace, spanCoordinates } from "../geometry/index.ts";
import { assessGaussian, drawGaussian, fitGaussian, posterior } from "../inference/index.ts";
import { coefficientMatrix, evenly } from "../subspace/index.ts";
import { sampledTempered } from "./compare-sampling-node.ts";
import {
  atBestTemperature,
  type CompareContext,
  type Found,
  PREDICTING,
  samplingOf,
} from "./compare-spec.ts";
import { scorePoints } from "./posterior-scores.ts";
import { noiseOf, spaceOf } from "./sample-node.ts";

/** Draws of the variational fit that predict. */
const FITTED = 1000;
/** Draws that tell k̂. */
const ASSESSING = 2000;
/** Draws in a step of the variational fit. */
const VARIATIONAL_SAMPLES = 16;

/** Points of the path, evenly spaced in t, without any posterior. */
export async function pointsOfPath({ setup, options }: CompareContext): Promise<Found> {
  const { data, path, span, scale } = setup;
  options.onStage?.("predicting along the path");
  const begun = performance.now();
  const points = {
    anchors: span.anchors,
    coefficients: coefficientMatrix(path, evenly(path, PREDICTING)),
    scales: new Float64Array(PREDICTING).fill(scale ?? Number.NaN),
  };
  const { scores } = await scorePoints(data.test, data.dataset.test.targets, points, options);
  return { networks: PREDICTING, scores, seconds: (performance.now() - begun) / 1000 };
}

/** A posterior around the path, sampled at the given cost. */
export async function sampled(
  { folder, setup, likelihood, rng, options }: CompareContext,
  kind: AmbientSpace["kind"],
): Promise<Found> {
  const { spec, span, path } = setup;
  const space = spaceOf(span.gram(0), path, { ...spec, space: kind });
  const d = space.dimension + (likelihood.regression && spec.sampleNoise ? 1 : 0);
  const sampling = { ...setup, spec: samplingOf(spec, kind, d) };
  const where = { space, likelihood, rng: rng.split(kind) };
  return sampledTempered({ folder, setup: sampling, options }, kind, where, `sampling the ${kind}`);
}

/** A Gaussian fitted to the posterior in the volume, from the middle of the path on. */
export async function variational({ setup, likelihood, rng, options }: CompareContext): Promise<Found> {
  const { spec, span, path, data, scale } = setup;
  const space = spaceOf(span.gram(0), path, { ...spec, space: "volume" });
  const noise = noiseOf(likelihood, spec, scale);
  const begin = new Float64Array(space.dimension);
  spanCoordinates(space.span, path.at([0.5]), begin);
  const steps = Math.max(1, Math.floor((spec.evaluations * spec.chains) / VARIATIONAL_SAMPLES));
  return atBestTemperature(spec.temperatures, async (temperature) => {
    options.onStage?.(`fitting a Gaussian to the posterior in the volume at temperature ${temperature}`);
    const begun = performance.now();
    const target = posterior({ space, prior: spec.prior, likelihood, noise, temperature });
    const own = rng.split("variational").split(`temperature ${temperature}`);
    const fitted = await fitGaussian(target, target.unconstrain(begin, [scale ?? 1]), own.split("fit"), {
      steps,
      samples: VARIATIONAL_SAMPLES,
      signal: options.signal,
      onProgress: options.onProgress,
    });
    const { k } = await assessGaussian(target, fitted, ASSESSING, own.split("assess"));
    const { draws } = drawGaussian(fitted, FITTED, own.split("draws"));
    const { lambda, scales } = target.constrain(draws);
    const coefficients = new Float64Array(scales.length * span.terms);
    space.lifting().lift(lambda, coefficients);
    const points = { anchors: span.anchors, coefficients, scales };
    const { validation } = data;
    const validated =
      validation && (await scorePoints(validation, data.dataset.validation!.targets, points, options));
    const { scores } = await scorePoints(data.test, data.dataset.test.targets, points, options);
    const { evaluations } = fitted;
    const seconds = (performance.now() - begun) / 1000;
    return {
      found: { networks: scales.length, temperature, scores, k, evaluations, seconds },
      validation: validated?.scores.lppd,
    };
  });
}
