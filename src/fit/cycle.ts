export const CYCLES = ["cosine", "triangle", "linear"] as const;
export type CycleShape = (typeof CYCLES)[number];

/** A learning rate that falls and starts again, step by step. */
export interface RateCycle {
  shape: CycleShape;
  /** Epochs of one cycle; an even number of `triangle`. */
  epochs: number;
  /** The lowest rate over the highest, in [0, 1]. */
  lowest: number;
}

/**
 * Factor of the highest rate in a step of a cycle, with the lowest factor m:
 * - `cosine`: m + (1 − m) ½ (cos(π i / n) + 1) (snapshot ensembles; Huang et al. 2017, equation 2, where m = 0)
 * - `triangle`: down to m at t = ½ and up again, with t = (i + 1) / n (FGE; Garipov et al. 2018, section 4)
 * - `linear`: (1 − t) + t m (SWA; Izmailov et al. 2018, section 3.1)
 * @param i number of the step in its cycle, from 0
 * @param n steps of a cycle
 */
export function cycleFactor(
  { shape, lowest }: Pick<RateCycle, "shape" | "lowest">,
  i: number,
  n: number,
): number {
  const t = (i + 1) / n;
  switch (shape) {
    case "cosine":
      return lowest + ((1 - lowest) * (Math.cos((Math.PI * i) / n) + 1)) / 2;
    case "triangle":
      return t <= 0.5 ? 1 - 2 * t + 2 * t * lowest : (2 - 2 * t) * lowest + 2 * t - 1;
    case "linear":
      return 1 - t + t * lowest;
  }
}

/** The epochs after which the rate is lowest, and a network is to be collected: ends of cycles, or middles of triangles. */
export function collectedEpochs({ shape, epochs: length }: RateCycle, epochs: number): number[] {
  const first = shape === "triangle" ? length / 2 : length;
  return Array.from(
    { length: Math.floor((epochs - first) / length) + 1 },
    (_, k) => first + k * length,
  ).filter((epoch) => epoch <= epochs);
}

/** @throws RangeError where the rate would have no such cycle */
export function checkCycle({ shape, epochs, lowest }: RateCycle): void {
  if (!Number.isInteger(epochs) || epochs < 1 || (shape === "triangle" && epochs % 2 > 0)) {
    throw new RangeError(
      `A cycle of ${epochs} epochs was asked for; give ${shape === "triangle" ? "an even number, since networks are collected in its middle" : "a whole number from 1"}.`,
    );
  }
  if (!(lowest >= 0 && lowest <= 1)) {
    throw new RangeError(`A lowest rate of ${lowest} times the highest was asked for; give 0 to 1.`);
  }
}
