import type { Rng } from "../engine/index.ts";

/** The log-density at a position and its gradient [d], which is overwritten at the next evaluation: copy what is kept. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

/**
 * A computation that needs the log-density now and then: it yields a position [d], which is copied at once, and is given
 * the evaluation there. Whoever runs it decides how: `evaluateTogether` evaluates many of them in one call.
 */
export type Evaluating<T> = Generator<Float64Array, T, Evaluation>;

/**
 * Where a chain stands, with all that its next step needs: plain data (numbers, finite ones, arrays, Float64Arrays, null)
 * that is never changed in place, so that it can be saved, sent, and gone on from.
 */
export interface ChainState {
  /** [d] */
  readonly position: Float64Array;
  /** Log-density there; always finite. */
  readonly value: number;
}

/** A chain's place with the gradient [d] of the log-density there. */
export interface GradientState extends ChainState {
  readonly gradient: Float64Array;
}

/** What a step tells beside its result: plain data as the state. */
export interface StepInfo {
  /**
   * Whether the step tried a place where the log-density or the energy is NaN or infinite, or (NUTS and HMC) where the
   * energy error is more than 1000. The chain never goes to such a place.
   */
  readonly divergent: boolean;
  /** How often the log-density was evaluated. */
  readonly evaluations: number;
}

/** A Markov chain as two pure functions. */
export interface Sampler<State extends ChainState = ChainState, Info extends StepInfo = StepInfo> {
  /** How many of its first steps adapt the sampler and are not draws. */
  readonly warmup: number;
  /** @throws RangeError if the log-density at the position is not finite */
  init(position: Float64Array, rng: Rng): Evaluating<State>;
  /** @param rng a stream for this step alone */
  step(state: State, rng: Rng): Evaluating<{ state: State; info: Info }>;
}

/** The state of a chain at its start. */
export function* evaluateStart(position: Float64Array): Evaluating<GradientState> {
  const { value, gradient } = yield position;
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `The log-density is ${value} at the start of a chain, [${position.slice(0, 4).join(", ")}${position.length > 4 ? ", …" : ""}]; start where it is finite.`,
    );
  }
  return { position: position.slice(), value, gradient: gradient.slice() };
}
