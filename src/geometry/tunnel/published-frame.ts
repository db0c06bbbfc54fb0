import { place } from "../embedding.ts";
import { checkRange, type Frame } from "./frame.ts";
import { initialFrame, orthonormalRows, standsStill } from "./initial-frame.ts";
import { moveTo, type PlacedPath, pathPoint } from "./placed-path.ts";
import { addMultiple, dot, rowProducts } from "./products.ts";

export interface PublishedFrameOptions {
  /** Of t; default [−0.1, 1.1]. Cuts are in [0, 1] whatever it is. */
  range?: readonly [from: number, to: number];
  /** ε in degrees: a cut is made where the tangent has turned by 45° − ε since the last; default 25, as in all runs. */
  epsilon?: number;
  /** Positions at which the turn is looked at; default 100 000. */
  grid?: number;
}

/** The frame, with the positions of its cuts. */
export interface PublishedFrame extends Frame {
  /** Ascending, the first is 0. */
  readonly cuts: Float64Array;
}

/**
 * The piecewise frame of the authors' code (Dold et al. 2025, `ortho_at_one_t`), which they call rotation-minimising.
 * At each cut a frame is stored, the Gram–Schmidt of the tangent there and of the normals of the frame before it.
 * Between cuts the frame is the Gram–Schmidt of the tangent and the normals stored at the last cut (before the first:
 * at the first). With denser cuts it comes to the rotation-minimising frame; at a cut it jumps a little.
 *
 * Gram–Schmidt of a tangent T and of normals N_i that were orthonormal has a closed form, of order K² instead of K³:
 * with a_i = N_i · T, S_i = 1 − Σ_{k≤i} a_k² and q_i = T − Σ_{k≤i} a_k N_k it leaves
 * √(S_{i−1} / S_i) (N_i − a_i q_{i−1} / S_{i−1}).
 *
 * @throws where the path stands still
 */
export function publishedFrame(
  curve: PlacedPath,
  { range = [-0.1, 1.1], epsilon = 25, grid = 100_000 }: PublishedFrameOptions = {},
): PublishedFrame {
  checkRange(range);
  const K = curve.anchors.dimension;
  const n = K - 1;
  const cuts = cutPoints(curve, epsilon, grid);
  const stored: Float64Array[] = [];
  let frame = initialFrame(curve);
  for (const t of cuts) {
    const { tangent } = moveTo(curve, t, pathPoint(curve));
    const normals = Array.from({ length: n }, (_, i) => frame.subarray((i + 1) * K, (i + 2) * K));
    frame = orthonormalRows([tangent, ...normals], K);
    stored.push(frame.subarray(K));
  }
  const embeddings = stored.map((points) => ({ dimension: K, points }));

  const numbers = () => new Float64Array(n);
  const [along, alongSlope, weights, weightSlopes] = [numbers(), numbers(), numbers(), numbers()];
  // S_{k−1} and its derivative.
  const [left, leftSlope] = [numbers(), numbers()];
  const binOf = (t: number) => {
    let bin = 0;
    while (bin + 1 < cuts.length && cuts[bin + 1] <= t) bin++;
    return bin;
  };

  return {
    curve,
    range,
    cuts,
    offset(point, xi, offset, derivative) {
      const { tangent, turn } = point;
      const bin = binOf(point.t);
      rowProducts(stored[bin], tangent, along);
      rowProducts(stored[bin], turn, alongSlope);
      // n = Σ_k (ξ_k μ_k + a_k Γ_k) N_k − Γ_0 T with μ_k² = S_{k−1} / S_k, γ_k = ξ_k μ_k a_k / S_{k−1} and
      // Γ_k = Σ_{i>k} γ_i; first μ and γ forwards, then Γ backwards.
      let S = 1;
      let slope = 0;
      for (let k = 0; k < n; k++) {
        const [a, b] = [along[k], alongSlope[k]];
        const nextS = S - a * a;
        const nextSlope = slope - 2 * a * b;
        const mu = Math.sqrt(S / nextS);
        const muSlope = (0.5 * (slope - (S * nextSlope) / nextS)) / (nextS * mu);
        weights[k] = xi[k] * mu;
        weightSlopes[k] = xi[k] * muSlope;
        left[k] = S;
        leftSlope[k] = slope;
        S = nextS;
        slope = nextSlope;
      }
      let sum = 0;
      let sumSlope = 0;
      for (let k = n - 1; k >= 0; k--) {
        const [a, b] = [along[k], alongSlope[k]];
        const [x, dx] = [weights[k], weightSlopes[k]];
        weights[k] = x + a * sum;
        weightSlopes[k] = dx + b * sum + a * sumSlope;
        const gamma = (x * a) / left[k];
        sum += gamma;
        sumSlope += (dx * a + x * b - gamma * leftSlope[k]) / left[k];
      }
      place(embeddings[bin], weights, offset);
      place(embeddings[bin], weightSlopes, derivative);
      addMultiple(offset, -sum, tangent);
      addMultiple(derivative, -sumSlope, tangent);
      addMultiple(derivative, -sum, turn);
    },
    components(point, g, out) {
      const bin = binOf(point.t);
      rowProducts(stored[bin], point.tangent, along);
      rowProducts(stored[bin], g, out);
      let S = 1;
      let rest = dot(point.tangent, g);
      for (let k = 0; k < n; k++) {
        const a = along[k];
        const product = out[k];
        const nextS = S - a * a;
        out[k] = Math.sqrt(S / nextS) * (product - (a * rest) / S);
        rest -= a * product;
        S = nextS;
      }
    },
  };
}

/** t = 0 and wherever on the grid the tangent has come 45° − ε or more away from that at the last such place. */
function cutPoints(curve: PlacedPath, epsilon: number, grid: number): Float64Array {
  const limit = Math.cos(((45 - Math.abs(epsilon)) * Math.PI) / 180);
  const point = pathPoint(curve);
  const cuts = [0];
  let reference = moveTo(curve, 0, point).tangent.slice();
  for (let i = 1; i < grid; i++) {
    const t = i / (grid - 1);
    const { tangent, speed } = moveTo(curve, t, point);
    if (!(speed > 0)) throw standsStill(t);
    if (dot(reference, tangent) <= limit) {
      cuts.push(t);
      reference = tangent.slice();
    }
  }
  return Float64Array.from(cuts);
}
