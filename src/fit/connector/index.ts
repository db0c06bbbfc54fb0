export {
  type ConnectorChain,
  type Insertion,
  type InsertionOptions,
  insertNodes,
  legLosses,
} from "./chain.ts";
export { type CurveSpec, fitCurveOn } from "./curve.ts";
export { type Descent, type DescentSpec, descendInHyperplane, lossAt } from "./descent.ts";
export { centrePoint, Hull, linePoints, spokePoints } from "./hull.ts";
export {
  type HyperplaneOptions,
  type HyperplaneState,
  hyperplaneNodes,
  type NodeMetrics,
} from "./hyperplane.ts";
export { meetingOf } from "./meeting.ts";
