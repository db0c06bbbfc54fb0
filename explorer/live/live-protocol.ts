import type { LiveFrame, LiveSpec } from "./live-session.ts";

export type LiveData = "two-moons" | "spirals" | "toy-regression" | "fashion-mnist-small" | "own";

/** What the page asks of the worker. */
export type LiveRequest =
  | {
      kind: "start";
      data: LiveData;
      spec: LiveSpec;
      /** Its number, which its frames bear; there is nothing to see of earlier ones. */
      session: number;
      /** As in the requests of these kinds. */
      t: number;
      temperature: number;
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
  | { kind: "frame"; frame: LiveFrame; session: number }
  | { kind: "problem"; message: string };
