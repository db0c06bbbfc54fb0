import { existsSync } from "node:fs";
import { join } from "node:path";
import { elementCount, type Json, writeNpz, writeZarr } from "../format/index.ts";
import type { SpanMetric } from "../geometry/index.ts";
import { arvizArrays, arvizGroup, type DrawnVariable, type InferenceData } from "../inference/index.ts";
import type { WorkOptions } from "../landscape/index.ts";
import type { Span } from "../subspace/index.ts";
import { writeAtomically } from "./atomic-node.ts";
import type { RunData } from "./data-node.ts";
import { pointsOfDraws, type SavedDraws } from "./draws-node.ts";
import { scorePoints } from "./posterior-scores.ts";
import { RunError } from "./run-error.ts";
import type { SampleSpec } from "./sample-spec.ts";

/** The largest log-likelihoods that are exported, in numbers of 8 bytes. */
const MOST = 1e8;

/**
 * The draws of a `sample` run as InferenceData. Groups: posterior (`phi`, and where they are `t`, `xi`, `theta`, `noise_scale`),
 * sample_stats (`diverging`, and `lp`, the log-density of the tempered posterior over unbounded coordinates),
 * log_likelihood (`y`, untempered), observed_data (`y`) and constant_data (`x`, where inputs are no images).
 *
 * @param setup.space of the sampler: the first coordinate of a tunnel or a line is t
 * @param setup.split whose examples the log-likelihood is of; none leaves it and the observed data out
 * @throws RangeError where the log-likelihoods are too many
 */
export async function inferenceDataOf(
  draws: SavedDraws,
  setup: {
    space: SampleSpec["space"];
    metric: SpanMetric;
    data: RunData;
    span: Span;
    split?: "train" | "test";
    attributes: Record<string, Json>;
  },
  options: WorkOptions = {},
): Promise<InferenceData> {
  const { space, data, span, split, metric, attributes } = setup;
  const { chains, draws: S, dimension: k, lambda, theta, phi, scale } = draws;
  const posterior: Record<string, DrawnVariable> = { phi: { shape: [draws.spanDimension], values: phi } };
  if (theta) posterior.theta = { shape: [k], values: theta };
  if (lambda && space !== "volume") {
    posterior.t = { values: lambda.filter((_, at) => at % k === 0) };
    if (k > 1) posterior.xi = { shape: [k - 1], values: lambda.filter((_, at) => at % k > 0) };
  }
  if (data.loss.task === "regression") posterior.noise_scale = { values: scale };
  const result: InferenceData = {
    chains,
    draws: S,
    posterior,
    sampleStats: {
      diverging: { values: draws.diverging, dtype: "bool" },
      lp: { values: draws.logDensity },
    },
    attributes,
  };
  if (!split) return result;
  const { count, targets, inputs } = data.dataset[split];
  if (chains * S * count > MOST) {
    throw new RangeError(
      `The log-likelihoods of ${chains * S} draws and ${count} examples take ${((8 * chains * S * count) / 2 ** 30).toFixed(1)} GiB; export fewer draws (--thin), or leave them out (--split none).`,
    );
  }
  const points = pointsOfDraws(draws, span, metric);
  const { logLikelihood } = await scorePoints(data[split], targets, points, options);
  result.logLikelihood = { y: { shape: [count], values: logLikelihood.values } };
  result.observedData = { y: { shape: [count], data: targets } };
  if (inputs instanceof Float32Array) {
    const { shape } = data.dataset;
    result.constantData = { x: { shape: [count, elementCount(shape)], data: inputs } };
  }
  return result;
}

/**
 * Writes InferenceData as a Zarr folder that ArviZ opens, or as one npz file with arrays `group/name`.
 *
 * @throws RunError where there is something at that path already, or it cannot be written
 */
export function writeInferenceData(path: string, to: "arviz" | "npz", data: InferenceData): void {
  if (existsSync(path)) {
    throw new RunError(`There is something at ${path} already; remove it, or choose another --out.`);
  }
  if (to === "npz") {
    writeAtomically(path, writeNpz(arvizArrays(data)));
    return;
  }
  // The list of all metadata comes last: without it a folder that a crash has left is no store.
  const { ".zmetadata": last, ...files } = writeZarr(arvizGroup(data));
  for (const [name, bytes] of Object.entries(files)) writeAtomically(join(path, name), bytes);
  writeAtomically(join(path, ".zmetadata"), last);
}
