import { allocateVector, axpy, combine, dot, type Rng } from "../../engine/index.ts";

/** Random orthonormal vectors [D] in the vector memory: Gram-Schmidt, twice, of Gaussian ones, so uniformly distributed. */
export function randomOrthonormal(count: number, dimension: number, rng: Rng): Float32Array[] {
  const vectors: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = allocateVector(dimension);
    vector.set(rng.foldIn(i).normal(dimension));
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of vectors) axpy(vector, -dot(vector, earlier), earlier);
      combine(vector, [vector], [1 / Math.sqrt(dot(vector, vector))]);
    }
    vectors.push(vector);
  }
  return vectors;
}
