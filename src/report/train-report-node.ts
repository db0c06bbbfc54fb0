import type { RunFolder, TrainResult } from "../run/node.ts";
import { trainingRuns } from "./metrics.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { trainingFigure } from "./training.ts";

/** The answer of a `train` run in one sentence. */
export function trainAnswer(result: TrainResult, classification: boolean): string {
  const { test, train } = result.splits;
  const where = result.subspace ? `the middle of the ${result.subspace.kind}` : "the network";
  const quality = classification
    ? `reaches ${(100 * (1 - test.error)).toFixed(2)} % test accuracy (test loss ${test.loss.toFixed(4)}, training loss ${train.loss.toFixed(4)})`
    : `reaches a root mean squared test error of ${test.error.toFixed(4)} (training ${train.error.toFixed(4)})`;
  return `After ${result.epochs} epochs (kept: ${result.keptEpoch}) ${where} ${quality}.`;
}

/** Draws the figures of a `train` run and writes its report; returns the report's path. */
export function trainReport(folder: RunFolder): string {
  const result = folder.readJson("train") as TrainResult;
  const classification = ((folder.record.spec as { classes?: number }).classes ?? 0) > 0;
  const { subspace } = result;
  const figures = [
    saveFigure(
      folder,
      "training",
      "Training curves: mean batch loss with dropout, and validation error.",
      (document) => trainingFigure({ runs: trainingRuns(folder.readMetrics()) }, document),
    ),
  ];
  if (subspace && subspace.coordinates[0].length === 1) {
    const error = classification ? "test error" : "root mean squared test error";
    figures.push(
      saveFigure(folder, "error-along-path", `The ${error} along the learnt ${subspace.kind}.`, (document) =>
        profileFigure(
          {
            xLabel: "t",
            yLabel: error,
            percent: classification,
            series: [
              { name: subspace.kind, x: subspace.coordinates.flat(), y: subspace.testError, emphasis: true },
            ],
          },
          document,
        ),
      ),
    );
  }
  const show = (e: number) => (classification ? `${(100 * e).toFixed(2)} %` : e.toFixed(4));
  return saveReport(folder, {
    title: subspace ? `A learnt ${subspace.kind}` : "Training an optimum",
    question: subspace
      ? `How good are the networks of a ${subspace.kind} learnt from scratch?`
      : "How good is the network after training?",
    answer: trainAnswer(result, classification),
    facts: Object.entries(result.splits).map(([name, { loss, error }]) => ({
      label: `${name} ${classification ? "error" : "root mean squared error"}`,
      value: show(error),
      note: `loss ${loss.toFixed(4)}`,
    })),
    figures,
    tables: subspace
      ? [
          {
            caption: "Points of the subspace, by their coordinates (dropout off).",
            columns: ["coordinates", "test loss", "test error"],
            rows: subspace.coordinates.map((z, i) => [
              z.map((v) => v.toFixed(2)).join(", "),
              subspace.testLoss[i].toFixed(4),
              show(subspace.testError[i]),
            ]),
          },
        ]
      : [],
    notes: [],
  });
}
