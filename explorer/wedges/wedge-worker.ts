import type { WedgeSpec } from "../../src/landscape/index.ts";
import { descendOnPlane, type PlaneOutcome, REDRAWS, SHARES, type Wells, wellsOf } from "./wedge-lab.ts";

export type WedgeAnswer =
  | { kind: "wells"; wells: Wells }
  | { kind: "plane"; outcome: PlaneOutcome; done: number }
  | { kind: "problem"; message: string };

const tell = (answer: WedgeAnswer) => postMessage(answer);
let current = new AbortController();

async function explore(spec: WedgeSpec, signal: AbortSignal): Promise<void> {
  tell({ kind: "wells", wells: await wellsOf(spec) });
  let done = 0;
  // All shares once, then again: the curve is there early and fills up.
  for (let draw = 0; draw < REDRAWS; draw++) {
    for (const share of SHARES) {
      const d = Math.max(1, Math.round(share * spec.short));
      if (d > spec.dimension) continue;
      const reached = await descendOnPlane(spec, d, draw, signal);
      // The message of a new landscape is read between two turns of the event loop.
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
      tell({
        kind: "plane",
        outcome: { d, share: d / spec.short, reached },
        done: ++done / (REDRAWS * SHARES.length),
      });
    }
  }
}

addEventListener("message", ({ data }: MessageEvent<WedgeSpec>) => {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  explore(data, signal).catch((error) => {
    if (!signal.aborted)
      tell({ kind: "problem", message: error instanceof Error ? error.message : String(error) });
  });
});
