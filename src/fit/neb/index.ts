export {
  AUTO_NEB,
  type AutoNebOptions,
  type AutoNebSpec,
  type AutoNebState,
  autoNeb,
  bandInsertions,
  type Cycle,
  type CycleMetrics,
  QUICK_AUTO_NEB,
} from "./auto-neb.ts";
export { Band, type BandSpec } from "./band.ts";
export {
  type Branch,
  disconnectivity,
  type Edge,
  nextPair,
  saddleMatrix,
  spanningTree,
} from "./minima-graph.ts";
export { tangentWeights } from "./tangent.ts";
