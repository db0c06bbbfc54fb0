import { type Compute, computeOn } from "../../src/engine/index.ts";
import { TunnelLab } from "./tunnel-lab.ts";
import type { TunnelAnswer, TunnelRequest } from "./tunnel-protocol.ts";

/** In this order what waits is answered: what is dragged first. */
const ORDER = ["open", "section", "tube", "draws"] as const;

let lab: TunnelLab | undefined;
let busy = false;
/** The latest request of each kind: a page that drags asks faster than losses are computed, and wants the last only. */
const waiting = new Map<TunnelRequest["kind"], TunnelRequest>();

const tell = (answer: TunnelAnswer) => postMessage(answer);

async function answer(request: TunnelRequest): Promise<void> {
  if (request.kind === "open") {
    lab = await TunnelLab.open(request);
    tell({ kind: "picture", picture: lab.picture });
  } else if (!lab) return;
  else if (request.kind === "tube") {
    tell({ kind: "tube", tube: await lab.tube(request.radius, request.normals) });
  } else if (request.kind === "section") {
    const { t, extent, normals } = request;
    tell({ kind: "section", section: await lab.section(t, extent, normals) });
  } else {
    tell({ kind: "draws", draws: await lab.draws(request.bytes, request.file) });
  }
}

async function work(): Promise<void> {
  if (busy) return;
  busy = true;
  for (;;) {
    const kind = ORDER.find((name) => waiting.has(name));
    if (!kind) break;
    const request = waiting.get(kind)!;
    waiting.delete(kind);
    try {
      await answer(request);
    } catch (error) {
      tell({ kind: "problem", message: error instanceof Error ? error.message : String(error) });
    }
    // Messages of the page are read between two turns of the event loop only.
    await new Promise((resolve) => setTimeout(resolve));
  }
  busy = false;
}

// The page names its workers after what is to compute.
computeOn(self.name as Compute);

addEventListener("message", ({ data }: MessageEvent<TunnelRequest>) => {
  waiting.set(data.kind, data);
  void work();
});
