/** Figures (SVG) and the HTML report of a run. `figureDocument` and `svgToPng` for Node are in files ending in -node. */
export { type Bands, bandFigure } from "./band.ts";
export { type CellMap, type CellPicture, cellMapFigure, cellMaskFigure } from "./cells.ts";
export type { Chart, ChartMark, Series } from "./chart.ts";
export type { ColourScale } from "./colour.ts";
export type { Field } from "./field.ts";
export { type Fact, type Report, type ReportFigure, type ReportTable, renderReport } from "./html.ts";
export { bandOf, type LevelOptions, planeLevels } from "./levels.ts";
export { panelsFigure } from "./panels.ts";
export { type Plane, type PlanePath, type PlanePoint, type PlaneSamples, planeFigure } from "./plane.ts";
export { type Profile, profileFigure } from "./profile.ts";
export type { ProjectedSeries, Projection } from "./projected.ts";
export { projectionFigure } from "./projection.ts";
export { projectionFigure3d } from "./projection-3d.ts";
export { rankFigure } from "./ranks.ts";
export { reliabilityFigure } from "./reliability.ts";
export { type Scatter, scatterFigure } from "./scatter.ts";
export { svgText } from "./svg.ts";
export { type TrainingRun, trainingFigure } from "./training.ts";
