import type { Trace } from "./draws.ts";

/** Uniform numbers in (0, 1) of the linear congruential generator of Numerical Recipes; any language can make them. */
export function congruential(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (1664525n * state + 1013904223n) % 2n ** 32n;
    return (Number(state) + 0.5) / 2 ** 32;
  };
}

/** Autoregressive chains x ← φx + (sum of four uniforms − 2) from 0, each changed by `map` after it was made. */
export function autoregressive(
  chains: number,
  draws: number,
  phi: number,
  seed: number,
  map: (x: number, chain: number) => number = (x) => x,
): Trace {
  const uniform = congruential(seed);
  const values = new Float64Array(chains * draws);
  for (let chain = 0; chain < chains; chain++) {
    let x = 0;
    for (let i = 0; i < draws; i++) {
      x = phi * x + (uniform() + uniform() + uniform() + uniform() - 2);
      values[chain * draws + i] = map(x, chain);
    }
  }
  return { chains, draws, values };
}
