import { add, concatenate, matmul, multiply, transpose, type Value } from "../engine/index.ts";
import { layoutOf } from "./layout.ts";
import { ACTIVATIONS, type Activation, type Network } from "./network.ts";

/** x Wᵀ + b with W [out, in], as PyTorch's Linear. */
export const dense = (x: Value, weight: Value, bias: Value): Value => add(matmul(x, transpose(weight)), bias);

/** [x, x², ..., x^powers] side by side along the last axis. */
function powersOf(x: Value, powers: number): Value {
  const all = [x];
  while (all.length < powers) all.push(multiply(all[all.length - 1], x));
  return powers === 1 ? x : concatenate(all, 1);
}

/**
 * A multilayer perceptron; 784-512-10 has 407,050 parameters. Dropout follows every hidden activation.
 * @param widths inputs, hidden widths, outputs; at least two numbers
 * @param dropout probability of a zero during training, in [0, 1)
 * @param powers every input enters as [x, x², ..., x^powers]; 3 is the `MLPModel` of "Paths and Ambient Spaces", whose
 *   1-16-16-16-1 has 625 parameters
 */
export function mlp(widths: number[], activation: Activation = "relu", dropout = 0, powers = 1): Network {
  if (widths.length < 2 || widths.some((w) => !Number.isInteger(w) || w < 1)) {
    throw new Error(
      `MLP widths ${JSON.stringify(widths)}: give at least two positive integers, such as 784-512-10.`,
    );
  }
  if (!(dropout >= 0 && dropout < 1)) throw new Error(`Dropout ${dropout} is not in [0, 1).`);
  if (!Number.isInteger(powers) || powers < 1)
    throw new Error(`Powers ${powers} of the inputs: give a positive integer.`);
  const act = ACTIVATIONS[activation];
  if (!act) {
    throw new Error(
      `Activation "${activation}" is unknown; choose one of ${Object.keys(ACTIVATIONS).join(", ")}.`,
    );
  }
  const layers = widths.length - 1;
  const takes = [widths[0] * powers, ...widths.slice(1)];
  const layout = layoutOf(
    Array.from({ length: layers }, (_, i) => [
      { name: `fc${i + 1}.weight`, shape: [widths[i + 1], takes[i]] },
      { name: `fc${i + 1}.bias`, shape: [widths[i + 1]] },
    ]).flat(),
  );
  const costs = Array.from({ length: layers }, (_, i) => takes[i] * widths[i + 1]);
  return {
    spec: { kind: "mlp", widths, activation, dropout, ...(powers > 1 && { powers }) },
    layout,
    inputSize: widths[0],
    outputs: widths[layers],
    firstLeaves: 2,
    firstCost: costs[0],
    totalCost: costs.reduce((a, b) => a + b),
    hiddenShape: [widths[1]],
    masks: dropout > 0 ? widths.slice(1, -1).map((w) => ({ shape: [w], rate: dropout })) : [],
    first: ([weight, bias], x) => dense(powersOf(x, powers), weight, bias),
    rest: (parameters, hidden, masks) => {
      let h = hidden;
      for (let i = 1; i < layers; i++) {
        h = act(h);
        if (masks) h = multiply(h, masks[i - 1]);
        h = dense(h, parameters[2 * i - 2], parameters[2 * i - 1]);
      }
      return h;
    },
  };
}
