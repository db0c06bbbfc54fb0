export { type AffineSpan, affineSpan, type SpanMetric, spanCoordinates } from "./affine-span.ts";
export { type AmbientSpace, type Lifting, type PathSpace, spanPositions } from "./ambient-space.ts";
export { massBeyond } from "./chi-tail.ts";
export { directionAnchors, directionSpan } from "./direction-span.ts";
export { type Frame, frameRows } from "./frame.ts";
export { type FrameSpin, frameSpin } from "./frame-spin.ts";
export { frenetRows } from "./frenet-frame.ts";
export { initialFrame } from "./initial-frame.ts";
export { type InjectivityRadius, injectivityRadius } from "./injectivity.ts";
export {
  arcLengthBetween,
  moveTo,
  type PathPoint,
  type PlacedPath,
  pathPoint,
  placedPath,
  positionOf,
} from "./placed-path.ts";
export { type PublishedFrame, type PublishedFrameOptions, publishedFrame } from "./published-frame.ts";
export {
  type RotationMinimisingFrame,
  type RotationMinimisingOptions,
  rotationMinimisingFrame,
} from "./rotation-minimising.ts";
export { projectOntoSpan } from "./span-projection.ts";
export { lineSpace, type Tunnel, type TunnelOptions, tunnelSpace } from "./tunnel.ts";
export { volumeSpace } from "./volume-space.ts";
