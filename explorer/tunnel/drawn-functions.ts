import type { Dataset } from "../../src/data/index.ts";
import { Examples, NetworkLandscape } from "../../src/landscape/index.ts";
import type { Network } from "../../src/model/index.ts";
import type { DrawnFunctions } from "./tunnel-protocol.ts";

/** A network, its data and the loss on them, on the span of a path. */
export interface DrawnNetworks {
  dataset: Dataset;
  network: Network;
  landscape: NetworkLandscape;
  anchors: readonly Float32Array[];
}

/** Inputs at which functions are drawn. */
const INPUTS = 81;
/** Values of functions that a page keeps. */
const VALUES = 2e6;
const LEVELS = [0.05, 0.5, 0.95] as const;

/**
 * The functions of draws of a regression in one variable, over the range of the test inputs, and their quantiles.
 *
 * @param coefficients of the draws, C · S × m
 */
export async function functionsOfDraws(
  { dataset, network, landscape, anchors }: DrawnNetworks,
  coefficients: Float64Array,
  [chains, draws]: readonly [number, number],
): Promise<DrawnFunctions> {
  const test = Array.from(dataset.test.inputs as Float32Array);
  const [low, high] = [Math.min(...test), Math.max(...test)];
  const x = Float32Array.from({ length: INPUTS }, (_, i) => low + ((high - low) * i) / (INPUTS - 1));
  const stride = Math.max(1, Math.ceil((chains * draws * INPUTS) / VALUES));
  const kept = Math.ceil(draws / stride);
  const m = anchors.length;
  const some = new Float64Array(chains * kept * m);
  for (let c = 0, at = 0; c < chains; c++) {
    for (let s = 0; s < draws; s += stride, at += m) {
      const from = (c * draws + s) * m;
      some.set(coefficients.subarray(from, from + m), at);
    }
  }
  const split = { count: INPUTS, inputs: x, targets: new Float32Array(INPUTS) };
  using examples = new Examples(dataset, split);
  using functions = new NetworkLandscape(network, examples, landscape.loss);
  const y = await functions.predictSpan(anchors, some);
  return {
    x,
    y,
    stride,
    band: quantilesAt(y, INPUTS),
    inputs: dataset.train.inputs as Float32Array,
    targets: Float32Array.from(dataset.train.targets),
  };
}

/** The quantiles of n functions at each of their inputs. @param y n × inputs */
function quantilesAt(y: Float32Array, inputs: number): DrawnFunctions["band"] {
  const n = y.length / inputs;
  const band = LEVELS.map(() => new Float32Array(inputs)) as DrawnFunctions["band"];
  const own = new Float32Array(n);
  for (let i = 0; i < inputs; i++) {
    for (let s = 0; s < n; s++) own[s] = y[s * inputs + i];
    own.sort();
    LEVELS.forEach((level, k) => {
      band[k][i] = own[Math.round(level * (n - 1))];
    });
  }
  return band;
}
