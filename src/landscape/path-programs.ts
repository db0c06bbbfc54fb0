import {
  type Argument,
  add,
  compile,
  divide,
  exp,
  log,
  matmul,
  multiply,
  type Program,
  reshape,
  sqrt,
  square,
  sum,
  transpose,
  type Value,
  valueAndGrad,
} from "../engine/index.ts";
import type { Network } from "../model/index.ts";
import { atEach } from "./at-each.ts";
import { crossEntropy, squaredError } from "./loss.ts";

/** Shapes of a program for paths that are trained beside each other on the same data. */
export interface PathShapes {
  /** R */
  paths: number;
  /** m, control points of each. */
  anchors: number;
  /** S, positions t on each. */
  samples: number;
  /** n, examples. */
  batch: number;
  /** Q, nodes at which the speed is integrated to the length of a path. */
  nodes: number;
  /** Whether losses are weighted by |B'(t)| / (length of the path). */
  weighted: boolean;
}

/** Added to the noise scale, so that it is never 0 (Dold et al. 2025, code). */
const LEAST_SCALE = 1e-8;

/** Of a network on a batch, at one parameter vector: the mean cross-entropy, or of a regression the mean squared error. */
function meanOfBatch(network: Network, batch: number) {
  const { perExample } = network.outputs === 1 ? squaredError : crossEntropy;
  return (parameters: Value[], x: Value, y: Value): Value => {
    const hidden = network.first(parameters.slice(0, network.firstLeaves), x);
    const out = network.rest(parameters.slice(network.firstLeaves), hidden);
    return divide(sum(perExample(out, y)), batch);
  };
}

/** −ln N(y; f, σ²) from squared errors, the constant included. */
function gaussianLoss(squares: Value, logScale: Value): Value {
  const scale = add(exp(logScale), LEAST_SCALE);
  const scaled = divide(squares, multiply(2, square(scale)));
  return add(add(scaled, log(scale)), 0.5 * Math.log(2 * Math.PI));
}

/** In the order of the programs' arguments; see `pathArguments` for the shapes. */
type PathArguments = [
  anchors: Value,
  logScales: Value,
  c: Value,
  derivatives: Value,
  nodes: Value,
  nodeWeights: Value,
  x: Value,
  y: Value,
];

/**
 * Mean losses at S positions of each path, [R, S], and the same times |B'(t)| / (length of the path).
 *
 * The parameter vectors are formed inside the program, C [S, m] times the control points [m, D]: cheap for networks that
 * are small beside their data, and the gradient is one array instead of one for each layer of each control point.
 */
function alongPaths(network: Network, { paths, samples, batch, weighted }: PathShapes) {
  const mean = meanOfBatch(network, batch);
  return (
    ...[anchors, logScales, c, derivatives, nodeDerivatives, nodeWeights, x, y]: PathArguments
  ): { losses: Value; weighted: Value } => {
    const thetas = reshape(matmul(c, anchors), [paths * samples, network.layout.size]);
    const means = reshape(
      atEach(network, thetas, (parameters) => mean(parameters, x, y)),
      [paths, samples],
    );
    const losses = network.outputs === 1 ? gaussianLoss(means, reshape(logScales, [paths, 1])) : means;
    if (!weighted) return { losses, weighted: losses };
    // |B'|² = b' G b'ᵀ, with the Gram matrix G of the control points.
    const gram = matmul(anchors, transpose(anchors, [0, 2, 1]));
    const speeds = (d: Value) => sqrt(sum(multiply(matmul(d, gram), d), -1));
    const lengths = sum(multiply(speeds(nodeDerivatives), nodeWeights), -1, { keepdims: true });
    return { losses, weighted: multiply(losses, divide(speeds(derivatives), lengths)) };
  };
}

function pathArguments(network: Network, shapes: PathShapes): Argument[] {
  const { paths, anchors, samples, batch, nodes } = shapes;
  return [
    { shape: [paths, anchors, network.layout.size] },
    { shape: [paths] },
    { shape: [paths, samples, anchors] },
    { shape: [paths, samples, anchors] },
    // Once for each path: jax-js does not broadcast a matrix against a stack of matrices as NumPy does.
    { shape: [paths, nodes, anchors] },
    { shape: [nodes] },
    { shape: [batch, network.inputSize] },
    { shape: [batch], dtype: network.outputs === 1 ? "float32" : "int32" },
  ];
}

/** [arguments as in `pathArguments`] -> [mean losses [R, S], the same weighted by length] */
export function pathLossProgram(network: Network, shapes: PathShapes): Promise<Program> {
  const along = alongPaths(network, shapes);
  const fn = (...args: PathArguments) => {
    const { losses, weighted } = along(...args);
    return [losses, weighted];
  };
  return compile(fn as never, pathArguments(network, shapes));
}

/**
 * [arguments as in `pathArguments`] -> [mean losses [R, S], the same weighted by length, and the gradients of the latter's
 * means over S in the control points [R, m, D] and in the logarithms of the noise scales [R]]. They go through the
 * weights and the lengths, too (Dold et al. 2025, code).
 */
export function pathGradientProgram(network: Network, shapes: PathShapes): Promise<Program> {
  const along = alongPaths(network, shapes);
  const objective = (...args: PathArguments) => {
    const { losses, weighted } = along(...args);
    return [divide(sum(weighted), shapes.samples), [losses, weighted]];
  };
  const gradient = valueAndGrad(objective as never, { argnums: [0, 1], hasAux: true });
  const fn = (...args: PathArguments) => {
    const [[, [losses, weighted]], gradients] = gradient(...args) as [[Value, Value[]], Value[]];
    return [losses, weighted, ...gradients];
  };
  return compile(fn as never, pathArguments(network, shapes));
}
