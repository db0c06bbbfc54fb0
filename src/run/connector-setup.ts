import type { Rng } from "../engine/index.ts";
import {
  BatchSlope,
  type Landscape,
  type NetworkLandscape,
  type Slope,
  type WedgeLandscape,
  type WedgeSpec,
  wholeSlope,
} from "../landscape/index.ts";
import type { Layout, NetworkSpec } from "../model/index.ts";
import type { ConnectorSpec } from "./connector-spec.ts";
import type { RunData } from "./data-node.ts";

/** What connectors work on: the optima, and the landscape that they are of. */
export interface ConnectorSetup {
  landscape: Landscape;
  owner: NetworkSpec | WedgeSpec;
  layout: Layout;
  /** Of length D, in the vector memory. */
  optima: readonly Float32Array[];
  /** As messages and reports name them. */
  names: readonly string[];
  /** Of a network: its landscapes of the training and the test examples. */
  train?: NetworkLandscape;
  test?: NetworkLandscape;
  /** Classes of the test examples, of a network that classifies. */
  testLabels?: Int32Array;
  wedges?: WedgeLandscape;
  spec: ConnectorSpec;
  rng: Rng;
}

/** What connectors see of the data of a network. */
export function dataOf({
  train,
  test,
  dataset,
}: RunData): Pick<ConnectorSetup, "train" | "test" | "testLabels"> {
  const { targets } = dataset.test;
  return { train, test, ...(targets instanceof Int32Array && { testLabels: targets }) };
}

/** Gradients for the steps: of random batches of a network if the spec says so, else of the whole loss. */
export async function slopeOf(
  { landscape, train, spec }: ConnectorSetup,
  rng: Rng,
  signal?: AbortSignal,
): Promise<Slope> {
  const { batch } = spec.descent;
  const wanted = train && batch > 0 && batch < train.examples.count;
  return wanted ? BatchSlope.of(train, batch, rng) : wholeSlope(landscape, signal);
}

/** A loss as it is shown: of wedges the distance to the nearest, whatever a descent minimises. */
export function shown({ wedges }: Pick<ConnectorSetup, "wedges">): (loss: number) => number {
  const half = wedges && wedges.spec.objective !== "distance";
  return half ? (loss) => Math.sqrt(2 * loss) : (loss) => loss;
}

/** So many times the lowest loss may an optimum have, unless the way to it is higher still. */
const FAR_ABOVE = 3;

/**
 * Losses of the optima, if all are optima: none may be far above the lowest and about as high as the way between them.
 *
 * @throws RangeError that names the one that is none
 */
export async function optimaLosses(setup: ConnectorSetup, signal?: AbortSignal): Promise<number[]> {
  const { landscape, optima, names } = setup;
  const n = optima.length;
  const own = optima.map((_, i) => optima.map((_, j) => Number(i === j)));
  const middles = optima.flatMap((_, i) =>
    optima.slice(i + 1).map((_, k) => optima.map((_, j) => (j === i || j === i + 1 + k ? 0.5 : 0))),
  );
  const { loss } = await landscape.evaluateSpan(optima, Float64Array.from([...own, ...middles].flat()), {
    signal,
  });
  const losses = [...loss.subarray(0, n)];
  const lowest = Math.min(...losses);
  const peak = Math.max(...loss);
  const none = losses.findIndex((l) => !(l <= FAR_ABOVE * lowest || l < peak / 2));
  if (none >= 0) {
    const measure = shown(setup);
    throw new RangeError(
      `The loss at ${names[none]} is ${measure(losses[none]).toPrecision(3)}, far above the lowest of the optima (${measure(lowest).toPrecision(3)}): it is no optimum; train it longer, or leave it out.`,
    );
  }
  return losses;
}
