import {
  angle,
  chordLength,
  cosine,
  curvatures,
  type Gram,
  maxDeviationFromChord,
  norm,
  pathLength,
  simplexShape,
  simplexVolume,
  straightness,
  totalTurning,
} from "../geometry/index.ts";
import { evenly, isPath, middleOf, type PathMap } from "../subspace/index.ts";
import type { SubspaceGram } from "./subspace-gram.ts";

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
  /** Curvature at the given t; of a path of straight pieces, of each bend the angle over the mean length of its legs. */
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

/** Measures a subspace from its Gram matrices. */
export function shapeOf(subspace: SubspaceGram): Shape {
  const { map } = subspace;
  return isPath(map) ? pathShape(subspace, map) : verticesShape(subspace);
}

function pathShape({ differences, absolute }: SubspaceGram, path: PathMap): PathShape {
  const bends = path.kind === "polychain" ? bendsOf(path, differences) : undefined;
  const ts = evenly(path, PROFILE);
  return {
    kind: "path",
    length: pathLength(path, differences),
    chord: chordLength(path, differences),
    straightness: straightness(path, differences),
    totalTurning: totalTurning(path, differences),
    maxDeviationFromChord: maxDeviationFromChord(path, differences),
    cosine: cosine(absolute, path.at(0), path.at(1)),
    norms: [0, 0.5, 1].map((t) => norm(absolute, path.at(t))),
    curvature: {
      t: bends ? bends.map(({ t }) => t) : [...ts],
      kappa: bends ? bends.map(({ curvature }) => curvature) : [...curvatures(path, differences, ts)],
    },
  };
}

/** A bend of a chain. */
export interface Bend {
  t: number;
  /** In radians. */
  angle: number;
  /** The angle over the mean length of the two legs. */
  curvature: number;
}

/** The bends of a chain, at its inner anchors; an angle of 0 beside a leg without length. */
export function bendsOf(path: PathMap, gram: Gram): Bend[] {
  const ts = evenly(path, path.anchors);
  const legs = Array.from(ts.subarray(1), (t, i) => {
    const [from, to] = [path.at(ts[i]), path.at(t)];
    return to.map((c, j) => c - from[j]);
  });
  const lengths = legs.map((leg) => norm(gram, leg));
  return legs.slice(1).map((leg, i) => {
    const turn = lengths[i] > 0 && lengths[i + 1] > 0 ? angle(gram, legs[i], leg) : 0;
    const mean = (lengths[i] + lengths[i + 1]) / 2;
    return { t: ts[i + 1], angle: turn, curvature: mean > 0 ? turn / mean : 0 };
  });
}

function verticesShape({ map, absolute, differences }: SubspaceGram): VerticesShape {
  const m = map.anchors;
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
    volume: simplexVolume(differences),
  };
}
