import { bilinear, type SurfacePanel, surfaceFigure } from "./surface.ts";

/** A loss on a sector around the origin of a plane. */
export interface SectorPanel {
  title: string;
  /** Nodes, ascending and evenly spaced: distances from the origin, and angles to the first axis in radians. */
  radii: ArrayLike<number>;
  angles: ArrayLike<number>;
  /** Radii fastest. */
  values: ArrayLike<number>;
  /** Marked points, with a line from the origin. */
  points: readonly { label: string; at: readonly number[] }[];
}

/** Steps of a drawn arc. */
const ARC = 64;

/**
 * The loss in the plane of the origin and two optima, as a sector with its axis between them ("Large Scale Structure",
 * figure 2).
 *
 * @returns a standalone SVG
 */
export function sectorFigure(
  figure: { panels: readonly SectorPanel[]; valueLabel: string; vmax?: number },
  document: Document,
): SVGSVGElement {
  const { valueLabel, vmax } = figure;
  const names = figure.panels.flatMap(({ points }) => points.map(({ label }) => label));
  const description = `${valueLabel} in a sector of the plane through the origin of weight space and ${[...new Set(names)].join(", ")}.`;
  return surfaceFigure({ valueLabel, vmax, panels: figure.panels.map(panelOf), description }, document);
}

function panelOf({ title, radii, angles, values, points }: SectorPanel): SurfacePanel {
  const field = bilinear(radii, angles, values);
  const [r0, r1] = [radii[0], radii[radii.length - 1]];
  const [a0, a1] = [angles[0], angles[angles.length - 1]];
  const arc = (radius: number, from: number, to: number) =>
    Array.from({ length: ARC + 1 }, (_, i): [number, number] => {
      const angle = from + ((to - from) * i) / ARC;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
  const outline = [...arc(r1, a0, a1), ...arc(r0, a1, a0), ...arc(r1, a0, a0).slice(0, 1)];
  return {
    title,
    axes: { x: "weight direction 1", y: "weight direction 2" },
    patches: [{ values, outline, at: (x, y) => field(Math.hypot(x, y), Math.atan2(y, x)) }],
    lines: points.map(({ at }) => ({
      name: "from the origin to an optimum",
      points: [at.map((x) => (r0 / Math.hypot(...at)) * x), at] as [number, number][],
    })),
    points: points.map(({ label, at: [x, y] }) => ({ label, x, y })),
  };
}
