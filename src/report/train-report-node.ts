import type { RunFolder, TrainResult } from "../run/node.ts";
import { trainingRuns } from "./metrics.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { trainingFigure } from "./training.ts";

/** The answer of a `train` run in one sentence. */
export function trainAnswer(result: TrainResult, classification: boolean): string {
  const { test, train } = result.splits;
  const quality = classification
    ? `reaches ${(100 * (1 - test.error)).toFixed(2)} % test accuracy (test loss ${test.loss.toFixed(4)}, training loss ${train.loss.toFixed(4)})`
    : `reaches a root mean squared test error of ${test.error.toFixed(4)} (training ${train.error.toFixed(4)})`;
  return `After ${result.epochs} epochs (kept: ${result.keptEpoch}) the network ${quality}.`;
}

/** Draws the figures of a `train` run and writes its report; returns the report's path. */
export function trainReport(folder: RunFolder): string {
  const result = folder.readJson("train") as TrainResult;
  const classification = ((folder.record.spec as { classes?: number }).classes ?? 0) > 0;
  const show = (e: number) => (classification ? `${(100 * e).toFixed(2)} %` : e.toFixed(4));
  return saveReport(folder, {
    title: "Training an optimum",
    question: "How good is the network after training?",
    answer: trainAnswer(result, classification),
    facts: Object.entries(result.splits).map(([name, { loss, error }]) => ({
      label: `${name} ${classification ? "error" : "root mean squared error"}`,
      value: show(error),
      note: `loss ${loss.toFixed(4)}`,
    })),
    figures: [trainingCurves(folder)],
    tables: [],
    notes: [],
  });
}

/** The figure of everything that was trained in a run. */
export function trainingCurves(folder: RunFolder) {
  const { classes = 0 } = folder.record.spec as { classes?: number };
  const regression = classes === 0;
  return saveFigure(
    folder,
    "training",
    `Training curves: mean batch loss with dropout, and ${regression ? "root mean squared error (RMSE) of the validation examples" : "validation error"}.`,
    (document) => trainingFigure({ runs: trainingRuns(folder.readMetrics()), regression }, document),
  );
}
