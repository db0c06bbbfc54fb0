import {
  frameRows,
  frenetRows,
  type PlacedPath,
  placedPath,
  publishedFrame,
  rotationMinimisingFrame,
} from "../../geometry/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { bezier } from "../../subspace/index.ts";
import type { Claim, Study } from "../study.ts";

/** Control points of the published figure, in the plane, and of a curve in space. */
const PLANE = [
  [-2.5, 1],
  [-1, -1],
  [1.7, 1.7],
  [1, -0.9],
];
const SPACE = [
  [1, -3, 0],
  [-3, 3, 3],
  [3, 3, -3],
  [-1, -3, 0],
];
/** Published numbers of stored frames at ε = 25° and 5°. */
const STORED = { plane: [9, 4], space: [13, 7] };

const NODES = 1001;
/** How far from the path the figure follows a normal. */
const OFFSET = 0.3;

const curveOf = (points: readonly number[][]): PlacedPath =>
  placedPath(bezier(points.length - 1), {
    dimension: points[0].length,
    points: Float64Array.from(points.flat()),
  });

const ts = Float64Array.from({ length: NODES }, (_, i) => i / (NODES - 1));

/** Row i of each frame, as vectors. */
function normals(rows: Float64Array, K: number, i: number): Float64Array[] {
  return Array.from({ length: NODES }, (_, n) => rows.subarray((n * K + i) * K, (n * K + i + 1) * K));
}

/** Angle between two unit vectors, in degrees. */
function degrees(a: Float64Array, b: Float64Array): number {
  const dot = a.reduce((sum, x, d) => sum + x * b[d], 0);
  return (180 / Math.PI) * Math.acos(Math.max(-1, Math.min(1, dot)));
}

/** Largest turn of a vector from one node to the next, in degrees. */
const largestTurn = (vectors: readonly Float64Array[]) =>
  Math.max(...vectors.slice(1).map((v, i) => degrees(vectors[i], v)));

/** Spin of the first normal about the tangent along the path, ∫ |N₁' · N₂| dt, in degrees: 0 for no rotation but the least. */
function spin(rows: Float64Array, K: number): number {
  const [first, second] = [normals(rows, K, 1), normals(rows, K, 2)];
  let sum = 0;
  for (let n = 1; n < NODES; n++) {
    const step = first[n].map((x, d) => x - first[n - 1][d]);
    const middle = second[n].map((x, d) => (x + second[n - 1][d]) / 2);
    sum += Math.abs(step.reduce((total, x, d) => total + x * middle[d], 0));
  }
  return (180 / Math.PI) * sum;
}

/** Figure 3 of "Paths and Ambient Spaces in Neural Loss Landscapes": frames along a path. */
export const framesAlongPaths: Study = {
  id: "paths/figure-3",
  title: "Frames along a path",
  question: "Which frames turn no more than the path itself?",
  source: "Dold et al. 2025, figure 3, and the frame counts of the authors' code",
  minutes: { quick: 0.1, paper: 0.1 },
  async run(context) {
    const [plane, space] = [curveOf(PLANE), curveOf(SPACE)];
    const range = [0, 1] as const;
    const minimal = frameRows(rotationMinimisingFrame(plane, { range }), ts).rows;
    const frenet = frenetRows(plane, ts);
    const [turn, flip] = [minimal, frenet].map((rows) => largestTurn(normals(rows, 2, 1)));
    const spins = [
      frameRows(rotationMinimisingFrame(space, { range }), ts).rows,
      frameRows(publishedFrame(space, { range }), ts).rows,
      frenetRows(space, ts),
    ].map((rows) => spin(rows, 3));
    const counts = (curve: PlacedPath) =>
      [25, 5].map((epsilon) => publishedFrame(curve, { range, epsilon }).cuts.length);
    const stored = { plane: counts(plane), space: counts(space) };
    const claims: Claim[] = [
      {
        name: "the Frenet–Serret normal flips at the inflection of the published curve (largest turn between 1,001 positions)",
        published: "flips",
        ours: `${flip.toFixed(0)}°`,
        holds: flip > 170,
      },
      {
        name: "the rotation-minimising normal does not: it turns with the tangent",
        published: "smooth",
        ours: `${turn.toFixed(2)}°`,
        holds: turn < 2,
      },
      {
        name: "in space it spins least about the path: rotation-minimising, as the authors' code, Frenet–Serret",
        published: "rotation-minimising",
        ours: spins.map((x) => `${x.toFixed(2)}°`).join(", "),
        holds: spins[0] < 0.1 && spins[0] <= spins[1] && spins[1] < spins[2],
      },
      {
        name: "frames that the authors' code stores (threshold 20° and 40°), in the plane and in space",
        published: `${STORED.plane.join(" and ")}; ${STORED.space.join(" and ")}`,
        ours: `${stored.plane.join(" and ")}; ${stored.space.join(" and ")}`,
        holds: stored.plane.join() === STORED.plane.join() && stored.space.join() === STORED.space.join(),
      },
    ];
    const at = Array.from(ts, (t) => plane.path.at(t));
    const places = at.map((c) => [0, 1].map((d) => c.reduce((sum, x, k) => sum + x * PLANE[k][d], 0)));
    const along = (rows: Float64Array) =>
      normals(rows, 2, 1).map((normal, n) => places[n].map((x, d) => x + OFFSET * normal[d]));
    const xs = (points: readonly number[][]) => points.map(([x]) => x);
    const ys = (points: readonly number[][]) => points.map(([, y]) => y);
    // A gap where the normal jumps.
    const broken = along(frenet).map((point, n, all) =>
      n > 0 && Math.hypot(point[0] - all[n - 1][0], point[1] - all[n - 1][1]) > OFFSET
        ? [Number.NaN, Number.NaN]
        : point,
    );
    const smooth = along(minimal);
    return {
      answer: `The Frenet–Serret normal jumps by ${flip.toFixed(0)}° where the curve changes its side; the rotation-minimising one never turns by more than ${turn.toFixed(2)}° between neighbours.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "frames",
          `The published curve, and what lies ${OFFSET} away along the normal of either frame: a tunnel by Frenet–Serret changes sides.`,
          (document) =>
            profileFigure(
              {
                xLabel: "x",
                yLabel: "y",
                series: [
                  { name: "path", x: xs(places), y: ys(places), emphasis: true },
                  { name: "rotation-minimising", x: xs(smooth), y: ys(smooth) },
                  { name: "Frenet–Serret", x: xs(broken), y: ys(broken), dashed: true },
                ],
              },
              document,
            ),
        ),
      ],
      tables: [],
      notes: [],
    };
  },
};
