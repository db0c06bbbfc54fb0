import type { GeometryResult, RunFolder } from "../run/node.ts";
import { profileFigure } from "./profile.ts";
import { projectionFigure } from "./projection.ts";
import { projectionFigure3d } from "./projection-3d.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { SUBSPACE_NAMES } from "./subspace-report-node.ts";

const degrees = (radians: number) => `${((180 / Math.PI) * radians).toFixed(2)}°`;
const short = (x: number) => x.toPrecision(4);

/** The answer of a `geometry` run in one sentence. */
export function geometryAnswer({ kind, shape, parameters }: GeometryResult): string {
  const name = SUBSPACE_NAMES[kind] ?? kind;
  if (shape.kind === "path") {
    return `The ${name}, in ${parameters} dimensions, is ${short(shape.length)} long, ${shape.straightness.toFixed(5)} times its chord; it turns by ${degrees(shape.totalTurning)} and leaves the chord by at most ${short(shape.maxDeviationFromChord)}.`;
  }
  const sides = shape.sides.flatMap((row, i) => row.slice(i + 1));
  const extent = sides.length > 0 ? `sides of ${sides.map(short).join(", ")} and ` : "";
  return `The ${name}, in ${parameters} dimensions, has ${extent}a volume of ${short(shape.volume)}.`;
}

/** Draws the figures of a `geometry` run and writes its report; returns the report's path. */
export function geometryReport(folder: RunFolder): string {
  const result = folder.readJson("geometry") as GeometryResult;
  const { path, shape, ratios, scores, kind } = result;
  const figures = [];
  if (path) {
    figures.push(
      saveFigure(
        folder,
        "curvature",
        "Curvature along the path in one over weight-space distance: in closed form, and by the published finite differences (in float64).",
        (document) =>
          profileFigure(
            {
              xLabel: "t",
              yLabel: "curvature",
              series: [
                { name: "closed form", x: path.t, y: path.curvature, emphasis: true },
                { name: "finite differences", x: path.t, y: path.discrete, dashed: true },
              ],
            },
            document,
          ),
      ),
    );
  }
  if (ratios.length > 0) {
    const projection = {
      ratios,
      series: [{ name: SUBSPACE_NAMES[kind] ?? kind, scores: scores.flat(), joined: shape.kind === "path" }],
    };
    figures.push(
      saveFigure(
        folder,
        "components",
        "Evenly spaced points on their first two principal components, at equal scales.",
        (document) => projectionFigure(projection, document),
      ),
    );
    if (ratios.length > 2) {
      figures.push(
        saveFigure(
          folder,
          "components-3d",
          "The first three components; each axis is stretched, and its label says how much of the variance it carries.",
          (document) => projectionFigure3d({ ...projection, stretch: true }, document),
        ),
      );
    }
  }
  return saveReport(folder, {
    title: "The geometry of a subspace",
    question: "What is its shape in weight space?",
    answer: geometryAnswer(result),
    facts:
      shape.kind === "path" && path
        ? [
            { label: "Length", value: short(shape.length), note: `chord ${short(shape.chord)}` },
            {
              label: "Total turning",
              value: degrees(shape.totalTurning),
              note: `${degrees(path.tangentAngle)} between the end tangents`,
            },
            { label: "Speed |dθ/dt|", value: path.speed.map(short).join(" to ") },
            {
              label: "Cosine of the ends",
              value: shape.cosine.toFixed(4),
              note: `norms ${shape.norms.map(short).join(", ")} at t = 0, ½, 1`,
            },
          ]
        : shape.kind === "simplex"
          ? [
              {
                label: "Volume",
                value: short(shape.volume),
                note: `norm of the middle ${short(shape.middleNorm)}`,
              },
              { label: "Norms of the vertices", value: shape.norms.map(short).join(", ") },
            ]
          : [],
    figures,
    tables: [
      {
        caption: "Shares of the variance of evenly spaced points on their principal components.",
        columns: ["component", "share"],
        rows: ratios.map((r, i) => [String(i + 1), r.toExponential(3)]),
      },
      ...(path
        ? [
            {
              caption: "Medians along the path of the generalised curvatures: curvature, torsion, the next.",
              columns: ["curvature", "median"],
              rows: path.higher.map((x, i) => [`χ${"₁₂₃"[i]}`, x.toExponential(3)]),
            },
          ]
        : []),
      ...(path?.float32
        ? [
            {
              caption:
                "The published procedure on float32 points: its median curvature over that in float64.",
              columns: ["points", "times too large"],
              rows: path.float32.map(({ samples, ratio }) => [String(samples), ratio.toFixed(2)]),
            },
          ]
        : []),
      ...(shape.kind === "simplex"
        ? [
            {
              caption: "Distances of the vertices, and cosines of the angles between them seen from zero.",
              columns: ["vertices", "distance", "cosine"],
              rows: shape.sides.flatMap((row, i) =>
                row
                  .slice(i + 1)
                  .map((side, k) => [
                    `${i + 1}, ${i + 2 + k}`,
                    short(side),
                    shape.cosines[i][i + 1 + k].toFixed(4),
                  ]),
              ),
            },
          ]
        : []),
    ],
    notes: ["All numbers come from the Gram matrix of the anchors, in float64."],
  });
}
