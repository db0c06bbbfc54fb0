/** The vector kernels in plain TypeScript, float64 throughout: what the tests compare with. */

type Vector = ArrayLike<number>;

export const combine = (anchors: Vector[], c: number[]): number[] =>
  Array.from(anchors[0], (_, k) => anchors.reduce((s, a, i) => s + c[i] * a[k], 0));

export const dot = (x: Vector, y: Vector): number => Array.from(x).reduce((s, v, k) => s + v * y[k], 0);

export const gram = (anchors: Vector[], origin?: Vector): number[] => {
  const moved = anchors.map((a) => Array.from(a, (v, k) => v - (origin?.[k] ?? 0)));
  return moved.flatMap((a) => moved.map((b) => dot(a, b)));
};

/** PyTorch's SGD: v = mu v + (g + decay theta), theta -= rate v. */
export function sgd(
  theta: number[],
  g: number[],
  v: number[],
  rate: number,
  mu: number,
  decay: number,
): void {
  theta.forEach((t, k) => {
    v[k] = mu * v[k] + g[k] + decay * t;
    theta[k] = t - rate * v[k];
  });
}

/** Kingma and Ba 2015, algorithm 1, with L2 `decay`; Loshchilov and Hutter 2019, algorithm 2, with `decoupled`. */
export function adam(
  theta: number[],
  g: number[],
  m: number[],
  v: number[],
  step: number,
  { rate = 1e-3, decay = 0, decoupled = 0 },
): void {
  theta.forEach((t, k) => {
    const total = g[k] + decay * t;
    m[k] = 0.9 * m[k] + 0.1 * total;
    v[k] = 0.999 * v[k] + 0.001 * total * total;
    const shrunk = t * (1 - rate * decoupled);
    theta[k] = shrunk - (rate * (m[k] / (1 - 0.9 ** step))) / (Math.sqrt(v[k] / (1 - 0.999 ** step)) + 1e-8);
  });
}
