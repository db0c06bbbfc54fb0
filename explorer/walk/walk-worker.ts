import { embeddedImages } from "../source/embedded-data.ts";
import { walkAlong } from "./walk.ts";
import type { WalkAnswer, WalkRequest } from "./walk-protocol.ts";

const tell = (answer: WalkAnswer) => postMessage(answer);

addEventListener("message", ({ data }: MessageEvent<WalkRequest>) => {
  walkAlong(data, () => embeddedImages(data.site)).then(
    (walk) => tell({ kind: "walk", walk }),
    (error) => tell({ kind: "problem", message: error instanceof Error ? error.message : String(error) }),
  );
});
