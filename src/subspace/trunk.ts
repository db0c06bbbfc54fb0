/**
 * A small multilayer perceptron of one variable, t -> h(t), with all its derivatives: the part of a neural curve
 * before its last linear layer ("Examining the geometry of neural mode connecting loss subspaces", section 3.3). All
 * arithmetic is in float64; its size is that of a few dozen units.
 */
export interface TrunkSpec {
  /** Units of each hidden layer, such as [10, 20, 40]. */
  widths: number[];
  activation: TrunkActivation;
}

export const TRUNK_ACTIVATIONS = ["tanh", "relu"] as const;
export type TrunkActivation = (typeof TRUNK_ACTIVATIONS)[number];

/** Number of parameters: for each layer the weights [out, in], row-major, then the biases [out]. */
export function trunkSize({ widths }: TrunkSpec): number {
  return widths.reduce((sum, width, l) => sum + width * ((l === 0 ? 1 : widths[l - 1]) + 1), 0);
}

/** Throws where the widths are not those of a network. */
export function checkTrunk({ widths, activation }: TrunkSpec): void {
  if (widths.length === 0 || widths.some((w) => !Number.isInteger(w) || w < 1)) {
    throw new RangeError(
      `The hidden widths of a neural curve are [${widths}]; give whole numbers from 1, such as [10, 20, 40].`,
    );
  }
  if (!TRUNK_ACTIVATIONS.includes(activation)) {
    throw new RangeError(
      `The activation of a neural curve is "${activation}"; give ${TRUNK_ACTIVATIONS.join(" or ")}.`,
    );
  }
}

/** h(t), with what `trunkGradient` needs of the way there. */
export interface TrunkPass {
  t: number;
  /** Activations of each layer. */
  layers: Float64Array[];
}

/** Evaluates the trunk; the result is the last of `layers`. */
export function trunkPass({ widths, activation }: TrunkSpec, parameters: Values, t: number): TrunkPass {
  const layers: Float64Array[] = [];
  let input: ArrayLike<number> = [t];
  let at = 0;
  for (const width of widths) {
    const z = new Float64Array(width);
    const n = input.length;
    for (let o = 0; o < width; o++) {
      let sum = parameters[at + width * n + o];
      for (let i = 0; i < n; i++) sum += parameters[at + o * n + i] * input[i];
      z[o] = activation === "tanh" ? Math.tanh(sum) : Math.max(0, sum);
    }
    at += width * (n + 1);
    layers.push(z);
    input = z;
  }
  return { t, layers };
}

/** Adds the gradient of a scalar, given its gradient in h(t), to `out` (in the parameters). */
export function trunkGradient(
  { widths, activation }: TrunkSpec,
  parameters: Values,
  { t, layers }: TrunkPass,
  gradient: ArrayLike<number>,
  out: Float64Array,
): void {
  let back = Float64Array.from(gradient);
  let at = trunkSize({ widths, activation });
  for (let l = widths.length - 1; l >= 0; l--) {
    const width = widths[l];
    const input: ArrayLike<number> = l === 0 ? [t] : layers[l - 1];
    const n = input.length;
    at -= width * (n + 1);
    const previous = new Float64Array(n);
    for (let o = 0; o < width; o++) {
      const value = layers[l][o];
      const slope = activation === "tanh" ? 1 - value * value : value > 0 ? 1 : 0;
      const dz = back[o] * slope;
      out[at + width * n + o] += dz;
      for (let i = 0; i < n; i++) {
        out[at + o * n + i] += dz * input[i];
        previous[i] += dz * parameters[at + o * n + i];
      }
    }
    back = previous;
  }
}

/**
 * The derivatives dʳh/dtʳ for r = 0 … order, by Taylor arithmetic: the coefficients of the power series in t of every
 * unit are propagated through the layers. At the kink of a ReLU the derivatives are those of the side on which it is 0.
 *
 * @returns order + 1 vectors
 */
export function trunkDerivatives(
  { widths, activation }: TrunkSpec,
  parameters: Values,
  t: number,
  order: number,
): Float64Array[] {
  // series[r][unit]: the coefficient of (s - t)^r.
  let series = Array.from({ length: order + 1 }, (_, r) => Float64Array.of(r === 0 ? t : r === 1 ? 1 : 0));
  let at = 0;
  for (const width of widths) {
    const n = series[0].length;
    const linear = series.map((x, r) => {
      const z = new Float64Array(width);
      for (let o = 0; o < width; o++) {
        let sum = r === 0 ? parameters[at + width * n + o] : 0;
        for (let i = 0; i < n; i++) sum += parameters[at + o * n + i] * x[i];
        z[o] = sum;
      }
      return z;
    });
    at += width * (n + 1);
    series = activation === "tanh" ? tanhSeries(linear) : reluSeries(linear);
  }
  let factorial = 1;
  return series.map((x, r) => {
    factorial *= Math.max(1, r);
    return x.map((value) => value * factorial);
  });
}

/** y = tanh z from y' = (1 - y²) z': r y_r = Σ_{j=1}^{r} j z_j w_{r-j}, w = 1 - y². */
function tanhSeries(z: readonly Float64Array[]): Float64Array<ArrayBuffer>[] {
  const y = z.map((row) => new Float64Array(row.length));
  const w = z.map((row) => new Float64Array(row.length));
  for (let u = 0; u < z[0].length; u++) {
    for (let r = 0; r < z.length; r++) {
      let sum = 0;
      for (let j = 1; j <= r; j++) sum += j * z[j][u] * w[r - j][u];
      y[r][u] = r === 0 ? Math.tanh(z[0][u]) : sum / r;
      let square = 0;
      for (let j = 0; j <= r; j++) square += y[j][u] * y[r - j][u];
      w[r][u] = (r === 0 ? 1 : 0) - square;
    }
  }
  return y;
}

function reluSeries(z: readonly Float64Array<ArrayBuffer>[]): Float64Array<ArrayBuffer>[] {
  return z.map((row) => row.map((value, u) => (z[0][u] > 0 ? value : 0)));
}

type Values = ArrayLike<number>;
