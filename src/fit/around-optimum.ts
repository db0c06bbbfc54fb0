import {
  allocateVector,
  combine,
  dot,
  dropoutMask,
  multiplyElements,
  type Rng,
  releaseVector,
} from "../engine/index.ts";
import { principalSubspace } from "./trajectory.ts";

/** Ways to draw networks around one that was trained (Fort et al. 2019, section 4.2). */
export const SUBSPACE_SAMPLERS = ["random", "dropout", "diagonal", "low-rank"] as const;
export type SubspaceSamplerKind = (typeof SUBSPACE_SAMPLERS)[number];

/** Principal components of `low-rank`, as published. */
const RANK = 5;

/** Draws networks around an optimum; owns native memory. */
export interface AroundSampler extends Disposable {
  /** Writes draw i into a vector [D] of the vector memory. */
  draw(i: number, out: Float32Array): void;
}

/**
 * Draws networks around an optimum:
 * - `random`: θ* + t v, with v uniform on the unit sphere and t = scale · U(0, 1)
 * - `dropout`: every weight zero with probability p = scale · U(0, 1), the others over 1 − p
 * - `diagonal`: N(mean, scale² diag(sd²)) of states, those of its training as published
 * - `low-rank`: their mean plus scale · Σ zᵢ eᵢ with five unit principal directions and z ~ N(0, I), not scaled by singular
 *   values, as published
 *
 * @param theta θ* [D]
 * @param states vectors [D]; of `diagonal` and `low-rank` only
 * @param scale 0 or more; of `dropout` at most 1
 * @throws RangeError where there are fewer than two states, or the scale is none
 */
export function sampleAround(
  kind: SubspaceSamplerKind,
  theta: Float32Array,
  states: readonly Float32Array[],
  scale: number,
  rng: Rng,
): AroundSampler {
  const most = kind === "dropout" ? 1 : Number.POSITIVE_INFINITY;
  if (!(scale >= 0 && scale <= most)) {
    throw new RangeError(
      `A scale of ${scale} was given for ${kind} draws; give ${kind === "dropout" ? "a probability, 0 to 1" : "0 or more"}.`,
    );
  }
  switch (kind) {
    case "random":
      return randomAround(theta, scale, rng);
    case "dropout":
      return dropoutAround(theta, scale, rng);
  }
  if (states.length < 2) {
    throw new RangeError(
      `${states.length} states were given; ${kind} draws need two or more, so save the epochs of the training.`,
    );
  }
  return kind === "diagonal" ? diagonalAround(states, scale, rng) : lowRankAround(states, scale, rng);
}

/** A sampler that owns `count` vectors of D numbers. */
function withVectors(
  D: number,
  count: number,
  sampler: (vectors: readonly Float32Array[]) => AroundSampler["draw"],
): AroundSampler {
  const vectors = Array.from({ length: count }, () => allocateVector(D));
  return { draw: sampler(vectors), [Symbol.dispose]: () => releaseVector(...vectors) };
}

const randomAround = (theta: Float32Array, scale: number, rng: Rng): AroundSampler =>
  withVectors(theta.length, 1, ([direction]) => (i, out) => {
    const own = rng.foldIn(i);
    direction.set(own.split("direction").normal(theta.length));
    const [t] = own.split("distance").uniform(1, 0, scale);
    combine(out, [theta, direction], [1, t / Math.sqrt(dot(direction, direction))]);
  });

const dropoutAround = (theta: Float32Array, scale: number, rng: Rng): AroundSampler => ({
  draw(i, out) {
    const own = rng.foldIn(i);
    const [p] = own.split("probability").uniform(1, 0, scale);
    dropoutMask(out, p, own.split("mask"));
    multiplyElements(out, theta);
  },
  [Symbol.dispose]() {},
});

const diagonalAround = (states: readonly Float32Array[], scale: number, rng: Rng): AroundSampler =>
  withVectors(states[0].length, 3, ([mean, sd, noise]) => {
    const n = states.length;
    combine(mean, states, new Array(n).fill(1 / n));
    for (const state of states) {
      combine(noise, [state, mean], [1, -1]);
      multiplyElements(noise, noise);
      combine(sd, [sd, noise], [1, 1 / (n - 1)]);
    }
    // Once a sampler; a draw has no loop of its own.
    sd.forEach((variance, k) => {
      sd[k] = Math.sqrt(variance);
    });
    return (i, out) => {
      noise.set(rng.foldIn(i).normal(noise.length));
      multiplyElements(noise, sd);
      combine(out, [mean, noise], [1, scale]);
    };
  });

function lowRankAround(states: readonly Float32Array[], scale: number, rng: Rng): AroundSampler {
  const [D, n] = [states[0].length, states.length];
  const mean = allocateVector(D);
  const deviations = states.map(() => allocateVector(D));
  try {
    combine(mean, states, new Array(n).fill(1 / n));
    deviations.forEach((deviation, i) => {
      combine(deviation, [states[i], mean], [1, -1]);
    });
    const subspace = principalSubspace({ mean, deviations }, Math.min(RANK, n - 1));
    const { directions } = subspace;
    const lengths = directions.map((direction) => Math.sqrt(dot(direction, direction)));
    return {
      draw(i, out) {
        const z = rng.foldIn(i).normal(directions.length);
        combine(
          out,
          [subspace.mean, ...directions],
          [1, ...lengths.map((length, j) => (scale * z[j]) / length)],
        );
      },
      [Symbol.dispose]: () => subspace[Symbol.dispose](),
    };
  } finally {
    releaseVector(mean, ...deviations);
  }
}
