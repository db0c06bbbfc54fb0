import type { NdArray } from "../format/index.ts";
import { type CoefficientMap, isPath, type Span } from "../subspace/index.ts";
import { float32Curvatures, median } from "./float32.ts";
import type { RunFolder } from "./folder-node.ts";
import { type GeometryResult, measureGeometry } from "./geometry.ts";
import { subspaceGram } from "./subspace-gram.ts";
import type { JobOptions } from "./train-node.ts";

/** Numbers of points of the published procedure: its 1,000, and few enough for float32. */
const PUBLISHED_SAMPLES = [200, 1000];

/**
 * The job of `isthmus geometry`: measures a subspace, from Gram matrices alone. Writes results/geometry.json and .npz.
 *
 * @param setup.samples positions along a path
 * @param setup.points positions at which a curve that leaves its span is made
 * @param setup.float32 whether to show the published curvature of float32 points, of a path in its span
 */
export async function geometryJob(
  folder: RunFolder,
  setup: { span: Span; map: CoefficientMap; samples: number; points?: Float64Array; float32: boolean },
  options: JobOptions,
): Promise<GeometryResult> {
  const { span, map, samples, points, float32 } = setup;
  options.onStage?.("measuring");
  const subspace = await subspaceGram(span, map, { ...options, at: points });
  const { result, scores, profiles } = measureGeometry(subspace, {
    kind: map.kind,
    parameters: span.size,
    samples,
  });
  const vector = (data: Float32Array | Float64Array): NdArray => ({ shape: [data.length], data });
  const arrays: Record<string, NdArray> = {
    scores: { shape: [scores.values.length / scores.count, scores.count], data: scores.values },
  };
  if (profiles) {
    const { frenet, ...rest } = profiles;
    for (const [name, values] of Object.entries(rest)) arrays[name] = vector(values);
    frenet.forEach((values, j) => {
      arrays[`frenet_${j + 1}`] = vector(values);
    });
  }
  if (float32 && result.path && isPath(map)) {
    options.onStage?.("measuring float32 points");
    result.path.float32 = PUBLISHED_SAMPLES.map((samples) => {
      const found = float32Curvatures(span, map, samples, options.onProgress);
      arrays[`float32_${samples}_t`] = vector(found.t);
      arrays[`float32_${samples}`] = vector(found.float32);
      return { samples, float32: median(found.float32), float64: median(found.float64) };
    });
  }
  folder.writeJson("geometry", result);
  folder.writeArrays("geometry", arrays);
  return result;
}
