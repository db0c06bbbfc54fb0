import type { PredictResult, RunFolder } from "../run/node.ts";
import { bandFigure } from "./band.ts";
import type { ReportFigure } from "./html.ts";
import { reliabilityFigure } from "./reliability.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const SPLITS = { train: "training", test: "test" };

/** The answer of a `predict` run in one sentence. */
export function predictAnswer({
  draws,
  split,
  examples,
  scores,
  calibration,
  temperature,
  published,
}: PredictResult): string {
  const quality =
    scores.rmse !== undefined
      ? `root mean squared error ${scores.rmse.toFixed(4)}; ${scores.coverage!.map(({ level, share }) => `${percent(share)} of the targets in the ${100 * level} % band`).join(", ")}`
      : `accuracy ${percent(scores.accuracy!)}, expected calibration error ${percent(calibration!.expectedError)}`;
  return `${draws} draws at temperature ${temperature} together, on ${examples} ${SPLITS[split]} examples: LPPD ${scores.lppd.toFixed(3)}, ${quality}${published ? `; ${publishedScore(published)}` : ""}.`;
}

const publishedScore = ({ accuracy, rmse }: NonNullable<PredictResult["published"]>) =>
  accuracy === undefined
    ? `as published, of the mean of noisy draws, ${rmse!.toFixed(4)}`
    : `as published, of averaged class numbers, ${percent(accuracy)}`;

/** Draws the figures of a `predict` run and writes its report; returns the report's path. */
export function predictReport(folder: RunFolder): string {
  const result = folder.readJson("predict") as PredictResult;
  const { scores, calibration } = result;
  return saveReport(folder, {
    title: "Predictions of a posterior",
    question: "What do the draws predict together, and how sure may one be of it?",
    answer: predictAnswer(result),
    facts: [
      { label: "LPPD", value: scores.lppd.toFixed(3), note: `standard error ${scores.lppdError.toFixed(3)}` },
      ...(scores.rmse === undefined
        ? []
        : [
            { label: "Root mean squared error", value: scores.rmse.toFixed(4), note: "of the mean function" },
          ]),
      ...(scores.coverage ?? []).map(({ level, share }) => ({
        label: `In the ${100 * level} % band`,
        value: percent(share),
        note: "share of the targets; equal to the band where the predictions are calibrated",
      })),
      ...(scores.accuracy === undefined ? [] : [{ label: "Accuracy", value: percent(scores.accuracy) }]),
      ...(scores.brier === undefined ? [] : [{ label: "Brier score", value: scores.brier.toFixed(4) }]),
    ],
    figures: [
      ...(result.curve ? curveFigures(folder) : []),
      ...(calibration
        ? [
            saveFigure(
              folder,
              "reliability",
              "Accuracy by confidence of the mean probabilities.",
              (document) => reliabilityFigure({ calibration }, document),
            ),
          ]
        : []),
    ],
    tables: [],
    notes: [
      calibration
        ? "Probabilities are means over the draws; they are in results/predictions.npz."
        : "Bands are central intervals of the mixture over the draws, noise included; they are in results/predictions.csv and .npz.",
    ],
  });
}

function curveFigures(folder: RunFolder): ReportFigure[] {
  const curve = folder.readArrays("curve");
  const numbers = (name: string) => curve[name].data as Float64Array;
  const points = (["train", "test"] as const).map((split) => ({
    name: `${SPLITS[split]} data`,
    x: numbers(`${split}_x`),
    y: numbers(`${split}_y`),
  }));
  const figure = (id: string, caption: string, prefix: string) =>
    saveFigure(folder, id, caption, (document) =>
      bandFigure(
        {
          xLabel: "x",
          yLabel: "y",
          x: numbers("x"),
          middle: { name: "mean", y: numbers("mean") },
          bands: [
            { name: "90 % band", low: numbers(`${prefix}q05`), high: numbers(`${prefix}q95`) },
            { name: "50 % band", low: numbers(`${prefix}q25`), high: numbers(`${prefix}q75`) },
          ],
          points,
        },
        document,
      ),
    );
  return [
    figure("predictive", "The predictive distribution over the input, noise included.", ""),
    figure("function", "The functions of the draws, without the noise.", "function_"),
  ];
}
