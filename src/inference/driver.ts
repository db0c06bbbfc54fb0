import { Rng } from "../engine/index.ts";
import type { LogDensity } from "./density.ts";
import { evaluateTogether } from "./evaluate-together.ts";
import type { ChainState, Evaluating, Sampler, StepInfo } from "./sampler.ts";

/** A chain so far: plain data, never changed in place, from which it can go on. */
export interface Chain<State extends ChainState = ChainState, Info extends StepInfo = StepInfo> {
  /** Key of its random stream. */
  readonly key: readonly [number, number];
  /** Finished steps, those of the warm-up included. */
  readonly step: number;
  readonly state: State;
  /** Kept draws [n, d] row-major, their log-densities [n], and what the steps that made them told. */
  readonly draws: Float64Array;
  readonly values: Float64Array;
  readonly infos: readonly Info[];
  /** Divergent steps, thinned ones included, during the warm-up and after it. */
  readonly divergences: { readonly warmup: number; readonly sampling: number };
  /** Evaluations of the log-density in all steps. */
  readonly evaluations: number;
}

export interface RunOptions<State extends ChainState, Info extends StepInfo> {
  /** Draws to keep of each chain, those that it has already included. */
  draws: number;
  /** Steps to a draw after the warm-up; default 1. */
  thin?: number;
  signal?: AbortSignal;
  /** Share of the steps of all chains that are done, in [0, 1]. */
  onProgress?: (done: number) => void;
  /** Steps after which a chain is saved; default never but on an error. */
  saveEvery?: number;
  /**
   * Called with a chain every `saveEvery` of its steps, and, when the run is aborted or fails, with every chain as it was
   * after its last whole step.
   */
  onSave?: (number: number, chain: Chain<State, Info>) => void | Promise<void>;
}

/**
 * Chains at their starts, before their first step.
 *
 * @param starts position [d] and random stream of each chain
 * @throws RangeError if the log-density at a start is not finite, or a position is not of the density's dimension
 */
export async function startChains<State extends ChainState, Info extends StepInfo>(
  density: LogDensity,
  sampler: Sampler<State, Info>,
  starts: readonly { readonly position: Float64Array; readonly rng: Rng }[],
): Promise<Chain<State, Info>[]> {
  for (const { position } of starts) {
    if (position.length !== density.dimension) {
      throw new RangeError(
        `A chain starts at ${position.length} coordinates, but the density has ${density.dimension}; give as many.`,
      );
    }
  }
  const inits = starts.map(({ position, rng }) => sampler.init(position, rng.split("init")));
  const states = await evaluateTogether(density, inits);
  return states.map((state, i) => ({
    key: starts[i].rng.key,
    step: 0,
    state,
    draws: new Float64Array(0),
    values: new Float64Array(0),
    infos: [],
    divergences: { warmup: 0, sampling: 0 },
    evaluations: 0,
  }));
}

/**
 * Runs chains, from their starts or from where they were saved, until each has so many draws. Their evaluations go to the
 * density together. Step k of a chain depends on its state and on fold k of its stream alone, so that a chain has the
 * same bytes whether it was interrupted or not, and whichever chains run beside it.
 */
export async function runChains<State extends ChainState, Info extends StepInfo>(
  density: LogDensity,
  sampler: Sampler<State, Info>,
  chains: readonly Chain<State, Info>[],
  options: RunOptions<State, Info>,
): Promise<Chain<State, Info>[]> {
  const { draws, thin = 1, signal, onProgress, saveEvery, onSave } = options;
  for (const [name, n] of Object.entries({ draws, thin, saveEvery: saveEvery ?? 1 })) {
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`${name} is ${n}; give a whole number from 1.`);
  }
  const steps = sampler.warmup + draws * thin;
  const records = chains.map((chain) => new Record(chain, sampler.warmup, draws, thin, density.dimension));
  const due: number[] = [];
  const tasks = records.map((record, number) =>
    record.run(sampler, steps, () => {
      if (saveEvery && record.step % saveEvery === 0) due.push(number);
    }),
  );
  const save = async (numbers: number[]) => {
    for (const number of numbers) await onSave?.(number, records[number].chain());
  };
  const onRound = () => {
    if (onProgress) {
      onProgress(records.reduce((sum, { step }) => sum + Math.min(1, step / steps), 0) / records.length);
    }
    if (due.length > 0) return save(due.splice(0));
  };
  try {
    await evaluateTogether(density, tasks, { signal, onRound });
  } catch (error) {
    await save(records.map((_, number) => number));
    throw error;
  }
  return records.map((record) => record.chain());
}

/** A chain while it runs. */
class Record<State extends ChainState, Info extends StepInfo> {
  step: number;
  #chain: Chain<State, Info>;
  #state: State;
  #warmup: number;
  #thin: number;
  #dimension: number;
  #draws: Float64Array;
  #values: Float64Array;
  #infos: Info[];
  #divergences: { warmup: number; sampling: number };
  #evaluations: number;

  constructor(chain: Chain<State, Info>, warmup: number, draws: number, thin: number, dimension: number) {
    const kept = Math.floor(Math.max(0, chain.step - warmup) / thin);
    if (chain.infos.length !== kept || chain.draws.length !== kept * dimension) {
      throw new RangeError(
        `A chain has ${chain.infos.length} draws after ${chain.step} steps, which with ${warmup} of warm-up and thinning by ${thin} make ${kept}; go on with the sampler and the thinning that it was begun with.`,
      );
    }
    this.#chain = chain;
    this.step = chain.step;
    this.#state = chain.state;
    this.#warmup = warmup;
    this.#thin = thin;
    this.#dimension = dimension;
    this.#draws = new Float64Array(Math.max(draws, kept) * dimension);
    this.#draws.set(chain.draws);
    this.#values = new Float64Array(Math.max(draws, kept));
    this.#values.set(chain.values);
    this.#infos = [...chain.infos];
    this.#divergences = { ...chain.divergences };
    this.#evaluations = chain.evaluations;
  }

  /** Steps until `steps` are done. */
  *run(sampler: Sampler<State, Info>, steps: number, onStep: () => void): Evaluating<void> {
    const rng = new Rng(this.#chain.key);
    while (this.step < steps) {
      const { state, info } = yield* sampler.step(this.#state, rng.foldIn(this.step));
      this.#state = state;
      this.#evaluations += info.evaluations;
      const warm = this.step >= this.#warmup;
      if (info.divergent) this.#divergences[warm ? "sampling" : "warmup"]++;
      this.step++;
      if (warm && (this.step - this.#warmup) % this.#thin === 0) this.#keep(state, info);
      onStep();
    }
  }

  #keep(state: State, info: Info): void {
    const n = this.#infos.length;
    this.#draws.set(state.position, n * this.#dimension);
    this.#values[n] = state.value;
    this.#infos.push(info);
  }

  chain(): Chain<State, Info> {
    const n = this.#infos.length;
    return {
      key: this.#chain.key,
      step: this.step,
      state: this.#state,
      draws: this.#draws.slice(0, n * this.#dimension),
      values: this.#values.slice(0, n),
      infos: [...this.#infos],
      divergences: { ...this.#divergences },
      evaluations: this.#evaluations,
    };
  }
}
