import type { RunFolder, WedgeResult } from "../run/node.ts";
import { significant } from "./numbers.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const KINDS = {
  "all-tuples": "all tuples of the axes",
  axes: "wedges along random axes",
  rotated: "wedges along random directions",
};

const greatest = (values: readonly number[]) => Math.max(...values);

/** The answer of a `wedge` run in one sentence. */
export function wedgeAnswer({ spec, optima, lines }: WedgeResult): string {
  const starts = optima.map(({ startLoss }) => startLoss);
  const mean = starts.reduce((a, b) => a + b, 0) / starts.length;
  const walls = lines.map(({ loss }) => greatest(loss));
  const wall =
    walls.length > 0 ? `, and between optima the line rises to ${significant(greatest(walls))}` : "";
  return `A random point in ${spec.dimension} dimensions lies ${significant(mean)} from the nearest wedge of ${spec.short} short directions${wall}.`;
}

/** Draws the figures of a `wedge` run and writes its report; returns the report's path. */
export function wedgeReport(folder: RunFolder): string {
  const result = folder.readJson("wedge") as WedgeResult;
  const { spec, optima, expectedLoss, cosines, descent, lines, losses } = result;
  const explicit = spec.kind !== "all-tuples";
  const angles = cosines.flatMap((row, i) => row.slice(i + 1));
  return saveReport(folder, {
    title: `A landscape of wedges: ${KINDS[spec.kind]}`,
    question: "How far from low loss are random points, and what lies between the optima that they lead to?",
    answer: wedgeAnswer(result),
    facts: [
      { label: "dimensions D", value: String(spec.dimension) },
      { label: "short directions s of a wedge", value: String(spec.short) },
      ...(explicit ? [{ label: "wedges", value: String(spec.wedges) }] : []),
      ...(spec.halfWidth ? [{ label: "half width", value: String(spec.halfWidth) }] : []),
      ...(expectedLoss === undefined
        ? []
        : [
            {
              label: "root mean square loss of random points",
              value: significant(expectedLoss),
              note: "closed form",
            },
          ]),
      ...(angles.length > 0
        ? [
            {
              label: "largest cosine between optima",
              value: significant(greatest(angles.map(Math.abs))),
              note: `1 / √D is ${significant(1 / Math.sqrt(spec.dimension))}`,
            },
          ]
        : []),
    ],
    figures: [
      saveFigure(
        folder,
        "descent",
        "From a random start (0) to its optimum (1) and on: distance to the nearest wedge. It falls linearly.",
        (document) =>
          profileFigure(
            {
              xLabel: "α",
              yLabel: "loss",
              series: [{ name: "start to optimum", x: descent.alpha, y: descent.loss }],
            },
            document,
          ),
      ),
      ...(lines.length > 0
        ? [
            saveFigure(
              folder,
              "lines",
              "On the straight lines between optima: distance to the nearest wedge.",
              (document) =>
                profileFigure(
                  {
                    xLabel: "t",
                    yLabel: "loss",
                    series: lines.slice(0, 6).map(({ t, loss }, i) => ({
                      name: `optimum ${i + 1} to ${i + 2}`,
                      x: t,
                      y: loss,
                    })),
                  },
                  document,
                ),
            ),
          ]
        : []),
    ],
    tables: [
      {
        caption: "Random points, and the optima on the wedges next to them.",
        columns: [
          "optimum",
          "loss at the start",
          "norm of the start",
          "norm",
          ...(explicit ? ["wedge"] : []),
        ],
        rows: optima.map(({ startLoss, startNorm, norm, wedge }, i) => [
          String(i + 1),
          startLoss,
          startNorm,
          norm,
          ...(explicit ? [String(wedge)] : []),
        ]),
      },
      ...(losses
        ? [
            {
              caption: `Losses of the points given${losses.length > 100 ? ", the first 100 (all are in results/wedge.json)" : ""}.`,
              columns: ["point", "loss"],
              rows: losses.slice(0, 100).map((loss, i) => [String(i + 1), loss]),
            },
          ]
        : []),
    ],
    notes: [
      "The loss is the distance to the nearest wedge. Points are float32, so that 0 is about 1e-7 of their norm.",
    ],
  });
}
