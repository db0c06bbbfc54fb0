import { bilinear, type Patch, type SurfacePanel, surfaceFigure } from "./surface.ts";

/** A loss on octants of spheres around the origin, drawn inside each other. */
export interface OctantPanel {
  title: string;
  /** Nodes: φ from the first axis to the second, θ from the third; ascending and evenly spaced over [0, π/2]. */
  azimuths: ArrayLike<number>;
  polars: ArrayLike<number>;
  /** By sphere; values with φ fastest. */
  spheres: readonly { radius: number; values: ArrayLike<number> }[];
  /** Radius of the sphere on which points and lines are drawn; default the largest. */
  radius?: number;
  /** Unit vectors, or any that point there. */
  points: readonly { label: string; at: readonly number[] }[];
  /** Lines between points, drawn as the arcs of great circles above them. */
  arcs: readonly { name: string; from: readonly number[]; to: readonly number[]; dashed?: boolean }[];
}

/** The picture is seen along (1, 1, 1): the third axis is vertical, the first at the left, the second at the right. */
const [R2, R3, R6] = [Math.SQRT1_2, Math.sqrt(1 / 3), Math.sqrt(1 / 6)];
/** Where a point of space is in the picture. */
export const octantPlace = ([x, y, z]: readonly number[]): [number, number] => [
  (y - x) * R2,
  (2 * z - x - y) * R6,
];
/** Steps of a drawn arc. */
const ARC = 48;

/** Optima at an angle of a little more than 90° are drawn at the nearest places of the octant. */
const inside = (v: readonly number[]) => v.map((x) => Math.max(0, x));

const unit = (v: readonly number[]) => {
  const length = Math.hypot(...v);
  return v.map((x) => x / length);
};

/** The arc of a great circle between two directions, as unit vectors. */
function arcOf(from: readonly number[], to: readonly number[]): number[][] {
  const [p, q] = [unit(inside(from)), unit(inside(to))];
  return Array.from({ length: ARC + 1 }, (_, i) => unit(p.map((x, k) => x + (i / ARC) * (q[k] - x))));
}

const scaled = (vectors: readonly number[][], radius: number) =>
  vectors.map((v) => octantPlace(v.map((x) => radius * x)));

/**
 * The loss on spherical octants through optima ("Large Scale Structure", figures 1 and 2); smaller spheres
 * are drawn over larger ones.
 *
 * @returns a standalone SVG
 */
export function octantFigure(
  figure: { panels: readonly OctantPanel[]; valueLabel: string; vmax?: number },
  document: Document,
): SVGSVGElement {
  const { valueLabel, vmax } = figure;
  const names = figure.panels.flatMap(({ points }) => points.map(({ label }) => label));
  const description = `${valueLabel} on octants of spheres around the origin of weight space, with ${[...new Set(names)].join(", ")}.`;
  return surfaceFigure({ valueLabel, vmax, panels: figure.panels.map(panelOf), description }, document);
}

const RIM = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** An octant of a sphere as it lies in the picture. */
export function octantPatch(octant: {
  azimuths: ArrayLike<number>;
  polars: ArrayLike<number>;
  values: ArrayLike<number>;
  radius: number;
}): Patch {
  const { azimuths, polars, values, radius } = octant;
  const field = bilinear(azimuths, polars, values);
  return {
    values,
    outline: RIM.flatMap((corner, k) => scaled(arcOf(corner, RIM[(k + 1) % 3]), radius)),
    at(px, py) {
      const depth = Math.sqrt(Math.max(0, radius * radius - px * px - py * py));
      // Back to space: px and py along the axes of the picture, depth along (1, 1, 1).
      const [x, y, z] = inside([
        depth * R3 - px * R2 - py * R6,
        depth * R3 + px * R2 - py * R6,
        depth * R3 + 2 * py * R6,
      ]);
      return field(Math.atan2(y, x), Math.atan2(Math.hypot(x, y), z));
    },
  };
}

function panelOf({ title, azimuths, polars, spheres, points, arcs, radius }: OctantPanel): SurfacePanel {
  const byRadius = [...spheres].sort((a, b) => b.radius - a.radius);
  const outer = radius ?? byRadius[0].radius;
  const patches = byRadius.map(({ radius, values }) => octantPatch({ azimuths, polars, values, radius }));
  return {
    title,
    patches,
    lines: arcs.map(({ name, from, to, dashed }) => ({
      name,
      dashed,
      points: scaled(arcOf(from, to), outer),
    })),
    points: points.map(({ label, at }) => {
      const [[x, y]] = scaled([unit(inside(at))], outer);
      // Labels stand inside of the largest sphere, and outside of a smaller one, where there is room.
      const [left, right] =
        outer < byRadius[0].radius ? (["end", "start"] as const) : (["start", "end"] as const);
      const anchor = x < -0.5 * outer ? left : x > 0.5 * outer ? right : "middle";
      return { label, x, y, anchor } as const;
    }),
  };
}
