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

export interface SessionOptions {
  /** Threads inside an operator; by default all cores. */
  threads?: number;
}

export async function createSession(model: Uint8Array, options: SessionOptions): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  return InferenceSession.create(model, {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    enableMemPattern: true,
    logSeverityLevel: 3,
    ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
  });
}

export type { InferenceSession, Tensor };
