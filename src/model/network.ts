import { elu, gelu, relu, sigmoid, softplus, tanh, type Value } from "../engine/index.ts";
import type { Layout } from "./layout.ts";

/** Nonlinearities by name. */
export const ACTIVATIONS = { relu, tanh, elu, gelu, sigmoid, softplus } as const;
export type Activation = keyof typeof ACTIVATIONS;

/** A place where inverted dropout multiplies activations by a random mask. */
export interface MaskSite {
  /** Shape of the activations of one example. */
  shape: number[];
  /** Probability of a zero, in [0, 1). */
  rate: number;
}

/**
 * A network as pure functions of its parameter arrays.
 *
 * The first layer stands apart because it is linear in the parameters: on a span θ(z) = Σ cᵢ(z) Aᵢ its
 * pre-activations are Σ cᵢ(z) first(Aᵢ, x), so that the data are projected once for each anchor and not for each point.
 */
export interface Network {
  /** What rebuilds this network; see `networkOf`. */
  spec: NetworkSpec;
  layout: Layout;
  /** Elements of one example, e.g. 784. */
  inputSize: number;
  /** Outputs for one example: classes, or 1 for regression. */
  outputs: number;
  /** How many leaves of the layout, from the start, belong to the first layer. */
  firstLeaves: number;
  /** Multiply-adds of the first layer and of all layers for one example. */
  firstCost: number;
  totalCost: number;
  /** Shape of the first layer's pre-activations for one example. */
  hiddenShape: number[];
  /** First-layer pre-activations [n, ...hiddenShape] of x [n, inputSize]; linear in the parameters, biases included. */
  first(parameters: Value[], x: Value): Value;
  /** Outputs [n, outputs] from the pre-activations and the remaining parameters; masks may be left out. */
  rest(parameters: Value[], hidden: Value, masks?: Value[]): Value;
  masks: MaskSite[];
}

export type NetworkSpec =
  | { kind: "mlp"; widths: number[]; activation: Activation; dropout: number; powers?: number }
  | { kind: "lenet"; activation: Activation }
  | { kind: "lenetti"; activation: Activation }
  | {
      kind: "simple-cnn";
      activation: Activation;
      inputShape: [number, number, number];
      classes: number;
      dropout?: number;
      width?: number;
    }
  | { kind: "ordered-biases"; of: NetworkSpec };
