import type { PathMap } from "../../subspace/index.ts";
import { place } from "../embedding.ts";
import type { AffineSpan } from "./affine-span.ts";
import { checkLength, type Lifting, type PathSpace, positionCount } from "./ambient-space.ts";
import { checkRange, type Frame } from "./frame.ts";
import {
  arcLengthBetween,
  moveTo,
  type PathPoint,
  type PlacedPath,
  pathPoint,
  placedPath,
} from "./placed-path.ts";
import { dot, rowProducts } from "./products.ts";
import { rotationMinimisingFrame } from "./rotation-minimising.ts";

export interface TunnelOptions {
  /** τ, the length across the path of one unit of ξ; default 0.1, as in all published runs. */
  scale?: number;
  /** Of t; default [−0.1, 1.1], as published; it must lie in that of the frame. */
  range?: readonly [from: number, to: number];
  /** Default the rotation-minimising frame of the path in the span. */
  frame?: Frame;
}

/** A tube along a path. */
export interface Tunnel extends PathSpace {
  readonly kind: "tunnel";
  /** τ */
  readonly scale: number;
  readonly frame: Frame;
}

/** Beyond this range of t published priors have no mass. */
const PUBLISHED_RANGE = [-0.1, 1.1] as const;

/**
 * The loss tunnel: φ(t, ξ) = B(t) + τ Σ ξ_i N_i(t) in the affine span of the anchors (Dold et al. 2025, code,
 * `init_t_lambda_to_phi`), positions (t, ξ_1 … ξ_{K−1}). With anchors on a line it is the line.
 *
 * Lifting, the chain rule and the volume are of order m K a position. The volume has a closed form, since the normals
 * span all that is across the tangent, and T · N_i' = −N_i · T' in any frame:
 * |det ∂φ/∂(t, ξ)| = τ^{K−1} |B'| |1 − τ κ_ξ| with κ_ξ = Σ ξ_i N_i · B'' / |B'|². It is 0 where the offset reaches the
 * centre of curvature; see `injectivityRadius`.
 *
 * @param path whose anchors the span is of
 */
export function tunnelSpace(span: AffineSpan, path: PathMap, options: TunnelOptions = {}): Tunnel {
  const { scale = 0.1, range = options.frame?.range ?? PUBLISHED_RANGE } = options;
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new RangeError(`The scale of the tunnel is ${scale}; give a positive number.`);
  }
  checkRange(range);
  const curve = placedPath(path, span.places);
  const frame = options.frame ?? rotationMinimisingFrame(curve, { range });
  if (frame.curve.anchors !== span.places) {
    throw new RangeError(
      "The frame is of a path in another span; make it from `placedPath(path, span.places)`.",
    );
  }
  if (range[0] < frame.range[0] || range[1] > frame.range[1]) {
    throw new RangeError(
      `The tunnel is from t = ${range[0]} to ${range[1]} and its frame from ${frame.range[0]} to ${frame.range[1]}; give a frame at least as long.`,
    );
  }
  const space: Tunnel = {
    kind: "tunnel",
    dimension: span.places.dimension,
    span,
    range,
    arcLength: arcLengthBetween(curve, range[0], range[1]),
    scale,
    frame,
    lifting: () => pathLifting(space, curve, scale, frame),
  };
  return space;
}

/** The path alone: the tunnel with ξ = 0, positions t. */
export function lineSpace(
  span: AffineSpan,
  path: PathMap,
  { range = PUBLISHED_RANGE }: Pick<TunnelOptions, "range"> = {},
): PathSpace {
  checkRange(range);
  const curve = placedPath(path, span.places);
  const space: PathSpace = {
    kind: "line",
    dimension: 1,
    span,
    range,
    arcLength: arcLengthBetween(curve, range[0], range[1]),
    lifting: () => pathLifting(space, curve, 1),
  };
  return space;
}

/** What is remembered of one position. */
interface LiftedPosition {
  point: PathPoint;
  /** ξ, none on a line. */
  xi: Float64Array;
  /** Σ ξ_i N_i and its derivative by t. */
  offset: Float64Array;
  slope: Float64Array;
}

function pathLifting(space: PathSpace, curve: PlacedPath, scale: number, frame?: Frame): Lifting {
  const { span, dimension } = space;
  const { dimension: K } = curve.anchors;
  const { path } = curve;
  const m = path.anchors;
  const normals = dimension - 1;
  // Transposed, since sums of products are faster than sums of rows.
  const columns = Float64Array.from(
    { length: m * K },
    (_, at) => span.axes[(at % K) * m + Math.floor(at / K)],
  );
  const lifted: LiftedPosition[] = [];
  let count = 0;
  const [c, g, third] = [new Float64Array(m), new Float64Array(K), new Float64Array(K)];
  const across = new Float64Array(normals);
  // The offset in coefficients; on a line it stays 0.
  const shift = new Float64Array(m);

  function makeRoom(n: number): void {
    while (lifted.length < n) {
      lifted.push({
        point: pathPoint(curve),
        xi: new Float64Array(normals),
        offset: new Float64Array(K),
        slope: new Float64Array(K),
      });
    }
    count = n;
  }

  function check(values: Float64Array, gradients: Float64Array): void {
    checkLength("values", values, count);
    checkLength("numbers of gradients", gradients, count * dimension);
  }

  return {
    lift(positions, coefficients) {
      makeRoom(positionCount(space, positions));
      checkLength("coefficients", coefficients, count * m);
      for (let i = 0; i < count; i++) {
        const { point, xi, offset, slope } = lifted[i];
        const at = i * dimension;
        moveTo(curve, positions[at], point);
        for (let d = 0; d < normals; d++) xi[d] = positions[at + 1 + d];
        if (frame) {
          frame.offset(point, xi, offset, slope);
          rowProducts(columns, offset, shift);
        }
        const onPath = point.coefficients[0];
        for (let j = 0, to = i * m; j < m; j++, to++) coefficients[to] = onPath[j] + scale * shift[j];
      }
    },
    pullBack(coefficientGradients, gradients) {
      checkLength("gradients of coefficients", coefficientGradients, count * m);
      checkLength("numbers of gradients", gradients, count * dimension);
      for (let i = 0; i < count; i++) {
        const { point, slope } = lifted[i];
        for (let j = 0; j < m; j++) c[j] = coefficientGradients[i * m + j];
        rowProducts(span.axes, c, g);
        const at = i * dimension;
        gradients[at] = dot(g, point.first) + scale * dot(g, slope);
        frame?.components(point, g, across);
        for (let d = 0; d < normals; d++) gradients[at + 1 + d] = scale * across[d];
      }
    },
    addLogVolume(values, gradients) {
      check(values, gradients);
      for (let i = 0; i < count; i++) {
        const { point, offset, slope } = lifted[i];
        const { first, second, speed } = point;
        const squared = speed * speed;
        const acceleration = dot(first, second) / squared;
        const at = i * dimension;
        values[i] += Math.log(speed) + normals * Math.log(scale);
        gradients[at] += acceleration;
        if (!frame) continue;
        place(curve.anchors, path.derivative(point.t, 3, c), third);
        const bend = dot(offset, second) / squared;
        const bendSlope = (dot(slope, second) + dot(offset, third)) / squared - 2 * bend * acceleration;
        const inside = 1 - scale * bend;
        values[i] += Math.log(Math.abs(inside));
        gradients[at] -= (scale * bendSlope) / inside;
        frame.components(point, second, across);
        for (let d = 0; d < normals; d++) gradients[at + 1 + d] -= (scale * across[d]) / (squared * inside);
      }
    },
    addLogArcDensity(values, gradients) {
      check(values, gradients);
      for (let i = 0; i < count; i++) {
        const { first, second, speed } = lifted[i].point;
        values[i] += Math.log(speed / space.arcLength);
        gradients[i * dimension] += dot(first, second) / (speed * speed);
      }
    },
  };
}
