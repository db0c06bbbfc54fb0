/** The part of the room that needs Node.js: files, downloads. */
export { cacheDirectory, type FileOptions } from "./files-node.ts";
export { loadFiles } from "./load-files-node.ts";
export { type FileStatus, type LoadOptions, loadDataset, verifyDataset } from "./load-node.ts";
