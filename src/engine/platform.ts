/**
 * The only file that knows where the engine runs: native ONNX Runtime in Node, ONNX Runtime's WebAssembly build in
 * a browser.
 */
import type { InferenceSession, Tensor } from "onnxruntime-common";

type Runtime = typeof import("onnxruntime-common");

export const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;

let loading: Promise<Runtime> | undefined;

/** ONNX Runtime for this platform, loaded once. */
export function loadRuntime(): Promise<Runtime> {
  loading ??= isNode ? importNative() : import("onnxruntime-web/wasm");
  return loading;
}

async function importNative(): Promise<Runtime> {
  // A CommonJS module: bundlers for the browser must not follow it.
  const name = "onnxruntime-node";
  const module = await import(/* @vite-ignore */ name);
  return module.default ?? module;
}

/** Pages of 64 KiB reserved for long vectors; untouched pages cost address space only. */
export const RESERVED_PAGES = isNode ? 49_152 : 8_192;

/** Whether a session writes results into the arrays it is given; the WebAssembly build only returns copies. */
export const WRITES_IN_PLACE = isNode;

/**
 * Threads that a program may use in Node: as many as this process may run on at once (ONNX Runtime itself would count
 * cores that it may not use, and its threads would wait for each other), or the number in ISTHMUS_THREADS.
 *
 * @throws RangeError unless that is a whole number from 1
 */
export function allowedThreads(): number {
  const asked = process.env.ISTHMUS_THREADS;
  if (!asked) return process.getBuiltinModule("node:os").availableParallelism();
  const threads = Number(asked);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`ISTHMUS_THREADS is "${asked}"; give a whole number from 1, or leave it out.`);
  }
  return threads;
}

export interface SessionOptions {
  /** Threads inside an operator; by default those that are allowed. */
  threads?: number;
}

export async function createSession(model: Uint8Array, options: SessionOptions): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  const threads = options.threads ?? (isNode ? allowedThreads() : undefined);
  return InferenceSession.create(model, {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    enableMemPattern: true,
    logSeverityLevel: 3,
    ...(threads ? { intraOpNumThreads: threads } : {}),
  });
}

export type { InferenceSession, Tensor };
