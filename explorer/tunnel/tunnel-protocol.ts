import type { DataOfRun } from "../source/page-datasets.ts";

/** What a run's spec says of its data and of the tunnel around its path. */
export interface TunnelRunSpec extends DataOfRun {
  metric?: "published" | "euclidean";
  tube?: number;
  priorScale?: number;
  space?: "tunnel" | "line" | "volume" | "full";
}

/** Numbers of the normals across which tube and cross-section lie, from 1; in a plane there is one. */
export type NormalPair = readonly [number, number] | readonly [number];

export type TunnelRequest =
  | {
      kind: "open";
      checkpoint: Uint8Array;
      file: string;
      spec: TunnelRunSpec;
      /** Of the data of the run. */
      checksum?: string;
      site: string;
    }
  | { kind: "tube"; radius: number; normals: NormalPair }
  | { kind: "section"; t: number; extent: number; normals: NormalPair }
  | { kind: "draws"; bytes: Uint8Array; file: string };

/** The path and its frame as the page draws them. */
export interface TunnelPicture {
  /** K and D */
  dimension: number;
  parameters: number;
  /** Of t, and the positions of the n places below. */
  range: readonly [number, number];
  t: Float64Array;
  /** Places of the path on three principal components, n × 3, and its normals there, n × (K − 1) × 3, of length 1. */
  centres: Float32Array;
  normals: Float32Array;
  /** Shares of the variance of the path along the three axes. */
  shares: number[];
  /** τ, and the standard deviation of ξ under the prior. */
  scale: number;
  priorScale: number;
  /** |ξ| at which the tube first meets itself or folds over (infinite where it never does), and the t of where. */
  injectivity: { radius: number; at: number[] };
  /** The normals whose tube is seen best. */
  widest: NormalPair;
  /** What is shown as colours, where the page has the data. */
  loss?: TunnelLoss;
}

export interface TunnelLoss {
  name: "mean squared error" | "cross-entropy";
  /** Training examples it is of, and how many there are. */
  examples: number;
  all: number;
  /** At the places of the path, n. */
  onPath: Float64Array;
}

/** Losses at the points of the tube, places × around. */
export interface TubeLoss {
  radius: number;
  normals: NormalPair;
  values: Float64Array;
}

/** Losses on the cross-section at t, with ξ in [−extent, extent]. */
export interface SectionLoss {
  t: number;
  extent: number;
  normals: NormalPair;
  /** Nodes along each axis, and values [second, first]; of a plane [first] alone. */
  nodes: number[];
  values: Float64Array;
}

/** Draws of C chains of S each; all arrays chain by chain. */
export interface TunnelDraws {
  chains: number;
  draws: number;
  /**
   * Names of the coordinates that have traces: t, ξ₁ …, the noise scale and the log-density; C · S values each, and their rank
   * counts where all are finite.
   */
  traces: { name: string; values: Float32Array; ranks: Float64Array | undefined }[];
  /** Bins of the rank counts [C, bins]. */
  bins: number;
  /** ξ, C · S × (K − 1). */
  xi: Float32Array;
  /** Places on the three principal components, C · S × 3. */
  places: Float32Array;
  diverging: Uint8Array;
  /** Whether t and ξ are those of the sampler, or of the nearest place of the path. */
  own: boolean;
  functions?: DrawnFunctions;
}

/** Functions of a regression in one variable. */
export interface DrawnFunctions {
  x: Float32Array;
  /** Of every `stride`-th draw, [C, ceil(S / stride), x]. */
  y: Float32Array;
  stride: number;
  /** Over all of them at each x: quantiles 5 %, 50 % and 95 %. */
  band: [Float32Array, Float32Array, Float32Array];
  /** Training examples. */
  inputs: Float32Array;
  targets: Float32Array;
}

export type TunnelAnswer =
  | { kind: "picture"; picture: TunnelPicture }
  | { kind: "tube"; tube: TubeLoss }
  | { kind: "section"; section: SectionLoss }
  | { kind: "draws"; draws: TunnelDraws }
  | { kind: "problem"; message: string };
