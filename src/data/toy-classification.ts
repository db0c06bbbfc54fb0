import { Rng } from "../engine/index.ts";
import { type Dataset, type Split, withChecksum } from "./dataset.ts";

export const TOY_CLASSIFICATIONS = ["two-moons", "spirals"] as const;
export type ToyClassification = (typeof TOY_CLASSIFICATIONS)[number];

export const isToyClassification = (name: string): name is ToyClassification =>
  (TOY_CLASSIFICATIONS as readonly string[]).includes(name);

/** Standard deviation of the noise on both coordinates. */
const NOISE = 0.1;
const TRAIN = 400;
const TEST = 400;

/** A point of one of two classes without its noise; `u` in [0, 1) says where along its arc. */
const ARCS: Record<ToyClassification, (label: number, u: number) => [number, number]> = {
  // Two half circles of radius 1 that reach into each other.
  "two-moons": (label, u) => {
    const [x, y] = [Math.cos(Math.PI * u), Math.sin(Math.PI * u)];
    return label === 0 ? [x - 0.5, y - 0.25] : [0.5 - x, 0.25 - y];
  },
  // Two arms of one and a half turns, the second turned by half a turn; radius 0.2 to 2.
  spirals: (label, u) => {
    const radius = 0.2 + 1.8 * u;
    const angle = 3 * Math.PI * u + Math.PI * label;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
};

/** Two classes of points in the plane: 400 for training, 400 for the test, of both classes alike. */
export function toyClassification(name: ToyClassification, seed = 0): Promise<Dataset> {
  const rng = Rng.fromSeed(seed).split(name);
  const split = (part: string, count: number): Split => {
    const own = rng.split(part);
    const along = own.split("along").uniform(count, 0, 1);
    const noise = own.split("noise").normal(2 * count);
    const targets = Int32Array.from({ length: count }, (_, i) => i % 2);
    const inputs = new Float32Array(2 * count);
    targets.forEach((label, i) => {
      const [x, y] = ARCS[name](label, along[i]);
      inputs[2 * i] = x + NOISE * noise[2 * i];
      inputs[2 * i + 1] = y + NOISE * noise[2 * i + 1];
    });
    return { count, inputs, targets };
  };
  return withChecksum({
    name,
    task: "classification",
    shape: [2],
    classes: 2,
    byteScale: 1,
    byteShift: 0,
    train: split("train", TRAIN),
    test: split("test", TEST),
    source: "generated",
    note: `noise ${NOISE}, seed ${seed}`,
  });
}
