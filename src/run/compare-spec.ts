import type { Rng } from "../engine/index.ts";
import type { FitSpec } from "../fit/index.ts";
import type { SpanLikelihood } from "../inference/index.ts";
import type { Initialiser } from "../model/index.ts";
import type { RunFolder } from "./folder-node.ts";
import type { PosteriorScores } from "./posterior-scores.ts";
import type { SampledTemperature, SampleSetup, SampleSpec } from "./sample-spec.ts";
import type { JobOptions } from "./train-node.ts";

/**
 * What may be compared. `random` and `principal` are posteriors in flat subspaces around the first optimum, `curve` is that
 * in the plane of the ends and the middle of the path (Izmailov et al. 2020); `line`, `tunnel` and `volume` are those around
 * the path (Dold et al. 2025), `variational` is a Gaussian fit to the last, and `full` is the posterior of all weights, whose
 * chains start at the optima of the ensemble.
 */
export const METHODS = [
  "optimum",
  "ensemble",
  "laplace",
  "random",
  "principal",
  "curve",
  "path",
  "line",
  "tunnel",
  "volume",
  "variational",
  "full",
] as const;
export type Method = (typeof METHODS)[number];

/** What to compare, and at which cost. */
export interface CompareSpec {
  methods: readonly Method[];
  /** Optima of the deep ensemble, the first of which stands alone as `optimum` and is what others are around. */
  members: number;
  init: Initialiser;
  training: FitSpec;
  /** Evaluations of the gradient of all data that each chain may have at each temperature; the variational fit has those of all chains. */
  evaluations: number;
  chains: number;
  /** Draws kept of each chain, at least where there are as many steps. */
  draws: number;
  /** Of the likelihood; each method shows the one that predicts the validation examples best. */
  temperatures: readonly number[];
  /** Of the spaces around the path. */
  metric: SampleSpec["metric"];
  tube: number;
  prior: SampleSpec["prior"];
  sampleNoise: boolean;
}

/** What a method reached on the test examples, and what it cost. */
export interface ComparedMethod {
  method: Method;
  /** Networks that predict together. */
  networks: number;
  /** Of a posterior: the temperature of its likelihood. */
  temperature?: number;
  scores: PosteriorScores;
  /**
   * Of a posterior that was sampled: largest R-hat, and least and mean effective draws of the coordinates of the span; of the
   * full space, those of predictions.
   */
  rHat?: number;
  essMin?: number;
  essMean?: number;
  /** Of the variational fit: k̂, below 0.7 where it can be trusted. */
  k?: number;
  /** Of Laplace: the precision of the prior that predicts the validation examples best. */
  priorPrecision?: number;
  /** Gradients of all training data, at all temperatures; those of a path that is given are not included. */
  evaluations?: number;
  seconds: number;
}

/** What `isthmus compare` found. */
export interface CompareResult {
  parameters: number;
  /** Dimension of the affine span of the path's control points. */
  dimension: number;
  rows: ComparedMethod[];
  /** Methods that are not possible here, and why. */
  left: { method: Method; reason: string }[];
}

/** Draws of Laplace, and points of the path, that predict. */
export const PREDICTING = 200;

/** On what, and what. */
export type CompareSetup = Omit<SampleSetup, "spec"> & { spec: CompareSpec };

/** What the methods work with. */
export interface CompareContext {
  folder: RunFolder;
  setup: CompareSetup;
  likelihood: SpanLikelihood;
  /** θ of the member with a number, trained at the first call; and the scale of the noise around it. */
  member: (number: number) => Promise<{ theta: Float32Array; scale: number; epochs: number }>;
  rng: Rng;
  options: JobOptions;
}

/** What a method finds. */
export type Found = Omit<ComparedMethod, "method">;

/**
 * The sampler of a space of d dimensions that spends the given evaluations: MCLMC, with two in a step, or on a line, where
 * there is no direction to turn, HMC (which needs a few more to find its first step size). What the draws that are asked
 * for leave over becomes more draws.
 */
export function samplingOf(spec: CompareSpec, space: SampleSpec["space"], d: number): SampleSpec {
  const isokinetic = d > 1;
  const leapfrogSteps = 10;
  const steps = Math.floor(spec.evaluations / (isokinetic ? 2 : leapfrogSteps));
  // Weights of different layers differ in scale more than coordinates around a path.
  const preconditioning = space === "full";
  // MCLMC tunes itself for three tenths of the steps that it is told of, and a thirtieth for the scales.
  const phase = Math.floor(steps / 10);
  const warmup = 3 * phase + (preconditioning ? Math.round(phase / 3) : 0);
  const thin = Math.max(1, Math.floor((steps - warmup) / spec.draws));
  return {
    space,
    metric: spec.metric,
    tube: spec.tube,
    prior: spec.prior,
    sampleNoise: spec.sampleNoise,
    temperatures: spec.temperatures,
    sampler: {
      kind: isokinetic ? "mclmc" : "hmc",
      warmup: isokinetic ? steps : warmup,
      targetAcceptance: 0.8,
      metric: "diagonal",
      maxDepth: 8,
      leapfrogSteps,
      preconditioning,
      stepSizes: [0.1, 0.1],
    },
    chains: spec.chains,
    draws: Math.floor((steps - warmup) / thin),
    thin,
  };
}

/** What a method finds at one temperature, and its LPPD on the validation examples, where there are such. */
export interface Tempered {
  found: Found;
  validation?: number;
}

/** What a method finds at the temperature that validates best; evaluations and seconds are of all of them together. */
export async function atBestTemperature(
  temperatures: readonly number[],
  at: (temperature: number) => Promise<Tempered>,
): Promise<Found> {
  const all: Tempered[] = [];
  for (const temperature of temperatures) all.push(await at(temperature));
  const lppd = ({ validation = Number.NEGATIVE_INFINITY }: Tempered) =>
    Number.isNaN(validation) ? Number.NEGATIVE_INFINITY : validation;
  const best = all.reduce((a, b) => (lppd(b) > lppd(a) ? b : a));
  const sum = (of: (found: Found) => number) => all.reduce((total, { found }) => total + of(found), 0);
  return {
    ...best.found,
    evaluations: sum(({ evaluations = 0 }) => evaluations),
    seconds: sum(({ seconds }) => seconds),
  };
}

/** What chains have found. */
export const foundBy = (
  { temperature, splits, convergence, functions }: SampledTemperature,
  { space, chains, draws }: SampleSpec,
) => {
  // Networks with permuted units lie far apart in the full space and predict the same.
  const { rHatMax, essBulkMin, essBulkMean } = space === "full" ? functions : convergence;
  return {
    networks: chains * draws,
    temperature,
    scores: splits.test,
    rHat: rHatMax,
    essMin: essBulkMin,
    essMean: essBulkMean,
  };
};
