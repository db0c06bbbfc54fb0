import type { AmbientSpace, SpanMetric } from "../geometry/index.ts";
import type { Convergence, Prior } from "../inference/index.ts";
import type { Network } from "../model/index.ts";
import type { PathMap, Span } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import type { PosteriorScores } from "./posterior-scores.ts";
import type { SamplerSpec } from "./sampler-spec.ts";

/** What to sample, and how. */
export interface SampleSpec {
  /** Around the path, or `full`: weight space itself. */
  space: AmbientSpace["kind"] | "full";
  metric: SpanMetric;
  /** τ of a tunnel: weight-space distance (in the metric) of one unit of ξ. */
  tube: number;
  prior: Prior;
  /** Of a regression: sampled, or that of the trained path. */
  sampleNoise: boolean;
  /** Temperatures of the likelihood; the one with the best validation LPPD is told apart. */
  temperatures: readonly number[];
  sampler: SamplerSpec;
  chains: number;
  /** Draws kept of each chain, and steps to a draw. */
  draws: number;
  thin: number;
  /**
   * Whether starts are taken for unbounded positions, as the published code does by mistake: t for its logit, so that
   * chains begin between 0.5 and 0.78, and a noise scale for its logarithm.
   */
  publishedStarts?: boolean;
}

/** What sampling at one temperature found. */
export interface SampledTemperature {
  temperature: number;
  /** Of the coordinates φ of the affine span, in which all spaces are compared; the full space is projected onto it. */
  convergence: Convergence;
  /** Of what the networks predict of a few test examples. */
  functions: Convergence;
  /** Of the position t, where there is one. */
  position?: Convergence;
  /** After the warm-up. */
  divergences: number;
  /** Chains whose draws are all one, or are not finite. */
  stuck: number;
  /** Evaluations of the log-density and its gradient, of all chains, and seconds of sampling without the warm-up. */
  evaluations: number;
  seconds: number;
  splits: Record<string, PosteriorScores>;
}

/** What `isthmus sample` found. */
export interface SampleResult {
  space: SampleSpec["space"];
  /** Dimension of the space, and D. */
  dimension: number;
  parameters: number;
  chains: number;
  draws: number;
  temperatures: SampledTemperature[];
  /** Index of the temperature with the best validation LPPD (of the test split's where there is no validation). */
  best: number;
  /** At that temperature, of the training examples. */
  loo: { elpd: number; standardError: number; effectiveParameters: number; unreliable: number };
  /** Of a tunnel: where it folds or meets itself, and how much of the prior lies beyond. */
  injectivity?: { radius: number; massBeyond: number };
}

/** What the chains of a stage have cost; beside the draws, which are the same bytes whenever they are drawn. */
export type Cost = Pick<SampledTemperature, "divergences" | "evaluations" | "seconds">;

/** What is sampled. */
export interface SampleSetup {
  network: Network;
  data: RunData;
  span: Span;
  path: PathMap;
  /** Of the trained path. */
  scale?: number;
  spec: SampleSpec;
  seed: number;
}
