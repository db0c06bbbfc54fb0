import { CORRUPTIONS, corruptTest } from "../data/index.ts";
import type { Rng } from "../engine/index.ts";
import { meanPrediction, type Predictions, softmax } from "../inference/index.ts";
import { Examples, NetworkLandscape } from "../landscape/index.ts";
import type { Span } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import { type Assessment, assess, assessEnsemble, type EnsembleResult, memberLogits } from "./ensemble.ts";
import type { RunFolder } from "./folder-node.ts";
import type { JobOptions } from "./train-node.ts";

/** Points of one subspace (or one optimum) that join an ensemble. */
export interface EnsembleSource {
  /** What it is called: the operand. */
  name: string;
  span: Span;
  /** Coordinates and coefficients of each member. */
  members: { at: number[]; coefficients: Float64Array }[];
  /** Coefficients of the middle, which is assessed alone, too. */
  middle: Float64Array;
}

/** What `isthmus ensemble` finds on the test examples. */
export interface EnsembleRunResult extends EnsembleResult {
  names: { source: string; at: number[] }[];
  /** The middle of each source, alone. */
  middles: { source: string; assessment: Assessment }[];
  /** Accuracy on corrupted test images: of the first source's middle, and of the ensemble (mean probability). */
  corruptions?: { kind: string; amount: number; middle: number; ensemble: number }[];
}

/**
 * The job of `isthmus ensemble`: predictions of several members alone and together, how they differ and how calibrated
 * they are. Writes results/ensemble.json.
 *
 * @param corrupt whether to predict corrupted test images, too
 */
export async function ensembleJob(
  folder: RunFolder,
  {
    sources,
    data,
    corrupt,
    rng,
  }: { sources: readonly EnsembleSource[]; data: RunData; corrupt: boolean; rng: Rng },
  options: JobOptions,
): Promise<EnsembleRunResult> {
  options.onStage?.("predicting");
  const labels = data.dataset.test.targets;
  const logits: Predictions[] = [];
  const middles: EnsembleRunResult["middles"] = [];
  for (const { name, span, members, middle } of sources) {
    const all = [middle, ...members.map(({ coefficients }) => coefficients)];
    const [own, ...rest] = await memberLogits(data.test, span, all, options);
    middles.push({ source: name, assessment: assess(softmax(own), labels) });
    logits.push(...rest);
  }
  const corruptions: EnsembleRunResult["corruptions"] = [];
  for (const [i, corruption] of (corrupt ? CORRUPTIONS : []).entries()) {
    options.onStage?.(`predicting images with ${corruption.kind} ${corruption.amount}`);
    const changed = corruptTest(data.dataset, corruption, rng.foldIn(i));
    using examples = new Examples(changed, changed.test);
    using landscape = new NetworkLandscape(data.test.network, examples, data.loss);
    const own: Predictions[] = [];
    let first: Predictions | undefined;
    for (const { span, members, middle } of sources) {
      const all = [middle, ...members.map(({ coefficients }) => coefficients)];
      const [m, ...rest] = (await memberLogits(landscape, span, all, options)).map(softmax);
      first ??= m;
      own.push(...rest);
    }
    const accuracy = (p: Predictions) => assess(p, labels).accuracy.value;
    corruptions.push({ ...corruption, middle: accuracy(first!), ensemble: accuracy(meanPrediction(own)) });
  }
  const result: EnsembleRunResult = {
    ...assessEnsemble(logits, labels),
    names: sources.flatMap(({ name, members }) => members.map(({ at }) => ({ source: name, at }))),
    middles,
    ...(corrupt ? { corruptions } : {}),
  };
  folder.writeJson("ensemble", result);
  return result;
}
