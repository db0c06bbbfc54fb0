/** isthmus, the parts that need Node.js: files, downloads, run folders, reports. */
export * from "./data/node.ts";
export * from "./report/node.ts";
export * from "./run/node.ts";
