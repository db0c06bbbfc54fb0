import type { RunFolder, SubspaceResult } from "../run/node.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { trainingCurves } from "./train-report-node.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

/** What the kinds of subspace are called. */
export const SUBSPACE_NAMES: Record<string, string> = {
  line: "line",
  bezier: "Bézier curve",
  polychain: "polygonal chain",
  simplex: "simplex",
  complex: "simplicial complex",
  neural: "neural curve",
};

/** Lowest and highest of a list. */
const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];

/** The answer of a `subspace` run in one sentence. */
export function subspaceAnswer(result: SubspaceResult, classification: boolean): string {
  const [best, worst] = range(result.splits.test.error);
  const { shape } = result;
  const size =
    shape.kind === "path"
      ? `${shape.length.toFixed(1)} long (${shape.straightness.toFixed(3)} times its chord)`
      : `with sides of ${range(shape.sides.flatMap((row, i) => row.slice(i + 1)))
          .map((side) => side.toFixed(1))
          .join(" to ")}`;
  const quality = classification
    ? `test accuracy ${percent(1 - result.middle.test.error)} in the middle, ${percent(1 - worst)} to ${percent(1 - best)} all over it`
    : `root mean squared test error ${result.middle.test.error.toFixed(4)} in the middle, ${best.toFixed(4)} to ${worst.toFixed(4)} all over it`;
  return `A ${SUBSPACE_NAMES[result.kind]} ${size}: ${quality}.`;
}

/** Draws the figures of a `subspace` run and writes its report; returns the report's path. */
export function subspaceReport(folder: RunFolder): string {
  const result = folder.readJson("subspace") as SubspaceResult;
  const classification = ((folder.record.spec as { classes?: number }).classes ?? 0) > 0;
  const error = classification ? "error" : "root mean squared error";
  const name = SUBSPACE_NAMES[result.kind];
  const { shape, coordinates, splits, middle } = result;
  const figures = [trainingCurves(folder)];
  const names: Record<string, string> = { train: "training", validation: "validation", test: "test" };
  if (shape.kind === "path") {
    const t = coordinates.map(([x]) => x);
    const draw = (key: "loss" | "error", yLabel: string, percentAxis: boolean) => (document: Document) =>
      profileFigure(
        {
          xLabel: "t",
          yLabel,
          percent: percentAxis,
          series: Object.entries(splits).map(([split, values]) => ({
            name: names[split],
            x: t,
            y: values[key],
            emphasis: split === "test",
          })),
        },
        document,
      );
    figures.unshift(
      saveFigure(
        folder,
        "error-along-path",
        `The ${error} along the ${name}, dropout off.`,
        draw("error", error, classification),
      ),
      saveFigure(folder, "loss-along-path", `The loss along the ${name}.`, draw("loss", "loss", false)),
    );
    if (shape.curvature.kappa.some((kappa) => kappa > 0)) {
      figures.push(
        saveFigure(
          folder,
          "curvature",
          "Curvature along the path, in one over weight-space distance.",
          (document) =>
            profileFigure(
              {
                xLabel: "t",
                yLabel: "curvature",
                series: [
                  { name: "curvature", x: shape.curvature.t, y: shape.curvature.kappa, emphasis: true },
                ],
              },
              document,
            ),
        ),
      );
    }
  }
  const show = (e: number) => (classification ? percent(e) : e.toFixed(4));
  return saveReport(folder, {
    title: `A learnt ${name}`,
    question: `How good are the networks of a ${name}, and what is its shape?`,
    answer: subspaceAnswer(result, classification),
    facts: [
      ...Object.entries(middle).map(([split, values]) => ({
        label: `${names[split]} ${error} in the middle`,
        value: show(values.error),
        note: `loss ${values.loss.toFixed(4)}`,
      })),
      ...shapeFacts(result),
    ],
    figures,
    tables: [
      {
        caption: "Points of the subspace, by their coordinates (dropout off).",
        columns: [
          "coordinates",
          ...Object.keys(splits).flatMap((s) => [`${names[s]} loss`, `${names[s]} ${error}`]),
        ],
        rows: coordinates.map((z, i) => [
          z.map((v) => v.toFixed(3)).join(", ") || "-",
          ...Object.values(splits).flatMap((s) => [s.loss[i].toFixed(4), show(s.error[i])]),
        ]),
      },
    ],
    notes: [
      "The middle is t = ½ of a path and the centroid of a simplex. The validation loss there chose the epoch that was kept.",
    ],
  });
}

function shapeFacts({ shape }: SubspaceResult) {
  if (shape.kind === "path") {
    const { length, straightness, totalTurning, maxDeviationFromChord, cosine, norms } = shape;
    return [
      { label: "Length", value: length.toFixed(1), note: `${straightness.toFixed(4)} times the chord` },
      {
        label: "Total turning",
        value: `${((180 / Math.PI) * totalTurning).toFixed(2)}°`,
        note: `at most ${maxDeviationFromChord.toFixed(2)} off the chord`,
      },
      {
        label: "Cosine of the ends",
        value: cosine.toFixed(4),
        note: `norms ${norms.map((n) => n.toFixed(1)).join(", ")} at t = 0, ½, 1`,
      },
    ];
  }
  const cosines = shape.cosines.flatMap((row, i) => row.slice(i + 1));
  const sides = shape.sides.flatMap((row, i) => row.slice(i + 1));
  return [
    { label: "Sides", value: sides.map((s) => s.toFixed(1)).join(", ") },
    { label: "Cosines of the vertices", value: cosines.map((c) => c.toFixed(3)).join(", ") },
    {
      label: "Volume",
      value: shape.volume.toPrecision(4),
      note: `norm of the middle ${shape.middleNorm.toFixed(1)}`,
    },
  ];
}
