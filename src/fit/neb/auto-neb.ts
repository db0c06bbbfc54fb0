import { allocateVector, combine, releaseVector } from "../../engine/index.ts";
import { type Landscape, type Slope, type WorkOptions, wholeSlope } from "../../landscape/index.ts";
import { legLosses } from "../connector/chain.ts";
import { lossAt } from "../connector/descent.ts";
import { Band } from "./band.ts";

/** One relaxation of the band, after which pivots are inserted. */
export interface Cycle {
  steps: number;
  rate: number;
}

export interface AutoNebSpec {
  /** Pivots between the ends at the start, evenly on the straight line. */
  pivots: number;
  cycles: readonly Cycle[];
  momentum: number;
  /** L2 term λ. */
  weightDecay: number;
  /** Points between neighbours at which the loss is taken after each cycle. */
  between: number;
  /**
   * A leg gets a pivot where the loss exceeds that interpolated between its ends by more than this share of the range of the
   * losses of all pivots.
   */
  residual: number;
  /** Pivots that are inserted after a cycle, at most. */
  mostInsertions: number;
}

const repeated = (count: number, steps: number, rate: number): Cycle[] =>
  Array.from({ length: count }, () => ({ steps, rate }));

/** As published (Draxler et al. 2018, section 3 and appendix): 14 cycles. */
export const AUTO_NEB: AutoNebSpec = {
  pivots: 3,
  cycles: [
    ...repeated(4, 1000, 0.1),
    ...repeated(2, 2000, 0.1),
    ...repeated(4, 1000, 0.01),
    ...repeated(4, 1000, 0.001),
  ],
  momentum: 0.9,
  weightDecay: 1e-4,
  between: 9,
  residual: 0.2,
  mostInsertions: 2,
};

/**
 * Few steps, for a small network and a quick look. The published rate of 0.1 is for networks with batch normalisation; a
 * plain one diverges with it.
 */
export const QUICK_AUTO_NEB: AutoNebSpec = {
  ...AUTO_NEB,
  cycles: [...repeated(4, 60, 0.02), ...repeated(3, 60, 0.01), ...repeated(1, 100, 0.003)],
};

/** One line of the history of a band. */
export interface CycleMetrics {
  /** From 1. */
  cycle: number;
  /** Pivots between the ends in the cycle, and those inserted after it. */
  pivots: number;
  inserted: number;
  /** Largest loss at the points between the pivots and at these. */
  saddleLoss: number;
  /** Mean loss of the pivots. */
  pivotLoss: number;
}

export interface AutoNebState {
  history: CycleMetrics[];
  /** Pivots between the ends, of length D, in the vector memory. */
  pivots: Float32Array[];
  /** What each leg is to have of the length of the band; numbers of float32. */
  shares: number[];
}

export interface AutoNebOptions extends WorkOptions {
  /** Gradients of the steps; default those of the whole loss. */
  slope?: Slope;
  /** A state to go on from; its vectors are copied. */
  resume?: {
    history: readonly CycleMetrics[];
    pivots: readonly Float32Array[];
    shares: readonly number[];
  };
  /** Called after each cycle. */
  onCycle?: (metrics: CycleMetrics, state: AutoNebState) => void;
}

/** Where a leg of a band gets a pivot. */
export interface BandInsertion {
  leg: number;
  /** Position in the leg, in (0, 1). */
  at: number;
}

/**
 * Where pivots are to be inserted: at the point of a leg where the loss exceeds the interpolated one by most, of the legs
 * where that is more than `residual` of the range of the pivots' losses; the worst legs first.
 *
 * @param nodes losses of the ends and pivots
 * @param inside losses at evenly spaced points inside each leg
 */
export function bandInsertions(
  nodes: readonly number[],
  inside: readonly (readonly number[])[],
  { residual, mostInsertions }: Pick<AutoNebSpec, "residual" | "mostInsertions">,
): BandInsertion[] {
  const range = Math.max(...nodes) - Math.min(...nodes);
  const worst = inside.map((losses, leg) => {
    const excess = losses.map((loss, k) => {
      const at = (k + 1) / (losses.length + 1);
      return { leg, at, residual: (loss - (1 - at) * nodes[leg] - at * nodes[leg + 1]) / range };
    });
    return excess.reduce((most, next) => (next.residual > most.residual ? next : most));
  });
  return worst
    .filter((candidate) => candidate.residual > residual)
    .sort((a, b) => b.residual - a.residual)
    .slice(0, mostInsertions)
    .map(({ leg, at }) => ({ leg, at }));
}

/**
 * AutoNEB (Draxler et al. 2018): a nudged elastic band between two optima, relaxed in cycles; after each, pivots are
 * inserted where the path is high between its pivots.
 *
 * @param ends two vectors of length D, in the vector memory; they stay as they are
 * @returns the pivots; they are the caller's
 * @throws DivergenceError where a loss is no number
 */
export async function autoNeb(
  landscape: Landscape,
  ends: readonly [Float32Array, Float32Array],
  spec: AutoNebSpec,
  options: AutoNebOptions = {},
): Promise<AutoNebState> {
  const { slope = wholeSlope(landscape), resume, onCycle, onProgress, signal } = options;
  const state: AutoNebState = {
    history: [...(resume?.history ?? [])],
    pivots: [],
    shares: [...(resume?.shares ?? new Array(spec.pivots + 1).fill(1))],
  };
  const vector = () => allocateVector(landscape.size);
  try {
    const count = resume?.pivots.length ?? spec.pivots;
    for (let i = 0; i < count; i++) {
      const pivot = vector();
      state.pivots.push(pivot);
      const alpha = (i + 1) / (count + 1);
      if (resume) pivot.set(resume.pivots[i]);
      else combine(pivot, ends, [1 - alpha, alpha]);
    }
    const losses: [number, number] = [
      await lossAt(landscape, ends[0], signal),
      await lossAt(landscape, ends[1], signal),
    ];
    const before = spec.cycles.map((_, c) =>
      spec.cycles.slice(0, c).reduce((sum, { steps }) => sum + steps, 0),
    );
    const steps = spec.cycles.reduce((sum, cycle) => sum + cycle.steps, 0);
    for (let c = state.history.length; c < spec.cycles.length; c++) {
      const points = [ends[0], ...state.pivots, ends[1]];
      using band = new Band(points, state.shares, { ...spec, ...spec.cycles[c] });
      for (let k = 0; k < spec.cycles[c].steps; k++) {
        signal?.throwIfAborted();
        // Batches are numbered through all cycles, so that none sees the same ones again.
        await band.step(slope, before[c] + k, k, losses);
        onProgress?.((before[c] + k + 1) / steps);
      }
      band.redistribute();
      const { loss } = await landscape.evaluateSpan(points, identity(points.length), { signal });
      const inside = await legLosses(landscape, points, spec.between + 1, { signal });
      const last = c === spec.cycles.length - 1;
      const insertions = last ? [] : bandInsertions([...loss], inside, spec);
      const metrics: CycleMetrics = {
        cycle: c + 1,
        pivots: state.pivots.length,
        inserted: insertions.length,
        saddleLoss: Math.max(...loss, ...inside.flat()),
        pivotLoss: loss.subarray(1, -1).reduce((a, b) => a + b, 0) / state.pivots.length,
      };
      // From the last leg on, so that the numbers of the others stay.
      for (const { leg, at } of insertions.sort((a, b) => b.leg - a.leg)) {
        const pivot = vector();
        combine(pivot, [points[leg], points[leg + 1]], [1 - at, at]);
        state.pivots.splice(leg, 0, pivot);
        const share = state.shares[leg];
        state.shares.splice(leg, 1, Math.fround(share * at), Math.fround(share * (1 - at)));
      }
      state.history.push(metrics);
      onCycle?.(metrics, state);
    }
  } catch (error) {
    releaseVector(...state.pivots);
    throw error;
  }
  return state;
}

const identity = (n: number) =>
  Float64Array.from({ length: n * n }, (_, i) => Number(Math.floor(i / n) === i % n));
