import { embed } from "./embedding.ts";
import { centredGram, type Gram } from "./gram.ts";

/**
 * Volume of the simplex with all m anchors as vertices, in (weight-space distance)ⁿ for n = m − 1: √det(E Eᵀ) / n!
 * with the edges from one vertex as the rows of E. Benton et al. 2021 write its square as a Cayley–Menger determinant
 * of the squared distances, |det| / ((n!)² 2ⁿ), which is the same number with fewer digits. 0 where the vertices lie
 * in fewer than n dimensions, and 1 for a single vertex.
 */
export function simplexVolume(gram: Gram): number {
  const n = gram.size - 1;
  const { dimension, points } = embed(centredGram(gram));
  if (dimension < n) return 0;
  // Cholesky with pivoting puts into coordinate i of one vertex its distance from the span of those before it: the
  // largest entry of that coordinate. The product of these heights is n! times the volume.
  let volume = 1;
  for (let i = 0; i < n; i++) {
    let height = 0;
    for (let vertex = 0; vertex <= n; vertex++) height = Math.max(height, Math.abs(points[vertex * n + i]));
    volume *= height / (i + 1);
  }
  return volume;
}
