/**
 * The only file that knows where the engine runs: native ONNX Runtime in Node, ONNX Runtime's WebAssembly build in
 * a browser.
 */
import type { InferenceSession, Tensor } from "onnxruntime-common";

type Runtime = typeof import("onnxruntime-common");

export const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;

/** Builds of ONNX Runtime: for Node.js, and two for a page. */
type Build = "native" | "wasm" | "webgpu";

const loading = new Map<Build, Promise<Runtime>>();

/** One build of ONNX Runtime, loaded once. */
function loadRuntime(build: Build): Promise<Runtime> {
  let runtime = loading.get(build);
  if (!runtime) {
    if (build === "native") runtime = importNative();
    else runtime = build === "wasm" ? import("onnxruntime-web/wasm") : import("onnxruntime-web/webgpu");
    loading.set(build, runtime);
  }
  return runtime;
}

/** Where programs run in a page: `auto` gives large ones to WebGPU if there is a graphics card, the others to WebAssembly. */
export type Compute = "auto" | "wasm" | "webgpu";

let compute: Compute = "auto";

/** Chooses where the programs that are compiled from now on run in a page; Node.js knows native code only. */
export function computeOn(where: Compute): void {
  compute = where;
}

/** Programs with fewer multiply-adds than this do not pay for the way to a graphics card and back. */
const LARGE_WORK = 200_000_000;

/** The part of WebGPU's adapter that is asked for. */
interface Adapter {
  info?: { isFallbackAdapter?: boolean };
}

let adapter: Promise<Adapter | null> | undefined;

function findAdapter(): Promise<Adapter | null> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } };
  adapter ??= gpu?.requestAdapter().catch(() => null) ?? Promise.resolve(null);
  return adapter;
}

/** @throws Error where WebGPU is asked for and there is none */
async function buildFor(work: number): Promise<Build> {
  if (isNode) return "native";
  if (compute === "wasm" || (compute === "auto" && work < LARGE_WORK)) return "wasm";
  const found = await findAdapter();
  if (compute === "webgpu" && !found)
    throw new Error("This browser has no WebGPU; compute with WebAssembly instead.");
  // A card that is emulated in software is slower than WebAssembly.
  return compute === "webgpu" || (found && !found.info?.isFallbackAdapter) ? "webgpu" : "wasm";
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

/** Programs with fewer multiply-adds than this run faster on one thread than on several. */
const SMALL_WORK = 10_000_000;

/** A session, and the class of its tensors: builds of ONNX Runtime do not take each other's. */
export interface Session {
  session: InferenceSession;
  Tensor: Runtime["Tensor"];
}

/** @param work multiply-adds of one run */
export async function createSession(model: Uint8Array, work: number): Promise<Session> {
  const build = await buildFor(work);
  try {
    return await sessionOf(build, model, work);
  } catch (error) {
    // A card may lack what a program needs; what was not asked for by name goes on without it.
    if (build !== "webgpu" || compute === "webgpu") throw error;
    return sessionOf("wasm", model, work);
  }
}

async function sessionOf(build: Build, model: Uint8Array, work: number): Promise<Session> {
  const { InferenceSession, Tensor } = await loadRuntime(build);
  const threads = work < SMALL_WORK ? 1 : isNode ? allowedThreads() : undefined;
  const session = await InferenceSession.create(model, {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    enableMemPattern: true,
    logSeverityLevel: 3,
    ...(build === "webgpu" ? { executionProviders: ["webgpu"] } : {}),
    ...(threads ? { intraOpNumThreads: threads } : {}),
  });
  return { session, Tensor };
}

export type { InferenceSession, Tensor };
