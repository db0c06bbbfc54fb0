export { PROJECTIONS, type ProjectionKind, type RandomProjection, randomProjection } from "./projection.ts";
