import { allocateVector, combine, dot, type Rng, releaseVector } from "../engine/index.ts";
import { principalSubspace, Trajectory } from "./trajectory.ts";

/** Ways to draw networks around one that was trained (Fort et al. 2019, section 4.2). */
export const SUBSPACE_SAMPLERS = ["random", "dropout", "diagonal", "low-rank"] as const;
export type SubspaceSamplerKind = (typeof SUBSPACE_SAMPLERS)[number];

/** Principal components of `low-rank`, as published. */
const RANK = 5;

/**
 * Draws networks around an optimum, each written into a vector [D]:
 * - `random`: θ* + t v, with v uniform on the unit sphere and t = scale · U(0, 1)
 * - `dropout`: every weight zero with probability p = scale · U(0, 1), the others over 1 − p
 * - `diagonal`: N(mean, scale² diag(sd²)) of the states of its training
 * - `low-rank`: their mean plus scale · Σ zᵢ eᵢ with five unit principal directions and z ~ N(0, I), not scaled by singular
 *   values, as published
 *
 * @param states of the late training, vectors [D]; of `diagonal` and `low-rank` only
 * @throws RangeError where there are fewer than two states
 */
export function sampleAround(
  kind: SubspaceSamplerKind,
  theta: Float32Array,
  states: readonly Float32Array[],
  scale: number,
  rng: Rng,
): { draw(i: number, out: Float32Array): void } & Disposable {
  const D = theta.length;
  using cleanup = new DisposableStack();
  const vector = () => {
    const made = allocateVector(D);
    cleanup.defer(() => releaseVector(made));
    return made;
  };
  const noise = vector();
  if (kind === "random") {
    const owned = cleanup.move();
    return {
      draw(i, out) {
        const own = rng.foldIn(i);
        noise.set(own.split("direction").normal(D));
        const [t] = own.split("distance").uniform(1, 0, scale);
        combine(out, [theta, noise], [1, t / Math.sqrt(dot(noise, noise))]);
      },
      [Symbol.dispose]: () => owned.dispose(),
    };
  }
  if (kind === "dropout") {
    const owned = cleanup.move();
    return {
      draw(i, out) {
        const own = rng.foldIn(i);
        const [p] = own.split("probability").uniform(1, 0, Math.min(scale, 0.999));
        const kept = own.split("mask").uniform(D, 0, 1);
        for (let k = 0; k < D; k++) out[k] = kept[k] < p ? 0 : theta[k] / (1 - p);
      },
      [Symbol.dispose]: () => owned.dispose(),
    };
  }
  if (states.length < 2) {
    throw new RangeError(
      `${states.length} states of a training were given; ${kind} draws need two or more, so save its epochs.`,
    );
  }
  const trajectory = cleanup.use(new Trajectory(D, { from: 1, most: Math.max(2, states.length) }));
  for (const state of states) trajectory.collect(state);
  if (kind === "diagonal") {
    const sd = vector();
    for (const state of states) for (let k = 0; k < D; k++) sd[k] += (state[k] - trajectory.mean[k]) ** 2;
    for (let k = 0; k < D; k++) sd[k] = Math.sqrt(sd[k] / (states.length - 1));
    const owned = cleanup.move();
    return {
      draw(i, out) {
        const normal = rng.foldIn(i).normal(D);
        for (let k = 0; k < D; k++) out[k] = trajectory.mean[k] + scale * sd[k] * normal[k];
      },
      [Symbol.dispose]: () => owned.dispose(),
    };
  }
  const centred = states.map((state) => {
    const deviation = vector();
    combine(deviation, [state, trajectory.mean], [1, -1]);
    return deviation;
  });
  const rank = Math.min(RANK, states.length - 1);
  const subspace = cleanup.use(principalSubspace({ mean: trajectory.mean, deviations: centred }, rank));
  const directions = subspace.directions.map((direction) => ({
    direction,
    length: Math.sqrt(dot(direction, direction)),
  }));
  const owned = cleanup.move();
  return {
    draw(i, out) {
      const z = rng.foldIn(i).normal(directions.length);
      combine(
        out,
        [trajectory.mean, ...directions.map(({ direction }) => direction)],
        [1, ...directions.map(({ length }, j) => (scale * z[j]) / length)],
      );
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}
