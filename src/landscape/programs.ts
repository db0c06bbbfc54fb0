import {
  type Argument,
  compile,
  concatenate,
  divide,
  matmul,
  minimum,
  multiply,
  type Program,
  reshape,
  split,
  square,
  stack,
  subtract,
  sum,
  type TensorSpec,
  type Value,
  valueAndGrad,
  vmap,
} from "../engine/index.ts";
import type { Leaf, Network } from "../model/index.ts";
import type { Loss } from "./loss.ts";

/**
 * The programs a landscape runs. `points` is S, the number of points of the span in one run; `batch` is n, the
 * number of examples. Parameters are passed array by array, as views of parameter vectors.
 */

const specs = (leaves: readonly Leaf[]): TensorSpec[] => leaves.map(({ shape }) => ({ shape }));
const repeat = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
const elements = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Of x and y. */
export function batchSpecs(network: Network, loss: Loss, batch: number): [TensorSpec, TensorSpec] {
  const dtype = loss.task === "classification" ? "int32" : "float32";
  return [{ shape: [batch, network.inputSize] }, { shape: [batch], dtype }];
}

const maskSpecs = (network: Network, points: number, batch: number): TensorSpec[] =>
  network.masks.map(({ shape }) => ({ shape: [points, batch, ...shape] }));

/** Outputs [n, outputs] of the network. */
export function outputs(network: Network, parameters: Value[], x: Value, masks?: Value[]): Value {
  const hidden = network.first(parameters.slice(0, network.firstLeaves), x);
  return network.rest(parameters.slice(network.firstLeaves), hidden, masks);
}

/**
 * Losses and errors [..., n] of the examples summed up: [Σ losses, Σ errors], and with `spread` also the sums of their
 * squared deviations from their means over the batch, for standard errors.
 */
function summed(losses: Value, errors: Value, spread: boolean): Value[] {
  const sums = [sum(losses, -1), sum(errors, -1)];
  if (!spread) return sums;
  const deviations = (values: Value) => {
    const n = values.shape[values.shape.length - 1];
    return sum(square(subtract(values, divide(sum(values, -1, { keepdims: true }), n))), -1);
  };
  return [...sums, deviations(losses), deviations(errors)];
}

/** [θ, x, y] -> [sum of losses, sum of errors], and with `spread` those of their squared deviations from their means */
export function evaluationProgram(
  network: Network,
  loss: Loss,
  batch: number,
  spread = false,
): Promise<Program> {
  const fn = (parameters: Value[], x: Value, y: Value) => {
    const out = outputs(network, parameters, x);
    return summed(loss.perExample(out, y), loss.errors(out, y), spread);
  };
  return compile(fn as never, [specs(network.layout.leaves), ...batchSpecs(network, loss, batch)]);
}

/** [θ, x] -> outputs [n, outputs] */
export function outputsProgram(network: Network, batch: number): Promise<Program> {
  const fn = (parameters: Value[], x: Value) => outputs(network, parameters, x);
  return compile(fn as never, [specs(network.layout.leaves), { shape: [batch, network.inputSize] }]);
}

/** [θ, x, y] -> [mean loss, ∂/∂θ] for each of S points, with masks [S, n, ...]: [losses [S], gradients of each] */
export function pointGradientProgram(
  network: Network,
  loss: Loss,
  points: number,
  batch: number,
): Promise<Program> {
  const objective = (thetas: Value[][], x: Value, y: Value, masks: Value[]) => {
    const losses = thetas.map((parameters, s) => {
      const own = masks.map((mask) => pointOf(mask, s, points));
      const out = outputs(network, parameters, x, own.length > 0 ? own : undefined);
      return divide(sum(loss.perExample(out, y)), batch);
    });
    const each = stack(losses);
    return [sum(each), each];
  };
  const gradient = valueAndGrad(objective as never, { argnums: 0, hasAux: true });
  const fn = (...args: unknown[]) => {
    const [[, losses], gradients] = gradient(...args) as [[Value, Value], Value[][]];
    return [losses, ...gradients.flat()];
  };
  const args: Argument[] = [
    repeat(points, specs(network.layout.leaves)),
    ...batchSpecs(network, loss, batch),
    maskSpecs(network, points, batch),
  ];
  return compile(fn as never, args);
}

/** The mask of one point out of masks [S, n, ...]. */
function pointOf(mask: Value, s: number, points: number): Value {
  const shape = mask.shape.slice(1);
  return points === 1 ? reshape(mask, shape) : reshape((mask.ref as Value).slice([s, s + 1] as never), shape);
}

/**
 * The parameters after the first layer at S points, [S, ...] each, from those of m anchors, side by side [m, R],
 * and coefficients c [S, m].
 */
function restParameters(network: Network, rest: Value, c: Value): Value[] {
  const leaves = network.layout.leaves.slice(network.firstLeaves);
  if (leaves.length === 0) return [];
  const ends = leaves.slice(1).map((leaf) => leaf.offset - leaves[0].offset);
  const points = matmul(c, rest);
  const parts = leaves.length > 1 ? split(points, ends, 1) : [points];
  return parts.map((part, i) => reshape(part, [c.shape[0], ...leaves[i].shape]));
}

/**
 * What `measure` makes of the outputs [n, outputs] at each of S points, stacked; from the first-layer projections
 * [m, n H] of the data.
 */
function overPoints(
  network: Network,
  projections: Value,
  rest: Value,
  c: Value,
  batch: number,
  masks: Value[],
  measure: (outputs: Value) => Value[],
): Value[] {
  const hidden = reshape(matmul(c, projections), [c.shape[0], batch, ...network.hiddenShape]);
  const parameters = restParameters(network, rest, c);
  const one = (h: Value, ps: Value[], ms: Value[]) =>
    measure(network.rest(ps, h, ms.length > 0 ? ms : undefined));
  return vmap(one as never, [0, 0, 0] as never)(hidden, parameters, masks) as Value[];
}

/** Losses and errors [S, n] at S points, from the first-layer projections [m, n H] of the data. */
function onSpan(
  network: Network,
  loss: Loss,
  projections: Value,
  rest: Value,
  c: Value,
  y: Value,
  masks: Value[],
): { losses: Value; errors: Value } {
  const measure = (out: Value) => [loss.perExample(out, y), loss.errors(out, y)];
  const [losses, errors] = overPoints(network, projections, rest, c, y.shape[0], masks, measure);
  return { losses, errors };
}

/** [first-layer parameters, x] -> projection [n, ...hidden] */
export function projectionProgram(network: Network, batch: number): Promise<Program> {
  const first = specs(network.layout.leaves.slice(0, network.firstLeaves));
  const x = { shape: [batch, network.inputSize] };
  return compile(((parameters: Value[], data: Value) => network.first(parameters, data)) as never, [
    first,
    x,
  ]);
}

/** All parameters after the first layer of m anchors, side by side. */
function restSpec(network: Network, anchors: number): TensorSpec {
  return { shape: [anchors, restSize(network)] };
}

/**
 * R, the number of parameters after the first layer, which end the parameter vector. One, unused, where there are
 * none: arrays without elements do not exist in programs.
 */
export function restSize(network: Network): number {
  const next = network.layout.leaves[network.firstLeaves];
  return next ? network.layout.size - next.offset : 1;
}

/**
 * [projections [m, n H], remaining parameters [m, R], c [S, m], y] -> [sums of losses, of errors], [S] each, and with
 * `spread` those of their squared deviations from their means
 */
export function spanEvaluationProgram(
  network: Network,
  loss: Loss,
  anchors: number,
  points: number,
  batch: number,
  spread = false,
): Promise<Program> {
  const fn = (projections: Value, rest: Value, c: Value, y: Value) => {
    const { losses, errors } = onSpan(network, loss, projections, rest, c, y, []);
    return summed(losses, errors, spread);
  };
  const [, y] = batchSpecs(network, loss, batch);
  return compile(fn as never, [
    { shape: [anchors, batch * elements(network.hiddenShape)] },
    restSpec(network, anchors),
    { shape: [points, anchors] },
    y,
  ]);
}

/** [projections [m, n H], remaining parameters [m, R], c [S, m]] -> outputs [S, n, outputs] */
export function spanOutputsProgram(
  network: Network,
  anchors: number,
  points: number,
  batch: number,
): Promise<Program> {
  const fn = (projections: Value, rest: Value, c: Value) =>
    overPoints(network, projections, rest, c, batch, [], (out) => [out]);
  return compile(fn as never, [
    { shape: [anchors, batch * elements(network.hiddenShape)] },
    restSpec(network, anchors),
    { shape: [points, anchors] },
  ]);
}

/** As `spanEvaluationProgram`, but -> [sums of losses [S], their gradients with respect to c [S, m]] */
export function spanGradientProgram(
  network: Network,
  loss: Loss,
  anchors: number,
  points: number,
  batch: number,
): Promise<Program> {
  const objective = (c: Value, projections: Value, rest: Value, y: Value) => {
    const losses = sum(onSpan(network, loss, projections, rest, c, y, []).losses, 1);
    return [sum(losses), losses];
  };
  const gradient = valueAndGrad(objective as never, { argnums: 0, hasAux: true });
  const fn = (projections: Value, rest: Value, c: Value, y: Value) => {
    const [[, losses], dc] = gradient(c, projections, rest, y) as [[Value, Value], Value];
    return [losses, dc];
  };
  const [, y] = batchSpecs(network, loss, batch);
  return compile(fn as never, [
    { shape: [anchors, batch * elements(network.hiddenShape)] },
    restSpec(network, anchors),
    { shape: [points, anchors] },
    y,
  ]);
}

/** Mean losses of a batch [S] at S points of a span, from the anchors' arrays; the data are projected through each anchor. */
function meanLossesOnAnchors(
  network: Network,
  loss: Loss,
  anchors: Value[][],
  c: Value,
  x: Value,
  y: Value,
  masks: Value[],
): Value {
  const { firstLeaves } = network;
  const [batch] = y.shape;
  const flatSize = batch * elements(network.hiddenShape);
  const projections = stack(
    anchors.map((a) => reshape(network.first(a.slice(0, firstLeaves), x), [flatSize])),
  );
  const flatRest = (a: Value[]) =>
    concatenate(a.slice(firstLeaves).map((leaf) => reshape(leaf, [elements(leaf.shape)])));
  const rest = anchors[0].length > firstLeaves ? stack(anchors.map(flatRest)) : c;
  return divide(sum(onSpan(network, loss, projections, rest, c, y, masks).losses, 1), batch);
}

/**
 * [fixed anchors, free anchors, c [S, m], x, y, masks] -> [mean losses [S], ∂(mean over S)/∂(free anchors)], where
 * c orders the fixed anchors first. The first layer of a point and its gradient are never formed: the batch is
 * projected through the anchors, and Xᵀ(Σ cᵢ dZ) accumulated for each.
 */
export function anchorGradientProgram(
  network: Network,
  loss: Loss,
  fixed: number,
  free: number,
  points: number,
  batch: number,
): Promise<Program> {
  const objective = (
    freeAnchors: Value[][],
    fixedAnchors: Value[][],
    c: Value,
    x: Value,
    y: Value,
    masks: Value[],
  ) => {
    const each = meanLossesOnAnchors(network, loss, [...fixedAnchors, ...freeAnchors], c, x, y, masks);
    return [divide(sum(each), points), each];
  };
  const gradient = valueAndGrad(objective as never, { argnums: 0, hasAux: true });
  const fn = (
    fixedAnchors: Value[][],
    freeAnchors: Value[][],
    c: Value,
    x: Value,
    y: Value,
    masks: Value[],
  ) => {
    const [[, losses], gradients] = gradient(freeAnchors, fixedAnchors, c, x, y, masks) as [
      [Value, Value],
      Value[][],
    ];
    return [losses, ...gradients.flat()];
  };
  const leaves = specs(network.layout.leaves);
  return compile(fn as never, [
    repeat(fixed, leaves),
    repeat(free, leaves),
    { shape: [points, fixed + free] },
    ...batchSpecs(network, loss, batch),
    maskSpecs(network, points, batch),
  ]);
}

/**
 * [anchors, c [S, m], weights w [S], ceilings τ [S], x, y] -> [mean losses Lₛ [S], ∂(Σ wₛ min(Lₛ, τₛ))/∂(anchors)],
 * projected as in `anchorGradientProgram`, with dropout off. A point whose loss has reached its ceiling pulls no more,
 * so that a loss that is driven up (by a negative weight) does not drown out the others.
 */
export function cappedGradientProgram(
  network: Network,
  loss: Loss,
  anchors: number,
  points: number,
  batch: number,
): Promise<Program> {
  const objective = (vectors: Value[][], c: Value, weights: Value, ceilings: Value, x: Value, y: Value) => {
    const each = meanLossesOnAnchors(network, loss, vectors, c, x, y, []);
    return [sum(multiply(weights, minimum(each, ceilings))), each];
  };
  const gradient = valueAndGrad(objective as never, { argnums: 0, hasAux: true });
  const fn = (...args: unknown[]) => {
    const [[, losses], gradients] = gradient(...args) as [[Value, Value], Value[][]];
    return [losses, ...gradients.flat()];
  };
  return compile(fn as never, [
    repeat(anchors, specs(network.layout.leaves)),
    { shape: [points, anchors] },
    { shape: [points] },
    { shape: [points] },
    ...batchSpecs(network, loss, batch),
  ]);
}
