import type { AutoNebSpec, CycleMetrics, Insertion, OptimiserKind, Schedule } from "../fit/index.ts";
import type { Barrier, PathStatistics } from "../geometry/index.ts";

/** How two or more optima are connected on any landscape. */
export const CONNECTOR_METHODS = ["hyperplane", "neb", "bezier", "polychain"] as const;
export type ConnectorMethod = (typeof CONNECTOR_METHODS)[number];

/** How the steps of a connector are taken. */
export interface StepSpec {
  kind: OptimiserKind;
  momentum: number;
  rate: number;
  schedule: Schedule;
  /** Of each point of the hyperplane method, at most; of a curve `curveSteps`. */
  steps: number;
  /** Examples of a network in a step; 0 for all. */
  batch: number;
}

export interface ConnectorSpec {
  /** One, or several to be compared. */
  methods: readonly ConnectorMethod[];
  /** Points between two optima, or between each optimum and the centre of more. */
  nodes: number;
  descent: StepSpec;
  /** A point is low where its loss is no larger than the mean of the optima and this. */
  tolerance: number;
  /** Nodes that are put into legs that are high, at most. */
  insertions: number;
  neb: AutoNebSpec;
  /** Bends of a Bézier curve or of a trained chain, and their steps. */
  bends: number;
  curveSteps: number;
  /** Pieces of each leg of a chain, at whose ends the loss is taken; a curve has as many in all as a chain of ten nodes. */
  perLeg: number;
}

/** A path between two optima. Losses are those of the landscape; of wedges, distances to the nearest. */
export interface ConnectorPath {
  method: "line" | ConnectorMethod;
  t: number[];
  loss: number[];
  /** Of networks, on the training and on the test examples. */
  error?: number[];
  testError?: number[];
  /** Of networks that classify: shares of the test examples whose predicted class is another than at each end. */
  changed?: [number[], number[]];
  statistics: PathStatistics;
  barrier: Barrier;
  /** In weight space, and over the distance of the ends. */
  length: number;
  lengthRatio: number;
  /** Gradients that it took, and how many passes over all examples they are. */
  gradients: number;
  passes: number;
}

/** A point of the hyperplane method. */
export interface ConnectorNode {
  /** Position on the straight line. */
  alpha: number;
  startLoss: number;
  loss: number;
  steps: number;
  /** Number of its wedge. */
  wedge?: number;
}

export interface HyperplaneResult {
  nodes: ConnectorNode[];
  /** Of the deviations from the line, rows; null where a point has none. */
  cosines: (number | null)[][];
  /** The group of each node, by its wedge, or as the cosines tell; means of the cosines within and across. */
  groups: number[];
  grouped: "wedges" | "contrast";
  within: number[];
  across: number | null;
  /** The same of the deviations without their part along the radius. */
  tangential: { within: number[]; across: number | null };
  insertions: Insertion[];
  /** Largest loss before nodes were inserted. */
  peakBefore: number;
  /** Largest distance of a point from its hyperplane, in units of its norm. */
  offPlane: number;
}

export interface ConnectorResult {
  /** Size of the parameter vector. */
  parameters: number;
  /** `loss` of a network, or the distance to the nearest wedge. */
  measure: "loss" | "distance";
  ends: { loss: number; norm: number; error?: number; testError?: number }[];
  distance: number;
  cosine: number;
  /** Share of test examples whose predicted class the ends do not share. */
  disagreement?: number;
  line: ConnectorPath;
  paths: ConnectorPath[];
  /** The path with the lowest peak, or of several the one with the lowest mean, which is in checkpoints/curve.safetensors. */
  best: ConnectorMethod;
  hyperplane?: HyperplaneResult;
  cycles?: CycleMetrics[];
}

/** The way from an optimum to the centre of an m-connector. */
export interface Spoke {
  loss: number[];
  t: number[];
  peak: number;
  /** Of the straight line to the centre. */
  straightPeak: number;
}

/** An m-connector: what joins m + 1 optima. */
export interface MConnectorResult {
  parameters: number;
  measure: "loss" | "distance";
  /** Losses of the m + 1 optima. */
  optima: number[];
  /** The centre of the hull, and what was found in its hyperplane. */
  centre: { startLoss: number; loss: number; steps: number; testError?: number };
  /** Of wedges: distance of the centre to the wedge of each optimum. */
  distances?: number[];
  spokes: Spoke[];
  /** Largest distance of a point from its hyperplane, in units of its norm. */
  offPlane: number;
  gradients: number;
  passes: number;
}

/** A path that was looked for between two minima. */
export interface MinimaEdge {
  a: number;
  b: number;
  /** Peaks of the straight line and of the path. */
  line: number;
  saddle: number;
  lengthRatio: number;
  gradients: number;
}

/** A graph of minima joined by paths of low loss. */
export interface MinimaGraphResult {
  parameters: number;
  measure: "loss" | "distance";
  minima: { name: string; loss: number }[];
  edges: MinimaEdge[];
  /** Places in `edges` of those in the spanning tree, from the lowest saddle to the highest. */
  tree: number[];
  /** The lowest saddle known between every two minima, rows; null where none is. */
  saddles: (number | null)[][];
  /** Whether every pair that could lower the tree has been tried. */
  complete: boolean;
}
