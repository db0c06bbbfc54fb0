import type { NdArray } from "../format/index.ts";
import type { GeometryResult, PathShape, VerticesShape } from "../run/index.ts";
import type { RunFolder } from "../run/node.ts";
import type { Series } from "./chart.ts";
import type { Fact, ReportFigure, ReportTable } from "./html.ts";
import { degrees, percentage, significant } from "./numbers.ts";
import { profileFigure } from "./profile.ts";
import type { Projection } from "./projected.ts";
import { projectionFigure } from "./projection.ts";
import { projectionFigure3d } from "./projection-3d.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { SUBSPACE_NAMES } from "./subspace-report-node.ts";

type Path = NonNullable<GeometryResult["path"]>;

const pairsOf = (rows: readonly (readonly number[])[]) => rows.flatMap((row, i) => row.slice(i + 1));
const times = (x: number | null) => (x === null || !Number.isFinite(x) ? "∞" : x.toFixed(5));
const SUBSCRIPTS = "₁₂₃₄";

/** The greatest deviation from the chord; 0 where it is rounding. */
const offChord = ({ maxDeviationFromChord: off, length }: PathShape) => (off > 1e-9 * length ? off : 0);

/** Length, area or volume. */
const sizeName = (vertices: number) => ["length", "area"][vertices - 2] ?? "volume";

/** The answer of a `geometry` run in one sentence. */
export function geometryAnswer({ kind, shape, parameters, rank }: GeometryResult): string {
  const name = `The ${SUBSPACE_NAMES[kind] ?? kind}, in ${parameters} dimensions,`;
  if (shape.kind === "path") {
    return `${name} is ${significant(shape.length)} long, ${times(shape.straightness)} times its chord; it turns by ${degrees(shape.totalTurning)} and leaves the chord by at most ${significant(offChord(shape))}.`;
  }
  const m = shape.norms.length;
  if (rank !== undefined && rank < m - 1) {
    return `${name} is flat: its ${m} vertices lie in ${rank} dimension${rank === 1 ? "" : "s"}, repeated or on a line or plane, so that its ${sizeName(m)} is 0.`;
  }
  const sides = pairsOf(shape.sides);
  const shown =
    sides.length <= 6
      ? sides.map(significant).join(", ")
      : `${significant(Math.min(...sides))} to ${significant(Math.max(...sides))}`;
  return `${name} has sides of ${shown} and ${sizeName(m) === "area" ? "an" : "a"} ${sizeName(m)} of ${significant(shape.volume)}.`;
}

/** Draws the figures of a `geometry` run and writes its report; returns the report's path. */
export function geometryReport(folder: RunFolder): string {
  const result = folder.readJson("geometry") as GeometryResult;
  const arrays = folder.readArrays("geometry");
  const { path, shape, standIns } = result;
  return saveReport(folder, {
    title: `The geometry of a ${SUBSPACE_NAMES[result.kind] ?? result.kind}`,
    question: "What is its shape in weight space?",
    answer: geometryAnswer(result),
    facts: shape.kind === "path" ? pathFacts(shape, path!) : verticesFacts(shape),
    figures: [
      ...(path ? pathFigures(folder, result, path, arrays) : []),
      ...componentFigures(folder, result, arrays.scores),
    ],
    tables: [
      ...(shape.kind === "path" ? pathTables(path!) : [verticesTable(shape)]),
      {
        caption: `Shares of the variance of ${shape.kind === "path" ? "points evenly spaced by arc length" : "evenly spaced points"} on their principal components.`,
        columns: ["component", "share"],
        rows: result.ratios.map((share, i) => [`PC${i + 1}`, `${percentage(share)} %`]),
      },
    ],
    notes: [
      standIns === undefined
        ? "All numbers come from the Gram matrix of the anchors, in float64, but those of float32 points."
        : `The curve leaves the span of its anchors. ${standIns} of its points, in float32, stand for it, joined by straight pieces; its curvature is that between them.`,
      ...(path
        ? [
            "Curvature is one over a distance in weight space. Two numbers without a unit tell more: length over chord, and the total turning.",
          ]
        : []),
      ...(path && path.frenet.length > 1
        ? [
            "Curvature says how fast a path leaves its tangent, torsion how fast it leaves the plane in which it turns, and the next how fast it leaves the space of these three directions.",
          ]
        : []),
    ],
  });
}

function pathFacts(shape: PathShape, path: Path): Fact[] {
  const { length, chord, straightness, totalTurning, cosine, norms } = shape;
  const range = ({ least, greatest }: Path["speed"]) => `${significant(least)} to ${significant(greatest)}`;
  return [
    { label: "Length", value: significant(length), note: `chord ${significant(chord)}` },
    { label: "Length over chord", value: times(straightness), note: "1 for a straight path" },
    {
      label: "Greatest deviation from the chord",
      value: significant(offChord(shape)),
      note: chord > 0 ? `${percentage(offChord(shape) / chord)} % of the chord` : undefined,
    },
    {
      label: "Total turning",
      value: degrees(totalTurning),
      note: `${degrees(path.tangentAngle)} between the end tangents`,
    },
    {
      label: "Median curvature",
      value: significant(path.curvature.median),
      note: range(path.curvature),
    },
    { label: "Median speed |dθ/dt|", value: significant(path.speed.median), note: range(path.speed) },
    {
      label: "Angle of the ends, from zero",
      value: degrees(Math.acos(cosine)),
      note: `cosine ${cosine.toFixed(4)}`,
    },
    {
      label: "Norm in the middle",
      value: significant(norms[1]),
      note: `${significant(norms[0])} and ${significant(norms[2])} at the ends`,
    },
  ];
}

function verticesFacts({ volume, norms, middleNorm, sides }: VerticesShape): Fact[] {
  const own = pairsOf(sides);
  const name = sizeName(norms.length);
  return [
    { label: `${name[0].toUpperCase()}${name.slice(1)}`, value: significant(volume) },
    {
      label: "Longest side",
      value: significant(Math.max(...own)),
      note: `shortest ${significant(Math.min(...own))}`,
    },
    { label: "Norm of the middle", value: significant(middleNorm) },
    { label: "Norms of the vertices", value: norms.map(significant).join(", ") },
  ];
}

function pathFigures(
  folder: RunFolder,
  { standIns }: GeometryResult,
  path: Path,
  arrays: Record<string, NdArray>,
): ReportFigure[] {
  const values = (name: string) => Float64Array.from(arrays[name].data as Float64Array);
  const t = values("t");
  const chart = (id: string, caption: string, yLabel: string, series: Series[], yLog = false) =>
    saveFigure(folder, id, caption, (document) =>
      profileFigure({ xLabel: "t", yLabel, series, yLog }, document),
    );
  const figures: ReportFigure[] = [];
  if (path.curvature.greatest > 0 && !path.bends) {
    const exact = standIns === undefined;
    figures.push(
      chart(
        "curvature",
        `Curvature along the path, in one over weight-space distance: ${exact ? "in closed form" : "between the points that stand for it"}, and by the published finite differences (in float64).`,
        "curvature",
        [
          { name: exact ? "closed form" : "between points", x: t, y: values("curvature"), emphasis: true },
          { name: "finite differences, float64", x: t, y: values("discrete"), dashed: true },
        ],
      ),
    );
  }
  if (path.float32) {
    figures.push(
      chart(
        "float32",
        "The same finite differences as published: of float32 points. Rounding grows as the square of their number.",
        "curvature",
        [
          ...path.float32.map(({ samples }) => ({
            name: `${samples} points, float32`,
            x: values(`float32_${samples}_t`),
            y: values(`float32_${samples}`),
          })),
          { name: "closed form", x: t, y: values("curvature"), dashed: true },
        ],
        path.curvature.greatest > 0,
      ),
    );
  }
  if (path.frenet.length > 1) {
    figures.push(
      chart(
        "generalised-curvatures",
        "Curvature, torsion and the next generalised curvature along the path, in one over weight-space distance.",
        "generalised curvature",
        path.frenet.map((_, j) => ({ name: frenetName(j), x: t, y: values(`frenet_${j + 1}`) })),
        true,
      ),
    );
  }
  figures.push(
    chart("norm", "Norm of the networks along the path, from zero.", "norm |θ|", [
      { name: "norm", x: t, y: values("norm"), emphasis: true },
    ]),
  );
  return figures;
}

const frenetName = (j: number) => `χ${SUBSCRIPTS[j]}${[", curvature", ", torsion"][j] ?? ""}`;

function componentFigures(
  folder: RunFolder,
  { kind, shape, ratios, marks }: GeometryResult,
  { shape: [, count], data }: NdArray,
): ReportFigure[] {
  const points = shape.kind === "path" ? "points evenly spaced by arc length" : "evenly spaced points";
  const projection: Projection = {
    ratios: ratios.slice(0, count),
    series: [
      { name: SUBSPACE_NAMES[kind] ?? kind, scores: data as Float64Array, joined: shape.kind === "path" },
    ],
    marks,
  };
  const figures = [
    saveFigure(
      folder,
      "components",
      `The first two principal components of ${points}, at one scale.`,
      (document) => projectionFigure(projection, document),
    ),
  ];
  if (count < 3) return figures;
  figures.push(
    saveFigure(
      folder,
      "components-3d",
      `The first three principal components of ${points}, at one scale.`,
      (document) => projectionFigure3d(projection, document),
    ),
  );
  if (shape.kind === "path") {
    figures.push(
      saveFigure(
        folder,
        "components-3d-stretched",
        "The same with every axis stretched, as such figures are often published; the shares say how little of the path is seen in the second and third.",
        (document) => projectionFigure3d({ ...projection, stretch: true }, document),
      ),
    );
  }
  return figures;
}

function pathTables({ frenet, curvature, discrete, bends, float32 }: Path): ReportTable[] {
  const tables: ReportTable[] = [];
  if (bends) {
    tables.push({
      caption: "Bends of the chain.",
      columns: ["t", "angle"],
      rows: bends.map(({ t, angle }) => [t.toFixed(3), degrees(angle)]),
    });
  } else {
    const row = (name: string, { least, median, greatest }: Path["curvature"]) => [
      name,
      ...[least, median, greatest].map(significant),
    ];
    tables.push({
      caption: "Curvature along the path.",
      columns: ["curvature", "least", "median", "greatest"],
      rows: [row("curvature", curvature), row("published finite differences, in float64", discrete)],
    });
  }
  if (frenet.length > 1) {
    tables.push({
      caption: "Medians of the generalised curvatures along the path.",
      columns: ["generalised curvature", "median"],
      rows: frenet.map((x, j) => [frenetName(j), significant(x)]),
    });
  }
  if (float32) {
    tables.push({
      caption:
        "The published procedure, finite differences of float32 points: its median beside that of the same differences in float64.",
      columns: ["points", "median, float32", "median, float64", "times too large"],
      rows: float32.map((at) => [
        String(at.samples),
        significant(at.float32),
        significant(at.float64),
        // Of a straight line the float64 curvature is rounding, too.
        at.float64 > 1e-9 * at.float32 ? (at.float32 / at.float64).toFixed(2) : "∞",
      ]),
    });
  }
  return tables;
}

function verticesTable({ sides, cosines }: VerticesShape): ReportTable {
  return {
    caption: "Distances of the vertices, and the angles between them seen from zero.",
    columns: ["vertices", "distance", "cosine", "angle"],
    rows: sides.flatMap((row, i) =>
      row.slice(i + 1).map((side, k) => {
        const cosine = cosines[i][i + 1 + k];
        return [
          `${i + 1} and ${i + 2 + k}`,
          significant(side),
          cosine.toFixed(4),
          degrees(Math.acos(cosine)),
        ];
      }),
    ),
  };
}
