import { allocateVector, combine, releaseVector } from "../../engine/index.ts";
import type { Landscape, LandscapeValues } from "../landscape.ts";
import type { WorkOptions } from "../network-runs.ts";

/** A landscape that is evaluated at one point after the other, each in one pass over its D numbers. */
export abstract class PointwiseLandscape implements Landscape {
  abstract readonly size: number;
  /** Value at θ. */
  protected abstract value(theta: Float32Array): number;
  /** Value and gradient at θ. */
  protected abstract valueAndGradient(theta: Float32Array, gradient: Float32Array): number;
  /** The Hessian at θ, as the map from a vector to its product. */
  protected abstract hessian(theta: Float32Array): (vector: Float32Array, product: Float32Array) => void;
  abstract [Symbol.dispose](): void;

  async evaluateSeveral(
    points: number,
    place: (p: number, theta: Float32Array) => void,
    { signal, onProgress }: WorkOptions = {},
  ): Promise<LandscapeValues> {
    const loss = new Float64Array(points);
    const theta = allocateVector(this.size);
    try {
      for (let p = 0; p < points; p++) {
        signal?.throwIfAborted();
        place(p, theta);
        loss[p] = this.value(theta);
        onProgress?.((p + 1) / points);
      }
    } finally {
      releaseVector(theta);
    }
    return { loss };
  }

  evaluateSpan(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    options?: WorkOptions,
  ): Promise<LandscapeValues> {
    const m = anchors.length;
    const place = (p: number, theta: Float32Array) => {
      const own = coefficients.subarray(p * m, (p + 1) * m);
      // A point of a probe has two coefficients of a thousand that are not zero.
      const used = anchors.filter((_, i) => own[i] !== 0);
      combine(
        theta,
        used,
        own.filter((c) => c !== 0),
      );
    };
    return this.evaluateSeveral(coefficients.length / m, place, options);
  }

  async gradient(theta: Float32Array, gradient: Float32Array): Promise<number> {
    return this.valueAndGradient(theta, gradient);
  }

  async hessianProducts(
    theta: Float32Array,
    vectors: readonly Float32Array[],
    products: readonly Float32Array[],
  ): Promise<void> {
    const product = this.hessian(theta);
    vectors.forEach((vector, k) => {
      product(vector, products[k]);
    });
  }
}
