import { compile, type Program, sum, type Value, valueAndGrad } from "../engine/index.ts";
import type { Network } from "../model/index.ts";
import { atEach } from "./at-each.ts";
import type { Loss } from "./loss.ts";
import { batchSpecs, outputs } from "./programs.ts";

/** Programs that take whole parameter vectors, side by side: those of the chains of a sampler, say. */

/** [θ [P, D], x, y] -> [losses summed over the examples [P], their gradients [P, D]] */
export function pointsGradientProgram(
  network: Network,
  loss: Loss,
  points: number,
  batch: number,
): Promise<Program> {
  const objective = (thetas: Value, x: Value, y: Value) => {
    const losses = atEach(network, thetas, (parameters) =>
      sum(loss.perExample(outputs(network, parameters, x), y)),
    );
    return [sum(losses), losses];
  };
  const gradient = valueAndGrad(objective as never, { argnums: 0, hasAux: true });
  const fn = (...args: Value[]) => {
    const [[, losses], inThetas] = gradient(...args) as [[Value, Value], Value];
    return [losses, inThetas];
  };
  const thetas = { shape: [points, network.layout.size] };
  return compile(fn as never, [thetas, ...batchSpecs(network, loss, batch)]);
}

/** [θ [P, D], x] -> outputs [P, n, outputs] */
export function pointsOutputsProgram(network: Network, points: number, batch: number): Promise<Program> {
  const fn = (thetas: Value, x: Value) =>
    atEach(network, thetas, (parameters) => outputs(network, parameters, x));
  return compile(fn as never, [
    { shape: [points, network.layout.size] },
    { shape: [batch, network.inputSize] },
  ]);
}
