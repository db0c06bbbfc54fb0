import {
  chordLength,
  cosine,
  curvatures,
  distance,
  type Gram,
  maxDeviationFromChord,
  norm,
  pathLength,
  simplexShape,
  simplexVolume,
  straightness,
  totalTurning,
} from "../geometry/index.ts";
import {
  type CoefficientMap,
  evenly,
  isPath,
  materialise,
  middleOf,
  type PathMap,
  polychain,
  type Span,
} from "../subspace/index.ts";

/** The shape of a path. Lengths are weight-space distances. */
export interface PathShape {
  kind: "path";
  length: number;
  chord: number;
  /** Length over chord. */
  straightness: number;
  /** Integral of the curvature over arc length, in radians. */
  totalTurning: number;
  maxDeviationFromChord: number;
  /** Cosine of the angle between the two ends, seen from zero. */
  cosine: number;
  /** Of the start, the middle and the end. */
  norms: number[];
  /** Curvature at the given t. Of a path of straight pieces, that of the circle through three neighbours. */
  curvature: { t: number[]; kappa: number[] };
}

/** The shape of a simplex, or of all the vertices of a complex; matrices as rows. */
export interface VerticesShape {
  kind: "simplex";
  /** Distances of the vertices. */
  sides: number[][];
  /** Cosines of the angles between the vertices, seen from zero. */
  cosines: number[][];
  norms: number[];
  middleNorm: number;
  /** Of the simplex of all vertices. */
  volume: number;
}

export type Shape = PathShape | VerticesShape;

/** Positions of a curvature profile. */
const PROFILE = 101;
/** Points of a curve that does not lie in its span. */
const MATERIALISED = 201;

/** Measures a subspace, from Gram matrices alone unless it leaves its span. */
export function shapeOf(span: Span, map: CoefficientMap): Shape {
  if (!isPath(map)) return verticesShape(span, map);
  if (!span.parts?.some(({ rectified }) => rectified)) return pathShape(span, map);
  // The points themselves, joined by straight pieces.
  using points = materialise(span, map, evenly(map, MATERIALISED));
  return pathShape(points, polychain(MATERIALISED));
}

function pathShape(span: Span, path: PathMap): PathShape {
  const gram = span.differences();
  const absolute = span.gram();
  const chain = path.kind === "polychain";
  const ts = chain ? evenly(path, path.anchors).subarray(1, path.anchors - 1) : evenly(path, PROFILE);
  const kappa = chain ? chainCurvatures(path, gram) : curvatures(path, gram, ts);
  return {
    kind: "path",
    length: pathLength(path, gram),
    chord: chordLength(path, gram),
    straightness: straightness(path, gram),
    totalTurning: totalTurning(path, gram),
    maxDeviationFromChord: maxDeviationFromChord(path, gram),
    cosine: cosine(absolute, path.at(0), path.at(1)),
    norms: [0, 0.5, 1].map((t) => norm(absolute, path.at(t))),
    curvature: { t: [...ts], kappa: [...kappa] },
  };
}

/** Turning angle over mean length of the two legs at each bend of a chain. */
function chainCurvatures(path: PathMap, gram: Gram): number[] {
  const nodes = Array.from(evenly(path, path.anchors), (t) => path.at(t));
  return nodes.slice(1, -1).map((here, i) => {
    const [a, b] = [distance(gram, here, nodes[i]), distance(gram, nodes[i + 2], here)];
    const c = distance(gram, nodes[i + 2], nodes[i]);
    const turn = Math.acos(Math.max(-1, Math.min(1, (c * c - a * a - b * b) / (2 * a * b))));
    return turn / ((a + b) / 2);
  });
}

function verticesShape(span: Span, map: CoefficientMap): VerticesShape {
  const m = map.anchors;
  const absolute = span.gram();
  const { sides, cosines } = simplexShape(absolute);
  const rows = (values: Float64Array) =>
    Array.from({ length: m }, (_, i) => [...values.subarray(i * m, (i + 1) * m)]);
  const vertex = (i: number) => Float64Array.from({ length: m }, (_, j) => (i === j ? 1 : 0));
  return {
    kind: "simplex",
    sides: rows(sides),
    cosines: rows(cosines),
    norms: Array.from({ length: m }, (_, i) => norm(absolute, vertex(i))),
    middleNorm: norm(absolute, map.at(middleOf(map))),
    volume: simplexVolume(span.gram(0)),
  };
}
