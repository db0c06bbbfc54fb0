import type { LossPathResult, RunFolder } from "../run/node.ts";
import type { Series } from "./chart.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const SPLITS: Record<string, string> = { train: "training", validation: "validation", test: "test" };

/** The answer of a `path` run in one sentence. */
export function pathAnswer(result: LossPathResult, classification: boolean): string {
  const { degree, shape, splits, keptStep } = result;
  const { error } = splits.test;
  const quality = classification
    ? `test accuracy ${(100 * (1 - mean(error))).toFixed(2)} % on average along it, ${(100 * (1 - Math.max(...error))).toFixed(2)} % at its worst place`
    : `root mean squared test error ${mean(error).toFixed(4)} on average along it, ${Math.max(...error).toFixed(4)} at its worst place`;
  return `A Bézier path of degree ${degree}, ${shape.length.toFixed(1)} long between ends ${shape.chord.toFixed(1)} apart (kept: step ${keptStep}): ${quality}.`;
}

/** Draws the figures of a `path` run and writes its report; returns the report's path. */
export function pathReport(folder: RunFolder): string {
  const result = folder.readJson("path") as LossPathResult;
  const { classes = 0 } = folder.record.spec as { classes?: number };
  const classification = classes > 0;
  const error = classification ? "error" : "root mean squared error";
  const { shape, splits, t } = result;
  const along = (key: "loss" | "error", yLabel: string, percent: boolean) => (document: Document) =>
    profileFigure(
      {
        xLabel: "t",
        yLabel,
        percent,
        series: Object.entries(splits).map(([split, values]) => ({
          name: SPLITS[split],
          x: t,
          y: values[key],
          emphasis: split === "test",
        })),
      },
      document,
    );
  const show = (e: number) => (classification ? `${(100 * e).toFixed(2)} %` : e.toFixed(4));
  return saveReport(folder, {
    title: `A Bézier path of degree ${result.degree}`,
    question:
      "How good are the networks along a path with all control points free, and what shape has it taken?",
    answer: pathAnswer(result, classification),
    facts: [
      ...Object.entries(splits).map(([split, values]) => ({
        label: `${SPLITS[split]} ${error} along the path`,
        value: show(mean(values.error)),
        note: `${show(Math.min(...values.error))} to ${show(Math.max(...values.error))}`,
      })),
      ...(result.scale === undefined
        ? []
        : [{ label: "Noise scale", value: result.scale.toPrecision(4), note: "standard deviation" }]),
      {
        label: "Length",
        value: shape.length.toFixed(2),
        note: `ends ${shape.chord.toFixed(2)} apart, in ${result.parameters} dimensions`,
      },
      {
        label: "Total turning",
        value: `${((180 / Math.PI) * shape.totalTurning).toFixed(0)}°`,
        note: `at most ${shape.maxDeviationFromChord.toFixed(2)} off the chord`,
      },
    ],
    figures: [
      saveFigure(
        folder,
        "error-along-path",
        `The ${error} along the path.`,
        along("error", error, classification),
      ),
      saveFigure(
        folder,
        "loss-along-path",
        `The loss along the path (${classification ? "cross-entropy" : "mean squared error"}).`,
        along("loss", "loss", false),
      ),
      saveFigure(
        folder,
        "curvature",
        "Curvature along the path, in one over weight-space distance.",
        (document) =>
          profileFigure(
            {
              xLabel: "t",
              yLabel: "curvature",
              series: [{ name: "curvature", x: shape.curvature.t, y: shape.curvature.kappa, emphasis: true }],
            },
            document,
          ),
      ),
      ...trainingFigures(folder),
    ],
    tables: [],
    notes: [
      "Both ends are free. The control points were kept of the step with the lowest loss along the path on the validation examples, where there are any.",
    ],
  });
}

/** Loss and geometry while training. */
function trainingFigures(folder: RunFolder) {
  const lines = folder.readMetrics().filter(({ stage }) => stage === "path");
  const curve = (name: string, key: string, of = lines) => ({
    name,
    x: of.map(({ step }) => Number(step)),
    y: of.map((line) => Number(line[key] ?? Number.NaN)),
  });
  // Between validations a line repeats the last one.
  const validated = lines.filter(
    ({ validationLoss }, i) => i === 0 || validationLoss !== lines[i - 1].validationLoss,
  );
  const figure = (name: string, caption: string, yLabel: string, yLog: boolean, series: Series[]) =>
    saveFigure(folder, name, caption, (document) =>
      profileFigure({ xLabel: "step", yLabel, xLog: true, yLog, series }, document),
    );
  return [
    figure(
      "training",
      "The loss in training, a mean negative log-likelihood: at the positions of a step, and along the path on the validation examples.",
      "negative log-likelihood",
      false,
      [curve("training", "loss"), curve("validation", "validationLoss", validated)],
    ),
    figure(
      "geometry",
      "The geometry of the path while it is trained: its length, the distance of its ends, that of its centre of mass from the start, and its radius of gyration (weight-space distances).",
      "distance",
      true,
      [
        curve("length", "length"),
        curve("ends", "endToEnd"),
        curve("centre of mass", "centre"),
        curve("radius of gyration", "gyration"),
      ],
    ),
  ];
}
