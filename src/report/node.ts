/** The part of the room that needs Node.js: figures and reports in run folders. */
export { connectAnswer, connectReport } from "./connect-report-node.ts";
export { figureDocument } from "./document-node.ts";
export { planeAnswer, planeReport } from "./plane-report-node.ts";
export { canRenderText, svgToPng } from "./png-node.ts";
export { saveFigure, saveReport } from "./save-node.ts";
export { subspaceAnswer, subspaceReport } from "./subspace-report-node.ts";
export { trainAnswer, trainReport } from "./train-report-node.ts";
