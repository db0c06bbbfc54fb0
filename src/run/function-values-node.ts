import type { Dataset, Split } from "../data/index.ts";
import { type Draws, softmax } from "../inference/index.ts";
import { Examples, NetworkLandscape, type WorkOptions } from "../landscape/index.ts";
import type { RunData } from "./data-node.ts";
import { outputsOf, type PosteriorPoints } from "./posterior-points.ts";

/** Examples at which functions are looked at, at most. */
const PROBES = 20;

/**
 * What the networks of all draws predict of a few test examples, evenly spaced: the regression function, or the probability
 * of the label. Chains that agree in these mix where it matters, though networks with permuted units lie far apart.
 *
 * @param points of C chains, one after the other
 */
export async function functionValues(
  { dataset, loss, test }: RunData,
  points: PosteriorPoints,
  chains: number,
  options: WorkOptions,
): Promise<Draws> {
  const probe = evenlySpaced(dataset, PROBES);
  using examples = new Examples(dataset, probe);
  using landscape = new NetworkLandscape(test.network, examples, loss);
  const outputs = await outputsOf(landscape, points, options);
  const draws = points.scales.length / chains;
  const { outputs: classes } = test.network;
  const probabilities = loss.task === "classification" && softmax({ classes, values: outputs }).values;
  const values = probabilities
    ? Float64Array.from({ length: outputs.length / classes }, (_, at) =>
        Number(probabilities[at * classes + probe.targets[at % probe.count]]),
      )
    : Float64Array.from(outputs);
  return { chains, draws, dimension: probe.count, values };
}

/** At most so many of the test examples. */
function evenlySpaced({ test, shape }: Dataset, most: number): Split {
  const count = Math.min(most, test.count);
  const width = shape.reduce((a, b) => a * b, 1);
  const inputs = test.inputs.slice(0, count * width);
  const targets = test.targets.slice(0, count);
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * test.count) / count);
    inputs.set(test.inputs.subarray(from * width, (from + 1) * width), i * width);
    targets[i] = test.targets[from];
  }
  return { count, inputs, targets };
}
