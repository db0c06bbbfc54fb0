import type { LiveFrame, LiveSpec } from "./live-session.ts";

export type LiveData = "two-moons" | "spirals" | "toy-regression" | "fashion-mnist-small" | "own";

/** What the page asks of the worker. */
export type LiveRequest =
  | {
      kind: "start";
      data: LiveData;
      spec: LiveSpec;
      site: string;
      table?: { name: string; bytes: Uint8Array };
    }
  | { kind: "run" }
  | { kind: "pause" }
  | { kind: "step" }
  /** The page has drawn the last frame, and wants another. */
  | { kind: "drawn" }
  | { kind: "rate"; rate: number }
  | { kind: "at"; t: number }
  | { kind: "temperature"; temperature: number }
  | { kind: "bend"; dx: number; dy: number };

/** What the worker tells the page. */
export type LiveAnswer =
  | {
      kind: "ready";
      parameters: number;
      inputs?: { points: Float32Array; targets: number[]; bounds: [number, number][] };
    }
  | { kind: "frame"; frame: LiveFrame }
  | { kind: "problem"; message: string };
