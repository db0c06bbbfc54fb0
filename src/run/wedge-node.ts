import { allocateVector, axpy, combine, dot, gram, Rng, releaseVector } from "../engine/index.ts";
import { expectedDistance, WedgeLandscape, type WedgeSpec } from "../landscape/index.ts";
import { encodeOptimum, wedgeLayout } from "./checkpoint.ts";
import type { RunFolder } from "./folder-node.ts";
import type { JobOptions } from "./train-node.ts";

/** What is looked at in a landscape of wedges. */
export interface WedgeJobSpec {
  wedges: WedgeSpec;
  /** Random points that are taken down to the nearest wedge. */
  optima: number;
  /** Standard deviation of each coordinate of the random points. */
  scale: number;
  /** Points of your own, P × D row-major, whose loss is wanted. */
  points?: Float64Array;
}

/** What `isthmus wedge` finds. Losses are distances L to the nearest wedge. */
export interface WedgeResult {
  spec: WedgeSpec;
  /** Of each random start: the loss there, its norm, that of the optimum, and the number of its wedge, if there is one. */
  optima: { startLoss: number; startNorm: number; norm: number; wedge?: number }[];
  /** Of random points, √(E L²) in closed form, for all tuples. */
  expectedLoss?: number;
  /** Cosines between optima, rows. */
  cosines: number[][];
  /** From the first start (α = 0) to its optimum (1), and on. */
  descent: { alpha: number[]; loss: number[] };
  /** From each optimum to the next, on the straight line. */
  lines: { t: number[]; loss: number[] }[];
  /** Losses of the points given. */
  losses?: number[];
}

const evenly = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/**
 * The job of `isthmus wedge`: makes a landscape, takes random points down to their wedges, looks at the lines between them.
 * Writes checkpoints/optimum-N.safetensors, start-N.safetensors and results/wedge.json.
 */
export async function wedgeJob(
  folder: RunFolder,
  { wedges: spec, optima: count, scale, points }: WedgeJobSpec,
  seed: number,
  options: JobOptions,
): Promise<WedgeResult> {
  options.onStage?.("taking random points down to their wedges");
  using distance = new WedgeLandscape({ ...spec, objective: "distance" });
  using half = new WedgeLandscape({ ...spec, objective: "half-square" });
  const D = spec.dimension;
  const rng = Rng.fromSeed(seed).split("starts");
  const layout = wedgeLayout(spec);
  const gradient = allocateVector(D);
  const [starts, ends]: Float32Array[][] = [[], []];
  try {
    const optima: WedgeResult["optima"] = [];
    for (let i = 0; i < count; i++) {
      options.signal?.throwIfAborted();
      const [start, end] = [allocateVector(D), allocateVector(D)];
      starts.push(start);
      ends.push(end);
      start.set(rng.foldIn(i).normal(D));
      combine(start, [start], [scale]);
      end.set(start);
      const square = await half.gradient(start, gradient);
      // Half a squared distance has curvature 1 towards its wedge: one step of length 1 gets there.
      axpy(end, -1, gradient);
      const norms = [start, end].map((theta) => Math.sqrt(dot(theta, theta)));
      const wedge = spec.kind === "all-tuples" ? undefined : distance.nearest(end);
      optima.push({ startLoss: Math.sqrt(2 * square), startNorm: norms[0], norm: norms[1], wedge });
      folder.writeBytes(`checkpoints/start-${i + 1}.safetensors`, encodeOptimum(spec, layout, start));
      folder.writeBytes(`checkpoints/optimum-${i + 1}.safetensors`, encodeOptimum(spec, layout, end));
      options.onProgress?.((i + 1) / count);
    }
    const products = gram(ends);
    const cosines = optima.map((a, i) => optima.map((b, j) => products[i * count + j] / (a.norm * b.norm)));
    const along = async (from: Float32Array, to: Float32Array, at: number[]) => {
      const { loss } = await distance.evaluateSpan(
        [from, to],
        Float64Array.from(at.flatMap((t) => [1 - t, t])),
      );
      return [...loss];
    };
    const alpha = evenly(-0.25, 1.5, 71);
    const t = evenly(0, 1, 201);
    const lines: WedgeResult["lines"] = [];
    for (let i = 1; i < count; i++) lines.push({ t, loss: await along(ends[i - 1], ends[i], t) });
    const losses = points && [
      ...(
        await distance.evaluateSeveral(points.length / D, (p, theta) => {
          theta.set(points.subarray(p * D, (p + 1) * D));
        })
      ).loss,
    ];
    const result: WedgeResult = {
      spec,
      optima,
      ...(spec.kind === "all-tuples" && !spec.halfWidth
        ? { expectedLoss: scale * expectedDistance(D, spec.short) }
        : {}),
      cosines,
      descent: { alpha, loss: await along(starts[0], ends[0], alpha) },
      lines,
      ...(losses ? { losses } : {}),
    };
    folder.writeJson("wedge", result);
    return result;
  } finally {
    releaseVector(gradient, ...starts, ...ends);
  }
}
