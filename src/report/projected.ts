import { type LegendEntry, layOut } from "./layout.ts";
import { percentage } from "./numbers.ts";
import { lineColour } from "./theme.ts";

/** Points of weight space in the coordinates of their principal components. */
export interface ProjectedSeries {
  name: string;
  /** n × q scores, row-major. */
  scores: ArrayLike<number>;
  /** Joined in their order, as the points of a path are; default true. Else drawn as dots. */
  joined?: boolean;
}

/** A projection to the first principal components, for `projectionFigure` and `projectionFigure3d`. */
export interface Projection {
  title?: string;
  series: ProjectedSeries[];
  /** Labelled points, such as the ends of a path, each with its q scores. */
  marks?: { label: string; scores: ArrayLike<number> }[];
  /** q shares of the variance, in (0, 1], which label the axes. Components that were left out are drawn as 0. */
  ratios: ArrayLike<number>;
  /**
   * Stretches every axis to fill the drawing, as the published figures do, and says so at the axes. It makes a path
   * look bent that leaves its chord by a thousandth of its length. Default false: one scale for all axes.
   */
  stretch?: boolean;
}

/** What is drawn, in the first few coordinates. */
export interface Projected {
  series: { name: string; joined: boolean; colour: string; rows: number[][] }[];
  marks: { label: string; row: number[] }[];
  /** The range of each axis. */
  box: [low: number, high: number][];
}

/** The shortest axis, as a share of the longest, so that a straight path is not drawn in a frame without height. */
const THINNEST = 0.15;
/** Air around the points, as a share of the axis. */
const AIR = 0.09;

/** Checks a projection, and finds what is drawn of it and the ranges of the axes. */
export function project(projection: Projection, dimensions: 2 | 3): Projected {
  const q = projection.ratios.length;
  const rowsOf = (name: string, scores: ArrayLike<number>) => {
    if (q === 0 || scores.length % q !== 0) {
      throw new Error(
        `"${name}" has ${scores.length} scores and ${q} ratios; give as many scores for each point.`,
      );
    }
    return Array.from({ length: scores.length / q }, (_, i) =>
      Array.from({ length: dimensions }, (_, k) => (k < q ? scores[i * q + k] : 0)),
    );
  };
  const series = projection.series.map(({ name, scores, joined = true }, i) => ({
    name,
    joined,
    colour: lineColour(i),
    rows: rowsOf(name, scores),
  }));
  const marks = (projection.marks ?? []).map(({ label, scores }) => ({
    label,
    row: rowsOf(label, scores)[0],
  }));
  const rows = [...series.flatMap((one) => one.rows), ...marks.map((mark) => mark.row)];
  if (!rows.some((row) => row.every(Number.isFinite))) {
    throw new Error("A projection needs at least one point whose scores are finite.");
  }
  const extents = Array.from({ length: dimensions }, (_, k) => {
    const values = rows.map((row) => row[k]).filter(Number.isFinite);
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    return { middle: (low + high) / 2, length: high - low };
  });
  const longest = Math.max(...extents.map(({ length }) => length)) || 1;
  const box = extents.map(({ middle, length }): [number, number] => {
    const shown = projection.stretch && length > 0 ? length : Math.max(length, THINNEST * longest);
    const half = (0.5 + AIR) * shown;
    return [middle - half, middle + half];
  });
  return { series, marks, box };
}

/** The name of an axis, with its share of the variance and, where it is stretched, a word about it. */
export function axisWords({ ratios, stretch }: Projection, k: number): { name: string; note: string } {
  const share = k < ratios.length ? percentage(ratios[k]) : "0";
  return { name: `PC${k + 1}`, note: `${share} % of variance${stretch ? ", stretched" : ""}` };
}

/** Puts title and legend to a drawn projection. */
export function frameProjection(
  projection: Projection,
  drawing: SVGSVGElement,
  document: Document,
): SVGSVGElement {
  const legend = projection.series.map(
    ({ name, joined = true }, i): LegendEntry =>
      joined ? { name, colour: lineColour(i), width: 2.2 } : { name, colour: lineColour(i), dot: 3 },
  );
  const names = projection.series.map(({ name }) => name).join(", ");
  const what = "projected to the first principal components of weight space";
  return layOut(
    {
      title: projection.title,
      legend,
      panels: [drawing],
      description: `${projection.title ?? names}: ${names}, ${what}.`,
    },
    document,
  );
}
