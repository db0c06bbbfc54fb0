/** The part of the room that needs Node.js: studies in run folders. */
export { openStudy } from "./context-node.ts";
export { DATA } from "./recipe.ts";
export { studyReport } from "./report-node.ts";
