import type { DataOfRun } from "../source/page-datasets.ts";

/** What the page asks: where the checkpoint of a path is, and on which data it was trained. */
export interface WalkRequest {
  checkpoint: Uint8Array;
  file: string;
  spec: DataOfRun;
  /** Of the data of the run. */
  checksum?: string;
  /** Whether losses and errors are wanted, since the run has none along its path. */
  measure: boolean;
  site: string;
}

/** Loss and error along a path, on both splits. */
export type WalkedValues = Record<"train" | "test", { loss: number[]; error: number[] }>;

/** Along a path of weights, at even positions t. */
export interface Walk {
  /** Whether nothing is to follow. */
  complete: boolean;
  t: number[];
  /** In weight space, from the first end, and to the last; curvature is one over a distance. */
  fromFirst: number[];
  toLast: number[];
  length: number[];
  curvature: number[];
  /** Where they were asked for and the page has the data; on so many examples of each split, if not on all. */
  values?: WalkedValues & { examples?: number; classification: boolean };
  /** Test images, where the page has them. */
  images?: WalkedImages;
  /** Of a regression of one number, where the page has the data. */
  functions?: WalkedFunctions;
}

export interface WalkedFunctions {
  x: number[];
  /** Functions [positions, inputs]. */
  y: Float32Array;
  /** The training examples. */
  points: Float32Array;
  targets: number[];
}

export interface WalkedImages {
  /** Pixels [images, 28 · 28], in 0 … 255. */
  pixels: Uint8Array;
  labels: number[];
  /** Probabilities [positions, images, classes]. */
  probabilities: Float32Array;
  classes: number;
  /** Share of the test images examined whose class differs from that at the first end, at each position. */
  changed: number[];
  examined: number;
}

export type WalkAnswer = { kind: "walk"; walk: Walk } | { kind: "problem"; message: string };
