/** Points of a tube around each place of its path. */
export const AROUND = 24;

/** A path and two normals along it as they are seen: n × 3 each. */
export interface SeenStrand {
  centres: Float32Array;
  first: Float32Array;
  /** Missing in a plane, which has one normal: the tube is a strip. */
  second?: Float32Array;
}

/**
 * The points B + r (cos α N₁ + sin α N₂) of a tube, α in even steps around it, written into `out`.
 *
 * @param out n × around × 3
 */
export function tubePositions(
  { centres, first, second }: SeenStrand,
  radius: number,
  around: number,
  out: Float32Array,
): void {
  let at = 0;
  for (let i = 0; i < centres.length; i += 3) {
    for (let a = 0; a < around; a++) {
      const angle = (2 * Math.PI * a) / around;
      const [c, s] = [radius * Math.cos(angle), radius * Math.sin(angle)];
      for (let d = i; d < i + 3; d++) out[at++] = centres[d] + c * first[d] + (second ? s * second[d] : 0);
    }
  }
}

/** The triangles of a tube with n rings of so many points: indices of its points, three a triangle. */
export function tubeTriangles(n: number, around: number): Uint32Array {
  const index = new Uint32Array(6 * (n - 1) * around);
  let at = 0;
  for (let i = 0; i < n - 1; i++) {
    for (let a = 0; a < around; a++) {
      const here = i * around + a;
      const beside = i * around + ((a + 1) % around);
      for (const corner of [here, beside, here + around, beside, beside + around, here + around])
        index[at++] = corner;
    }
  }
  return index;
}

/**
 * The pair of normals, numbered from 1, whose tube is seen best: the parallelogram of its radii has the largest mean area.
 *
 * @param normals of each place K − 1 as they are seen: n × (K − 1) × 3
 */
export function widestPair(normals: Float32Array, count: number): [number, number] | [number] {
  if (count < 2) return [1];
  let best: [number, number] = [1, 2];
  let largest = -1;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      let sum = 0;
      for (let at = 0; at < normals.length; at += 3 * count) {
        const [ax, ay, az] = normals.subarray(at + 3 * i, at + 3 * i + 3);
        const [bx, by, bz] = normals.subarray(at + 3 * j, at + 3 * j + 3);
        sum += Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
      }
      if (sum > largest * (1 + 1e-6)) {
        largest = sum;
        best = [i + 1, j + 1];
      }
    }
  }
  return best;
}

/** One normal along the path: n × 3 of n × (K − 1) × 3. @param number from 1 */
export function normalOf(normals: Float32Array, count: number, number: number): Float32Array {
  const own = new Float32Array(normals.length / count);
  for (let i = 0; i < own.length / 3; i++) {
    const at = 3 * (i * count + number - 1);
    own.set(normals.subarray(at, at + 3), 3 * i);
  }
  return own;
}
