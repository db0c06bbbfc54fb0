/** Loss and gradient of a 784-64-10 network on 32 examples, as the browser test runs it in both places. */
import {
  add,
  logSoftmax,
  matmul,
  mean,
  multiply,
  relu,
  sum,
  transpose,
  type Value,
  valueAndGrad,
} from "./index.ts";

/** W1, b1, W2, b2, x, and weights of the classes. */
export const SHAPES = [[64, 784], [64], [10, 64], [10], [32, 784], [32, 10]];

const loss = (w1: Value, b1: Value, w2: Value, b2: Value, x: Value, y: Value): Value => {
  const hidden = relu(add(matmul(x, transpose(w1)), b1));
  return mean(sum(multiply(logSoftmax(add(matmul(hidden, transpose(w2)), b2)), y), 1));
};

export const mlpGradient = (...args: Value[]): Value[] =>
  (valueAndGrad(loss as never, { argnums: [0, 1, 2, 3] })(...args) as unknown[]).flat() as Value[];
