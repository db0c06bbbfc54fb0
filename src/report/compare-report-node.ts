import type { ComparedMethod, CompareResult, RunFolder } from "../run/node.ts";
import { saveReport } from "./save-node.ts";

const NAMES: Record<ComparedMethod["method"], string> = {
  optimum: "single optimum",
  ensemble: "deep ensemble",
  laplace: "Laplace, diagonal",
  random: "posterior in random directions",
  principal: "posterior in principal components",
  curve: "posterior in the plane of the path",
  path: "points of the path",
  line: "posterior on the path",
  tunnel: "posterior in the tunnel",
  volume: "posterior in the volume",
  variational: "Gaussian fit in the volume",
  full: "posterior of all weights",
};

/** Numbers that are not finite are null in the results. */
const number = (x: number | null | undefined, digits: number) =>
  x === undefined || x === null ? "-" : x.toFixed(digits);

const best = (rows: readonly ComparedMethod[]) =>
  rows.reduce((a, b) => ((b.scores.lppd ?? -Infinity) > (a.scores.lppd ?? -Infinity) ? b : a));

/** The answer of a `compare` run in one sentence. */
export function compareAnswer({ rows }: CompareResult): string {
  const first = best(rows);
  const others = rows
    .filter((row) => row !== first)
    .map(({ method, scores }) => `${NAMES[method]} ${number(scores.lppd, 3)}`);
  const rest = others.length > 0 ? `; ${others.join(", ")}` : "";
  const doubtful = rows.filter(doubted).map(({ method }) => NAMES[method]);
  const doubt =
    doubtful.length > 0
      ? ` Not converged (R-hat above ${CONVERGED}, or k̂ above ${TRUSTED}): ${doubtful.join(", ")}.`
      : "";
  return `Best test LPPD: ${NAMES[first.method]} ${number(first.scores.lppd, 3)} ± ${number(first.scores.lppdError, 3)}${rest}.${doubt}`;
}

/** R-hat up to which chains agree well enough to compare what they predict, and k̂ up to which a Gaussian fit can be trusted. */
const CONVERGED = 1.05;
const TRUSTED = 0.7;

/** Whether what a method found is not the posterior that it is named for; null, an infinite k̂, counts. */
function doubted({ method, rHat, k }: ComparedMethod): boolean {
  if (method === "variational") return !((k ?? Number.POSITIVE_INFINITY) <= TRUSTED);
  return rHat !== undefined && !((rHat ?? Number.POSITIVE_INFINITY) <= CONVERGED);
}

/** Writes the report of a `compare` run; returns its path. */
export function compareReport(folder: RunFolder): string {
  const result = folder.readJson("compare") as CompareResult;
  const { rows, left, parameters, dimension } = result;
  const regression = rows[0].scores.rmse !== undefined;
  const covered = ({ scores }: ComparedMethod, level: number) => {
    const share = scores.coverage?.find((c) => c.level === level)?.share;
    return share === undefined || share === null ? "-" : `${(100 * share).toFixed(0)} %`;
  };
  return saveReport(folder, {
    title: "Ways to predict with several networks, compared",
    question: "What do posteriors around a path gain over simpler ways, and at which cost?",
    answer: compareAnswer(result),
    facts: [
      {
        label: "Parameters",
        value: String(parameters),
        note: `the span of the path has ${dimension} dimensions`,
      },
    ],
    figures: [],
    tables: [
      {
        caption: regression
          ? "On the test examples: mean log predictive density with its standard error, root mean squared error of the mean function, examples in central intervals."
          : "On the test examples: mean log predictive density with its standard error, accuracy, Brier score and expected calibration error of mean probabilities.",
        columns: [
          "method",
          "networks",
          "temperature",
          "LPPD",
          ...(regression ? ["RMSE", "in 50 %", "in 90 %"] : ["accuracy", "Brier", "ECE"]),
        ],
        rows: rows.map((row) => {
          const { method, networks, temperature, scores } = row;
          return [
            NAMES[method],
            String(networks),
            temperature === undefined ? "-" : String(temperature),
            `${number(scores.lppd, 3)} ± ${number(scores.lppdError, 3)}`,
            ...(regression
              ? [number(scores.rmse, 4), covered(row, 0.5), covered(row, 0.9)]
              : [number(scores.accuracy, 4), number(scores.brier, 4), number(scores.calibrationError, 4)]),
          ];
        }),
      },
      {
        caption:
          "Cost, and how far to trust it. R-hat and effective draws are of the coordinates of the span (of the posterior of all weights, those of predictions); k̂ below 0.7 is good.",
        columns: [
          "method",
          "gradients",
          "seconds",
          "R-hat",
          "effective draws, least",
          "mean",
          "k̂",
          "prior precision",
        ],
        rows: rows.map(({ method, evaluations, seconds, rHat, essMin, essMean, k, priorPrecision }) => [
          NAMES[method],
          number(evaluations, 0),
          seconds.toFixed(1),
          number(rHat, 3),
          number(essMin, 0),
          number(essMean, 0),
          method === "variational" && !Number.isFinite(k ?? Number.NaN) ? "none" : number(k, 2),
          number(priorPrecision, 0),
        ]),
      },
    ],
    notes: [
      "Where there are several temperatures, each method shows the one that predicts the validation examples best; gradients and seconds are those of all temperatures together.",
      "Gradients are of all training data; an epoch of an optimum counts as one. Those that trained the path come on top for what lies around it; those of the first optimum are included in what lies around that.",
      ...left.map(({ method, reason }) => `Left out, the ${NAMES[method]}: ${reason}.`),
    ],
  });
}
