import type { LogDensity } from "./density.ts";
import type { Evaluating } from "./sampler.ts";

/** Runs one computation on a density that is evaluated at once. */
export function finish<T>(density: LogDensity, task: Evaluating<T>): T {
  const value = new Float64Array(1);
  const gradient = new Float64Array(density.dimension);
  let next = task.next();
  while (!next.done) {
    density.evaluate(next.value.slice(), value, gradient);
    next = task.next({ value: value[0], gradient });
  }
  return next.value;
}
