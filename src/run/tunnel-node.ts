import {
  type AffineSpan,
  affineSpan,
  frameRows,
  frameSpin,
  frenetRows,
  type InjectivityRadius,
  injectivityRadius,
  massBeyond,
  placedPath,
  publishedFrame,
  rotationMinimisingFrame,
  type SpanMetric,
  spanPositions,
  type Tunnel,
  tunnelSpace,
} from "../geometry/index.ts";
import { planarPriorDensity } from "../inference/index.ts";
import type { PathMap, Span } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { keepPath } from "./keep-path-node.ts";
import type { JobOptions } from "./train-node.ts";

/** Which tunnel to look at, and how. */
export interface TunnelSpec {
  metric: SpanMetric;
  /** τ: distance in the metric of one unit of ξ. */
  tube: number;
  /** Standard deviation of ξ under the prior, and of φ under that of the volume. */
  priorScale: number;
  split: "train" | "test";
  /** Numbers of the normals, from 1, whose maps are wanted; default the first two, where there are as many. */
  normals?: readonly number[];
  /** Maps are from −extent to extent across the path. */
  extent: number;
  /** Nodes of a map along the path, and across it. */
  points: number;
}

/** How a frame turns along the path. */
export interface FrameReport {
  name: "rotation-minimising" | "published" | "frenet";
  /** Places at which it is stored: nodes or cuts. */
  stored?: number;
  /** Radians, over the whole range. */
  spin: number;
  /** t at which a normal comes to point to the other side. */
  flips: number[];
  /** Share of the positions at which it is not defined. */
  undefinedShare: number;
}

/** What `isthmus tunnel` found. */
export interface TunnelResult {
  /** K and D */
  dimension: number;
  parameters: number;
  metric: SpanMetric;
  tube: number;
  priorScale: number;
  range: readonly [number, number];
  arcLength: number;
  frames: FrameReport[];
  injectivity: InjectivityRadius;
  /** Share of the prior beyond the radius of injectivity. */
  massBeyond: number;
  split: "train" | "test";
  /** Whether maps show the negative log-likelihood (of a regression: with this noise scale), or else the mean squared error. */
  measure: "likelihood" | "squared-error";
  scale?: number;
  /** Of each normal that has a map: of the values, on the path (ξ = 0) and at one standard deviation of the prior. */
  maps: { normal: number; onPath: number; aside: number }[];
  priors: boolean;
}

/** Positions at which frames are compared. */
const POSITIONS = 2001;
/** Nodes of a picture of the priors along its longer side. */
const PRIOR_POINTS = 121;

/**
 * The job of `isthmus tunnel`: the frame, the radius of injectivity and the loss of a tunnel around a path. Writes
 * results/tunnel.json and results/tunnel.npz: `t`, `xi`, `map_I` [ξ, t] of normal I, `frame_t` and `turned_NAME`; for a path
 * in a plane `phi_1`, `phi_2`, `path` [n, 2] and the densities `prior_volume`, `prior_position`, `prior_arc_length`. The path
 * itself is checkpoints/path.safetensors.
 *
 * @param setup.scale of the noise of a regression
 */
export async function tunnelJob(
  folder: RunFolder,
  setup: { data: RunData; span: Span; path: PathMap; scale?: number; spec: TunnelSpec },
  options: JobOptions,
): Promise<TunnelResult> {
  const { data, span, path, scale, spec } = setup;
  options.onStage?.("framing the path");
  const affine = affineSpan(span.gram(0), spec.metric);
  const tunnel = tunnelSpace(affine, path, { scale: spec.tube });
  const { dimension: K, range } = tunnel;
  const normals = spec.normals ?? [1, 2].filter((i) => i < K);
  const beyond = normals.find((i) => i > K - 1);
  if (beyond !== undefined) {
    throw new RangeError(
      `The tunnel has ${K - 1} normals and that of number ${beyond} was asked for; give numbers from 1 to ${K - 1}.`,
    );
  }
  const { frames, turned, ts } = compareFrames(tunnel, affine, path);
  const injectivity = injectivityRadius(tunnel.frame.curve, { range });
  const arrays: Parameters<RunFolder["writeArrays"]>[1] = { frame_t: { shape: [ts.length], data: ts } };
  for (const [name, data] of Object.entries(turned)) arrays[`turned_${name}`] = { shape: [ts.length], data };

  options.onStage?.("evaluating the tunnel");
  const t = evenNodes(range[0], range[1], spec.points);
  const xi = evenNodes(-spec.extent, spec.extent, spec.points);
  arrays.t = { shape: [t.length], data: t };
  arrays.xi = { shape: [xi.length], data: xi };
  const regression = data.loss.task === "regression";
  const maps: TunnelResult["maps"] = [];
  for (const [n, normal] of normals.entries()) {
    const values = await lossMap(setup, tunnel, normal, t, xi, {
      ...options,
      onProgress: (done) => options.onProgress?.((n + done) / normals.length),
    });
    arrays[`map_${normal}`] = { shape: [xi.length, t.length], data: values };
    const rowAt = (x: number) => {
      const row = xi.reduce((best, v, i) => (Math.abs(v - x) < Math.abs(xi[best] - x) ? i : best), 0);
      const own = values.subarray(row * t.length, (row + 1) * t.length);
      return own.reduce((sum, v) => sum + v / t.length, 0);
    };
    maps.push({ normal, onPath: rowAt(0), aside: rowAt(spec.priorScale) });
  }
  if (K === 2) Object.assign(arrays, priorPictures(tunnel, spec.priorScale));
  const result: TunnelResult = {
    dimension: K,
    parameters: data.train.size,
    metric: spec.metric,
    tube: spec.tube,
    priorScale: spec.priorScale,
    range,
    arcLength: tunnel.arcLength,
    frames,
    injectivity,
    massBeyond: massBeyond(injectivity.radius, {
      normals: K - 1,
      scale: spec.tube,
      standardDeviation: spec.priorScale,
    }),
    split: spec.split,
    measure: regression && scale === undefined ? "squared-error" : "likelihood",
    scale: regression ? scale : undefined,
    maps,
    priors: K === 2,
  };
  keepPath(folder, { network: data.train.network, span, path, scale });
  folder.writeArrays("tunnel", arrays);
  folder.writeJson("tunnel", result);
  return result;
}

const evenNodes = (from: number, to: number, n: number) =>
  Float64Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));

/** The three frames at even positions: how much they turn, and where they flip. */
function compareFrames(tunnel: Tunnel, affine: AffineSpan, path: PathMap) {
  const { range, dimension: K } = tunnel;
  const curve = placedPath(path, affine.places);
  const ts = evenNodes(range[0], range[1], POSITIONS);
  const minimising = rotationMinimisingFrame(curve, { range });
  const published = publishedFrame(curve, { range });
  const rows = {
    "rotation-minimising": { stored: minimising.nodes.length, rows: frameRows(minimising, ts).rows },
    published: { stored: published.cuts.length, rows: frameRows(published, ts).rows },
    frenet: { stored: undefined, rows: frenetRows(curve, ts) },
  };
  const frames: FrameReport[] = [];
  const turned: Record<string, Float64Array> = {};
  for (const name of ["rotation-minimising", "published", "frenet"] as const) {
    const spin = frameSpin(rows[name].rows, K);
    turned[name] = spin.turned;
    frames.push({
      name,
      stored: rows[name].stored,
      spin: spin.total,
      flips: spin.flips.map((at) => ts[at]),
      undefinedShare: spin.undefinedPositions / POSITIONS,
    });
  }
  return { frames, turned, ts };
}

/** Negative log-likelihood of an example (or the mean squared error without a noise scale) over (t, ξ_i), [ξ, t]. */
async function lossMap(
  { data, span, spec, scale }: Parameters<typeof tunnelJob>[1],
  tunnel: Tunnel,
  normal: number,
  t: Float64Array,
  xi: Float64Array,
  options: JobOptions,
): Promise<Float64Array> {
  const K = tunnel.dimension;
  const positions = new Float64Array(t.length * xi.length * K);
  xi.forEach((x, row) => {
    t.forEach((at, column) => {
      const first = (row * t.length + column) * K;
      positions[first] = at;
      positions[first + normal] = x;
    });
  });
  const coefficients = new Float64Array(t.length * xi.length * span.terms);
  tunnel.lifting().lift(positions, coefficients);
  const { loss } = await data[spec.split].evaluateSpan(span.anchors, coefficients, options);
  if (data.loss.task === "classification" || scale === undefined) return Float64Array.from(loss);
  const constant = Math.log(scale) + 0.5 * Math.log(2 * Math.PI);
  return Float64Array.from(loss, (square) => square / (2 * scale * scale) + constant);
}

/** The densities of the three priors in the plane of a path of degree 2 (Dold et al. 2025, fig. 4). */
function priorPictures(tunnel: Tunnel, scale: number) {
  const { curve } = tunnel.frame;
  const ts = evenNodes(tunnel.range[0], tunnel.range[1], 201);
  const inTunnel = Float64Array.from({ length: 2 * ts.length }, (_, at) => (at % 2 === 0 ? ts[at / 2] : 0));
  const path = spanPositions(tunnel, inTunnel);
  const bounds = [0, 1].map((d) => {
    const own = [
      ...path.filter((_, at) => at % 2 === d),
      ...curve.anchors.points.filter((_, at) => at % 2 === d),
    ];
    return [Math.min(...own), Math.max(...own)];
  });
  const longest = Math.max(...bounds.map(([low, high]) => high - low));
  const air = Math.max(0.15 * longest, 3 * tunnel.scale * scale);
  const step = (longest + 2 * air) / (PRIOR_POINTS - 1);
  const [xs, ys] = bounds.map(([low, high]) => {
    const n = Math.ceil((high - low + 2 * air) / step) + 1;
    return evenNodes(low - air, low - air + (n - 1) * step, n);
  });
  const phi = new Float64Array(2 * xs.length * ys.length);
  ys.forEach((y, row) => {
    xs.forEach((x, column) => {
      phi.set([x, y], 2 * (row * xs.length + column));
    });
  });
  const shape = [ys.length, xs.length];
  const options = { range: tunnel.range, tube: tunnel.scale, scale };
  const volume = Float64Array.from({ length: xs.length * ys.length }, (_, i) => {
    const square = phi[2 * i] ** 2 + phi[2 * i + 1] ** 2;
    return Math.exp((-0.5 * square) / (scale * scale)) / (2 * Math.PI * scale * scale);
  });
  const density = (weight: "position" | "arc-length") => ({
    shape,
    data: planarPriorDensity(curve, phi, { ...options, weight }),
  });
  return {
    phi_1: { shape: [xs.length], data: xs },
    phi_2: { shape: [ys.length], data: ys },
    path: { shape: [ts.length, 2], data: path },
    prior_volume: { shape, data: volume },
    prior_position: density("position"),
    prior_arc_length: density("arc-length"),
  };
}
