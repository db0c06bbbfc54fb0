export { type AxisFrame, alongAxes, axisFrame } from "./axis-frame.ts";
export { type DirectionProfiles, directionProfiles } from "./direction-profiles.ts";
export { firstCrossings, type Search } from "./first-crossings.ts";
export { interpolationCoefficients, interpolationPositions } from "./interpolation.ts";
export { DIRECTION_KINDS, type DirectionKind, probeDirections } from "./probe-directions.ts";
export { type OctantGrid, octantGrid, type SectorGrid, sectorGrid } from "./surface-grids.ts";
export { wedgeWell, wedgeWellWidth } from "./wedge-well.ts";
export { type Well, type WellSearch, type WellThreshold, wellAround } from "./well.ts";
