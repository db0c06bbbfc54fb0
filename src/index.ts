/** isthmus, the parts that run anywhere: in a browser and in Node.js. */
export * from "./data/index.ts";
export * from "./engine/index.ts";
export * from "./fit/index.ts";
export * from "./format/index.ts";
export * from "./geometry/index.ts";
export * from "./inference/index.ts";
export * from "./landscape/index.ts";
export * from "./model/index.ts";
export * from "./report/index.ts";
export * from "./run/index.ts";
export * from "./subspace/index.ts";
