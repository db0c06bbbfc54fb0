/** What the page asks: where the checkpoint of a path is, and on which data it was trained. */
export interface WalkRequest {
  checkpoint: Uint8Array;
  file: string;
  /** Name of the data set of the run. */
  data: string;
  site: string;
}

/** Along a path of weights, at even positions t. */
export interface Walk {
  t: number[];
  /** In weight space, from the first end, and to the last; curvature is one over a distance. */
  fromFirst: number[];
  toLast: number[];
  length: number[];
  curvature: number[];
  /** Test images, where the page has them. */
  images?: WalkedImages;
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
