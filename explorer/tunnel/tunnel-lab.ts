import { subset } from "../../src/data/index.ts";
import { allocateVector } from "../../src/engine/index.ts";
import { readNpz } from "../../src/format/index.ts";
import {
  affineSpan,
  frameRows,
  injectivityRadius,
  moveTo,
  pathPoint,
  positionOf,
  type Tunnel,
  tunnelSpace,
} from "../../src/geometry/index.ts";
import { rankCounts } from "../../src/inference/index.ts";
import { crossEntropy, Examples, NetworkLandscape, squaredError } from "../../src/landscape/index.ts";
import { networkOf } from "../../src/model/index.ts";
import { decodeSubspace } from "../../src/run/index.ts";
import { coefficientMatrix, fromSpec, isPath, type Span, spanFor } from "../../src/subspace/index.ts";
import { datasetOfRun } from "../source/page-datasets.ts";
import { nearestCoordinates } from "./draw-coordinates.ts";
import { type DrawnNetworks, functionsOfDraws } from "./drawn-functions.ts";
import { normalName } from "./normal-name.ts";
import { type PrincipalProjection, principalProjection, projected } from "./principal-projection.ts";
import { AROUND, widestPair } from "./tube.ts";
import type {
  NormalPair,
  SectionLoss,
  TubeLoss,
  TunnelDraws,
  TunnelLoss,
  TunnelPicture,
  TunnelRequest,
  TunnelRunSpec,
} from "./tunnel-protocol.ts";

/** Places of the path at which it, its frame and its tube are drawn. */
const PLACES = 121;
/** Nodes of a cross-section along each axis; of that of a plane, which is a line. */
const SECTION = 41;
const LINE = 121;
/** Examples that losses are of at most: images cost more than a page should wait for. */
const EXAMPLES = 500;
/** Bins of rank plots, as in the reports. */
const BINS = 20;

/** One path with its tunnel, opened from a checkpoint: its picture, the loss in it and what was drawn in it. */
export class TunnelLab {
  readonly picture: TunnelPicture;
  readonly #tunnel: Tunnel;
  readonly #span: Span;
  readonly #projection: PrincipalProjection;
  readonly #networks: DrawnNetworks | undefined;
  readonly #spec: TunnelRunSpec;

  private constructor(
    opened: { tunnel: Tunnel; span: Span; networks?: DrawnNetworks; spec: TunnelRunSpec },
    projection: PrincipalProjection,
    picture: TunnelPicture,
  ) {
    this.#tunnel = opened.tunnel;
    this.#span = opened.span;
    this.#networks = opened.networks;
    this.#spec = opened.spec;
    this.#projection = projection;
    this.picture = picture;
  }

  /** @throws where the checkpoint holds no path that can be framed */
  static async open(request: Extract<TunnelRequest, { kind: "open" }>): Promise<TunnelLab> {
    const { checkpoint, file, spec, checksum, site } = request;
    const { network: networkSpec, map: mapSpec, anchors } = decodeSubspace(checkpoint, file, allocateVector);
    const map = fromSpec(mapSpec);
    if (!networkSpec || !isPath(map)) {
      throw new Error(`${file} holds no path of networks; give a run of isthmus path, tunnel or sample.`);
    }
    const network = networkOf(networkSpec);
    const span = spanFor(network.layout, mapSpec, anchors);
    if (span.parts) {
      throw new Error(
        `${file} holds a curve whose layers have coordinates of their own; give a Bézier path.`,
      );
    }
    const affine = affineSpan(span.gram(0), spec.metric);
    const tunnel = tunnelSpace(affine, map, { scale: spec.tube });
    if (tunnel.dimension < 2) {
      throw new Error(`${file} holds a straight line, which has nothing across it; give a path that bends.`);
    }
    const dataset = await datasetOfRun(spec, checksum, site);
    let networks: DrawnNetworks | undefined;
    if (dataset) {
      const used = dataset.train.count > EXAMPLES ? subset(dataset, { train: EXAMPLES }) : dataset;
      const loss = dataset.task === "classification" ? crossEntropy : squaredError;
      const landscape = new NetworkLandscape(network, new Examples(used, used.train), loss);
      networks = { dataset, network, landscape, anchors: span.anchors };
    }
    const { projection, picture } = pictureOf(tunnel, network.layout.size, spec);
    const lab = new TunnelLab({ tunnel, span, networks, spec }, projection, picture);
    if (networks) picture.loss = await lab.#lossOnPath(networks);
    return lab;
  }

  async #lossOnPath({ dataset, landscape }: DrawnNetworks): Promise<TunnelLoss> {
    const K = this.#tunnel.dimension;
    const { t } = this.picture;
    const positions = new Float64Array(t.length * K);
    t.forEach((at, i) => {
      positions[i * K] = at;
    });
    return {
      name: dataset.task === "classification" ? "cross-entropy" : "mean squared error",
      examples: landscape.examples.count,
      all: dataset.train.count,
      onPath: await this.#lossAt(positions),
    };
  }

  /** The losses of positions (t, ξ), n × K. @throws where the page does not have the data */
  async #lossAt(positions: Float64Array): Promise<Float64Array> {
    if (!this.#networks) throw new Error("The page does not have the data of this run.");
    const coefficients = new Float64Array((positions.length / this.#tunnel.dimension) * this.#span.terms);
    this.#tunnel.lifting().lift(positions, coefficients);
    const { loss } = await this.#networks.landscape.evaluateSpan(this.#span.anchors, coefficients);
    return loss;
  }

  /** The loss at the points of the tube with |ξ| = radius, places × around. */
  async tube(radius: number, normals: NormalPair): Promise<TubeLoss> {
    const K = this.#tunnel.dimension;
    const { t } = this.picture;
    const positions = new Float64Array(t.length * AROUND * K);
    for (let i = 0, at = 0; i < t.length; i++) {
      for (let a = 0; a < AROUND; a++, at += K) {
        const angle = (2 * Math.PI * a) / AROUND;
        positions[at] = t[i];
        positions[at + normals[0]] = radius * Math.cos(angle);
        if (normals.length === 2) positions[at + normals[1]] = radius * Math.sin(angle);
      }
    }
    return { radius, normals, values: await this.#lossAt(positions) };
  }

  /** The loss across the path at t. */
  async section(t: number, extent: number, normals: NormalPair): Promise<SectionLoss> {
    const K = this.#tunnel.dimension;
    const n = normals.length === 2 ? SECTION : LINE;
    const nodes = Array.from({ length: n }, (_, i) => extent * ((2 * i) / (n - 1) - 1));
    const rows = normals.length === 2 ? n : 1;
    const positions = new Float64Array(rows * n * K);
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < n; column++, at += K) {
        positions[at] = t;
        positions[at + normals[0]] = nodes[column];
        if (normals.length === 2) positions[at + normals[1]] = nodes[row];
      }
    }
    return { t, extent, normals, nodes, values: await this.#lossAt(positions) };
  }

  /**
   * The draws in a file results/draws-T.npz of `isthmus sample`.
   *
   * @throws where they are of another span
   */
  async draws(bytes: Uint8Array, file: string): Promise<TunnelDraws> {
    const arrays = readNpz(bytes, file);
    const K = this.#tunnel.dimension;
    if (!arrays.phi || !arrays.log_density || arrays.phi.shape[2] !== K) {
      throw new Error(
        `${file} holds no draws around this path; give a run folder as isthmus sample wrote it.`,
      );
    }
    const [chains, draws] = arrays.phi.shape;
    const n = chains * draws;
    const numbers = (name: string) => Float64Array.from(arrays[name].data as ArrayLike<number>);
    const phi = numbers("phi");
    const own = this.#spec.space === "tunnel" || this.#spec.space === undefined;
    const lambda = own ? numbers("lambda") : nearestCoordinates(this.#tunnel, phi);
    const coordinate = (d: number) => Float64Array.from({ length: n }, (_, i) => lambda[i * K + d]);
    const xi = new Float32Array(n * (K - 1));
    for (let i = 0; i < n; i++) {
      for (let d = 1; d < K; d++) xi[i * (K - 1) + d - 1] = lambda[i * K + d];
    }
    const trace = (name: string, values: Float64Array) => ({
      name,
      values: Float32Array.from(values),
      ranks: values.every(Number.isFinite) ? rankCounts(values, chains, BINS) : undefined,
    });
    const scales = arrays.scale ? numbers("scale") : undefined;
    const traces = [
      trace("t", coordinate(0)),
      ...Array.from({ length: K - 1 }, (_, d) => trace(normalName(d + 1), coordinate(d + 1))),
      // A classification has no noise, and a fixed one no trace.
      ...(scales?.some((scale) => Number.isFinite(scale) && scale !== scales[0])
        ? [trace("noise scale", scales)]
        : []),
      trace("log-density", numbers("log_density")),
    ];
    const networks = this.#networks;
    const inOneVariable =
      networks?.dataset.task === "regression" && networks.network.inputSize === 1 && networks;
    const coefficients = () => coefficientMatrix(this.#tunnel.span.map, phi);
    return {
      chains,
      draws,
      traces,
      bins: BINS,
      xi,
      places: projected(this.#projection, phi),
      diverging: Uint8Array.from(arrays.diverging?.data ?? new Uint8Array(n), Number),
      own,
      functions: inOneVariable
        ? await functionsOfDraws(inOneVariable, coefficients(), [chains, draws])
        : undefined,
    };
  }
}

/** |ξ| up to which the tunnel is one to one, and where it is no more. */
function injectivityOf({ frame, range, scale }: Tunnel): TunnelPicture["injectivity"] {
  const { radius, curvature, approach, ends } = injectivityRadius(frame.curve, { range });
  const reached = [curvature, approach, ends].find((bound) => bound.radius === radius)!;
  return { radius: radius / scale, at: [reached.at].flat() };
}

/** Where the path and its frame are seen, and how wide the tunnel may be. */
function pictureOf(
  tunnel: Tunnel,
  parameters: number,
  { priorScale = 0.5 }: TunnelRunSpec,
): { projection: PrincipalProjection; picture: TunnelPicture } {
  const { frame, range, dimension: K, scale } = tunnel;
  const { curve } = frame;
  const t = Float64Array.from(
    { length: PLACES },
    (_, i) => range[0] + ((range[1] - range[0]) * i) / (PLACES - 1),
  );
  const projection = principalProjection(curve, t);
  const point = pathPoint(curve);
  const places = new Float64Array(PLACES * K);
  t.forEach((at, i) => {
    positionOf(curve, moveTo(curve, at, point), places.subarray(i * K, (i + 1) * K));
  });
  const { rows } = frameRows(frame, t);
  const across = new Float64Array(PLACES * (K - 1) * K);
  for (let i = 0; i < PLACES; i++) {
    across.set(rows.subarray((i * K + 1) * K, (i + 1) * K * K), i * (K - 1) * K);
  }
  const normals = projected(projection, across, { direction: true });
  return {
    projection,
    picture: {
      dimension: K,
      parameters,
      range,
      t,
      centres: projected(projection, places),
      normals,
      shares: projection.shares,
      scale,
      priorScale,
      injectivity: injectivityOf(tunnel),
      widest: widestPair(normals, K - 1),
    },
  };
}
