import { medianScore } from "../fit/index.ts";
import type { IntrinsicResult } from "../run/index.ts";
import type { RunFolder } from "../run/node.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const percent = (x: number) => `${(100 * x).toFixed(1)} %`;

const spreadOf = ({ deviation }: IntrinsicResult) =>
  deviation === undefined ? "" : ` ± ${deviation.toFixed(deviation < 10 ? 1 : 0)}`;

/** The answer of a `dimension` run on an objective, in one sentence. */
export function intrinsicAnswer(result: IntrinsicResult): string {
  const { what, rows, intrinsic, network, wedges, parameters } = result;
  const [first, last] = [rows[0].dimension, rows[rows.length - 1].dimension];
  const goal = network
    ? `${Math.round(100 * network.threshold)} % of the accuracy of ordinary training`
    : "a wedge";
  if (intrinsic === undefined) {
    return `No more than ${last} random directions of ${parameters} were tried for ${what}, and they do not reach ${goal}; give larger --dimensions.`;
  }
  if (intrinsic <= first) {
    return `${first} random directions of ${parameters} reach ${goal} for ${what} already; give smaller --dimensions.`;
  }
  const found = `${Math.round(intrinsic)}${spreadOf(result)} random directions of ${parameters}`;
  return network
    ? `${found} reach ${goal} for ${what} (${percent(Math.max(...network.baseline))}).`
    : `${found} reach ${goal}, which has ${wedges!.short} short directions.`;
}

/** Draws the figure of a `dimension` run on an objective and writes its report; returns the report's path. */
export function intrinsicReport(folder: RunFolder): string {
  const result = folder.readJson("intrinsic") as IntrinsicResult;
  const { rows, target, intrinsic, deviation, network, wedges, parameters, projection, repeats } = result;
  // Wedges are scored by decades of the loss.
  const value = (score: number) => (network ? score : 10 ** -score);
  const x = rows.map(({ dimension }) => dimension);
  const ends = [x[0], x[x.length - 1]];
  const goal = network ? `${Math.round(100 * network.threshold)} % of ordinary training` : "wedge reached";
  const shown = (score: number) => (network ? percent(score) : value(score).toExponential(1));
  return saveReport(folder, {
    title: "Intrinsic dimension of an objective",
    question: `How many random directions does training need for ${result.what}?`,
    answer: intrinsicAnswer(result),
    facts: [
      { label: "parameters D", value: String(parameters) },
      ...(intrinsic === undefined
        ? []
        : [
            {
              label: network
                ? `intrinsic dimension d_int${Math.round(100 * network.threshold)}`
                : "threshold of d",
              value: String(Math.round(intrinsic)),
              note:
                deviation === undefined
                  ? "of single runs, so without a spread"
                  : `standard deviation ${deviation.toFixed(1)} over 50 bootstrap samples`,
            },
          ]),
      ...(network
        ? [
            {
              label: "best ordinary training",
              value: percent(Math.max(...network.baseline)),
              note: `accuracy on the ${network.split} examples`,
            },
          ]
        : [
            {
              label: "short directions s",
              value: String(wedges!.short),
              note: "the threshold that is expected",
            },
          ]),
    ],
    figures: [
      saveFigure(
        folder,
        "dimension",
        network
          ? `Accuracy after training in d random directions: median, best and worst of ${repeats} runs. Dashed: what is to be reached, and the best ordinary training.`
          : `Loss after going down in a random plane of d dimensions, over the loss of its start: median, best and worst of ${repeats} planes. Dashed: √(1 − d/s), what a plane leaves of the distance to one wedge.`,
        (document) =>
          profileFigure(
            {
              xLabel: "random directions d",
              yLabel: network ? `${network.split} accuracy` : "loss over that of the start",
              xLog: network !== undefined,
              yLog: network === undefined,
              percent: network !== undefined,
              series: [
                { name: "median", x, y: rows.map((row) => value(medianScore(row))), emphasis: true },
                { name: "worst run", x, y: rows.map(({ scores }) => value(Math.min(...scores))) },
                { name: "best run", x, y: rows.map(({ scores }) => value(Math.max(...scores))) },
                { name: goal, x: ends, y: [value(target), value(target)], dashed: true },
                ...(network
                  ? [
                      {
                        name: "ordinary training",
                        x: ends,
                        y: ends.map(() => Math.max(...network.baseline)),
                        dashed: true,
                      },
                    ]
                  : [envelope(wedges!.short)]),
              ],
            },
            document,
          ),
      ),
    ],
    tables: [
      {
        caption: network ? "Accuracy of every run." : "Loss of every run, over that of its start.",
        columns: ["d", "median", ...Array.from({ length: repeats }, (_, i) => `run ${i + 1}`)],
        rows: [
          ...rows.map((row) => [String(row.dimension), shown(medianScore(row)), ...row.scores.map(shown)]),
          ...(network
            ? [
                [
                  `${parameters} (ordinary)`,
                  shown(medianScore({ dimension: parameters, scores: network.baseline })),
                  ...network.baseline.map(shown),
                ],
              ]
            : []),
        ],
      },
    ],
    notes: [
      `Each run has a start and ${projection} directions of its own: θ = θ₀ + P z, z from zero (Li et al. 2018).`,
      "The dimension is where the median crosses the target, between the two next dimensions measured, by interpolation over ln d.",
      ...(network
        ? [
            `${network.epochs} epochs each, accuracy after the last. Adam's rate in d directions is √(D/d) times that of ordinary training, for steps of equal length.`,
          ]
        : [
            `${wedges!.steps} steps of Adam each. At d = s the equations are as many as the unknowns, and slow to solve; above, every plane meets a wedge.`,
          ]),
    ],
  });
}

/** √(1 − d/s): the part of the distance to one wedge that d random directions leave. */
function envelope(short: number) {
  const x = Array.from({ length: 40 }, (_, i) => (short * i) / 40);
  return { name: "√(1 − d/s)", x, y: x.map((d) => Math.sqrt(1 - d / short)), dashed: true };
}
