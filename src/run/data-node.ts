import { type Dataset, splitTrainValidation } from "../data/index.ts";
import type { Rng } from "../engine/index.ts";
import { crossEntropy, Examples, type Loss, NetworkLandscape, squaredError } from "../landscape/index.ts";
import type { Network } from "../model/index.ts";

/** A data set in the vector memory, split for a run, with a landscape of the network on each split. */
export interface RunData extends Disposable {
  dataset: Dataset;
  loss: Loss;
  train: NetworkLandscape;
  test: NetworkLandscape;
  validation?: NetworkLandscape;
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
  const examples = [data.train, data.test, ...(data.validation ? [data.validation] : [])].map(
    (split) => new Examples(data, split),
  );
  const [train, test, validation] = examples.map((e) => new NetworkLandscape(network, e, loss));
  return {
    dataset: data,
    loss,
    train,
    test,
    validation,
    [Symbol.dispose]: () => {
      for (const landscape of [train, test, validation]) landscape?.[Symbol.dispose]();
      for (const e of examples) e[Symbol.dispose]();
    },
  };
}
