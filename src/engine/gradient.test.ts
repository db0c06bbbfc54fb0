/** Gradients of networks and likelihoods, as a landscape needs them, against central differences in float64. */
import { describe, expect, it } from "vitest";
import * as ops from "./index.ts";
import { compile, type Value } from "./index.ts";

type Network = (x: Value, ...theta: Value[]) => Value;
type Activation = (x: Value) => Value;

const N = 8;
/** Inputs, targets, and the parameters of 5-7-6-3. */
const X = [N, 5];
const THETA = [[7, 5], [7], [6, 7], [6], [3, 6], [3]];
const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

const mlp =
  (act: Activation): Network =>
  (x, ...theta) => {
    const layer = (h: Value, i: number) =>
      ops.add(ops.matmul(h, ops.transpose(theta[2 * i])), theta[2 * i + 1]);
    return layer(act(layer(act(layer(x, 0)), 1)), 2);
  };

/** Targets: labels 0, 1, 2 for the cross entropy, numbers for the likelihoods. */
const crossEntropy =
  (f: Network) =>
  (x: Value, labels: Value, ...theta: Value[]): Value => {
    const hot = ops.castTo(ops.equal(ops.reshape(labels, [N, 1]), ops.arange(3)), x.dtype as "float64");
    return ops.negative(ops.mean(ops.sum(ops.multiply(ops.logSoftmax(f(x, ...theta)), hot), 1)));
  };
/** Outputs: a mean, the logarithm of a standard deviation, and one that counts little. */
const gaussian =
  (f: Network) =>
  (x: Value, y: Value, ...theta: Value[]): Value => {
    const [mean, logScale, rest] = ops.split(f(x, ...theta), [1, 2], 1);
    const z = ops.multiply(ops.subtract(ops.reshape(y, [N, 1]), mean), ops.exp(ops.negative(logScale)));
    const density = ops.subtract(
      ops.multiply(-0.5, ops.square(z)),
      ops.add(logScale, 0.5 * Math.log(2 * Math.PI)),
    );
    return ops.subtract(ops.multiply(0.01, ops.sum(ops.square(rest))), ops.sum(density));
  };

const rng = ops.Rng.fromSeed(7);
const inputs = [X, ...THETA].map((shape, i) =>
  Float64Array.from(rng.split(`${i}`).normal(size(shape)), (v) => 0.6 * v),
);
const targets = Float64Array.from({ length: N }, (_, i) => i % 3);
const all = [inputs[0], targets, ...inputs.slice(1)];
const shapes = [X, [N], ...THETA];

type Loss = (...args: Value[]) => Value;

async function valueAndGradients(loss: Loss, dtype: "float32" | "float64") {
  const argnums = shapes.map((_, i) => i).filter((i) => i !== 1);
  const fn = ops.valueAndGrad(loss as never, { argnums });
  const program = await compile(
    ((...a: Value[]) => (fn(...a) as unknown[]).flat()) as never,
    shapes.map((shape) => ({ shape, dtype })),
  );
  return { program, argnums };
}

const LOSSES: Record<string, Loss> = {
  "cross entropy, relu": crossEntropy(mlp(ops.relu)),
  "cross entropy, tanh": crossEntropy(mlp(ops.tanh)),
  "cross entropy, elu": crossEntropy(mlp(ops.elu)),
  "Gaussian likelihood, sigmoid": gaussian(mlp(ops.sigmoid)),
  "Gaussian likelihood, softplus": gaussian(mlp(ops.softplus)),
  "Gaussian likelihood, relu": gaussian(mlp(ops.relu)),
};

describe.each(Object.keys(LOSSES))("%s", (name) => {
  it("float64 gradients agree with central differences to 1e-7, float32 ones with float64 ones to 1e-4", async () => {
    const { program, argnums } = await valueAndGradients(LOSSES[name], "float64");
    const [, ...gradients] = await program.run(all);
    for (const [g, gradient] of gradients.entries()) {
      const argument = argnums[g];
      const largest = Math.max(...gradient.map(Math.abs));
      for (let k = 0; k < gradient.length; k++) {
        const at = async (h: number) => {
          const moved = all.map((x, i) => (i === argument ? x.with(k, x[k] + h) : x));
          return Number((await program.run(moved))[0][0]);
        };
        const h = 2e-5;
        const difference = ((await at(h)) - (await at(-h))) / (2 * h);
        expect(Math.abs(gradient[k] - difference), `argument ${argument}, element ${k}`).toBeLessThan(
          1e-7 * largest,
        );
      }
    }
    const { program: single } = await valueAndGradients(LOSSES[name], "float32");
    const [, ...rounded] = await single.run(all.map((x) => Float32Array.from(x)));
    rounded.forEach((gradient, g) => {
      const largest = Math.max(...gradients[g].map(Math.abs));
      gradient.forEach((v, k) => {
        expect(Math.abs(v - gradients[g][k])).toBeLessThan(1e-4 * largest);
      });
    });
    program[Symbol.dispose]();
    single[Symbol.dispose]();
  });
});

it("the Gaussian likelihood of a network of zeros is n/2 (log 2π + mean y²), from float64 constants", async () => {
  const { program } = await valueAndGradients(LOSSES["Gaussian likelihood, relu"], "float64");
  const [value] = await program.run([
    all[0],
    targets,
    ...THETA.map((shape) => new Float64Array(size(shape))),
  ]);
  const squares = targets.reduce((s, y) => s + y * y, 0);
  expect(Math.abs(Number(value[0]) - (N / 2) * Math.log(2 * Math.PI) - squares / 2)).toBeLessThan(1e-13);
  program[Symbol.dispose]();
});
