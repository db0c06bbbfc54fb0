import type { NdArray } from "../format/index.ts";
import { adaptiveGrid, type DrawnPosition, fillGrid, type Gram } from "../geometry/index.ts";
import { evaluatePoints, type PointMetrics } from "../landscape/index.ts";
import {
  affine,
  type CoefficientMap,
  type MapSpec,
  materialise,
  type PathMap,
  type Span,
} from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { PlaneFields } from "./plane-fields.ts";
import { type PlaneScene, sceneOfPath, sceneThrough } from "./plane-scene.ts";
import type { JobOptions } from "./train-node.ts";

/** Places in a plane: x NaN (null in JSON) where the pen is lifted. */
interface Track {
  name: string;
  x: number[];
  y: number[];
  /** Distance of each place from the plane. */
  distances: number[];
  /** The largest of them. */
  offPlane: number;
}

/** A plane; the values at its nodes are in results/plane.npz, row-major [y, x]. */
export interface PlaneResult {
  xs: number[];
  ys: number[];
  /** From (x, y) to coefficients over the anchors of the operands, in their order, and then any random directions. */
  map: MapSpec;
  points: {
    label: string;
    x: number;
    y: number;
    shape: "circle" | "diamond";
    offPlane: number;
    /** At the point itself, for every split that was evaluated. */
    splits: Record<string, PointMetrics>;
  }[];
  paths: (Track & { dashed: boolean })[];
  samples: Track[];
  /** Values above are drawn alike; null for no limit. */
  vmax: { loss: number | null; error: number | null };
  /**
   * Share of the evaluations of all nodes on all examples that were done, and share of the nodes for each split; the other
   * nodes were interpolated, with an aimed-at largest error of `tolerance` of the colour range.
   */
  evaluated: { fraction: number; splits: Record<string, number>; rounds: number; tolerance: number };
}

/** How a plane is evaluated. */
export interface PlaneEvaluation {
  data: RunData;
  /** Splits to evaluate; both by default. The loss that is drawn is that of the first. */
  splits?: readonly ("train" | "test")[];
  /**
   * Evaluates only the nodes that the picture needs (of the loss on the first split and the error on the last), and
   * interpolates the others; default false.
   */
  adaptive?: boolean;
  /** Whether standard errors over the examples are wanted, too; default false. */
  standardErrors?: boolean;
  /** Of the file with the values, results/NAME.npz; default "plane". */
  name?: string;
}

export interface PlaneSetup extends PlaneEvaluation {
  span: Span;
  /** Of the span's anchors minus the first. */
  gram: Gram;
  /** The path whose ends and middle the plane goes through; or nothing, for three anchors. */
  path?: PathMap;
  /** Names of the three points. */
  labels?: readonly string[];
  /** Nodes along each axis. */
  points: number;
  /** On all sides, as a fraction of the distance of the ends. */
  margin: number;
}

/** Distances below this fraction of the plane's width are rounding. */
const ROUNDING = 1e-7;
/** Aimed-at largest error of an interpolated value, as a share of the colour range. */
const TOLERANCE = 0.02;

/**
 * Evaluates loss and error in the plane through the ends and the middle of a path, or through three anchors (w0, w1, w2:
 * the first axis goes from w0 to w2), on the training and the test split. Writes results/plane.npz.
 */
export async function planeOf(
  folder: RunFolder,
  setup: PlaneSetup,
  options: JobOptions,
): Promise<PlaneResult> {
  const { span, gram, path, labels = ["optimum 1", "middle of the curve", "optimum 2"] } = setup;
  const unit = (i: number) => Float64Array.from({ length: gram.size }, (_, j) => (i === j ? 1 : 0));
  const scene = path
    ? sceneOfPath(span, path, labels, setup, gram)
    : sceneThrough({ span, gram }, [unit(0), unit(1), unit(2)], labels, setup);
  return evaluatePlane(folder, scene, setup, options);
}

/** Evaluates loss and error in a plane, on the training and the test split. Writes results/plane.npz. */
export async function evaluatePlane(
  folder: RunFolder,
  scene: PlaneScene,
  setup: PlaneEvaluation,
  options: JobOptions,
): Promise<PlaneResult> {
  const { grid, plane } = scene;
  const { data, adaptive = false, standardErrors } = setup;
  const splits = setup.splits ?? ["train", "test"];
  const exact = await atPoints(scene, data, splits, options);
  const vmax = limits(exact, splits, data.dataset.classes > 0);

  const [width, height] = [grid.xs.length, grid.ys.length];
  const shape = [height, width];
  using flat = flatSpan(scene);
  const landscapes = Object.fromEntries(splits.map((split) => [split, data[split]]));
  const { signal, onProgress } = options;
  const fields = new PlaneFields(
    landscapes,
    { span: flat.span, map: flat.map, nodes: grid.nodes },
    { signal, onProgress, standardErrors },
  );
  if (adaptive) {
    // The errors that are drawn may need more nodes than the losses, of their own split only.
    const [lossSplit, errorSplit] = [splits[0], splits[splits.length - 1]];
    const size = { width, height };
    await adaptiveGrid((nodes) => fields.at(nodes, splits, `${lossSplit}_loss`), {
      ...size,
      vmax: vmax.loss ?? undefined,
      tolerance: TOLERANCE / 2,
      drawn: halfwayToLevels,
    });
    await adaptiveGrid((nodes) => fields.at(nodes, [errorSplit], `${errorSplit}_error`), {
      ...size,
      vmax: vmax.error ?? undefined,
      tolerance: TOLERANCE,
    });
  } else {
    const all = Int32Array.from({ length: width * height }, (_, node) => node);
    await fields.at(all, splits, `${splits[0]}_loss`);
  }
  const arrays: Record<string, NdArray> = {
    xs: { shape: [width], data: grid.xs },
    ys: { shape: [height], data: grid.ys },
  };
  for (const split of splits) {
    const evaluated = fields.evaluated(split);
    if (adaptive) arrays[`${split}_evaluated`] = { shape, data: evaluated };
    for (const [key, values] of fields.of(split)) {
      const limit =
        (key === `${split}_loss` ? vmax.loss : key === `${split}_error` ? vmax.error : null) ?? undefined;
      const data = adaptive ? fillGrid({ width, height, values, evaluated, vmax: limit }) : values;
      arrays[key] = { shape, data };
    }
  }
  folder.writeArrays(setup.name ?? "plane", arrays);

  const extent = grid.xs[width - 1] - grid.xs[0];
  const place = (c: Float64Array | undefined) => {
    if (!c) return { x: Number.NaN, y: Number.NaN, offPlane: 0 };
    const { x, y, offPlane } = plane.coordinates(c);
    return { x, y, offPlane: offPlane < ROUNDING * extent ? 0 : offPlane };
  };
  const track = (name: string, c: readonly (Float64Array | undefined)[]): Track => {
    const along = c.map(place);
    const distances = along.map((p) => p.offPlane);
    return {
      name,
      offPlane: Math.max(...distances),
      distances,
      x: along.map((p) => p.x),
      y: along.map((p) => p.y),
    };
  };
  return {
    xs: [...grid.xs],
    ys: [...grid.ys],
    map: plane.map.spec,
    points: scene.points.map(({ label, shape, c }, i) => ({ label, shape, ...place(c), splits: exact[i] })),
    paths: scene.paths.map(({ name, c, dashed }) => ({ ...track(name, c), dashed })),
    samples: scene.samples.map(({ name, c }) => track(name, c)),
    vmax,
    evaluated: { ...fields.share(), tolerance: adaptive ? TOLERANCE : 0 },
  };
}

/** Loss and error at the marked points themselves, which need not lie in the plane. */
async function atPoints(
  { span, points }: PlaneScene,
  data: RunData,
  splits: readonly ("train" | "test")[],
  { signal }: JobOptions,
): Promise<Record<string, PointMetrics>[]> {
  const c = Float64Array.from(points.flatMap((point) => [...point.c]));
  const exact = points.map((): Record<string, PointMetrics> => ({}));
  for (const split of splits) {
    const { loss, error } = await evaluatePoints(data[split], span, c, { signal });
    exact.forEach((metrics, i) => {
      metrics[split] = { loss: loss[i], error: error[i] };
    });
  }
  return exact;
}

/**
 * Above six times the loss of the worst marked point, and four times its error (60 % at most), there is nothing to tell
 * apart. Where an error rate is above 30 % at a marked point itself, all of them are told apart.
 */
function limits(
  exact: readonly Record<string, PointMetrics>[],
  splits: readonly string[],
  classification: boolean,
): PlaneResult["vmax"] {
  const [lossSplit, errorSplit] = [splits[0], splits[splits.length - 1]];
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const worst = Math.max(...exact.map((splits) => splits[errorSplit].error));
  return {
    loss: finite(6 * Math.max(...exact.map((splits) => splits[lossSplit].loss))),
    error: finite(!classification ? 4 * worst : worst > 0.3 ? Number.NaN : Math.min(0.6, 4 * worst)),
  };
}

/**
 * The plane as a map over three vectors at most, so that the data are projected through no more: those of the span, or
 * three points of the plane.
 */
function flatSpan({ span, plane, grid }: PlaneScene): { span: Span; map: CoefficientMap } & Disposable {
  if (!span.parts && span.anchors.length <= 3) {
    return { span, map: plane.map, [Symbol.dispose]: () => {} };
  }
  const [x, y] = [grid.xs, grid.ys].map((nodes) => nodes[nodes.length - 1]);
  const corners = materialise(span, plane.map, [0, 0, x, 0, 0, y]);
  const map = affine(
    [1, 0, 0],
    [
      [-1 / x, 1 / x, 0],
      [-1 / y, 0, 1 / y],
    ],
  );
  return { span: corners, map, [Symbol.dispose]: () => corners[Symbol.dispose]() };
}

/** Logarithm of the smallest step of the levels of a loss in a figure. */
const LOG_ALPHA = -5;

/**
 * Halfway between where a loss stands from the smallest to the largest, and where it stands among the levels of a
 * figure (`planeLevels` of the report), which are even in the logarithm: what differs little here differs by at most
 * twice as much in either.
 */
const halfwayToLevels: DrawnPosition = (value, min, max) => {
  if (!(max > min)) return 0;
  const linear = (value - min) / (max - min);
  const whole = Math.log(max - min) - LOG_ALPHA;
  if (!(whole > 0)) return linear;
  const among = Math.max(0, Math.log(value - min) - LOG_ALPHA) / whole;
  return (linear + among) / 2;
};
