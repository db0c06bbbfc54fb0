import type { Averages, DiversityPoint, DiversityResult } from "../run/index.ts";
import type { RunFolder } from "../run/node.ts";
import type { ReportFigure } from "./html.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure } from "./save-node.ts";
import { scatterFigure } from "./scatter.ts";

const NAMES: Record<string, string> = {
  base: "the optimum",
  independent: "trained apart",
  training: "its own training",
  random: "random directions",
  dropout: "dropout",
  diagonal: "diagonal Gaussian",
  "low-rank": "low-rank Gaussian",
};

/** Accuracy of collected networks alone, of their averaged weights and of their averaged predictions. */
export function averagesFigure(
  folder: RunFolder,
  { from, individual, weights, predictions }: Averages,
  id = "averages",
  title?: string,
): ReportFigure {
  const count = individual.map((_, k) => k + 1);
  const gaps = (values: readonly (number | null)[]) => values.map((v) => v ?? Number.NaN);
  return saveFigure(
    folder,
    id,
    `Test accuracy against the number of networks collected${title ? `, ${title}` : ""}: each alone, the mean of the weights and the mean of the predictions from network ${from} on.`,
    (document) =>
      profileFigure(
        {
          xLabel: "networks collected",
          yLabel: "test accuracy",
          percent: true,
          series: [
            { name: "alone", x: count, y: individual },
            { name: "averaged weights", x: count, y: gaps(weights), emphasis: true },
            { name: "averaged predictions", x: count, y: gaps(predictions), emphasis: true },
          ],
        },
        document,
      ),
  );
}

/** The plane of accuracy and diversity with both limits, and the map of functions. */
export function diversityFigures(folder: RunFolder, result: DiversityResult): ReportFigure[] {
  const { independent, training, samplers, limits, map } = result;
  const groups: [string, readonly DiversityPoint[]][] = [
    ["independent", independent],
    ["training", training],
    ...Object.entries(samplers),
  ];
  const lines = [
    { name: "limit: independent errors", x: limits.accuracy, y: limits.independent },
    { name: "limit: random flips", x: limits.accuracy, y: limits.flipped },
  ];
  const plane = saveFigure(
    folder,
    "diversity",
    "Accuracy and diversity, the share of examples on which a network and the optimum name different classes over the network's error. Dashed: both limits.",
    (document) =>
      scatterFigure(
        {
          xLabel: "test accuracy",
          yLabel: "disagreement / error",
          series: [
            ...groups
              .filter(([, points]) => points.length > 0)
              .map(([name, points]) => ({
                name: NAMES[name],
                x: points.map(({ accuracy }) => accuracy),
                y: points.map(({ diversity }) => diversity),
              })),
          ],
          curves: lines,
        },
        document,
      ),
  );
  if (!map) return [plane];
  return [
    plane,
    saveFigure(
      folder,
      "functions",
      "Networks by their predictions (t-SNE of class probabilities): near each other where they predict alike. The axes have no unit.",
      (document) =>
        scatterFigure(
          {
            xLabel: "t-SNE 1",
            yLabel: "t-SNE 2",
            series: map.map(({ group, points }) => ({
              name: NAMES[group],
              x: points.map(([x]) => x),
              y: points.map(([, y]) => y),
            })),
          },
          document,
        ),
    ),
  ];
}
