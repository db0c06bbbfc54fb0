import { diversityLimits } from "../inference/index.ts";
import type { Averages, DiversityGroup, DiversityPoint, DiversityResult } from "../run/index.ts";
import { DIVERSITY_GROUPS } from "../run/index.ts";
import type { RunFolder } from "../run/node.ts";
import type { ReportFigure, ReportTable } from "./html.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure } from "./save-node.ts";
import { scatterFigure } from "./scatter.ts";

const NAMES: Record<DiversityGroup | "base", string> = {
  base: "the optimum",
  independent: "trained apart",
  training: "its own training",
  average: "mean of its training",
  random: "random directions",
  dropout: "dropout",
  diagonal: "diagonal Gaussian",
  "low-rank": "low-rank Gaussian",
  "random-low-rank": "low-rank of random",
};

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

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

/** What {@link averagesFigure} draws, in numbers, with the way from each network to the next. */
export function averagesTable({
  from,
  individual,
  weights,
  predictions,
  angles,
  changed,
}: Averages): ReportTable {
  const shown = (value: number | null | undefined) => (value == null ? "" : percent(value));
  return {
    caption: `Networks in the order of their collection: test accuracy alone and averaged from network ${from} on; and from the network before, the angle seen from the origin, its cosine, and the share of test examples that get another class.`,
    columns: ["network", "alone", "averaged weights", "averaged predictions", "angle", "cosine", "changed"],
    rows: individual.map((alone, k) => [
      String(k + 1),
      shown(alone),
      shown(weights[k]),
      shown(predictions[k]),
      ...(k === 0
        ? ["", ""]
        : [`${angles[k - 1].toFixed(1)}°`, Math.cos((angles[k - 1] * Math.PI) / 180).toFixed(3)]),
      shown(changed[k - 1]),
    ]),
  };
}

/** Groups of networks around an optimum, in the order of their names. */
function groupsOf({ groups }: DiversityResult): [DiversityGroup, DiversityPoint[]][] {
  return DIVERSITY_GROUPS.flatMap((group) => {
    const points = groups[group];
    return points ? [[group, points]] : [];
  });
}

/** What {@link diversityFigures} draw, in means over each group. */
export function diversityTable(result: DiversityResult): ReportTable {
  return {
    caption: `Networks around an optimum of ${percent(result.base)} test accuracy: mean accuracy of each group, mean share of test examples for which they and the optimum name different classes, mean of that over the error and of its limits, and the accuracy of the averaged predictions of all with the optimum.`,
    columns: ["from", "networks", "accuracy", "disagreement", "disagreement / error", "limits", "together"],
    rows: groupsOf(result).map(([group, points]) => [
      NAMES[group],
      String(points.length),
      percent(mean(points.map(({ accuracy }) => accuracy))),
      percent(mean(points.map(({ disagreement }) => disagreement))),
      mean(points.map(({ diversity }) => diversity)).toFixed(3),
      `${mean(points.map(({ limits }) => limits.flipped)).toFixed(3)} to ${mean(points.map(({ limits }) => limits.independent)).toFixed(3)}`,
      percent(result.together[group]!),
    ]),
  };
}

/** Both limits, from the least accuracy of any network, or chance, up to the optimum's. */
function limitCurves({ base, classes, groups }: DiversityResult) {
  const least = Object.values(groups)
    .flat()
    .reduce((min, { accuracy }) => Math.min(min, accuracy), base);
  const from = Math.max(1 / classes, least);
  const accuracies = Array.from({ length: 41 }, (_, i) => from + ((base - from) * i) / 40);
  const limits = accuracies.map((accuracy) => diversityLimits(base, accuracy, classes));
  return [
    { name: "limit: independent errors", x: accuracies, y: limits.map(({ independent }) => independent) },
    { name: "limit: random flips", x: accuracies, y: limits.map(({ flipped }) => flipped) },
  ];
}

/** The plane of accuracy and diversity with both limits, and the map of functions. */
export function diversityFigures(folder: RunFolder, result: DiversityResult): ReportFigure[] {
  const plane = saveFigure(
    folder,
    "diversity",
    "Accuracy and diversity, the share of test examples for which a network and the optimum name different classes over the network's error. Dashed: both limits.",
    (document) =>
      scatterFigure(
        {
          xLabel: "test accuracy",
          yLabel: "disagreement / error",
          series: groupsOf(result).map(([group, points]) => ({
            name: NAMES[group],
            x: points.map(({ accuracy }) => accuracy),
            y: points.map(({ diversity }) => diversity),
          })),
          curves: limitCurves(result),
        },
        document,
      ),
  );
  const { map } = result;
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
