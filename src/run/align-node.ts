import type { Rng } from "../engine/index.ts";
import { type Barrier, barrier } from "../geometry/index.ts";
import { matchWeights, type Network } from "../model/index.ts";
import { coefficientMatrix, evenly, line } from "../subspace/index.ts";
import { encodeOptimum } from "./checkpoint.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import type { JobOptions } from "./train-node.ts";

/** What renumbering the units of the second optimum did. */
export interface Alignment {
  /** Between the optima; never larger after. */
  distanceBefore: number;
  distanceAfter: number;
  /** Of the training loss on the straight line before; that after is the line's own. */
  barrierBefore: Barrier;
  /** Hidden layers, with how many of their units have another number. */
  layers: { name: string; units: number; moved: number }[];
  /** Largest change of an output on random inputs, which is rounding, and the largest output there. */
  outputDeviation: number;
  largestOutput: number;
}

/**
 * Renumbers the hidden units of the second of two optima so that it comes near to the first, in place, and leaves it
 * in checkpoints/optimum-2-aligned.safetensors. The network that it is computes the same as before.
 * @param points positions on the line between them at which the loss is measured
 */
export async function alignOptima(
  folder: RunFolder,
  [first, second]: readonly Float32Array[],
  { network, data, rng, points }: { network: Network; data: RunData; rng: Rng; points: number },
  options: JobOptions,
): Promise<Alignment> {
  options.onStage?.("evaluating the line before alignment");
  const straight = line();
  const ts = evenly(straight, points);
  const before = await data.train.evaluateSpan([first, second], coefficientMatrix(straight, ts), options);
  options.onStage?.("aligning the second optimum to the first");
  const { theta, layers, ...matching } = await matchWeights(network, first, second, rng);
  second.set(theta);
  folder.writeBytes(
    "checkpoints/optimum-2-aligned.safetensors",
    encodeOptimum(network.spec, network.layout, second, { stage: "optimum-2-aligned" }),
  );
  return {
    ...matching,
    barrierBefore: barrier(ts, before.loss),
    layers: layers.map(({ name, order }) => ({
      name,
      units: order.length,
      moved: order.filter((from, i) => from !== i).length,
    })),
  };
}
