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
 * Runs computations side by side: in each round the positions that they ask for are evaluated in one call. They wait for
 * each other's evaluations only. Each keeps its row in that call; the row of one that has ended repeats its last position.
 * So what a task computes does not depend on the others, even where a density rounds differently from row to row, as
 * vectorised sums do.
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
  const answers = tasks.map((_, row) => ({
    value: 0,
    gradient: gradients.subarray(row * d, (row + 1) * d),
  }));

  /** Takes what a task asks for next; whether it goes on. */
  const goesOn = (task: number, next: IteratorResult<Float64Array, T>): boolean => {
    if (next.done) results[task] = next.value;
    else positions.set(next.value, task * d);
    return !next.done;
  };
  let running = Array.from(tasks.keys()).filter((task) => goesOn(task, tasks[task].next()));

  let breath = performance.now();
  while (running.length > 0) {
    signal?.throwIfAborted();
    const pending = density.evaluate(positions, values, gradients);
    if (pending) await pending;
    running = running.filter((task) => {
      answers[task].value = values[task];
      return goesOn(task, tasks[task].next(answers[task]));
    });
    const saving = onRound?.();
    if (saving) await saving;
    if (performance.now() - breath > BREATH) {
      await new Promise((resolve) => setTimeout(resolve));
      breath = performance.now();
    }
  }
  return results;
}
