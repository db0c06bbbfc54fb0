import { type ChainState, evaluateStart, type Sampler, type StepInfo } from "./sampler.ts";

export interface RandomWalkOptions {
  /** Standard deviation of the proposal in each coordinate [d], or the one of all. */
  sd: number | Float64Array;
}

export interface RandomWalkInfo extends StepInfo {
  /** Probability of acceptance, in [0, 1]. */
  readonly acceptance: number;
  readonly accepted: boolean;
}

/** Metropolis with Gaussian proposals around the present position; gradients are not used. */
export function randomWalk({ sd }: RandomWalkOptions): Sampler<ChainState, RandomWalkInfo> {
  if (!(typeof sd === "number" ? sd > 0 : sd.every((s) => s > 0))) {
    throw new RangeError("A standard deviation of the random walk is not positive; give positive ones.");
  }
  return {
    warmup: 0,

    *init(start) {
      if (typeof sd !== "number" && sd.length !== start.length) {
        throw new RangeError(
          `The random walk has ${sd.length} standard deviations for ${start.length} coordinates; give one for each.`,
        );
      }
      const { position, value } = yield* evaluateStart(start);
      return { position, value };
    },

    *step(state, rng) {
      const noise = rng.split("proposal").normal(state.position.length);
      const position = state.position.map((x, i) => x + (typeof sd === "number" ? sd : sd[i]) * noise[i]);
      const { value } = yield position;
      const divergent = !Number.isFinite(value);
      const acceptance = divergent ? 0 : Math.min(1, Math.exp(value - state.value));
      const accepted = rng.split("acceptance").uniform64(1)[0] < acceptance;
      return {
        state: accepted ? { position, value } : state,
        info: { divergent, evaluations: 1, acceptance, accepted },
      };
    },
  };
}
