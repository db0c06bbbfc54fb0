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

/** The derivatives dʳh/dtʳ for r = 0 … order, or more of them; the next call writes over these vectors. */
export type TrunkDerivatives = (t: number, order: number) => readonly Float64Array[];

/**
 * All derivatives of a trunk, by Taylor arithmetic: the coefficients of the power series in t of every unit are
 * propagated through the layers. At the kink of a ReLU the derivatives are those of the side on which it is 0.
 *
 * Its memory is kept from call to call, since allocating it takes several times as long as the arithmetic, and so are
 * its results: of several derivatives at one t, ask for the highest first.
 */
export function trunkDerivatives({ widths, activation }: TrunkSpec, parameters: Values): TrunkDerivatives {
  const layers = [1, ...widths];
  // Of the input and of each layer, by order r, the coefficients of (s - t)^r of its units: before the activation (z),
  // after it (y), and of 1 - y² (w).
  const orders = layers.map((): Order[] => []);
  const derivatives: Float64Array[] = [];
  let known = { t: Number.NaN, order: -1 };
  return (t, order) => {
    if (t === known.t && order <= known.order) return derivatives;
    known = { t, order };
    for (let r = derivatives.length; r <= order; r++) {
      layers.forEach((width, l) => {
        orders[l].push({
          z: new Float64Array(width),
          y: new Float64Array(width),
          w: new Float64Array(width),
        });
      });
      orders[0][r].y[0] = r === 1 ? 1 : 0;
      derivatives.push(new Float64Array(layers[widths.length]));
    }
    orders[0][0].y[0] = t;
    let at = 0;
    for (let l = 1; l < layers.length; l++) {
      const biases = at + layers[l] * layers[l - 1];
      for (let r = 0; r <= order; r++) {
        linear(parameters, at, r === 0 ? biases : undefined, orders[l - 1][r].y, orders[l][r].z);
      }
      if (activation === "tanh") tanhSeries(orders[l], order);
      else reluSeries(orders[l], order);
      at = biases + layers[l];
    }
    let factorial = 1;
    for (let r = 0; r <= order; r++) {
      factorial *= Math.max(1, r);
      const { y } = orders[widths.length][r];
      for (let unit = 0; unit < y.length; unit++) derivatives[r][unit] = y[unit] * factorial;
    }
    return derivatives;
  };
}

interface Order {
  z: Float64Array;
  y: Float64Array;
  w: Float64Array;
}

/** z = W x, or W x + b, with the weights from `at` on. */
function linear(
  parameters: Values,
  at: number,
  biases: number | undefined,
  x: Float64Array,
  z: Float64Array,
): void {
  for (let o = 0, w = at; o < z.length; o++) {
    let sum = biases === undefined ? 0 : parameters[biases + o];
    for (let i = 0; i < x.length; i++, w++) sum += parameters[w] * x[i];
    z[o] = sum;
  }
}

/** y = tanh z from y' = (1 - y²) z': r y_r = Σ_{j=1}^{r} j z_j w_{r-j}, w = 1 - y². */
function tanhSeries(orders: readonly Order[], order: number): void {
  const width = orders[0].z.length;
  for (let u = 0; u < width; u++) {
    orders[0].y[u] = Math.tanh(orders[0].z[u]);
    orders[0].w[u] = 1 - orders[0].y[u] ** 2;
  }
  for (let r = 1; r <= order; r++) {
    const { y, w } = orders[r];
    y.fill(0);
    w.fill(0);
    for (let j = 1; j <= r; j++) {
      const [{ z }, { w: before }] = [orders[j], orders[r - j]];
      for (let u = 0; u < width; u++) y[u] += (j / r) * z[u] * before[u];
    }
    for (let j = 0; j <= r; j++) {
      const [{ y: a }, { y: b }] = [orders[j], orders[r - j]];
      for (let u = 0; u < width; u++) w[u] -= a[u] * b[u];
    }
  }
}

function reluSeries(orders: readonly Order[], order: number): void {
  for (let r = 0; r <= order; r++) {
    const { z, y } = orders[r];
    for (let u = 0; u < z.length; u++) y[u] = orders[0].z[u] > 0 ? z[u] : 0;
  }
}

type Values = ArrayLike<number>;
