/** The part of the room that needs Node.js: figures and reports in run folders. */
export { compareAnswer, compareReport } from "./compare-report-node.ts";
export { connectAnswer, connectReport } from "./connect-report-node.ts";
export { connectRunReport } from "./connect-run-report-node.ts";
export {
  CONNECTOR_NAMES,
  connectorAnswer,
  connectorFigures,
  connectorReport,
  connectorTables,
} from "./connector-report-node.ts";
export { dimensionAnswer, dimensionReport } from "./dimension-report-node.ts";
export { averagesFigure, averagesTable, diversityFigures, diversityTable } from "./diversity-figures-node.ts";
export { figureDocument } from "./document-node.ts";
export { ensembleAnswer, ensembleReport } from "./ensemble-report-node.ts";
export { geometryAnswer, geometryReport } from "./geometry-report-node.ts";
export { counted, hessianAnswer, hessianReport } from "./hessian-report-node.ts";
export { intrinsicAnswer, intrinsicReport } from "./intrinsic-report-node.ts";
export { mConnectorAnswer, mConnectorReport, spokesFigure } from "./m-connector-report-node.ts";
export { minimaGraphAnswer, minimaGraphFigure, minimaGraphReport } from "./minima-graph-report-node.ts";
export { pathAnswer, pathReport } from "./path-report-node.ts";
export { patternAnswer, patternFigures, patternReport } from "./pattern-report-node.ts";
export { perturbAnswer, perturbReport, sweepFigures } from "./perturb-report-node.ts";
export { planeAnswer, planeReport } from "./plane-report-node.ts";
export { canRenderText, svgToPng } from "./png-node.ts";
export { predictAnswer, predictReport } from "./predict-report-node.ts";
export { probeAnswer, probeReport } from "./probe-report-node.ts";
export { sampleAnswer, sampleReport, sampleWarning } from "./sample-report-node.ts";
export { saveFigure, saveReport } from "./save-node.ts";
export { subspaceAnswer, subspaceReport } from "./subspace-report-node.ts";
export { trainAnswer, trainReport } from "./train-report-node.ts";
export { priorFigures, tunnelAnswer, tunnelReport, tunnelWarning } from "./tunnel-report-node.ts";
export { wedgeAnswer, wedgeReport } from "./wedge-report-node.ts";
