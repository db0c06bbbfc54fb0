import type { NdArray } from "../format/index.ts";
import type { DirectionCount } from "../geometry/index.ts";
import type { HessianResult, RunFolder } from "../run/node.ts";
import type { ReportFigure } from "./html.ts";
import { percentage, significant } from "./numbers.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";

/** A count with its standard error: 300, or 281 ± 12 where it is estimated. */
export const counted = ({ count, standardError, exact }: DirectionCount): string => {
  if (exact) return String(count);
  const error = Number.isFinite(standardError) ? ` ± ${Math.max(1, Math.round(standardError))}` : "";
  return `${Math.round(count)}${error}`;
};

/** The answer of a `hessian` run in one sentence. */
export function hessianAnswer({ points, parameters }: HessianResult): string {
  const [{ label, counts, top }] = points;
  const count = counts[counts.length - 1];
  const first = `${counted(count)} of ${parameters} directions have a curvature above ${count.threshold}`;
  if (points.length === 1) return `${first}; the largest is ${significant(top[0].value)}.`;
  const most = points.reduce((a, b) =>
    b.counts[counts.length - 1].count > a.counts[counts.length - 1].count ? b : a,
  );
  const last = most.counts[counts.length - 1];
  return `At ${label}, ${first}; the most of ${points.length} points are ${counted(last)}, at ${most.label}.`;
}

/** Draws the figures of a `hessian` run and writes its report; returns the report's path. */
export function hessianReport(folder: RunFolder): string {
  const result = folder.readJson("hessian") as HessianResult;
  const { points, parameters, examples, spec } = result;
  const exact = points.every(({ counts }) => counts.every((count) => count.exact));
  const noise = Math.max(...points.map((point) => point.noise));
  const [first] = points;
  const plusMinus = (x: number) => (Number.isFinite(x) ? ` ± ${significant(x)}` : "");
  return saveReport(folder, {
    title: "The curvature of a loss landscape",
    question: "How many directions are short, and how sharp is the sharpest?",
    answer: hessianAnswer(result),
    facts: [
      { label: "dimensions D", value: String(parameters) },
      ...(examples === undefined ? [] : [{ label: "examples of the loss", value: String(examples) }]),
      {
        label: "largest eigenvalue",
        value: significant(first.top[0].value),
        note: points.length > 1 ? first.label : undefined,
      },
      {
        label: "trace",
        value: significant(first.trace.mean),
        note: `± ${significant(first.trace.standardError)}`,
      },
      { label: "Tr H / ‖H‖", value: significant(first.traceRatio), note: "at most √D" },
      { label: "positive eigenvalues", value: `${percentage(first.positive)} %`, note: "told from 0" },
      { label: "noise of float32 products", value: significant(noise) },
    ],
    figures: [...countFigures(folder, result), densityFigure(folder, result, folder.readArrays("hessian"))],
    tables: [
      {
        caption: "Eigenvalues above each threshold.",
        columns: ["point", ...spec.thresholds.map((t) => `> ${t}`)],
        rows: points.map(({ label, counts }) => [label, ...counts.map(counted)]),
      },
      {
        caption: "The Hessian as a whole.",
        columns: [
          "point",
          "loss",
          "norm of the gradient",
          "trace",
          "‖H‖",
          "Tr / ‖H‖",
          "positive",
          "negative",
        ],
        rows: points.map((point) => [
          point.label,
          significant(point.loss),
          significant(point.gradientNorm),
          `${significant(point.trace.mean)}${plusMinus(point.trace.standardError)}`,
          significant(point.frobenius),
          significant(point.traceRatio),
          `${percentage(point.positive)} %`,
          `${percentage(point.negative)} %`,
        ]),
      },
      {
        caption: "The largest eigenvalues, and how far each may be from one.",
        columns: ["eigenvalue", ...points.flatMap(({ label }) => [label, "within"])],
        rows: first.top.map((_, i) => [
          String(i + 1),
          ...points.flatMap(({ top }) =>
            top[i] ? [significant(top[i].value), significant(top[i].bound)] : ["–", "–"],
          ),
        ]),
      },
    ],
    notes: [
      "The Hessian is that of the mean loss over the examples, dropout off, so that thresholds are absolute.",
      exact
        ? "Counts are exact: Lanczos's iteration has met every eigenvalue above the thresholds and some below."
        : `Counts with ± are estimates by stochastic Lanczos quadrature from ${spec.probes} random start${spec.probes === 1 ? "" : "s"} of ${spec.steps} steps, with their standard errors; more --steps make them exact one by one, more --probes narrow them.`,
      "Where a network has kinks (ReLU, max pooling), the Hessian is that between them.",
    ],
  });
}

/** Counts along a path, as figure 4 (left) of "Large Scale Structure". */
function countFigures(folder: RunFolder, { points, spec }: HessianResult): ReportFigure[] {
  if (points.length < 2 || points.some(({ t }) => t === undefined)) return [];
  const x = points.map(({ t }) => t as number);
  return [
    saveFigure(
      folder,
      "short-directions",
      "Eigenvalues of the Hessian above each threshold along the path: short directions. Bars are standard errors.",
      (document) =>
        profileFigure(
          {
            xLabel: "t",
            yLabel: "short directions",
            series: spec.thresholds.map((threshold, k) => ({
              name: `curvature > ${threshold}`,
              x,
              y: points.map(({ counts }) => counts[k].count),
              bars: points.map(({ counts }) => counts[k].standardError),
            })),
          },
          document,
        ),
    ),
  ];
}

/** Densities below this are Gaussian tails. */
const FAINTEST = 1e-8;
const MOST_LINES = 6;

function densityFigure(
  folder: RunFolder,
  { points }: HessianResult,
  arrays: Record<string, NdArray>,
): ReportFigure {
  const values = (name: string) => Float64Array.from(arrays[name].data as Float64Array);
  return saveFigure(
    folder,
    "density",
    `Density of the eigenvalues of the Hessian${points.length > MOST_LINES ? `, at the first ${MOST_LINES} points` : ""}, each a Gaussian of a hundredth of their range.`,
    (document) =>
      profileFigure(
        {
          xLabel: "eigenvalue",
          yLabel: "density",
          yLog: true,
          series: points.slice(0, MOST_LINES).map(({ label }, i) => ({
            name: label,
            x: values(`at_${i + 1}`),
            y: values(`density_${i + 1}`).map((y) => (y > FAINTEST ? y : Number.NaN)),
          })),
        },
        document,
      ),
  );
}
