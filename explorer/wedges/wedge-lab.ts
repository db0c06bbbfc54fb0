import { allocateVector, axpy, combine, Rng, releaseVector } from "../../src/engine/index.ts";
import { descendFromRandom } from "../../src/fit/index.ts";
import { probeDirections, wedgeWell } from "../../src/geometry/index.ts";
import { WedgeLandscape, type WedgeSpec } from "../../src/landscape/index.ts";

/** What a random hyperplane of a landscape of wedges has let a descent reach. */
export interface PlaneOutcome {
  /** Dimension of the hyperplane, and d / s. */
  d: number;
  share: number;
  /** Loss reached over loss at the start. */
  reached: number;
}

/** The loss along random directions from a point beside a wedge. */
export interface Wells {
  distance: number[];
  /** Along each of the directions, and their mean. */
  losses: number[][];
  mean: number[];
  /** √(L0² + a² s/D) */
  formula: number[];
}

/** Dimensions of the hyperplanes, in multiples of s. */
export const SHARES = [0.25, 0.5, 0.7, 0.85, 0.95, 1, 1.05, 1.15, 1.3, 1.6, 2];
export const REDRAWS = 4;
const STEPS = 2000;
/** Far from a wedge the way on a hyperplane of hardly enough dimensions is long; between all tuples it is short. */
const RATES = { axes: 0.6, rotated: 0.6, "all-tuples": 0.2 };

/**
 * Descent on a random hyperplane θ = P0 + Σ zⱼ mⱼ ("Large Scale Structure", section 3.3): Adam on z with a cosine schedule. It
 * reaches a wedge where d ≥ s.
 */
export async function descendOnPlane(
  spec: WedgeSpec,
  d: number,
  draw: number,
  signal?: AbortSignal,
): Promise<number> {
  using landscape = new WedgeLandscape({ ...spec, objective: "half-square" });
  const descent = {
    kind: "adam",
    momentum: 0,
    rate: RATES[spec.kind],
    schedule: "cosine",
    steps: STEPS,
    target: 0,
  } as const;
  const rng = Rng.fromSeed(spec.seed).split("plane").foldIn(d).foldIn(draw);
  const plane = { projection: "dense", dimension: d } as const;
  const { start, loss } = await descendFromRandom(landscape, plane, descent, rng, { signal });
  return Math.sqrt(loss / start);
}

/** Loss along random directions from a point that lies a little beside a wedge. */
export async function wellsOf(spec: WedgeSpec, count = 24): Promise<Wells> {
  using landscape = new WedgeLandscape({ ...spec, objective: "distance" });
  const D = spec.dimension;
  const rng = Rng.fromSeed(spec.seed).split("wells");
  const theta = allocateVector(D);
  const gradient = allocateVector(D);
  theta.set(rng.split("start").normal(D));
  const far = await landscape.gradient(theta, gradient);
  // Nine tenths of the way down to the wedge.
  axpy(theta, -0.9 * far, gradient);
  const directions = probeDirections("random", count, theta, rng.split("directions"));
  try {
    const largest = 0.8 * Math.sqrt(D);
    const distance = Array.from({ length: 41 }, (_, i) => (largest * i) / 40);
    const losses: number[][] = [];
    for (const direction of directions) {
      const { loss } = await landscape.evaluateSeveral(distance.length, (p, point) =>
        combine(point, [theta, direction], [1, distance[p]]),
      );
      losses.push([...loss]);
    }
    const L0 = losses[0][0];
    return {
      distance,
      losses,
      mean: distance.map((_, i) => losses.reduce((sum, row) => sum + row[i], 0) / count),
      formula: distance.map((a) => wedgeWell(L0, a, spec.short / D)),
    };
  } finally {
    releaseVector(theta, gradient, ...directions);
  }
}
