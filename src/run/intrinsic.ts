import type { DimensionScores } from "../fit/index.ts";
import type { ProjectionKind } from "../subspace/index.ts";

/** In which subspaces an objective is trained. */
export interface SubspaceSweepSpec {
  projection: ProjectionKind;
  /** Dimensions d that are measured anyway, ascending. */
  dimensions: readonly number[];
  /** Further ones, by bisection of where the target is reached. */
  bisections: number;
  /** Runs at each dimension, each in a subspace of its own. */
  repeats: number;
}

/** What training in random subspaces found. */
export interface SubspaceSweep {
  /** By dimension, ascending; larger scores are better. */
  rows: DimensionScores[];
  /** That the median of the scores shall reach. */
  target: number;
  /** From which dimension on it does; nothing where none measured does. */
  intrinsic?: number;
  /** Standard deviation of that over bootstrap samples. */
  deviation?: number;
}

/** The result of `isthmus dimension` on an objective. */
export interface IntrinsicResult extends SubspaceSweep {
  what: string;
  /** D */
  parameters: number;
  projection: ProjectionKind;
  repeats: number;
  /** Of a network: accuracies of ordinary trainings, the split they are of, and the share of the best that is the target. */
  network?: { baseline: number[]; split: "validation" | "test"; threshold: number; epochs: number };
  /** Of wedges: scores are −log₁₀ of the final loss over that of the start. */
  wedges?: { short: number; steps: number };
}
