import type { Rng } from "../engine/index.ts";

const BLOCK = 16;

/** Uniform numbers on [0, 1), one a call, as many as are needed. */
export function uniforms(rng: Rng): () => number {
  let block = rng.foldIn(0).uniform64(BLOCK);
  let taken = 0;
  return () => {
    if (taken > 0 && taken % BLOCK === 0) block = rng.foldIn(taken / BLOCK).uniform64(BLOCK);
    return block[taken++ % BLOCK];
  };
}
