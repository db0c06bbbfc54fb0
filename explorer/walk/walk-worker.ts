import { type Compute, computeOn } from "../../src/engine/index.ts";
import { walkAlong } from "./walk.ts";
import type { WalkAnswer, WalkRequest } from "./walk-protocol.ts";

const tell = (answer: WalkAnswer) => postMessage(answer);

// The page names its workers after what is to compute.
computeOn(self.name as Compute);

addEventListener("message", ({ data }: MessageEvent<WalkRequest>) => {
  walkAlong(data, (walk) => tell({ kind: "walk", walk })).catch((error) =>
    tell({ kind: "problem", message: error instanceof Error ? error.message : String(error) }),
  );
});
