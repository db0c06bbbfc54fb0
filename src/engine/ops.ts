/**
 * The operations in which models, losses and densities are written: those of jax-js, without its ownership rule
 * (there, passing an array to a function consumes it). Everything here is pure; arguments stay valid.
 */
import * as jax from "@jax-js/jax";

/** An array of a traced function. */
export type Value = jax.Array;
type Operand = Value | number;

const np = jax.numpy;

function keep<T>(x: T): T {
  if (Array.isArray(x)) return x.map(keep) as T;
  return x !== null && typeof x === "object" && "ref" in x ? ((x as unknown as Value).ref as T) : x;
}

/** Wraps a consuming function so that it takes references. */
function own<F extends (...args: never[]) => unknown>(fn: F): F {
  return ((...args: unknown[]) =>
    (fn as unknown as (...a: unknown[]) => unknown)(...args.map(keep))) as unknown as F;
}

/** Numbers beside float64 arrays become float64 scalars; jax-js would round them to float32. */
function exact(operands: Operand[]): Operand[] {
  const isDouble = (x: Operand) => typeof x === "object" && x.dtype === np.float64;
  if (!operands.some(isDouble)) return operands;
  return operands.map((x) => (typeof x === "number" ? np.array(x, { dtype: np.float64 }) : x));
}

const unary = (fn: unknown) => own(fn as (x: Value) => Value);
const binary = (fn: unknown) =>
  own((...operands: [x: Operand, y: Operand]) => (fn as (...o: Operand[]) => Value)(...exact(operands)));
type Axis = number | number[] | null;
const reducing = (fn: unknown) =>
  own(fn as (x: Value, axis?: Axis, options?: { keepdims?: boolean }) => Value);

export const add = binary(np.add);
export const subtract = binary(np.subtract);
export const multiply = binary(np.multiply);
export const divide = binary(np.divide);
export const maximum = binary(np.maximum);
export const minimum = binary(np.minimum);
export const equal = binary(np.equal);
export const less = binary(np.less);
export const negative = unary(np.negative);
export const abs = unary(np.abs);
export const exp = unary(np.exp);
export const log = unary(np.log);
export const sqrt = unary(np.sqrt);
export const square = unary(np.square);
export const sin = unary(np.sin);
export const cos = unary(np.cos);
export const erf = unary(jax.lax.erf);
export const where = own((condition: Value, x: Operand, y: Operand): Value => {
  const [a, b] = exact([x, y]);
  return np.where(condition, a, b) as unknown as Value;
});
export const sum = reducing(np.sum);
export const mean: typeof sum = (x, axis, options) => {
  const total = sum(x, axis, options);
  return multiply(total, total.size / x.size);
};
export const max = reducing(np.max);
export const argmax = own(np.argmax as unknown as (x: Value, axis: number) => Value);
export const matmul = own(np.matmul as unknown as (x: Value, y: Value) => Value);
export const transpose = own(np.transpose as unknown as (x: Value, perm?: number[]) => Value);
export const reshape = own(np.reshape as unknown as (x: Value, shape: number[]) => Value);
export const concatenate = own(np.concatenate as unknown as (xs: Value[], axis?: number) => Value);
export const stack = own(np.stack as unknown as (xs: Value[], axis?: number) => Value);
export const split = own(np.split as unknown as (x: Value, at: number[], axis: number) => Value[]);
export const einsum = own(np.einsum as unknown as (subscripts: string, ...xs: Value[]) => Value);
/** Elements (or slices) at whole-number indices in 0 .. n-1 along an axis. */
export const take = own(np.take as unknown as (x: Value, indices: Value, axis: number) => Value);
export const stopGradient = unary(jax.lax.stopGradient);
export const logsumexp = reducing(jax.nn.logsumexp);
export const castTo = (x: Value, dtype: "float32" | "float64" | "int32"): Value =>
  keep(x).astype(dtype as never);
/** An array filled with one number. */
export const full = (shape: number[], value: number): Value => np.full(shape, value) as unknown as Value;
export const arange = (n: number): Value => np.arange(n) as unknown as Value;

/**
 * 2-d convolution (cross-correlation) of [n, channels, height, width] with [out, channels, kernel, kernel].
 * @param padding zeros on every side of both spatial axes
 */
export const convolve = (x: Value, kernel: Value, padding: number, stride = 1): Value =>
  own(jax.lax.convGeneralDilated as unknown as (...args: unknown[]) => Value)(
    x,
    kernel,
    [stride, stride],
    [
      [padding, padding],
      [padding, padding],
    ],
  );

/**
 * max(x, 0), with derivative 0 at 0. The mask is a constant of the differentiation, so that the gradient is one
 * product; the lowering makes the value itself one `Relu`.
 */
export const relu = (x: Value): Value => multiply(x, stopGradient(castTo(less(0, x), x.dtype as "float32")));
/** 1 / (1 + e^-x), written with exp(-|x|), which never overflows. */
export const sigmoid = (x: Value): Value => {
  const e = exp(negative(abs(x)));
  return divide(where(less(x, 0), e, 1), add(1, e));
};
/** tanh x, as sign(x) (1 - e) / (1 + e) with e = exp(-2|x|), which never overflows. */
export const tanh = (x: Value): Value => {
  const e = exp(multiply(-2, abs(x)));
  const magnitude = divide(subtract(1, e), add(1, e));
  return where(less(x, 0), negative(magnitude), magnitude);
};
/** x where positive, e^x - 1 elsewhere (alpha = 1); the exponential sees no positive argument. */
export const elu = (x: Value): Value => where(less(x, 0), subtract(exp(minimum(x, 0)), 1), x);
/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|) */
export const softplus = (x: Value): Value => add(maximum(x, 0), log(add(1, exp(negative(abs(x))))));
/** x Phi(x), exactly (not the tanh approximation). */
export const gelu = (x: Value): Value => multiply(multiply(0.5, x), add(1, erf(multiply(x, Math.SQRT1_2))));
/** Logarithm of the softmax over the last axis; differences to the largest logit keep their digits, however large. */
export const logSoftmax = (x: Value): Value => {
  const shifted = subtract(x, stopGradient(max(x, -1, { keepdims: true })));
  return subtract(shifted, log(sum(exp(shifted), -1, { keepdims: true })));
};

type Fn = (...args: never[]) => unknown;
type Call<R> = (...args: unknown[]) => R;
/** A transformation of functions whose results take references, too. */
const transform = <R, O extends unknown[]>(of: unknown) => {
  const make = of as (f: Fn, ...options: O) => Call<R>;
  return (f: Fn, ...options: O): Call<R> => own(make(f, ...options) as never);
};

/** Value and gradient with respect to the arguments `argnums`. */
export const valueAndGrad = transform<
  [unknown, unknown],
  [options?: { argnums?: number | number[]; hasAux?: boolean }]
>(jax.valueAndGrad);
/** Gradient with respect to the arguments `argnums`. */
export const grad = transform<unknown, [options?: { argnums?: number | number[] }]>(jax.grad);
/** Maps a function over an axis of its arguments (null: shared). */
export const vmap = transform<unknown, [inAxes?: number | (number | null)[]]>(jax.vmap);
/** Forward-mode derivative: [f(primals), df(primals) tangents]. */
export const jvp = own(
  jax.jvp as unknown as (f: Fn, primals: unknown[], tangents: unknown[]) => [unknown, unknown],
);
