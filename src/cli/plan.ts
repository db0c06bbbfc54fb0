import type { Dataset } from "../data/index.ts";
import type { FitSpec } from "../fit/index.ts";
import type { Network } from "../model/index.ts";
import type { Io } from "./io.ts";

/** A training of a dry run. */
export interface PlannedFit {
  label: string;
  fit: Pick<FitSpec, "epochs" | "samples" | "kind" | "keepBest">;
  anchors: number;
  free: number;
}

/** Multiply-adds a second that a gradient reaches on two cores; a rough figure, for plans only. */
export const SPEED = 4e10;

/** The memory of a data set, in MiB. */
export function dataMebibytes({ train, test }: Dataset): number {
  const bytes = [train, test].reduce((sum, s) => sum + s.inputs.byteLength + s.targets.byteLength, 0);
  return Math.ceil(bytes / 2 ** 20);
}

/** Prints what a run would do, with a rough time and the memory of its vectors. */
export function plan(
  io: Io,
  network: Network,
  fits: PlannedFit[],
  dataset: Dataset,
  validation: number,
): void {
  const examples = dataset.train.count - validation;
  const size = network.layout.size;
  const rows = fits.map(({ label, fit, anchors, free }) => {
    const work = 3 * network.totalCost * examples * fit.epochs * fit.samples;
    const seconds = work / SPEED;
    const vectors =
      anchors + free * (fit.kind === "sgd" ? 2 : 3) + (fit.keepBest ? free : 0) + 2 * fit.samples;
    return {
      label,
      epochs: fit.epochs,
      seconds: Math.ceil(seconds),
      mebibytes: Math.ceil((4 * size * vectors) / 2 ** 20),
    };
  });
  const data = dataMebibytes(dataset);
  const lines = rows.map(
    (r) =>
      `  ${r.label}: up to ${r.epochs} epochs, about ${r.seconds} s on two cores, ${r.mebibytes} MiB of vectors`,
  );
  io.result(
    { parameters: size, examples, validation, data: { name: dataset.name, mebibytes: data }, fits: rows },
    [
      `${size} parameters; ${examples} training examples of ${dataset.name}, ${validation} for validation; ${data} MiB of data`,
      ...lines,
    ].join("\n"),
  );
}
