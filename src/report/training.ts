import { drawChart, lineStyles, type Series } from "./chart.ts";
import { layOut } from "./layout.ts";

/** What one training run logged at the end of each epoch; lists of equal length. */
export interface TrainingRun {
  name: string;
  epoch: ArrayLike<number>;
  /** Mean loss over the training examples. */
  trainLoss: ArrayLike<number>;
  /** On the validation split, where there is one: error rate in [0, 1], or root mean squared error of a regression. */
  validationError?: ArrayLike<number>;
}

/**
 * Training curves of one or several runs: on the left the training loss on a logarithmic axis, on the right, if
 * any run has one, the validation error, of a classification in per cent, both over epochs.
 *
 * @returns a standalone SVG of 760 by 300 pixels plus title and legend.
 * @throws where a run has lists of different lengths.
 */
export function trainingFigure(
  { title, runs, regression = false }: { title?: string; runs: TrainingRun[]; regression?: boolean },
  document: Document,
): SVGSVGElement {
  const panel = (yLabel: string, y: "trainLoss" | "validationError") => {
    const series: Series[] = runs
      .filter((run) => run[y] !== undefined)
      .map((run) => ({ name: run.name, x: run.epoch, y: run[y]! }));
    const isLoss = y === "trainLoss";
    return drawChart(
      {
        xLabel: "epoch",
        yLabel,
        series,
        yLog: isLoss,
        percent: !isLoss && !regression,
        width: 380,
        height: 300,
      },
      document,
    );
  };
  const validated = runs.some((run) => run.validationError !== undefined);
  const names = runs.map((run) => run.name).join(", ");
  return layOut(
    {
      title,
      legend: lineStyles(runs.map((run) => ({ name: run.name, x: [], y: [] }))),
      panels: [
        panel("training loss", "trainLoss"),
        ...(validated ? [panel(regression ? "validation RMSE" : "validation error", "validationError")] : []),
      ],
      description: `${title ?? "Training"}: training loss and validation error over epochs. Runs: ${names}.`,
    },
    document,
  );
}
