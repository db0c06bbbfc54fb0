import {
  type Argument,
  add,
  compile,
  exp,
  grad,
  logSoftmax,
  multiply,
  type Program,
  reshape,
  square,
  stopGradient,
  sum,
  type TensorSpec,
  type Value,
  vmap,
} from "../engine/index.ts";
import type { Network } from "../model/index.ts";

/** Numbers of the gradients of single examples in one run. */
const TILE_NUMBERS = 2_000_000;

/** Examples in one run, whose gradients stand beside each other. */
export const gaussNewtonTile = ({ layout }: Network): number =>
  Math.max(1, Math.min(1000, Math.floor(TILE_NUMBERS / layout.size)));

/**
 * [θ, x] -> the diagonal of the Gauss-Newton matrix of a batch, array by array: the sum over its examples of the squared
 * derivatives of the output (regression), or of Σ_c p_c (∂ ln p_c / ∂θ)², which is the diagonal of Jᵀ (diag p − p pᵀ) J
 * with the Jacobian J of the logits (classification). The derivatives of every example by itself are formed by mapping the
 * gradient over the examples.
 */
export function gaussNewtonProgram(
  network: Network,
  task: "classification" | "regression",
  batch: number,
): Promise<Program> {
  const classes = task === "regression" ? 1 : network.outputs;
  const outputs = (parameters: Value[], x: Value): Value => {
    const hidden = network.first(
      parameters.slice(0, network.firstLeaves),
      reshape(x, [1, network.inputSize]),
    );
    return network.rest(parameters.slice(network.firstLeaves), hidden);
  };
  /** One of the outputs, or of the logarithms of their probabilities; which one is told by a 1 among zeros. */
  const chosen = (parameters: Value[], x: Value, which: Value): Value => {
    const out = outputs(parameters, x);
    return sum(multiply(task === "regression" ? out : logSoftmax(out), which));
  };
  const ofExample = (parameters: Value[], x: Value, choices: Value[]): Value[] => {
    const probabilities = exp(stopGradient(logSoftmax(outputs(parameters, x))));
    const terms = choices.map((which) => {
      const weight = task === "regression" ? undefined : sum(multiply(probabilities, which));
      const gradients = grad(chosen as never, { argnums: 0 })(parameters, x, which) as Value[];
      return gradients.map((g) => (weight ? multiply(weight, square(g)) : square(g)));
    });
    return terms.reduce((sums, term) => sums.map((a, i) => add(a, term[i])));
  };
  const fn = (parameters: Value[], x: Value, choices: Value[]): Value[] =>
    (vmap(ofExample as never, [null, 0, null] as never)(parameters, x, choices) as Value[]).map((squares) =>
      sum(squares, 0),
    );
  const leaves: TensorSpec[] = network.layout.leaves.map(({ shape }) => ({ shape }));
  const choices: TensorSpec[] = Array.from({ length: classes }, () => ({ shape: [1, network.outputs] }));
  const args: Argument[] = [leaves, { shape: [batch, network.inputSize] }, choices];
  return compile(fn as never, args);
}
