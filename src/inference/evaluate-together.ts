import type { LogDensity } from "./density.ts";
import type { Evaluating } from "./sampler.ts";

/** After so many milliseconds the event loop gets a turn, so that a page stays alive and signals arrive. */
const BREATH = 50;

export interface TogetherOptions {
  signal?: AbortSignal;
  /** Called after each round of evaluations, when every task has had its answer. */
  onRound?: () => void | Promise<void>;
}

/**
 * Runs computations side by side: in each round the positions that those still running ask for are evaluated in one call.
 * They wait for each other's evaluations only; what a task computes does not depend on the others, provided that the
 * density treats each position by itself.
 *
 * @returns the results, in the order of the tasks
 */
export async function evaluateTogether<T>(
  density: LogDensity,
  tasks: readonly Evaluating<T>[],
  { signal, onRound }: TogetherOptions = {},
): Promise<T[]> {
  const d = density.dimension;
  const results = new Array<T>(tasks.length);
  const positions = new Float64Array(tasks.length * d);
  const values = new Float64Array(tasks.length);
  const gradients = new Float64Array(tasks.length * d);
  const answers = tasks.map((_, slot) => ({
    value: 0,
    gradient: gradients.subarray(slot * d, (slot + 1) * d),
  }));

  // running[slot] is the number of the task whose position stands in that slot of this round.
  let running: number[] = [];
  const ask = (task: number, next: IteratorResult<Float64Array, T>, still: number[]) => {
    if (next.done) results[task] = next.value;
    else {
      // A task that is asked later has not read its own gradient yet, but its position has been evaluated already.
      positions.set(next.value, still.length * d);
      still.push(task);
    }
  };
  tasks.forEach((task, number) => {
    ask(number, task.next(), running);
  });

  let breath = performance.now();
  while (running.length > 0) {
    signal?.throwIfAborted();
    const n = running.length;
    const pending = density.evaluate(
      positions.subarray(0, n * d),
      values.subarray(0, n),
      gradients.subarray(0, n * d),
    );
    if (pending) await pending;
    const still: number[] = [];
    for (let slot = 0; slot < n; slot++) {
      answers[slot].value = values[slot];
      ask(running[slot], tasks[running[slot]].next(answers[slot]), still);
    }
    running = still;
    const saving = onRound?.();
    if (saving) await saving;
    if (performance.now() - breath > BREATH) {
      await new Promise((resolve) => setTimeout(resolve));
      breath = performance.now();
    }
  }
  return results;
}
