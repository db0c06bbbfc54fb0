import { allocateVector, releaseVector } from "../../engine/index.ts";
import type { Landscape, Slope, WorkOptions } from "../../landscape/index.ts";
import { type DescentSpec, descendInHyperplane } from "./descent.ts";
import { Hull } from "./hull.ts";

/** One line of the history of a connector: a point that has been optimised. */
export interface NodeMetrics {
  /** From 1. */
  node: number;
  /** Loss of the point of the hull, and of what was found in its hyperplane. */
  startLoss: number;
  loss: number;
  steps: number;
}

/** The points found so far, in order. */
export interface HyperplaneState {
  history: NodeMetrics[];
  /** Vectors of length D, in the vector memory. */
  nodes: Float32Array[];
}

export interface HyperplaneOptions extends WorkOptions {
  /** Gradients of the steps; default those of the whole loss. */
  slope?: Slope;
  /** A state to go on from; its vectors are copied. */
  resume?: { history: readonly NodeMetrics[]; nodes: readonly Float32Array[] };
  /** Called after each point. */
  onNode?: (metrics: NodeMetrics, state: HyperplaneState) => void;
}

/**
 * The hyperplane method of "Large Scale Structure" (sections 4.2 and 4.3): from points of the hull of m + 1 optima, each is
 * optimised within the (D − m)-dimensional hyperplane through it that is at right angles to the hull. Joined by straight
 * lines, the points between two optima are a path of low loss.
 *
 * Every point starts from the hull, so that none depends on another, and has batches of its own: the noise of common ones
 * would make deviations alike.
 *
 * @param optima m + 1 vectors of length D, in the vector memory; they stay as they are
 * @param points barycentric coefficients of the points to start from, [m + 1] each
 * @returns the points found; they are the caller's
 */
export async function hyperplaneNodes(
  landscape: Landscape,
  optima: readonly Float32Array[],
  points: readonly (readonly number[])[],
  spec: DescentSpec,
  { slope, signal, onProgress, resume, onNode }: HyperplaneOptions = {},
): Promise<HyperplaneState> {
  using hull = new Hull(optima);
  const state: HyperplaneState = { history: [...(resume?.history ?? [])], nodes: [] };
  try {
    for (const saved of resume?.nodes ?? []) {
      const node = allocateVector(landscape.size);
      node.set(saved);
      state.nodes.push(node);
    }
    for (let k = state.nodes.length; k < points.length; k++) {
      const theta = allocateVector(landscape.size);
      state.nodes.push(theta);
      hull.place(points[k], theta);
      const { start, loss, steps } = await descendInHyperplane(landscape, hull, theta, spec, {
        slope,
        firstBatch: k * spec.steps,
        signal,
      });
      const metrics: NodeMetrics = { node: k + 1, startLoss: start, loss, steps };
      state.history.push(metrics);
      onNode?.(metrics, state);
      onProgress?.((k + 1) / points.length);
    }
  } catch (error) {
    releaseVector(...state.nodes);
    throw error;
  }
  return state;
}
