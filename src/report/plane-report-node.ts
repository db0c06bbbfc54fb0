import type { PlaneResult, RunFolder } from "../run/node.ts";
import type { ColourScale } from "./colour.ts";
import type { ReportFigure } from "./html.ts";
import { planeFigure } from "./plane.ts";
import { saveFigure, saveReport } from "./save-node.ts";

export interface PlaneLooks {
  classification: boolean;
  scale: ColourScale;
  /** Values above are drawn alike. */
  vmaxLoss: number;
  vmaxError: number;
}

const NAMES: Record<string, string> = { train: "training", test: "test" };

/** The split whose loss, and the one whose error, is shown: training loss and test error where there are both. */
function shownSplits(plane: PlaneResult): { lossSplit: string; errorSplit: string } {
  const { splits } = plane.points[0];
  return { lossSplit: splits.train ? "train" : "test", errorSplit: splits.test ? "test" : "train" };
}

/** Draws the loss and the error of results/plane.npz. */
export function planeFigures(folder: RunFolder, plane: PlaneResult, looks: PlaneLooks): ReportFigure[] {
  const arrays = folder.readArrays("plane");
  const { classification, scale } = looks;
  const { lossSplit, errorSplit } = shownSplits(plane);
  const measure = classification ? "error" : "root mean squared error";
  const draw = (key: string, valueLabel: string, percent: boolean, vmax: number) => (document: Document) =>
    planeFigure(
      { ...plane, values: arrays[key].data as Float64Array, valueLabel, percent, vmax, scale },
      document,
    );
  const through = plane.points.map((p) => p.label).join(", ");
  return [
    saveFigure(
      folder,
      `plane-${lossSplit}-loss`,
      `The ${NAMES[lossSplit]} loss in the plane through ${through} (Gram-Schmidt axes in weight-space distance; levels are dense near the minimum and saturate).`,
      draw(`${lossSplit}_loss`, `${NAMES[lossSplit]} loss`, false, looks.vmaxLoss),
    ),
    saveFigure(
      folder,
      `plane-${errorSplit}-error`,
      `The ${NAMES[errorSplit]} ${measure} in the same plane.`,
      draw(`${errorSplit}_error`, `${NAMES[errorSplit]} ${measure}`, classification, looks.vmaxError),
    ),
  ];
}

/** Draws the figures of a `plane` run and writes its report; returns the report's path. */
export function planeReport(folder: RunFolder): string {
  const plane = folder.readJson("plane") as PlaneResult;
  const { classes, scale } = folder.record.spec as { classes: number; scale: ColourScale };
  const classification = classes > 0;
  const { lossSplit, errorSplit } = shownSplits(plane);
  const worstLoss = Math.max(...plane.points.map(({ splits }) => splits[lossSplit].loss));
  const worstError = Math.max(...plane.points.map(({ splits }) => splits[errorSplit].error));
  const looks = {
    classification,
    scale,
    vmaxLoss: 6 * worstLoss,
    vmaxError: classification ? Math.min(0.6, 4 * worstError) : 4 * worstError,
  };
  const show = (e: number) => (classification ? `${(100 * e).toFixed(2)} %` : e.toFixed(4));
  return saveReport(folder, {
    title: "A plane of the loss landscape",
    question: `What does the landscape look like in the plane through ${plane.points.map((p) => p.label).join(", ")}?`,
    answer: planeAnswer(folder, plane),
    facts: plane.points.map(({ label, splits }) => ({
      label,
      value: show(splits[errorSplit].error),
      note: `${NAMES[errorSplit]} error; ${NAMES[lossSplit]} loss ${splits[lossSplit].loss.toFixed(4)}`,
    })),
    figures: planeFigures(folder, plane, looks),
    tables: [],
    notes: [
      "The three points are nodes of the grid, so that the colours under them are theirs. A path that leaves the plane is drawn at its projection; the legend says how far it leaves it.",
    ],
  });
}

/** The range of the plane in one sentence. */
export function planeAnswer(folder: RunFolder, plane: PlaneResult): string {
  const { train_loss, test_loss } = folder.readArrays("plane");
  const values = (train_loss ?? test_loss).data as Float64Array;
  const low = values.indexOf(Math.min(...values));
  const nx = plane.xs.length;
  const [x, y] = [plane.xs[low % nx], plane.ys[Math.floor(low / nx)]];
  return `The ${train_loss ? "training" : "test"} loss ranges from ${values[low].toFixed(3)}, at (${x.toFixed(1)}, ${y.toFixed(1)}), to ${Math.max(...values).toFixed(3)} over ${(plane.xs.at(-1)! - plane.xs[0]).toFixed(0)} by ${(plane.ys.at(-1)! - plane.ys[0]).toFixed(0)} units of weight space.`;
}
