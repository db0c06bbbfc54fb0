import { allocateVector, combine, releaseVector } from "../../engine/index.ts";
import type { Landscape, Slope, WorkOptions } from "../../landscape/index.ts";
import { coefficientMatrix, polychain } from "../../subspace/index.ts";
import { type DescentSpec, descendInHyperplane } from "./descent.ts";
import { Hull } from "./hull.ts";

/** A polygonal chain between two optima. */
export interface ConnectorChain {
  /** Both optima and the nodes between them, in order, of length D each. */
  anchors: Float32Array[];
  /** The position α of each along the straight line, ascending from 0 to 1. */
  alphas: number[];
}

/** A node that was put into a leg of a chain. */
export interface Insertion {
  alpha: number;
  /** Largest loss inside the leg before, and inside the two legs after. */
  before: number;
  after: number;
  steps: number;
}

export interface InsertionOptions extends WorkOptions {
  /** Legs whose largest loss is no larger stay as they are. */
  target: number;
  /** At most so many nodes. */
  most: number;
  /** Steps of a leg between the points at which its loss is taken. */
  perLeg: number;
  slope?: Slope;
  /** Nodes that an interrupted run has put in already; default 0. */
  done?: number;
  /** What the new node minimises, given the ends of its leg; default the landscape itself. */
  between?: (a: Float32Array, b: Float32Array) => Landscape;
  /** Called after each node. */
  onInsertion?: (insertion: Insertion) => void;
}

/** Losses at the points that divide each leg of a chain, without the nodes themselves: [legs][perLeg − 1]. */
export async function legLosses(
  landscape: Landscape,
  anchors: readonly Float32Array[],
  perLeg: number,
  options: WorkOptions = {},
): Promise<number[][]> {
  const legs = anchors.length - 1;
  const inside = perLeg - 1;
  const ts = Float64Array.from({ length: legs * inside }, (_, i) => {
    const leg = Math.floor(i / inside);
    return (leg + ((i % inside) + 1) / perLeg) / legs;
  });
  const coefficients = coefficientMatrix(polychain(anchors.length), ts);
  const { loss } = await landscape.evaluateSpan(anchors, coefficients, options);
  return Array.from({ length: legs }, (_, leg) => [...loss.subarray(leg * inside, (leg + 1) * inside)]);
}

/**
 * Repairs the kink of a chain between two optima: puts a node into its highest leg and optimises it in the hyperplane half
 * way, and again until all legs are low. On wedges the node is to lie on the wedges of both ends of the leg, so that the
 * chain goes from one to the other where they meet (the dashed path of "Large Scale Structure", figure 1, left).
 *
 * @param chain is changed: nodes are added, in the vector memory and the caller's
 */
export async function insertNodes(
  landscape: Landscape,
  chain: ConnectorChain,
  spec: DescentSpec,
  { target, most, perLeg, slope, done = 0, between, onInsertion, signal, onProgress }: InsertionOptions,
): Promise<Insertion[]> {
  const { anchors, alphas } = chain;
  using hull = new Hull([anchors[0], anchors[anchors.length - 1]]);
  const peaks = (await legLosses(landscape, anchors, perLeg, { signal })).map((inside) =>
    Math.max(...inside),
  );
  const insertions: Insertion[] = [];
  while (insertions.length < most) {
    const leg = peaks.indexOf(Math.max(...peaks));
    const before = peaks[leg];
    if (!(before > target)) break;
    const ends = [anchors[leg], anchors[leg + 1]];
    const node = allocateVector(landscape.size);
    combine(node, ends, [0.5, 0.5]);
    try {
      using objective = between?.(ends[0], ends[1]);
      const { steps } = await descendInHyperplane(objective ?? landscape, hull, node, spec, {
        slope: objective ? undefined : slope,
        firstBatch: (done + insertions.length) * spec.steps,
        signal,
      });
      const halves = await legLosses(landscape, [ends[0], node, ends[1]], perLeg, { signal });
      const after = halves.map((inside) => Math.max(...inside));
      peaks.splice(leg, 1, ...after);
      const alpha = (alphas[leg] + alphas[leg + 1]) / 2;
      anchors.splice(leg + 1, 0, node);
      alphas.splice(leg + 1, 0, alpha);
      insertions.push({ alpha, before, after: Math.max(...after), steps });
    } catch (error) {
      releaseVector(node);
      throw error;
    }
    onInsertion?.(insertions[insertions.length - 1]);
    onProgress?.(insertions.length / most);
  }
  return insertions;
}
