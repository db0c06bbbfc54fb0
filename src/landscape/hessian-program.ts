import {
  compile,
  divide,
  grad,
  jvp,
  type Program,
  sum,
  type TensorSpec,
  type Value,
} from "../engine/index.ts";
import type { Network } from "../model/index.ts";
import type { Loss } from "./loss.ts";
import { batchSpecs, outputs } from "./programs.ts";

/**
 * [θ, v, x, y] -> H v of the mean loss of a batch, array by array: the derivative of the gradient along v (forward over
 * reverse; Pearlmutter 1994). It takes about two gradients.
 */
export function hessianProductProgram(network: Network, loss: Loss, batch: number): Promise<Program> {
  const objective = (parameters: Value[], x: Value, y: Value) =>
    divide(sum(loss.perExample(outputs(network, parameters, x), y)), batch);
  const fn = (parameters: Value[], vector: Value[], x: Value, y: Value) => {
    const gradient = (...own: Value[]) => grad(objective as never, { argnums: 0 })(own, x, y);
    return jvp(gradient as never, parameters, vector)[1];
  };
  const leaves: TensorSpec[] = network.layout.leaves.map(({ shape }) => ({ shape }));
  return compile(fn as never, [leaves, leaves, ...batchSpecs(network, loss, batch)]);
}
