/** The part of the room that needs Node.js: run folders and the jobs that write them. */
export {
  type ConnectResult,
  type ConnectSpec,
  connectJob,
  type PathResult,
  readOptimum,
} from "./connect-node.ts";
export { openRunData, type RunData } from "./data-node.ts";
export { RunFolder } from "./folder-node.ts";
export { type PlaneResult, type PlaneSetup, planeOf } from "./plane-node.ts";
export { type FitStageOptions, fitStage } from "./stage-node.ts";
export {
  type LearntSubspace,
  learn,
  type SubspaceResult,
  type SubspaceSpec,
  subspaceJob,
} from "./subspace-node.ts";
export { type JobOptions, type TrainResult, trainJob, trainOptimum } from "./train-node.ts";
