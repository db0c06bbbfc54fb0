import { allocateVector, combine, releaseVector } from "../../engine/index.ts";
import type { Landscape } from "../../landscape/index.ts";

/** A loss that is a function of the numbers of θ, for tests in few dimensions. */
export function landscapeOf(
  size: number,
  loss: (theta: Float32Array) => number,
): Pick<Landscape, "size" | "evaluateSeveral" | "evaluateSpan"> & { calls: number } {
  const landscape = {
    size,
    /** Calls that evaluate several points. */
    calls: 0,
    async evaluateSeveral(points: number, place: (p: number, theta: Float32Array) => void) {
      landscape.calls++;
      const theta = allocateVector(size);
      const values = Float64Array.from({ length: points }, (_, p) => {
        place(p, theta);
        return loss(theta);
      });
      releaseVector(theta);
      return { loss: values };
    },
    evaluateSpan(anchors: readonly Float32Array[], c: Float64Array) {
      const m = anchors.length;
      return landscape.evaluateSeveral(c.length / m, (p, theta) =>
        combine(theta, anchors, c.subarray(p * m, (p + 1) * m)),
      );
    },
  };
  return landscape;
}

/** A vector of the vector memory. */
export function vectorOf(values: ArrayLike<number>): Float32Array {
  const vector = allocateVector(values.length);
  vector.set(values);
  return vector;
}
