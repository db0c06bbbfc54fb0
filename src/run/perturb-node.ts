import { allocateVector, combine, Rng, releaseVector } from "../engine/index.ts";
import {
  type DirectionPart,
  keepPart,
  norm,
  orthonormalDifferences,
  randomDirection,
  scaleToArrays,
} from "../geometry/index.ts";
import type { NetworkLandscape } from "../landscape/index.ts";
import type { Network } from "../model/index.ts";
import { type CoefficientMap, isPath, middleOf, Span } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { type PlaneResult, planeOf } from "./plane-node.ts";
import { distancesToRise, type Rises } from "./rise.ts";
import type { JobOptions } from "./train-node.ts";

/** How a subspace is disturbed, and what is measured. */
export interface PerturbSpec {
  /** Standard deviations of the noise, from 0. */
  noise: readonly number[];
  /** Independent draws, each for all levels. */
  draws: number;
  /** Whether the noise is in units of the root mean square of each array of parameters. */
  relative: boolean;
  /** Which part of the noise is kept, scaled back to the length of the whole. */
  where: DirectionPart;
  /** Random directions along which to go until the error has risen; 0 for none. */
  directions: number;
  splits: readonly ("train" | "test")[];
  /** Nodes along each axis of a plane for every level (Chen and Saidi 2023, section 4); 0 for none. */
  planePoints: number;
}

/** Mean over the draws and its standard error (NaN, null in JSON, of a single draw), by point and then by level. */
export interface DrawStatistics {
  mean: number[][];
  standardError: number[][];
}

/** What noise on the vertices does to a subspace. */
export interface PerturbResult {
  kind: string;
  noise: number[];
  /** Length of the noise on one vertex at standard deviation 1, the mean over draws and vertices. */
  noiseNorm: number;
  /** Names and norms of the points that are evaluated: ends or vertices, and the middle. */
  points: { label: string; norm: number }[];
  splits: Record<string, { loss: DrawStatistics; error: DrawStatistics }>;
  /** By part of the directions, where they were asked for. */
  rises: Partial<Record<DirectionPart, Rises>>;
  /** The plane of each level, its values in results/plane-LEVEL.npz. */
  planes: PlaneResult[];
}

const PARTS: readonly DirectionPart[] = ["full", "inside", "orthogonal"];
/** Margin of the published planes. */
const MARGIN = 0.2;

/**
 * The job of `isthmus perturb`: adds Gaussian noise to the vertices of a subspace (or its control points, or an
 * optimum), one draw for each vertex, and evaluates the ends and the middle of what results (Chen and Saidi 2023,
 * section 4). Writes results/perturb.json.
 *
 * @param setup.span without groups of parameters of their own
 * @param setup.optimum an independent optimum, for the published planes of a path
 */
export async function perturbJob(
  folder: RunFolder,
  setup: {
    network: Network;
    span: Span;
    map: CoefficientMap;
    optimum?: Float32Array;
    data: RunData;
    spec: PerturbSpec;
    seed: number;
  },
  options: JobOptions,
): Promise<PerturbResult> {
  const { network, span, map, data, spec, seed } = setup;
  const { anchors } = span;
  const rng = Rng.fromSeed(seed).split("perturb");
  const points = pointsOf(map);
  const frame = orthonormalDifferences(anchors);
  const absolute = span.gram();
  const result: PerturbResult = {
    kind: map.kind,
    noise: [...spec.noise],
    noiseNorm: 0,
    points: points.map(({ label, c }) => ({ label, norm: norm(absolute, c) })),
    splits: {},
    rises: {},
    planes: [],
  };
  const found = new Map<string, { loss: Float64Array[]; error: Float64Array[] }>();
  // A point of the disturbed subspace is Σ cᵢ (Aᵢ + s nᵢ): a point of the span of anchors and noise.
  const rows = spec.noise.flatMap((s) => points.flatMap(({ c }) => [...c, ...c.map((x) => s * x)]));
  try {
    for (let draw = 0; draw < spec.draws; draw++) {
      options.onStage?.(`draw ${draw + 1} of ${spec.draws}`);
      const noise = anchors.map((anchor, i) => {
        const one = randomDirection(network.layout, rng.split("noise").foldIn(draw).foldIn(i));
        if (spec.relative) scaleToArrays(one, anchor, network.layout);
        keepPart(one, frame, spec.where);
        return one;
      });
      for (const one of noise) result.noiseNorm += lengthOf(one) / (noise.length * spec.draws);
      for (const split of spec.splits) {
        const coefficients = Float64Array.from(rows);
        const { loss, error } = await data[split].evaluateSpan([...anchors, ...noise], coefficients, options);
        const draws = found.get(split) ?? { loss: [], error: [] };
        draws.loss.push(loss);
        draws.error.push(error);
        found.set(split, draws);
      }
      if (draw === 0 && spec.planePoints > 0) {
        result.planes = await planesOf(folder, { ...setup, noise }, options);
      }
      releaseVector(...noise);
    }
    for (const [split, { loss, error }] of found) {
      result.splits[split] = {
        loss: statistics(loss, points.length),
        error: statistics(error, points.length),
      };
    }
    if (spec.directions > 0) {
      const landscape: NetworkLandscape = data[spec.splits[spec.splits.length - 1]];
      for (const part of PARTS.filter((part) => part === "full" || frame.length > 0)) {
        options.onStage?.(`distances until the error rises, ${part}`);
        const directions = Array.from({ length: spec.directions }, (_, i) =>
          unitDirection(network, rng.split("direction").foldIn(i), frame, part),
        );
        const starts = points.map(({ c }) => c);
        const scale = result.points[result.points.length - 1].norm;
        result.rises[part] = await distancesToRise(landscape, anchors, starts, directions, scale, options);
        releaseVector(...directions);
      }
    }
  } finally {
    releaseVector(...frame);
  }
  folder.writeJson("perturb", result);
  return result;
}

/** The points that are looked at: the ends and the middle of a path, all vertices and the middle of a simplex. */
function pointsOf(map: CoefficientMap): { label: string; c: Float64Array }[] {
  if (map.dimension === 0) return [{ label: "optimum", c: map.at([]) }];
  const middle = { label: "middle", c: map.at(middleOf(map)) };
  if (isPath(map)) return [{ label: "end 0", c: map.at(0) }, { label: "end 1", c: map.at(1) }, middle];
  const vertices = Array.from({ length: map.anchors }, (_, v) => ({
    label: `vertex ${v}`,
    c: Float64Array.from({ length: map.anchors }, (_, i) => (i === v ? 1 : 0)),
  }));
  return [...vertices, middle];
}

const lengthOf = (vector: Float32Array): number => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));

/** A random direction of length 1. */
function unitDirection(
  network: Network,
  rng: Rng,
  frame: readonly Float32Array[],
  part: DirectionPart,
): Float32Array {
  const direction = randomDirection(network.layout, rng);
  keepPart(direction, frame, part);
  const length = lengthOf(direction);
  for (let d = 0; d < direction.length; d++) direction[d] /= length;
  return direction;
}

/** @param draws for each draw the values of all points at the first level, then at the second, … */
export function statistics(draws: readonly Float64Array[], points: number): DrawStatistics {
  const n = draws.length;
  const levels = draws[0].length / points;
  const table = (of: (values: number[]) => number) =>
    Array.from({ length: points }, (_, p) =>
      Array.from({ length: levels }, (_, l) => of(draws.map((values) => values[l * points + p]))),
    );
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / n;
  const standardError = (values: number[]) => {
    const middle = mean(values);
    return Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (n - 1) / n);
  };
  return { mean: table(mean), standardError: table(standardError) };
}

/** For each level the plane of the disturbed ends and the optimum, or of three disturbed vertices. */
async function planesOf(
  folder: RunFolder,
  {
    span,
    map,
    optimum,
    noise,
    data,
    spec,
  }: {
    span: Span;
    map: CoefficientMap;
    optimum?: Float32Array;
    noise: readonly Float32Array[];
    data: RunData;
    spec: PerturbSpec;
  },
  options: JobOptions,
): Promise<PlaneResult[]> {
  const { anchors } = span;
  const corners = isPath(map) ? [0, anchors.length - 1] : [0, 1, 2];
  const planes: PlaneResult[] = [];
  for (const [level, s] of spec.noise.entries()) {
    options.onStage?.(`the plane at noise ${s}`);
    const moved = corners.map((i) => {
      const theta = allocateVector(span.size);
      combine(theta, [anchors[i], noise[i]], [1, s]);
      return theta;
    });
    const [first, second, third] = moved;
    const three = isPath(map) ? [first, optimum!, second] : [first, second, third];
    const labels = isPath(map)
      ? ["end 0", "independent optimum", "end 1"]
      : ["vertex 0", "vertex 1", "vertex 2"];
    const around = new Span(three);
    const setup = {
      span: around,
      gram: around.gram(0),
      labels,
      data,
      points: spec.planePoints,
      margin: MARGIN,
    };
    try {
      planes.push(await planeOf(folder, { ...setup, name: `plane-${level}` }, options));
    } finally {
      releaseVector(...moved);
    }
  }
  return planes;
}
