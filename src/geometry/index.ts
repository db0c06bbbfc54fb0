export { type AdaptiveGrid, adaptiveGrid, type DrawnPosition, fillGrid } from "./adaptive-grid.ts";
export { type ArcLengthTable, arcLengthAt, arcLengthTable, tAtArcLength } from "./arc-length.ts";
export {
  averageCurvature,
  curvature,
  curvatures,
  discreteCurvatures,
  mengerCurvature,
} from "./curvature.ts";
export {
  type BlockMeans,
  blockMeans,
  contrastGroups,
  deviationCosines,
  tangentialCosines,
} from "./deviations.ts";
export * from "./dimension/index.ts";
export { type DirectionPart, keepPart, orthonormalDifferences } from "./direction-part.ts";
export { filterNormalise, randomDirection, scaleToArrays } from "./directions.ts";
export { type Embedding, embed, embedPath, embedRows } from "./embedding.ts";
export { type Frenet, frenet, torsions } from "./frenet.ts";
export { angle, centredGram, cosine, distance, type Gram, gramOf, inner, norm } from "./gram.ts";
export * from "./hessian/index.ts";
export { chordLength, controlPolygonLength, lengthNodes, pathLength, speed, speeds } from "./length.ts";
export {
  comparePaired,
  compareSeeds,
  type MeanInterval,
  meanInterval,
  type PairedComparison,
} from "./paired.ts";
export { type Barrier, barrier, type PathStatistics, pathStatistics } from "./path-statistics.ts";
export { planeAlong, planeThrough, type SpanPlane } from "./plane.ts";
export { centredGrid, gridAround, type PlaneGrid, planeGrid } from "./plane-grid.ts";
export {
  columnsOf,
  expectedTraceRatio,
  leadingPlane,
  type PlaneHessian,
  type PlaneMeasures,
  planeHessian,
  planeMeasures,
} from "./plane-hessian.ts";
export { type PrincipalComponents, principalComponents } from "./principal-components.ts";
export * from "./probe/index.ts";
export { type SimplexShape, simplexShape } from "./simplex-shape.ts";
export { maxDeviationFromChord, straightness, totalTurning } from "./straightness.ts";
export * from "./tunnel/index.ts";
export { discreteCurvaturesOfVectors } from "./vector-curvature.ts";
export { simplexVolume } from "./volume.ts";
