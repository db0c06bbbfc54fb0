export { type ArcLengthTable, arcLengthAt, arcLengthTable, tAtArcLength } from "./arc-length.ts";
export {
  averageCurvature,
  curvature,
  curvatures,
  discreteCurvatures,
  mengerCurvature,
} from "./curvature.ts";
export { type Embedding, embed, embedPath } from "./embedding.ts";
export { angle, centredGram, cosine, distance, type Gram, gramOf, inner, norm } from "./gram.ts";
export { chordLength, controlPolygonLength, pathLength, speed, speeds } from "./length.ts";
export { type Barrier, barrier, type PathStatistics, pathStatistics } from "./path-statistics.ts";
export { type PlaneGrid, type PlaneThroughPoints, planeGrid, planeThrough } from "./plane.ts";
export { maxDeviationFromChord, straightness, totalTurning } from "./straightness.ts";
export { simplexVolume } from "./volume.ts";
