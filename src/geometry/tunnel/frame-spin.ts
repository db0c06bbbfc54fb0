import { dot } from "./products.ts";

/** How the normals of a frame turn about its tangent. */
export interface FrameSpin {
  /** Angle turned up to each position, in radians; rises from 0. */
  readonly turned: Float64Array;
  /** All of it. */
  readonly total: number;
  /** Positions (from 0) since whose last a normal has come to point to the other side; that does not count as turned. */
  readonly flips: number[];
  /** Positions at which the frame is not defined. */
  readonly undefinedPositions: number;
}

/**
 * How much a frame along a path spins: ∫ √(Σ_{i<j} (N_i' · N_j)²) dt, by differences between the positions. It is 0 for a
 * rotation-minimising frame (Bishop 1975), and for the Frenet–Serret frame in R³ the integral of the torsion.
 *
 * @param rows T, N_1 … N_{K−1} at each position: n × K × K, row-major, as `frameRows` gives them
 */
export function frameSpin(rows: Float64Array, K: number): FrameSpin {
  const n = rows.length / (K * K);
  const turned = new Float64Array(n);
  const flips: number[] = [];
  let [total, undefinedPositions] = [0, 0];
  const row = (at: number, i: number) => rows.subarray((at * K + i) * K, (at * K + i + 1) * K);
  let before = -1;
  for (let at = 0; at < n; at++) {
    if (rows.subarray(at * K * K, (at + 1) * K * K).some(Number.isNaN)) undefinedPositions++;
    else {
      if (before >= 0) {
        let squares = 0;
        let flipped = false;
        for (let i = 1; i < K; i++) {
          if (dot(row(before, i), row(at, i)) < 0) flipped = true;
          // The antisymmetric part of the products is the rotation, to second order in the step.
          for (let j = i + 1; j < K; j++) {
            const turn = (dot(row(at, i), row(before, j)) - dot(row(before, i), row(at, j))) / 2;
            squares += turn * turn;
          }
        }
        if (flipped) flips.push(at);
        else total += Math.sqrt(squares);
      }
      before = at;
    }
    turned[at] = total;
  }
  return { turned, total, flips, undefinedPositions };
}
