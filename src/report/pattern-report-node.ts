import type { PatternResult, RunFolder } from "../run/node.ts";
import { cellMapFigure, cellMaskFigure, PATTERN_LEVELS } from "./cells.ts";
import type { ReportFigure } from "./html.ts";
import { outline } from "./outline.ts";
import { planeFigure } from "./plane.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const points = (x: number) => `${(100 * x).toFixed(1)} points`;

/** The answer of a `pattern` run in one sentence. */
export function patternAnswer({ rows, columns, splits: { test } }: PatternResult): string {
  return `A plane for a picture of ${rows} x ${columns} cells: the trained good cells reach ${percent(test.good)} test accuracy, the bad ones ${percent(test.bad)} (a difference of ${points(test.difference)}), and the cells above halfway overlap the picture with an IoU of ${test.iou.toFixed(3)}.`;
}

/** Losses above this multiple of the ceiling are drawn alike: there is nothing to see far outside. */
const SHOWN_CEILINGS = 2;

/**
 * Draws the figures of a pattern's run: what the cells were trained for, accuracy and loss of the cells, the landscape
 * between them.
 *
 * @param folder the run's
 * @param ceiling of the bad cells' losses, which the colours of the losses depend on
 * @param target the folder that the figures are written to
 * @param prefix of their ids
 */
export function patternFigures(
  folder: RunFolder,
  ceiling: number,
  target: RunFolder = folder,
  prefix = "",
): ReportFigure[] {
  const result = folder.readJson("pattern") as PatternResult;
  const arrays = folder.readArrays("pattern");
  const { rows, columns, padding, image, cells, cell } = result;
  const picture = { rows, columns, values: image };
  const vmax = SHOWN_CEILINGS * ceiling;
  const values = (name: string) => arrays[name].data as Float64Array;
  const scaled = (name: string, side: number) => values(name).map((v) => v * side);
  const map = { picture, padding, vmax };
  // One path with gaps between its loops.
  const drawn = outline(picture).flatMap((loop) => [...loop, [Number.NaN, Number.NaN]]);
  const save = (id: string, caption: string, draw: (document: Document) => SVGSVGElement) =>
    saveFigure(target, `${prefix}${id}`, caption, draw);
  return [
    save("mask", "What the cells of the plane were trained for: the band along the boundary.", (document) =>
      cellMaskFigure({ picture, cells }, document),
    ),
    save("accuracy", "Test accuracy at the middle of each cell.", (document) =>
      cellMapFigure(
        { ...map, values: values("test_accuracy"), valueLabel: "test accuracy", kind: "rate" },
        document,
      ),
    ),
    save("loss", "Test loss at the middle of each cell.", (document) =>
      cellMapFigure({ ...map, values: values("test_loss"), valueLabel: "test loss", kind: "loss" }, document),
    ),
    save(
      "landscape",
      `The landscape in the plane: test loss on ${result.landscapeExamples} of the test examples, ${values("landscape_x").length} x ${values("landscape_y").length} points.`,
      (document) =>
        planeFigure(
          {
            xs: scaled("landscape_x", cell.width),
            ys: scaled("landscape_y", cell.height),
            values: values("landscape_loss"),
            valueLabel: "test loss",
            vmax,
            ...PATTERN_LEVELS,
            points: [],
            paths: [
              {
                name: "outline of the picture",
                x: drawn.map(([x]) => x * cell.width),
                y: drawn.map(([, y]) => y * cell.height),
              },
            ],
          },
          document,
        ),
    ),
  ];
}

/** Draws the figures of a `pattern` run and writes its report; returns the report's path. */
export function patternReport(folder: RunFolder): string {
  const result = folder.readJson("pattern") as PatternResult;
  const { ceiling } = folder.record.spec as { ceiling: number };
  const { splits, cell, rows, columns, cells } = result;
  const { test, train } = splits;
  const trained = (kind: 1 | -1) => cells.filter((c) => c === kind).length;
  const skewed = Math.abs(cell.cosine) > 0.01 || Math.abs(cell.width / cell.height - 1) > 0.01;
  const degrees = (180 / Math.PI) * Math.acos(cell.cosine);
  return saveReport(folder, {
    title: "A picture in the loss landscape",
    question: `Is there a plane in weight space whose low-loss set is a given picture of ${rows} x ${columns} cells?`,
    answer: patternAnswer(result),
    facts: [
      {
        label: "Good cells",
        value: percent(test.good),
        note: `test accuracy; training ${percent(train.good)}`,
      },
      { label: "Bad cells", value: percent(test.bad), note: `test accuracy; training ${percent(train.bad)}` },
      {
        label: "Difference",
        value: points(test.difference),
        note: `training ${points(train.difference)}`,
      },
      {
        label: "IoU with the picture",
        value: test.iou.toFixed(3),
        note: `trained cells alone ${test.trainedIou.toFixed(3)}`,
      },
      {
        label: "Side of a cell",
        value: cell.width.toFixed(2),
        note: "distance in weight space",
      },
    ],
    figures: [...patternFigures(folder, ceiling), lossCurves(folder, ceiling)],
    tables: [
      {
        caption: "How well the accuracies of the cells show the picture.",
        columns: ["split", "good cells", "bad cells", "difference", "IoU", "IoU of trained cells"],
        rows: Object.entries(splits).map(([split, score]) => [
          split === "train" ? "training" : split,
          percent(score.good),
          percent(score.bad),
          points(score.difference),
          score.iou.toFixed(3),
          score.trainedIou.toFixed(3),
        ]),
      },
    ],
    notes: [
      `Good and bad are the ${trained(1)} and ${trained(-1)} cells along the boundary that were trained. The IoU (intersection over union) counts all cells of the picture, without those around it: those whose accuracy is above halfway between good and bad, against those of the picture.`,
      ...(skewed
        ? [
            `The axes of the plane are at ${degrees.toFixed(1)}° to each other and a cell is ${cell.width.toFixed(2)} by ${cell.height.toFixed(2)} large; the figures draw the axes at right angles.`,
          ]
        : []),
    ],
  });
}

/** The figure of the losses that were trained, over the steps. */
function lossCurves(folder: RunFolder, ceiling: number): ReportFigure {
  const lines = folder.readMetrics().filter(({ stage }) => stage === "pattern");
  const x = lines.map(({ step }) => Number(step));
  const series = (name: string, key: string) => ({ name, x, y: lines.map((line) => Number(line[key])) });
  return saveFigure(
    folder,
    "training",
    "Mean training loss of the cells that the steps looked at; the loss of a bad cell above the ceiling does not count.",
    (document) =>
      profileFigure(
        {
          xLabel: "step",
          yLabel: "training loss",
          series: [
            series("good cells", "goodLoss"),
            series("bad cells", "badLoss"),
            { name: "ceiling", x, y: x.map(() => ceiling), dashed: true },
          ],
        },
        document,
      ),
  );
}
