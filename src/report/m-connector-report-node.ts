import type { MConnectorResult, RunFolder } from "../run/node.ts";
import type { ReportFigure } from "./html.ts";
import { significant } from "./numbers.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const measureName = ({ measure }: MConnectorResult) =>
  measure === "loss" ? "training loss" : "distance to the nearest wedge";

/** The answer of an m-connector run in one sentence. */
export function mConnectorAnswer(result: MConnectorResult): string {
  const { optima, centre, spokes } = result;
  const peak = Math.max(...spokes.map((spoke) => spoke.peak));
  return `A ${optima.length - 1}-connector joins ${optima.length} optima: in the middle of their hull the ${measureName(result)} is ${significant(centre.startLoss)}, at its centre ${significant(centre.loss)} (optima at most ${significant(Math.max(...optima))}), and on the way there at most ${significant(peak)}.`;
}

/** Draws the figures of an m-connector run and writes its report; returns the report's path. */
export function mConnectorReport(folder: RunFolder): string {
  const result = folder.readJson("m-connector") as MConnectorResult;
  const { optima, centre, distances, spokes, gradients, passes, offPlane } = result;
  return saveReport(folder, {
    title: `A connector of ${optima.length} optima`,
    question: "Do the optima share a region of low loss that no two of them reach by a straight line?",
    answer: mConnectorAnswer(result),
    facts: [
      { label: "Centre of the hull", value: significant(centre.startLoss), note: measureName(result) },
      {
        label: "Centre of the connector",
        value: significant(centre.loss),
        note: `after ${centre.steps} steps in the hyperplane at right angles to the hull`,
      },
      { label: "Highest optimum", value: significant(Math.max(...optima)) },
      {
        label: "Highest point of the spokes",
        value: significant(Math.max(...spokes.map(({ peak }) => peak))),
        note: `${significant(Math.max(...spokes.map(({ straightPeak }) => straightPeak)))} on straight lines to the centre`,
      },
      { label: "Gradients", value: String(gradients), note: `${passes.toFixed(1)} passes over the data` },
      ...(centre.testError === undefined
        ? []
        : [{ label: "Test error of the centre", value: significant(centre.testError) }]),
    ],
    figures: [spokesFigure(folder, result)],
    tables: [
      {
        caption: "The optima, and the ways from each to the centre.",
        columns: [
          "optimum",
          "value",
          "largest on the way",
          "on the straight line to the centre",
          ...(distances ? ["centre to its wedge"] : []),
        ],
        rows: spokes.map(({ peak, straightPeak }, j) => [
          String(j + 1),
          significant(optima[j]),
          significant(peak),
          significant(straightPeak),
          ...(distances ? [significant(distances[j])] : []),
        ]),
      },
    ],
    notes: [
      `An m-connector joins m + 1 optima; this is one of m = ${optima.length - 1}. Points stay in hyperplanes of dimension D − m, ${result.parameters - optima.length + 1}, to ${offPlane.toExponential(1)} of their norm.`,
      ...(distances
        ? [
            "The centre minimises the sum of the squared distances to the wedges of all optima: with the nearest wedge alone it would stop on one of them.",
          ]
        : []),
    ],
  });
}

/** Along the ways from the optima to the centre; also for studies. */
export function spokesFigure(folder: RunFolder, result: MConnectorResult, head = ""): ReportFigure {
  return saveFigure(
    folder,
    `${head}spokes`,
    `From each of the optima (0) to the centre (1): ${measureName(result)}.`,
    (document) =>
      profileFigure(
        {
          xLabel: "t",
          yLabel: measureName(result),
          series: result.spokes
            .slice(0, 6)
            .map(({ t, loss }, j) => ({ name: `optimum ${j + 1}`, x: t, y: loss })),
        },
        document,
      ),
  );
}
