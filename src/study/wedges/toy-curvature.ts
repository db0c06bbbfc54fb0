import { Rng, releaseVector } from "../../engine/index.ts";
import { centrePoint, hyperplaneNodes, meetingOf } from "../../fit/index.ts";
import { hessianAt, lanczos, settledCount } from "../../geometry/index.ts";
import { type Landscape, WedgeLandscape, type WedgeSpec } from "../../landscape/index.ts";
import { optimaOn } from "./toy-optima.ts";

/** The published model, and the one in which connectors were simulated by the research behind this project. */
const MODELS: Omit<WedgeSpec, "seed">[] = [
  { kind: "all-tuples", dimension: 1000, short: 100 },
  { kind: "rotated", dimension: 400, short: 20, wedges: 14 },
];
const JOINED = [1, 2, 3, 4, 5, 8, 11];

/** Below every curvature where wedges meet, and far above the rounding of products. */
const THRESHOLD = 0.01;

/** Short directions, exactly; NaN if they cannot be counted. */
async function shortDirections(landscape: Landscape, theta: Float32Array, rng: Rng): Promise<number> {
  using hessian = await hessianAt(landscape, theta);
  const found = await lanczos(hessian, rng, {
    steps: landscape.size,
    restarts: true,
    enough: (soFar) => settledCount(soFar, THRESHOLD) !== undefined,
  });
  return settledCount(found, THRESHOLD) ?? Number.NaN;
}

/** Short directions of wedges: s at optima, and in the middle of m + 1 of them. */
export interface ToyCounts {
  optima: { kind: string; short: number; count: number }[];
  /** `nearest`: after a descent of the distance to the nearest wedge, as the paper's loss has it. */
  centres: { joined: number; short: number; count: number; nearest: number }[];
}

/** Counts of short directions at optima of wedges, and at the centres of m-connectors ("Large Scale Structure", section 4.3). */
export async function toyCounts(seed: number, signal?: AbortSignal): Promise<ToyCounts> {
  const rng = Rng.fromSeed(seed).split("toy curvature");
  const counts: ToyCounts = { optima: [], centres: [] };
  for (const model of MODELS) {
    using wedges = new WedgeLandscape({ ...model, seed });
    const [optimum] = await optimaOn(wedges, 1, rng.split("optimum"));
    const count = await shortDirections(wedges, optimum, rng.split("count"));
    counts.optima.push({ kind: model.kind, short: model.short, count });
    releaseVector(optimum);
  }
  using wedges = new WedgeLandscape({ ...MODELS[1], seed });
  const descent = {
    kind: "sgd",
    momentum: 0,
    rate: 0.7,
    schedule: "constant",
    steps: 4000,
    target: 1e-12,
  } as const;
  for (const joined of JOINED) {
    signal?.throwIfAborted();
    const optima = await optimaOn(wedges, joined, rng.split("joined").foldIn(joined));
    using meeting = meetingOf(wedges, optima);
    const centreOf = async (landscape: Landscape) =>
      joined === 1
        ? optima[0]
        : (await hyperplaneNodes(landscape, optima, [centrePoint(joined)], descent, { signal })).nodes[0];
    const [common, single] = [await centreOf(meeting), await centreOf(wedges)];
    counts.centres.push({
      joined,
      short: joined * MODELS[1].short,
      count: await shortDirections(meeting, common, rng.split("centre")),
      nearest: await shortDirections(wedges, single, rng.split("centre")),
    });
    releaseVector(...new Set([...optima, common, single]));
  }
  return counts;
}
