import type { Assessment, Averages, DiversityResult } from "../run/index.ts";
import type { EnsembleRunResult, RunFolder } from "../run/node.ts";
import { averagesFigure, averagesTable, diversityFigures, diversityTable } from "./diversity-figures-node.ts";
import { reliabilityFigure } from "./reliability.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

const cells = (name: string, x: Assessment) => [
  name,
  `${percent(x.accuracy.value)} ± ${percent(x.accuracy.standardError)}`,
  x.negativeLogLikelihood.value.toFixed(4),
  x.brier.value.toFixed(4),
  x.calibration.expectedError.toFixed(4),
];

const memberName = ({ source, at }: { source: string; at: number[] }) =>
  at.length > 0 ? `${source} at ${at.map((v) => v.toFixed(3)).join(", ")}` : source;

/** The answer of an `ensemble` run in one sentence. */
export function ensembleAnswer({ members, meanProbability, disagreement }: EnsembleRunResult): string {
  const accuracies = members.map(({ accuracy }) => accuracy.value);
  const pairs = disagreement.flatMap((row, i) => row.slice(i + 1));
  const differ =
    pairs.length > 0
      ? ` two members name different classes for ${percent(pairs.reduce((a, b) => a + b) / pairs.length)} of the test examples on average;`
      : "";
  return `Together the ${members.length} members reach ${percent(meanProbability.accuracy.value)} test accuracy, alone ${percent(Math.min(...accuracies))} to ${percent(Math.max(...accuracies))};${differ} the ensemble's expected calibration error is ${percent(meanProbability.calibration.expectedError)}.`;
}

/** Draws the figures of an `ensemble` run and writes its report; returns the report's path. */
export function ensembleReport(folder: RunFolder): string {
  const result = folder.readJson("ensemble") as EnsembleRunResult;
  const { members, names, middles, meanProbability, meanLogit, corruptions } = result;
  const labels = names.map(memberName);
  const has = (name: string) => folder.has(`results/${name}.json`);
  const averages = has("averages") ? (folder.readJson("averages") as Averages) : undefined;
  const diversity = has("diversity") ? (folder.readJson("diversity") as DiversityResult) : undefined;
  const matrix = (caption: string, rows: number[][]) => ({
    caption,
    columns: ["", ...labels.map((_, i) => String(i + 1))],
    rows: rows.map((row, i) => [`${i + 1}: ${labels[i]}`, ...row.map((x) => x.toFixed(4))]),
  });
  return saveReport(folder, {
    title: "An ensemble of members of subspaces",
    question:
      "How well do several networks predict together, how different are they, and are they calibrated?",
    answer: ensembleAnswer(result),
    facts: [
      {
        label: "Test accuracy, mean probability",
        value: percent(meanProbability.accuracy.value),
        note: `mean logit ${percent(meanLogit.accuracy.value)}`,
      },
      {
        label: "Expected calibration error",
        value: percent(meanProbability.calibration.expectedError),
        note: `mean logit ${percent(meanLogit.calibration.expectedError)}`,
      },
      {
        label: "Jensen-Shannon divergence",
        value: result.jensenShannon.toFixed(4),
        note: `nats, of at most ln ${members.length}`,
      },
    ],
    figures: [
      saveFigure(folder, "reliability", "Reliability of the ensemble (mean probability).", (document) =>
        reliabilityFigure({ calibration: meanProbability.calibration }, document),
      ),
      ...(averages ? [averagesFigure(folder, averages)] : []),
      ...(diversity ? diversityFigures(folder, diversity) : []),
    ],
    tables: [
      {
        caption:
          "On the test examples: accuracy with standard error, mean negative log-likelihood, Brier score, expected calibration error in 20 bins.",
        columns: ["predictor", "accuracy", "NLL", "Brier", "ECE"],
        rows: [
          ...members.map((x, i) => cells(labels[i], x)),
          ...middles.map(({ source, assessment }) => cells(`${source}, middle`, assessment)),
          cells("together, mean probability", meanProbability),
          cells("together, mean logit", meanLogit),
        ],
      },
      ...(averages ? [averagesTable(averages)] : []),
      ...(diversity ? [diversityTable(diversity)] : []),
      matrix("Share of test examples for which two members name different classes.", result.disagreement),
      matrix("Total variation distance of two members' predictive distributions.", result.totalVariation),
      ...(corruptions
        ? [
            {
              caption: "Accuracy on corrupted test images.",
              columns: ["corruption", `${middles[0].source}, middle`, "together, mean probability"],
              rows: corruptions.map((c) => [`${c.kind} ${c.amount}`, percent(c.middle), percent(c.ensemble)]),
            },
          ]
        : []),
    ],
    notes: [],
  });
}
