import type { Rng } from "../engine/index.ts";
import type { Examples, Loss, NetworkLandscape } from "../landscape/index.ts";
import type { Network } from "../model/index.ts";
import type { CoefficientMap } from "../subspace/index.ts";
import type { OptimiserSpec } from "./optimiser.ts";
import { SubspaceStep } from "./subspace-step.ts";
import { type FitOptions, type FitState, type TrainingSpec, trainEpochs } from "./training.ts";

export interface FitSpec extends TrainingSpec, OptimiserSpec {
  /** Points of the subspace in one step. */
  samples: number;
  /**
   * Whether the gradient is that of the mean or of the sum of the losses of a batch. Adam hardly sees the factor, but
   * its epsilon and the weight of the penalties are relative to it. Reported losses are means either way.
   */
  reduction: "mean" | "sum";
  /** Weight of the cos² penalty on a random pair of anchors, relative to the loss; 0 for none. */
  beta: number;
  /** L2 penalty on the sampled points themselves, λ of (λ/2)|θ(z)|²; 0 for none. */
  pointDecay: number;
  /** Weight λ of the volume term, −λ ln(V² + 10⁻⁴) of each simplex (Benton et al. 2021); default 0. */
  volume?: number;
  /** Every layer has random coordinates of its own (Wortsman et al. 2021, "layerwise"); default false. */
  layerwise?: boolean;
  /** Only weights are on the subspace; one copy of the biases serves all of it (Chen and Saidi, code); default false. */
  sharedBiases?: boolean;
}

/** What to fit: the free anchors of a span, so that the network does well all over the subspace. */
export interface FitProblem {
  network: Network;
  loss: Loss;
  map: CoefficientMap;
  /** Vectors of the vector memory; the free ones are changed in place. */
  anchors: readonly Float32Array[];
  /** Which anchors stay as they are. */
  fixed: readonly boolean[];
  train: Examples;
  /** Landscape of the validation split, if there is one. */
  validation?: NetworkLandscape;
}

/**
 * Minimises the expected loss over a subspace, E_z L(Σ cᵢ(z) Aᵢ), over its free anchors, by stochastic gradient
 * descent on random batches and random coordinates z. With one anchor this is ordinary training of an optimum; with
 * fixed ends the curve of Garipov et al. (2018, equation 2); with all anchors free and β > 0 the subspaces of
 * Wortsman et al. (2021, algorithm 1); with one free vertex and a volume term the simplexes of Benton et al. (2021).
 *
 * @throws DivergenceError if a loss is not finite
 */
export async function fit(
  problem: FitProblem,
  spec: FitSpec,
  rng: Rng,
  options: FitOptions = {},
): Promise<FitState> {
  const { network, train, validation } = problem;
  using step = new SubspaceStep(problem, spec, rng);
  const data = { train, validation, parameters: network.layout.size };
  const state = await trainEpochs(step, data, spec, rng, options);
  step.finish();
  return state;
}
