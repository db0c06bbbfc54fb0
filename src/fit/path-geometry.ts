import { allocateVector, combine, dot, gram, releaseVector } from "../engine/index.ts";
import { averageCurvature, chordLength, controlPolygonLength, pathLength } from "../geometry/index.ts";
import type { PathMap } from "../subspace/index.ts";

/** The geometry of a Bézier path in weight space, as Dold et al. (2025, code) log it. */
export interface PathGeometry {
  /** S */
  length: number;
  /** R_e, distance of the ends: the lower bound of the length. */
  endToEnd: number;
  /** Length of the polygon of the control points: the upper bound. */
  upperBound: number;
  /** Norm of the mean of the control points. */
  centre: number;
  /** Distance of that mean from where it was at the start. */
  relativeCentre: number;
  /** Mean distance of the control points from their mean. */
  gyration: number;
  /** ∫ κ dt */
  curvature: number;
}

/** Points at which the curvature is taken while training. */
const CURVATURE_POINTS = 100;

/** Measures a path of control points in the vector memory, from their inner products. */
export function pathGeometry(
  map: PathMap,
  anchors: readonly Float32Array[],
  startCentre: Float32Array,
): PathGeometry {
  const m = anchors.length;
  const differences = { size: m, values: gram(anchors, anchors[0]) };
  const centre = centreOf(anchors);
  const own = [...anchors, centre, startCentre];
  const [norm, moved] = [Math.sqrt(dot(centre, centre)), distance(centre, startCentre)];
  const gyration = own.slice(0, m).reduce((sum, anchor) => sum + distance(anchor, centre), 0) / m;
  releaseVector(centre);
  return {
    length: pathLength(map, differences),
    endToEnd: chordLength(map, differences),
    upperBound: controlPolygonLength(differences),
    centre: norm,
    relativeCentre: moved,
    gyration,
    curvature: averageCurvature(map, differences, CURVATURE_POINTS),
  };
}

/** The mean of vectors, in the vector memory. */
export function centreOf(anchors: readonly Float32Array[]): Float32Array {
  const centre = allocateVector(anchors[0].length);
  combine(
    centre,
    anchors,
    anchors.map(() => 1 / anchors.length),
  );
  return centre;
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(gram([a], b)[0]);
}
