/**
 * The 2-D points on which Chen & Saidi (2023) measured the dimension of their triangle, as their code makes them:
 * n values t evenly from 0 to 1, and for each n values t₂ evenly from t to 1 − t. The weights of the three vertices are
 * (1 − t − t₂, t, t₂), so that the rows shrink towards t = ½ and open again behind it: a bow-tie, half of which
 * (47.5 % of the points for n = 20) lies outside the triangle. Only for reproducing their numbers; to sample a
 * triangle use random points of the simplex.
 *
 * @param n an even whole number from 2: for odd n the row t = ½ is one point n times
 * @returns n² × 2, row-major: the simplex coordinates (t, t₂), with t₂ the faster
 */
export function authorsTiling(n: number): Float64Array {
  if (!(Number.isInteger(n) && n >= 2 && n % 2 === 0)) {
    throw new RangeError(`The tiling has ${n} points a side; give an even whole number from 2.`);
  }
  const coordinates = new Float64Array(2 * n * n);
  for (let i = 0; i < n; i++) {
    const t = i / (n - 1);
    for (let j = 0; j < n; j++) {
      coordinates[2 * (i * n + j)] = t;
      coordinates[2 * (i * n + j) + 1] = t + (j / (n - 1)) * (1 - 2 * t);
    }
  }
  return coordinates;
}
