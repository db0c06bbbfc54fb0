import { subset } from "../../data/index.ts";
import { Rng, releaseVector } from "../../engine/index.ts";
import { hyperplaneNodes } from "../../fit/index.ts";
import type { HessianSpec } from "../../geometry/index.ts";
import { BatchSlope, Examples, NetworkLandscape } from "../../landscape/index.ts";
import { encodeOptimum } from "../../run/index.ts";
import { type HessianResult, hessianJob, RunFolder, readOptimum } from "../../run/node.ts";
import type { Scale } from "../study.ts";
import { connectorRecipe } from "./connectors.ts";
import type { NetworkContext } from "./context-node.ts";

/** How curvature is measured. */
export interface CurvatureSetting {
  /** Of the training images, since each product goes through all of them. */
  images: number;
  spec: HessianSpec;
}

const THRESHOLDS = [0.01, 0.02, 0.03, 0.05, 0.1];

export const CURVATURE: Record<Scale, CurvatureSetting> = {
  quick: {
    images: 200,
    spec: { thresholds: THRESHOLDS, steps: 100, probes: 2, traceProbes: 2, top: 10 },
  },
  paper: {
    images: 10_000,
    spec: { thresholds: THRESHOLDS, steps: 400, probes: 4, traceProbes: 10, top: 20 },
  },
};

/** A point whose curvature is wanted. */
export interface NamedPoint {
  label: string;
  theta: Float32Array;
}

/** Curvature at points, as a part of a study, with the same images and random vectors everywhere. */
export async function curvatureAt(
  context: NetworkContext,
  name: string,
  points: readonly NamedPoint[],
): Promise<HessianResult["points"]> {
  const { network, data, scale, seed, options, recipe } = context;
  const { images, spec } = CURVATURE[scale];
  const labels = points.map(({ label }) => label);
  const about = { spec: { curvature: spec, images, labels, recipe }, seed, dataset: data.dataset };
  const path = await context.part(name, about, async (folder) => {
    const fewer = subset(data.dataset, { train: images });
    using examples = new Examples(fewer, fewer.train);
    using landscape = new NetworkLandscape(network, examples, data.loss);
    const places = points.map(({ label, theta }) => ({
      label,
      place: (out: Float32Array) => out.set(theta),
    }));
    await hessianJob(folder, { landscape, examples: examples.count, places, spec, seed }, options);
  });
  return (RunFolder.open(path).readJson("hessian") as HessianResult).points;
}

/** Points of the hyperplane method between optima, as a part of a study; θ in the vector memory. */
export async function connectorPoints(
  context: NetworkContext,
  name: string,
  optima: readonly NamedPoint[],
  coefficients: readonly (readonly number[])[],
): Promise<Float32Array[]> {
  const { network, data, scale, seed, options, recipe } = context;
  const { descent, tolerance } = connectorRecipe(scale);
  const labels = optima.map(({ label }) => label);
  const about = {
    spec: { connector: { descent, tolerance }, coefficients, labels, recipe },
    seed,
    dataset: data.dataset,
  };
  const path = await context.part(name, about, async (folder) => {
    options.onStage?.(`connecting ${labels.join(", ")}`);
    const thetas = optima.map(({ theta }) => theta);
    const ends = await data.train.evaluateSpan(
      thetas,
      Float64Array.from(thetas.flatMap((_, i) => thetas.map((_, j) => Number(i === j)))),
    );
    const target = ends.loss.reduce((sum, loss) => sum + loss / thetas.length, 0) + tolerance;
    using slope = await BatchSlope.of(data.train, descent.batch, Rng.fromSeed(seed).split("connector"));
    const { signal, onProgress } = options;
    const { nodes } = await hyperplaneNodes(
      data.train,
      thetas,
      coefficients,
      { ...descent, target },
      { slope, signal, onProgress },
    );
    for (const [k, node] of nodes.entries()) {
      const file = `checkpoints/point-${k + 1}.safetensors`;
      folder.writeBytes(file, encodeOptimum(network.spec, network.layout, node));
    }
    releaseVector(...nodes);
  });
  return coefficients.map((_, k) => readOptimum(`${path}/checkpoints/point-${k + 1}.safetensors`, network));
}
