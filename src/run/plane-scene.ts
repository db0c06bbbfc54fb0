import { allocateVector, type Rng, releaseVector } from "../engine/index.ts";
import {
  centredGrid,
  filterNormalise,
  type Gram,
  gridAround,
  type PlaneGrid,
  planeAlong,
  planeGrid,
  planeThrough,
  principalComponents,
  randomDirection,
  type SpanPlane,
} from "../geometry/index.ts";
import type { Layout } from "../model/index.ts";
import {
  type CoefficientMap,
  chord,
  coefficientMatrix,
  evenly,
  isPath,
  materialise,
  middleOf,
  type PathMap,
  polychain,
  Span,
} from "../subspace/index.ts";

/** A plane through weight space and what is shown in it. Every point is given by its coefficients over the span. */
export interface PlaneScene {
  span: Span;
  gram: Gram;
  plane: SpanPlane;
  grid: PlaneGrid;
  points: { label: string; c: Float64Array; shape: "circle" | "diamond" }[];
  /** Where a point is missing, the pen is lifted. */
  paths: { name: string; c: (Float64Array | undefined)[]; dashed: boolean }[];
  /** Points of a subspace that is no path. */
  samples: { name: string; c: Float64Array[] }[];
}

/** Nodes along each axis, and the margin on all sides as a fraction of the plane's width. */
export interface PlaneSize {
  points: number;
  margin: number;
}

/** A subspace with a span that holds all its points. */
export interface Subject {
  span: Span;
  map: CoefficientMap;
}

/** Positions at which paths are drawn. */
const DRAWN = 61;
/** Points that stand for a curve outside of its span, and from which principal components are found. */
const POINTS_OF_PATH = 41;

/** A subspace to lay planes through; owns the span, and replaces that of a rectified curve by points on the curve. */
export function subjectOf(span: Span, map: CoefficientMap): Subject {
  if (!(isPath(map) && span.parts?.some(({ rectified }) => rectified))) return { span, map };
  const points = materialise(span, map, evenly(map, POINTS_OF_PATH));
  span[Symbol.dispose]();
  return { span: points, map: polychain(POINTS_OF_PATH) };
}

/**
 * The plane through three points: x goes from the first to the third (Garipov et al. 2018).
 *
 * @param labels of the three points
 * @param gram that of differences
 * @throws where the points lie on a line or coincide
 */
export function sceneThrough(
  { span, gram, map }: { span: Span; gram: Gram; map?: CoefficientMap },
  [c0, c1, c2]: readonly Float64Array[],
  labels: readonly string[],
  { points, margin }: PlaneSize,
): PlaneScene {
  const plane = planeThrough(gram, c0, c1, c2);
  const { dx, dy } = plane;
  return {
    span,
    gram,
    plane,
    grid: planeGrid({ dx, dy, points, margin: [margin, (margin * dx) / dy] }),
    points: [
      { label: labels[0], c: c0, shape: "circle" },
      { label: labels[2], c: c2, shape: "circle" },
      { label: labels[1], c: c1, shape: "diamond" },
    ],
    ...(map ? overlays(map) : { paths: [], samples: [] }),
  };
}

/** The plane of a path's chord and its middle, w0 = g(0), w1 = g(½), w2 = g(1). */
export function sceneOfPath(
  span: Span,
  map: PathMap,
  labels: readonly string[],
  size: PlaneSize,
  gram: Gram = span.differences(),
): PlaneScene {
  return sceneThrough(
    { span, gram, map },
    [0, 0.5, 1].map((t) => map.at(t)),
    labels,
    size,
  );
}

/** The plane of a path's chord and an independent optimum, w0 = g(0), w1 = optimum, w2 = g(1); owns the optimum. */
export function sceneWithOptimum(
  { span, map }: Subject & { map: PathMap },
  optimum: Float32Array,
  labels: readonly string[],
  size: PlaneSize,
): PlaneScene {
  const joined = join(span, [optimum]);
  const points = [joined.lift(map.at(0)), joined.unit(0), joined.lift(map.at(1))];
  const scene = sceneThrough({ span: joined.span, gram: joined.span.differences() }, points, labels, size);
  return { ...scene, ...overlays(map, joined.lift) };
}

/** The plane through three vertices of a simplex or complex. */
export function sceneOfVertices(
  { span, map }: Subject,
  vertices: readonly number[],
  size: PlaneSize,
): PlaneScene {
  const points = vertices.map((v) => vertex(map.anchors, v));
  const labels = vertices.map((v) => `vertex ${v}`);
  return sceneThrough({ span, gram: span.differences(), map }, points, labels, size);
}

/**
 * The plane of the first two principal components of evenly spaced points of a subspace, through their mean.
 *
 * @param labels of the ends and the middle of a path
 * @throws where the points lie on a line
 */
export function sceneOfComponents(
  { span, map }: Subject,
  labels: readonly string[],
  { points, margin }: PlaneSize,
): PlaneScene {
  const gram = span.differences();
  const shown = coefficientMatrix(map, evenly(map, isPath(map) ? POINTS_OF_PATH : pointsOfEdge(map)));
  const { count, mean, components } = principalComponents(shown, gram);
  if (count < 2) {
    throw new RangeError(
      "The points of this subspace lie on a line, so they have one principal component only; choose another plane.",
    );
  }
  const plane = planeAlong(gram, mean, components[0], components[1]);
  const rows = Array.from({ length: shown.length / span.terms }, (_, p) =>
    shown.subarray(p * span.terms, (p + 1) * span.terms),
  );
  const grid = gridAround(plane, rows, { points, margin });
  return { span, gram, plane, grid, points: marks(map, labels), ...overlays(map) };
}

/**
 * The plane of two random directions from the middle of a subspace, or from an optimum: standard normal, normalised
 * filter by filter to the weights there, and only then made orthogonal (Li et al. 2018, section 4). A subspace is not
 * drawn in it: random directions are all but orthogonal to it, so that it projects to a dot.
 *
 * @param label of that point
 * @param setting.extent of the grid on all sides of the middle, in lengths of the directions, above 0
 */
export function sceneOfDirections(
  { span, map }: Subject,
  label: string,
  setting: { layout: Layout; rng: Rng; extent: number; points: number },
): PlaneScene {
  const { layout, rng, extent, points } = setting;
  const middle = map.at(middleOf(map));
  const reference = allocateVector(span.size);
  span.point(middle, reference);
  const directions = ["first", "second"].map((name) => {
    const direction = randomDirection(layout, rng.split(name));
    filterNormalise(direction, reference, layout);
    return direction;
  });
  releaseVector(reference);
  const joined = join(span, directions);
  // Coefficients of the directions do not sum to 0, which takes the plain Gram matrix.
  const gram = joined.span.gram();
  const plane = planeAlong(gram, joined.lift(middle), joined.unit(0), joined.unit(1));
  return {
    span: joined.span,
    gram,
    plane,
    grid: centredGrid(extent * plane.dx, extent * plane.dy, points),
    points: [{ label, c: joined.lift(middle), shape: "circle" }],
    paths: [],
    samples: [],
  };
}

/** A span with further vectors, which it owns; each of its groups of parameters gets them all. */
function join(span: Span, vectors: readonly Float32Array[]) {
  const joined = new Span([...span.anchors, ...vectors], span.parts);
  const m = span.anchors.length;
  const each = m + vectors.length;
  const groups = span.terms / m;
  return {
    span: joined,
    /** Coefficients over the joined span of a point of the first one. */
    lift(c: Float64Array): Float64Array {
      const lifted = new Float64Array(joined.terms);
      for (let g = 0; g < groups; g++) lifted.set(c.subarray(g * m, (g + 1) * m), g * each);
      return lifted;
    },
    /** Coefficients of one of the further vectors. */
    unit(i: number): Float64Array {
      const c = new Float64Array(joined.terms);
      for (let g = 0; g < groups; g++) c[g * each + m + i] = 1;
      return c;
    },
  };
}

const vertex = (anchors: number, v: number): Float64Array =>
  Float64Array.from({ length: anchors }, (_, i) => (i === v ? 1 : 0));

/** Ends and middle of a path, the vertices and the middle of a simplex. */
function marks(map: CoefficientMap, labels: readonly string[]): PlaneScene["points"] {
  const end = (label: string, c: Float64Array) => ({ label, c, shape: "circle" as const });
  const middle = (label: string) => ({ label, c: map.at(middleOf(map)), shape: "diamond" as const });
  if (isPath(map)) {
    return [end(labels[0], map.at(0)), end(labels[2], map.at(1)), middle(labels[1])];
  }
  const vertices = Array.from({ length: map.anchors }, (_, v) => end(`vertex ${v}`, vertex(map.anchors, v)));
  return [...vertices, middle("middle")];
}

/** Points along an edge of a simplex that are shown: fewer where there are many edges. */
const pointsOfEdge = (map: CoefficientMap) => (map.dimension <= 3 ? 5 : 3);

/** What is drawn of a subspace. */
function overlays(
  map: CoefficientMap,
  lift: (c: Float64Array) => Float64Array = (c) => c,
): Pick<PlaneScene, "paths" | "samples"> {
  if (isPath(map)) {
    const track = (name: string, of: PathMap, dashed: boolean) => ({
      name,
      dashed,
      c: Array.from(evenly(of, DRAWN), (t) => lift(of.at(t))),
    });
    if (map.kind === "line") return { paths: [track("line", map, false)], samples: [] };
    return { paths: [track("straight line", chord(map), true), track("curve", map, false)], samples: [] };
  }
  const c = coefficientMatrix(map, evenly(map, pointsOfEdge(map)));
  const rows = Array.from({ length: c.length / map.anchors }, (_, p) =>
    lift(c.slice(p * map.anchors, (p + 1) * map.anchors)),
  );
  const edges = edgesOf(map).flatMap(([a, b]) => [
    lift(vertex(map.anchors, a)),
    lift(vertex(map.anchors, b)),
    undefined,
  ]);
  return {
    paths: [{ name: "edges", dashed: false, c: edges }],
    samples: [{ name: `points of the ${map.kind}`, c: rows }],
  };
}

/** Pairs of vertices that a simplex holds both of. */
function edgesOf({ spec, anchors }: CoefficientMap): [number, number][] {
  const simplexes = spec.kind === "complex" ? spec.simplexes : [Array.from({ length: anchors }, (_, v) => v)];
  const edges = new Map<string, [number, number]>();
  for (const corners of simplexes) {
    for (const a of corners) for (const b of corners) if (a < b) edges.set(`${a} ${b}`, [a, b]);
  }
  return [...edges.values()];
}
