import type { PlaneResult, RunFolder } from "../run/node.ts";
import type { ColourScale } from "./colour.ts";
import type { ReportFigure } from "./html.ts";
import { planeFigure } from "./plane.ts";
import { saveFigure, saveReport } from "./save-node.ts";

export interface PlaneLooks {
  classification: boolean;
  scale: ColourScale;
  /** Values above are drawn alike. */
  vmaxLoss?: number;
  vmaxError?: number;
  /** Of the file with the values and at the head of the figures' names; default "plane". */
  name?: string;
}

const NAMES: Record<string, string> = { train: "training", test: "test" };

/** The split whose loss, and the one whose error, is shown: training loss and test error where there are both. */
function shownSplits(plane: PlaneResult): { lossSplit: string; errorSplit: string } {
  const { splits } = plane.points[0];
  return { lossSplit: splits.train ? "train" : "test", errorSplit: splits.test ? "test" : "train" };
}

/** Draws the loss and the error of results/plane.npz. */
export function planeFigures(folder: RunFolder, plane: PlaneResult, looks: PlaneLooks): ReportFigure[] {
  const { classification, scale, name = "plane" } = looks;
  const arrays = folder.readArrays(name);
  const { lossSplit, errorSplit } = shownSplits(plane);
  const measure = classification ? "error" : "root mean squared error";
  const draw = (key: string, valueLabel: string, percent: boolean, vmax?: number) => (document: Document) =>
    planeFigure(
      { ...plane, values: arrays[key].data as Float64Array, valueLabel, percent, vmax, scale },
      document,
    );
  const shown = plane.points.map((p) => p.label).join(", ");
  const inPlane = plane.points.every(({ offPlane }) => offPlane === 0);
  return [
    saveFigure(
      folder,
      `${name}-${lossSplit}-loss`,
      `The ${NAMES[lossSplit]} loss in a plane ${inPlane ? "through" : "with the projections of"} ${shown} (orthonormal axes in weight-space distance; levels are dense near the minimum and saturate).${interpolationNote(plane, lossSplit)}`,
      draw(`${lossSplit}_loss`, `${NAMES[lossSplit]} loss`, false, looks.vmaxLoss),
    ),
    saveFigure(
      folder,
      `${name}-${errorSplit}-error`,
      `The ${NAMES[errorSplit]} ${measure} in the same plane.`,
      draw(`${errorSplit}_error`, `${NAMES[errorSplit]} ${measure}`, classification, looks.vmaxError),
    ),
  ];
}

/** How much of the plane was evaluated, for the caption. */
function interpolationNote({ evaluated }: PlaneResult, lossSplit: string): string {
  if (!evaluated || evaluated.fraction === 1) return "";
  return ` ${percent(evaluated.splits[lossSplit])} of the nodes were evaluated, where the loss bends; the others are interpolated.`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Draws the figures of a `plane` run and writes its report; returns the report's path. */
export function planeReport(folder: RunFolder): string {
  const plane = folder.readJson("plane") as PlaneResult;
  const { classes, scale } = folder.record.spec as { classes: number; scale: ColourScale };
  const classification = classes > 0;
  const { lossSplit, errorSplit } = shownSplits(plane);
  const looks = {
    classification,
    scale,
    vmaxLoss: plane.vmax.loss ?? undefined,
    vmaxError: plane.vmax.error ?? undefined,
  };
  const show = (e: number) => (classification ? `${(100 * e).toFixed(2)} %` : e.toFixed(4));
  const off = (distance: number) => (distance > 0 ? `; ${distance.toPrecision(2)} out of the plane` : "");
  return saveReport(folder, {
    title: "A plane of the loss landscape",
    question: `What does the landscape look like in the plane of ${plane.points.map((p) => p.label).join(", ")}?`,
    answer: planeAnswer(folder, plane),
    facts: plane.points.map(({ label, splits, offPlane }) => ({
      label,
      value: show(splits[errorSplit].error),
      note: `${NAMES[errorSplit]} error; ${NAMES[lossSplit]} loss ${splits[lossSplit].loss.toFixed(4)}${off(offPlane)}`,
    })),
    figures: planeFigures(folder, plane, looks),
    tables: [],
    notes: [
      "The numbers of marked points are those of the points themselves. What leaves the plane is drawn at its projection, where the colours are the plane's; the legend says how far it leaves it.",
      ...evaluationNotes(folder, plane, lossSplit, errorSplit),
    ],
  });
}

/** What was evaluated and what was interpolated, and how sure the values are. */
function evaluationNotes(
  folder: RunFolder,
  { evaluated, vmax }: PlaneResult,
  lossSplit: string,
  errorSplit: string,
): string[] {
  const notes: string[] = [];
  if (evaluated.fraction < 1) {
    const nodes = Object.entries(evaluated.splits)
      .map(([split, share]) => `${percent(share)} of the nodes on ${NAMES[split]} examples`)
      .join(", ");
    const range = vmax.loss === null ? "" : `, which ends at ${vmax.loss.toFixed(2)}`;
    notes.push(
      `${percent(evaluated.fraction)} of the evaluations of a full grid were done, in ${evaluated.rounds} rounds: ${nodes}. They are chosen so that the ${NAMES[lossSplit]} loss at the other nodes can be interpolated to ${percent(evaluated.tolerance)} of its colour range${range}, and the ${NAMES[errorSplit]} error likewise; where an error rate jumps from node to node by more, that is the noise of so many examples. With --no-adaptive every node is evaluated.`,
    );
  }
  const arrays = folder.readArrays("plane");
  const largest = (key: string) => Math.max(...(arrays[key].data as Float64Array).filter(Number.isFinite));
  if (arrays[`${lossSplit}_loss_standard_error`]) {
    notes.push(
      `Standard errors over the examples are at most ${largest(`${lossSplit}_loss_standard_error`).toPrecision(2)} for the ${NAMES[lossSplit]} loss and ${largest(`${errorSplit}_error_standard_error`).toPrecision(2)} for the ${NAMES[errorSplit]} error; those of every node are in results/plane.npz.`,
    );
  }
  return notes;
}

/** The range of the plane in one sentence. */
export function planeAnswer(folder: RunFolder, plane: PlaneResult): string {
  const { train_loss, test_loss } = folder.readArrays("plane");
  const values = (train_loss ?? test_loss).data as Float64Array;
  const low = values.indexOf(Math.min(...values.filter(Number.isFinite)));
  const nx = plane.xs.length;
  const [x, y] = [plane.xs[low % nx], plane.ys[Math.floor(low / nx)]];
  return `The ${train_loss ? "training" : "test"} loss ranges from ${values[low].toFixed(3)}, at (${x.toFixed(1)}, ${y.toFixed(1)}), to ${Math.max(...values.filter(Number.isFinite)).toFixed(3)} over ${(plane.xs.at(-1)! - plane.xs[0]).toFixed(0)} by ${(plane.ys.at(-1)! - plane.ys[0]).toFixed(0)} units of weight space.`;
}
