import type { NdArray } from "../format/index.ts";
import { distance, type Gram, planeGrid, planeThrough } from "../geometry/index.ts";
import type { PointMetrics } from "../landscape/index.ts";
import { chord, coefficientMatrix, evenly, type PathMap, type Span } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import type { JobOptions } from "./train-node.ts";

/** A plane; the values at its nodes are in results/plane.npz, row-major [y, x]. */
export interface PlaneResult {
  xs: number[];
  ys: number[];
  points: {
    label: string;
    x: number;
    y: number;
    shape: "circle" | "diamond";
    offPlane: number;
    /** At the point itself, for every split that was evaluated. */
    splits: Record<string, PointMetrics>;
  }[];
  paths: { name: string; x: number[]; y: number[]; dashed: boolean; offPlane: number }[];
}

export interface PlaneSetup {
  span: Span;
  /** Of the span's anchors minus the first. */
  gram: Gram;
  /** The path whose ends and middle the plane goes through; or nothing, for three anchors. */
  path?: PathMap;
  /** Names of the three anchors. */
  labels?: readonly string[];
  data: RunData;
  /** Nodes along each axis. */
  points: number;
  /** Splits to evaluate; both by default. */
  splits?: readonly ("train" | "test")[];
  /** On all sides, as a fraction of the distance of the ends. */
  margin: number;
}

/** Positions at which paths are drawn. */
const DRAWN = 61;
/** Distances below this fraction of the plane's width are rounding. */
const ROUNDING = 1e-7;

/**
 * Evaluates loss and error in the plane through the ends and the middle of a path, or through three anchors (w0, w1, w2:
 * the first axis goes from w0 to w2), on the training and the test split. Writes results/plane.npz.
 */
export async function planeOf(
  folder: RunFolder,
  setup: PlaneSetup,
  options: JobOptions,
): Promise<PlaneResult> {
  const { span, gram, path, data, points, margin } = setup;
  const unit = (i: number) => Float64Array.from({ length: gram.size }, (_, j) => (i === j ? 1 : 0));
  const [c0, c1, c2] = path ? [path.at(0), path.at(0.5), path.at(1)] : [unit(0), unit(1), unit(2)];
  const plane = planeThrough(gram, c0, c1, c2);
  const { dx, dy } = plane;
  const grid = planeGrid({ dx, dy, points, margin: [margin, (margin * dx) / dy] });
  const nodes = coefficientMatrix(plane.map, grid.nodes);
  const marked = [c0, c2, c1];
  const coefficients = Float64Array.from([...nodes, ...marked.flatMap((c) => [...c])]);
  const splits = setup.splits ?? ["train", "test"];
  const total = splits.reduce((sum, split) => sum + data[split].examples.count, 0);
  const shape = [grid.ys.length, grid.xs.length];
  const values: Record<string, NdArray> = {
    xs: { shape: [shape[1]], data: grid.xs },
    ys: { shape: [shape[0]], data: grid.ys },
    coefficients: { shape: [...shape, gram.size], data: nodes },
  };
  const exact = marked.map((): Record<string, PointMetrics> => ({}));
  const count = grid.xs.length * grid.ys.length;
  let done = 0;
  for (const split of splits) {
    const share = data[split].examples.count / total;
    const before = done;
    const { loss, error } = await data[split].evaluateSpan(span.anchors, coefficients, {
      signal: options.signal,
      onProgress: (part) => options.onProgress?.(before + share * part),
    });
    values[`${split}_loss`] = { shape, data: loss.subarray(0, count) };
    values[`${split}_error`] = { shape, data: error.subarray(0, count) };
    exact.forEach((splits, i) => {
      splits[split] = { loss: loss[count + i], error: error[count + i] };
    });
    done += share;
  }
  folder.writeArrays("plane", values);
  const place = (label: string, c: Float64Array, mark: "circle" | "diamond") => {
    const { x, y, offPlane } = plane.coordinates(c);
    return {
      label,
      shape: mark,
      x,
      y,
      offPlane: offPlane < ROUNDING * distance(gram, c0, c2) ? 0 : offPlane,
    };
  };
  const track = (name: string, of: PathMap, dashed: boolean) => {
    const along = Array.from(evenly(of, DRAWN), (t) => place(name, of.at(t), "circle"));
    const offPlane = Math.max(...along.map((p) => p.offPlane));
    return { name, dashed, offPlane, x: along.map((p) => p.x), y: along.map((p) => p.y) };
  };
  const [start, middle, end] = setup.labels ?? ["optimum 1", "middle of the curve", "optimum 2"];
  return {
    xs: [...grid.xs],
    ys: [...grid.ys],
    points: [place(start, c0, "circle"), place(end, c2, "circle"), place(middle, c1, "diamond")].map(
      (point, i) => ({ ...point, splits: exact[i] }),
    ),
    paths: path ? [track("straight line", chord(path), true), track("curve", path, false)] : [],
  };
}
