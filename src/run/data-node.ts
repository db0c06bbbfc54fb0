import { type Dataset, type Split, type SplitName, splitTrainValidation } from "../data/index.ts";
import type { Rng } from "../engine/index.ts";
import { crossEntropy, Examples, type Loss, NetworkLandscape, squaredError } from "../landscape/index.ts";
import type { Network } from "../model/index.ts";

/** A data set in the vector memory, split for a run, with a landscape of the network on each split. */
export interface RunData extends Disposable {
  dataset: Dataset;
  loss: Loss;
  readonly train: NetworkLandscape;
  readonly test: NetworkLandscape;
  readonly validation?: NetworkLandscape;
}

/**
 * Prepares the data of a run. Classification is measured by cross-entropy, regression by squared error.
 * @param validationCount examples to draw from the training split for validation, where the data set has none; 0 for
 *   none
 * @param rng stream of the draw
 */
export function openRunData(dataset: Dataset, network: Network, validationCount: number, rng: Rng): RunData {
  const whole = validationCount > 0 && !dataset.validation;
  const data = whole ? splitTrainValidation(dataset, validationCount, rng) : dataset;
  const loss = data.task === "classification" ? crossEntropy : squaredError;
  const opened = new Map<SplitName, NetworkLandscape>();
  // A split enters the vector memory when it is first asked for: many commands look at one only.
  const landscapeOf = (name: SplitName, split: Split): NetworkLandscape => {
    let landscape = opened.get(name);
    if (!landscape) {
      landscape = new NetworkLandscape(network, new Examples(data, split), loss);
      opened.set(name, landscape);
    }
    return landscape;
  };
  return {
    dataset: data,
    loss,
    get train() {
      return landscapeOf("train", data.train);
    },
    get test() {
      return landscapeOf("test", data.test);
    },
    get validation() {
      return data.validation && landscapeOf("validation", data.validation);
    },
    [Symbol.dispose]: () => {
      for (const landscape of opened.values()) {
        landscape[Symbol.dispose]();
        landscape.examples[Symbol.dispose]();
      }
    },
  };
}
