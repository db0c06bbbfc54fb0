import type { ConnectorPath, ConnectorResult, RunFolder } from "../run/node.ts";
import { cosinesFigure } from "./cosines.ts";
import type { ReportFigure, ReportTable } from "./html.ts";
import { degrees, percentage, significant } from "./numbers.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";

export const CONNECTOR_NAMES: Record<ConnectorPath["method"], string> = {
  line: "straight line",
  hyperplane: "hyperplane method",
  neb: "AutoNEB",
  bezier: "Bézier curve",
  polychain: "polygonal chain",
};

const measureName = ({ measure }: Pick<ConnectorResult, "measure">) =>
  measure === "loss" ? "training loss" : "distance to the nearest wedge";

const bestOf = ({ paths, best }: ConnectorResult) => paths.find(({ method }) => method === best)!;

/** The answer of a connector run in a few sentences. */
export function connectorAnswer(result: ConnectorResult): string {
  const { line, hyperplane } = result;
  const path = bestOf(result);
  const several = result.paths.length > 1 ? `the best of ${result.paths.length} methods, the ` : "the ";
  const sentence = `On the straight line the ${measureName(result)} rises to ${significant(line.statistics.max)}; on ${several}${CONNECTOR_NAMES[path.method]}, ${path.lengthRatio.toFixed(2)} times as long, to no more than ${significant(path.statistics.max)}.`;
  if (!hyperplane || hyperplane.across === null || hyperplane.within.length < 2) return sentence;
  const within = hyperplane.within.map((x) => x.toFixed(2)).join(" and ");
  return `${sentence} Its points leave the line in directions with cosines of ${within} before and after the switch and ${hyperplane.across.toFixed(2)} across it.`;
}

/** Draws the figures of a run of connectors between two optima and writes its report; returns the report's path. */
export function connectorReport(folder: RunFolder): string {
  const result = folder.readJson("connector") as ConnectorResult;
  const { ends, line, hyperplane, disagreement } = result;
  const name = measureName(result);
  const path = bestOf(result);
  const network = result.measure === "loss";
  return saveReport(folder, {
    title: "A connector of two optima",
    question: "Is there a path of low loss between the two optima, and what does it look like?",
    answer: connectorAnswer(result),
    facts: [
      {
        label: "Largest on the straight line",
        value: significant(line.statistics.max),
        note: `${name}; ${ends.map(({ loss }) => significant(loss)).join(" and ")} at the ends`,
      },
      {
        label: "Largest on the path",
        value: significant(path.statistics.max),
        note: `${CONNECTOR_NAMES[path.method]}; above its ends ${barrierRatio(line, path)}`,
      },
      {
        label: "Distance of the optima",
        value: significant(result.distance),
        note: `${degrees(Math.acos(result.cosine))} apart, seen from zero`,
      },
      { label: "Length of the path", value: `${path.lengthRatio.toFixed(2)} times the distance` },
      ...(disagreement === undefined
        ? []
        : [{ label: "Test labels that the optima do not share", value: `${percentage(disagreement)} %` }]),
      ...(hyperplane
        ? [
            {
              label: "Cosine of deviations within and across",
              value: `${hyperplane.within.map((x) => x.toFixed(2)).join(", ")}; ${hyperplane.across?.toFixed(2) ?? "–"}`,
              note:
                hyperplane.grouped === "wedges"
                  ? "groups of points on one wedge"
                  : "groups where the contrast is largest",
            },
          ]
        : []),
    ],
    figures: connectorFigures(folder, result),
    tables: connectorTables(result),
    notes: [
      network
        ? "Losses are means over all training examples, dropout off."
        : "The loss is the distance to the nearest wedge; descents minimise half its square. Points are float32, so that 0 is about 1e-7 of their norm.",
      ...(hyperplane
        ? [
            `Points stay in the hyperplane at right angles to the line: none has left it by more than ${hyperplane.offPlane.toExponential(1)} of its norm.`,
          ]
        : []),
      ...(hyperplane && hyperplane.tangential.across !== null
        ? [
            `Points of the line lie nearer to zero than the optima, so that all are moved outwards. Without this part of the deviations the cosines are ${hyperplane.tangential.within.map((x) => x.toFixed(2)).join(", ")} within and ${hyperplane.tangential.across.toFixed(2)} across.`,
          ]
        : []),
      "Passes are gradients times the share of all examples that each is of.",
    ],
  });
}

/** How the peak of a path above its ends compares with that of the line. */
function barrierRatio(line: ConnectorPath, path: ConnectorPath): string {
  const [a, b] = [line.barrier.aboveMean, path.barrier.aboveMean];
  return b > 0 && a > 0 ? `${(a / b).toFixed(1)} times less than the line` : "not at all";
}

/** Profiles, the matrix of cosines and changed labels; also for studies. */
export function connectorFigures(folder: RunFolder, result: ConnectorResult, head = ""): ReportFigure[] {
  const { line, paths, hyperplane, cycles } = result;
  const chart = (
    id: string,
    caption: string,
    yLabel: string,
    pick: (path: ConnectorPath) => number[] | undefined,
    percent = false,
  ) =>
    saveFigure(folder, `${head}${id}`, caption, (document) =>
      profileFigure(
        {
          xLabel: "t",
          yLabel,
          percent,
          series: [line, ...paths].map((path) => ({
            name: CONNECTOR_NAMES[path.method],
            x: path.t,
            y: pick(path)!,
            dashed: path.method === "line",
            emphasis: path.method === result.best,
          })),
        },
        document,
      ),
    );
  const name = measureName(result);
  // The published curve is that of the hyperplane method.
  const path = paths.find(({ method }) => method === "hyperplane") ?? bestOf(result);
  const capital = name[0].toUpperCase() + name.slice(1);
  return [
    chart("loss-along-paths", `${capital} along the paths between the two optima.`, name, ({ loss }) => loss),
    ...(line.testError
      ? [
          chart(
            "error-along-paths",
            "Test error along the same paths.",
            "test error",
            (p) => p.testError,
            !!line.changed,
          ),
        ]
      : []),
    ...(path.changed
      ? [
          saveFigure(
            folder,
            `${head}changed-labels`,
            `Share of the test examples whose predicted class has changed along the path (${CONNECTOR_NAMES[path.method]}), against each of the optima.`,
            (document) =>
              profileFigure(
                {
                  xLabel: "t",
                  yLabel: "labels changed",
                  percent: true,
                  series: path.changed!.map((y, i) => ({ name: `from optimum ${i + 1}`, x: path.t, y })),
                },
                document,
              ),
          ),
        ]
      : []),
    ...(hyperplane && hyperplane.nodes.length > 1
      ? [
          saveFigure(
            folder,
            `${head}cosines`,
            "Cosines between the deviations of the points from the straight line; the lines part the groups.",
            (document) =>
              cosinesFigure(
                {
                  values: hyperplane.cosines,
                  label: "hyperplane",
                  breaks: hyperplane.groups.flatMap((group, i) =>
                    i > 0 && group !== hyperplane.groups[i - 1] ? [i] : [],
                  ),
                },
                document,
              ),
          ),
        ]
      : []),
    ...(cycles
      ? [
          saveFigure(
            folder,
            `${head}cycles`,
            "The elastic band after each cycle: the largest loss on the path, and the mean loss of its pivots.",
            (document) =>
              profileFigure(
                {
                  xLabel: "cycle",
                  yLabel: name,
                  series: [
                    {
                      name: "largest on the path",
                      x: cycles.map(({ cycle }) => cycle),
                      y: cycles.map(({ saddleLoss }) => saddleLoss),
                      emphasis: true,
                    },
                    {
                      name: "mean of the pivots",
                      x: cycles.map(({ cycle }) => cycle),
                      y: cycles.map(({ pivotLoss }) => pivotLoss),
                    },
                  ],
                },
                document,
              ),
          ),
        ]
      : []),
  ];
}

/** Methods side by side, and the points of the hyperplane method. */
export function connectorTables(result: ConnectorResult): ReportTable[] {
  const { line, paths, hyperplane, cycles } = result;
  const tested = !!line.testError;
  return [
    {
      caption: "The paths: largest and mean value, length, and what they cost.",
      columns: [
        "path",
        "largest",
        "mean over length",
        ...(tested ? ["largest test error"] : []),
        "length / distance",
        "gradients",
        "passes over the data",
      ],
      rows: [line, ...paths].map((path) => [
        CONNECTOR_NAMES[path.method],
        significant(path.statistics.max),
        significant(path.statistics.lengthMean),
        ...(tested ? [significant(Math.max(...path.testError!))] : []),
        path.lengthRatio.toFixed(3),
        String(path.gradients),
        path.passes.toFixed(1),
      ]),
    },
    ...(hyperplane
      ? [
          {
            caption: "The points of the hyperplane method.",
            columns: [
              "α",
              "on the line",
              "optimised",
              "steps",
              hyperplane.grouped === "wedges" ? "wedge" : "group",
            ],
            rows: hyperplane.nodes.map(({ alpha, startLoss, loss, steps }, k) => [
              alpha.toFixed(3),
              significant(startLoss),
              significant(loss),
              String(steps),
              String(hyperplane.groups[k]),
            ]),
          },
          ...(hyperplane.insertions.length > 0
            ? [
                {
                  caption: `Nodes that were put into legs that were high; before, the largest value was ${significant(hyperplane.peakBefore)}.`,
                  columns: ["α", "largest in the leg before", "after", "steps"],
                  rows: hyperplane.insertions.map(({ alpha, before, after, steps }) => [
                    alpha.toFixed(3),
                    significant(before),
                    significant(after),
                    String(steps),
                  ]),
                },
              ]
            : []),
        ]
      : []),
    ...(cycles
      ? [
          {
            caption: "Cycles of AutoNEB.",
            columns: ["cycle", "pivots", "inserted", "largest loss on the path", "mean loss of the pivots"],
            rows: cycles.map(({ cycle, pivots, inserted, saddleLoss, pivotLoss }) => [
              String(cycle),
              String(pivots),
              String(inserted),
              significant(saddleLoss),
              significant(pivotLoss),
            ]),
          },
        ]
      : []),
  ];
}
