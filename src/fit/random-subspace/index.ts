export {
  crossing,
  crossingDeviation,
  type DimensionScores,
  medianScore,
  nextDimension,
} from "./crossing.ts";
export { descendInSubspace, type SubspaceDescent, type SubspaceDescentSpec } from "./descent.ts";
export { fitInSubspace, type SubspaceFitProblem } from "./fit-in-subspace.ts";
export { descendFromRandom } from "./from-random.ts";
export { RandomSubspaceStep } from "./step.ts";
export { RandomSubspace } from "./subspace.ts";
