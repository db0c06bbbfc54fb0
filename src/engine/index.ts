export * from "./kernels.ts";
export { allocateBytes, allocateIntegers, allocateVector, releaseVector } from "./memory.ts";
export * from "./ops.ts";
export { allowedThreads, type Compute, computeOn, isNode } from "./platform.ts";
export { compile, compileSplit, Program, type ProgramArray, type SplitProgram } from "./program.ts";
export * from "./random.ts";
export type { Argument, TensorSpec } from "./trace.ts";
