import type { PerturbResult, RunFolder } from "../run/node.ts";
import type { ReportFigure, ReportTable } from "./html.ts";
import { planeFigures } from "./plane-report-node.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { SUBSPACE_NAMES } from "./subspace-report-node.ts";

const NAMES: Record<string, string> = { train: "training", test: "test" };
const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;

const splitOf = ({ splits }: PerturbResult) => (splits.test ? "test" : "train");
const nameOf = ({ kind, points }: PerturbResult) => (points.length === 1 ? "optimum" : SUBSPACE_NAMES[kind]);

/** How the error of a point is shown: as an accuracy, or as it is. */
const shown = (classification: boolean) => (error: number) =>
  classification ? percent(1 - error) : error.toFixed(4);

/** What the noise does, in one sentence or two. */
export function perturbAnswer(result: PerturbResult, classification: boolean): string {
  const { noise, points, noiseNorm, rises } = result;
  const split = splitOf(result);
  const { error } = result.splits[split];
  const show = shown(classification);
  const measure = classification ? "accuracy" : "root mean squared error";
  const base = noise.indexOf(0);
  const level = harmful(noise, error.mean, classification);
  const worst = error.mean.map((levels) => levels[level]);
  const p = worst.indexOf(Math.max(...worst));
  const start = base < 0 ? "" : ` from ${show(error.mean[p][base])}`;
  const middle = points.length > 1 ? ` (the middle has ${show(error.mean[points.length - 1][level])})` : "";
  const relative = ((noise[level] * noiseNorm) / points[p].norm) * 100;
  const first = `Noise of standard deviation ${noise[level]}, ${Number(relative.toPrecision(2))} % of the norm of the weights, takes the ${NAMES[split]} ${measure} of ${points[p].label}${start} to ${show(worst[p])}${middle}.`;
  const far = rises.full?.distances.map((list) => list.filter((r) => r !== null));
  if (!far || far.some((list) => list.length === 0)) return first;
  const [nearest, farthest] = [Math.min(...far.map(mean)), Math.max(...far.map(mean))];
  const range =
    points.length === 1 ? nearest.toPrecision(3) : `${nearest.toPrecision(3)} to ${farthest.toPrecision(3)}`;
  const rise = classification ? "one point" : "a tenth";
  return `${first} Along random directions the error has risen by ${rise} at a distance of ${range}.`;
}

/** The smallest noise that costs some point one point of accuracy (or a tenth of its error), or else the largest. */
function harmful(noise: readonly number[], errors: number[][], classification: boolean): number {
  const base = noise.indexOf(0);
  const hurt = (level: number) =>
    errors.some((levels) => levels[level] - levels[base] >= (classification ? 0.01 : 0.1 * levels[base]));
  const found = base < 0 ? -1 : noise.findIndex((_, level) => hurt(level));
  return found < 0 ? noise.length - 1 : found;
}

/** Draws the figures of a `perturb` run and writes its report; returns the report's path. */
export function perturbReport(folder: RunFolder): string {
  const result = folder.readJson("perturb") as PerturbResult;
  const spec = folder.record.spec as { classes: number; where: string; relative: boolean };
  const classification = spec.classes > 0;
  const { noise, points, rises, planes, noiseNorm } = result;
  const name = nameOf(result);
  const what = {
    full: "in all directions",
    inside:
      "inside the subspace, along differences of its vertices, scaled to the length of noise in all directions",
    orthogonal: "at right angles to the subspace, scaled to the length of noise in all directions",
  }[spec.where];
  const unit = spec.relative
    ? "in units of the root mean square of each array of weights"
    : "the same for all weights";
  return saveReport(folder, {
    title: `Noise on ${points.length === 1 ? "an" : "the vertices of a"} ${name}`,
    question: `How sensitive is the ${name} to Gaussian noise?`,
    answer: perturbAnswer(result, classification),
    facts: points.map(({ label, norm }) => ({
      label: `norm of ${label}`,
      value: norm.toFixed(1),
      note: `noise of standard deviation 0.01 has the norm ${(0.01 * noiseNorm).toFixed(2)}`,
    })),
    figures: [
      ...sweepFigures(folder, result, classification),
      ...levelFigures(folder, result, classification),
    ],
    tables: [
      ...sweepTables(result, classification),
      ...(rises.full ? [riseTable(result, classification)] : []),
    ],
    notes: [
      `The noise is drawn anew for every vertex and draw, ${what}; its standard deviation is ${unit}. One draw serves all levels, so that levels differ by their strength only. Points between the vertices, such as the middle, are those of the disturbed vertices: the middle of a line gets the mean of two noises, which is shorter by √2.`,
      ...(Object.keys(rises).length > 0
        ? [
            `Distances are found by doubling and then by cutting the interval, on the ${NAMES[splitOf(result)]} error, up to ${rises.full!.largest.toPrecision(3)}.`,
          ]
        : []),
      ...(planes.length > 0 && noise.length > 0
        ? [
            "In the published planes (Chen and Saidi 2023, section 4) noise is added to the ends, not to the optimum.",
          ]
        : []),
    ],
  });
}

/** Accuracy (or error) and loss against the strength of the noise. */
export function sweepFigures(
  folder: RunFolder,
  result: PerturbResult,
  classification: boolean,
): ReportFigure[] {
  const { noise, points } = result;
  const split = splitOf(result);
  if (noise.filter((s) => s > 0).length < 2) return [];
  const base = noise.indexOf(0);
  const { error, loss } = result.splits[split];
  const show = shown(classification);
  const series = (values: typeof loss, of: (x: number) => number, label: (x: number) => string) =>
    points.map((point, p) => ({
      name: base < 0 ? point.label : `${point.label}, ${label(values.mean[p][base])} without noise`,
      x: noise,
      y: values.mean[p].map(of),
      bars: values.standardError[p],
      emphasis: point.label === "middle",
    }));
  const xLabel = "standard deviation of the noise";
  const bars = result.splits[split].error.standardError[0].every((x) => x === null)
    ? ""
    : " Bars: standard error of the mean over the draws.";
  const measure = classification ? "accuracy" : "root mean squared error";
  return [
    saveFigure(
      folder,
      `noise-${classification ? "accuracy" : "error"}`,
      `The ${NAMES[split]} ${measure} against the strength of the noise.${bars}`,
      (document) =>
        profileFigure(
          {
            xLabel,
            yLabel: `${NAMES[split]} ${measure}`,
            percent: classification,
            xLog: true,
            series: series(error, (e) => (classification ? 1 - e : e), show),
          },
          document,
        ),
    ),
    saveFigure(
      folder,
      "noise-loss",
      `The ${NAMES[split]} loss against the strength of the noise.${bars}`,
      (document) =>
        profileFigure(
          {
            xLabel,
            yLabel: `${NAMES[split]} loss`,
            xLog: true,
            yLog: true,
            series: series(
              loss,
              (x) => x,
              (x) => x?.toFixed(3) ?? "not finite",
            ),
          },
          document,
        ),
    ),
  ];
}

function levelFigures(folder: RunFolder, { planes, noise }: PerturbResult, classification: boolean) {
  return planes.flatMap((plane, level) =>
    planeFigures(folder, plane, {
      classification,
      scale: "perceptual",
      vmaxLoss: plane.vmax.loss ?? undefined,
      vmaxError: plane.vmax.error ?? undefined,
      name: `plane-${level}`,
    }).map((figure) => ({ ...figure, caption: `Noise ${noise[level]}: ${figure.caption}` })),
  );
}

function sweepTables(result: PerturbResult, classification: boolean): ReportTable[] {
  const show = shown(classification);
  const { noise, points, noiseNorm } = result;
  const spread = (error: number | null, digits: string) => (error === null ? "" : ` ± ${digits}`);
  return Object.entries(result.splits).map(([split, { loss, error }]) => ({
    caption: `${classification ? "Accuracy" : "Root mean squared error"} and loss on the ${NAMES[split]} examples, mean ± standard error over the draws.`,
    columns: [
      "noise",
      "its norm",
      ...points.map(({ label }) => `${classification ? "accuracy" : "error"} of ${label}`),
      ...points.map(({ label }) => `loss of ${label}`),
    ],
    rows: noise.map((s, level) => [
      String(s),
      (s * noiseNorm).toFixed(1),
      ...points.map((_, p) => {
        const e = error.standardError[p][level];
        const digits = classification ? (100 * e).toFixed(2) : e?.toFixed(4);
        return `${show(error.mean[p][level])}${spread(e, digits)}`;
      }),
      ...points.map((_, p) => {
        const e = loss.standardError[p][level];
        return `${loss.mean[p][level]?.toPrecision(4) ?? "not finite"}${spread(e, e?.toPrecision(2))}`;
      }),
    ]),
  }));
}

function riseTable({ points, rises }: PerturbResult, classification: boolean): ReportTable {
  const parts = Object.entries(rises);
  const names: Record<string, string> = {
    full: "all directions",
    inside: "inside the subspace",
    orthogonal: "at right angles to it",
  };
  const cell = (list: readonly (number | null)[], largest: number) => {
    const found = list.filter((r) => r !== null);
    if (found.length === 0) return `more than ${largest.toPrecision(3)}`;
    const never = list.length - found.length;
    const range = `${Math.min(...found).toPrecision(3)} to ${Math.max(...found).toPrecision(3)}`;
    return `${mean(found).toPrecision(3)} (${range})${never > 0 ? `; never in ${never} of ${list.length}` : ""}`;
  };
  return {
    caption: `Distance along random directions until the error has risen by ${classification ? "one point" : "a tenth"}: mean (smallest to largest).`,
    columns: ["from", ...parts.map(([part]) => names[part])],
    rows: points.map(({ label }, p) => [
      label,
      ...parts.map(([, { distances, largest }]) => cell(distances[p], largest)),
    ]),
  };
}
