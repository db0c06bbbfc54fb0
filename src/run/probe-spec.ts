import type { DirectionKind, Well, WellThreshold } from "../geometry/index.ts";

/** What is asked of a probe. */
export interface ProbeSpec {
  /** Kinds of directions from a single point, and how many of each. */
  directions: readonly DirectionKind[];
  count: number;
  threshold: WellThreshold;
  /** Great circles at the radius of the point instead of straight lines. */
  sphere: boolean;
  /** Largest distance along a direction; default twice the radius. */
  largest?: number;
  /** Relative precision of distances. */
  precision: number;
  /** Positions along a line between two points. */
  linePoints: number;
  /** Nodes along each coordinate of a map. */
  mapPoints: number;
  /** Of spherical octants; default the mean radius of the points. */
  radii?: readonly number[];
}

/** One of the points, and its loss by split (`loss` where there are no data). */
export interface ProbedPoint {
  label: string;
  radius: number;
  loss: Record<string, number>;
}

/** How two points differ. */
export interface ProbedPair {
  labels: [string, string];
  distance: number;
  /** Between the points as vectors from the origin, in radians. */
  angle: number;
  /** Share of examples that get different classes, in [0, 1], by split; of a classifier. */
  disagreement?: Record<string, number>;
}

/** A well, and the directions along which it was found. */
export interface ProbedWell {
  kind: DirectionKind;
  well: Well;
}

/** A point on a map, by its coordinates along the axes, and how far it is from their span. */
export interface MapPoint {
  label: string;
  at: number[];
  off: number;
}

/** Octants of spheres through points; their losses are arrays, see `octantMap`. */
export interface OctantResult {
  radii: number[];
  points: MapPoint[];
}

/** The state of a network in training. */
export interface TrainingRow {
  epoch: number;
  radius: number;
  /** From the first and to the last state: distance, angle in radians, share of examples with another class. */
  distanceFromFirst: number;
  angleFromFirst: number;
  angleToLast: number;
  disagreementWithLast?: number;
  loss: Record<string, number>;
  error: Record<string, number>;
  /** Where the loss is below the threshold. */
  well?: Well;
}

/** What `isthmus probe` finds. */
export interface ProbeResult {
  points: ProbedPoint[];
  /** Names of the losses: splits, or `loss` alone. */
  losses: string[];
  pairs: ProbedPair[];
  /** From a single point; positions of the profiles in results/profiles.npz. */
  wells: ProbedWell[];
  /** D, and of wedges s, with whose ratio wells are compared. */
  parameters: number;
  short?: number;
  /** Of three points. */
  octant?: OctantResult;
  /** Of two points: the sector through them. */
  sector?: { points: MapPoint[] };
  /** Of a training, instead of points. */
  training?: TrainingRow[];
}
