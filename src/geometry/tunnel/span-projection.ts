import {
  allocateVector,
  combine,
  compile,
  dot,
  matmul,
  releaseVector,
  subtract,
  transpose,
  type Value,
} from "../../engine/index.ts";
import type { AffineSpan } from "./affine-span.ts";

/**
 * The coordinates φ of the points of an affine span that are nearest to parameter vectors, which may lie anywhere: n × K.
 *
 * @param span of the anchors, of metric `published` or `euclidean`, whose axes are at right angles in weight space
 * @param anchors m vectors of D parameters, in the vector memory
 * @param thetas n × D
 */
export async function projectOntoSpan(
  span: AffineSpan,
  anchors: readonly Float32Array[],
  thetas: Float32Array,
): Promise<Float64Array> {
  const m = anchors.length;
  const [K, D] = [span.places.dimension, anchors[0].length];
  const n = thetas.length / D;
  const [mean, axis, axes] = [allocateVector(D), allocateVector(D), allocateVector(K * D)];
  const phi = new Float32Array(n * K);
  try {
    combine(mean, anchors, new Float64Array(m).fill(1 / m));
    for (let j = 0; j < K; j++) {
      combine(axis, anchors, span.axes.subarray(j * m, (j + 1) * m));
      combine(axis, [axis], [1 / dot(axis, axis)]);
      axes.set(axis, j * D);
    }
    using program = await compile(
      (theta: Value, origin: Value, rows: Value) => matmul(subtract(theta, origin), transpose(rows)),
      [{ shape: [n, D] }, { shape: [D] }, { shape: [K, D] }],
    );
    await program.run([thetas, mean, axes], [phi]);
  } finally {
    releaseVector(mean, axis, axes);
  }
  return Float64Array.from(phi);
}
