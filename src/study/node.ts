/** The part of the room that needs Node.js: studies in run folders. */
export { studyContext } from "./context-node.ts";
export { studyReport } from "./report-node.ts";
