/** The activations against their closed forms, with first and second derivatives, and far from zero. */
import { describe, expect, it } from "vitest";
import * as ops from "./index.ts";
import { compile, type Value } from "./index.ts";

const logistic = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const density = (x: number) => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
/** Φ(x) = 1/2 + φ(x) (x + x³/3 + x⁵/15 + …) (Marsaglia 2004). */
function cumulative(x: number): number {
  if (Math.abs(x) > 8) return x < 0 ? 0 : 1;
  let [sum, term] = [x, x];
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

interface Activation {
  of: (x: Value) => Value;
  value: (x: number) => number;
  slope: (x: number) => number;
  bend: (x: number) => number;
  types: ("float32" | "float64")[];
}
const BOTH: Activation["types"] = ["float32", "float64"];
const ACTIVATIONS: Record<string, Activation> = {
  relu: {
    of: ops.relu,
    value: (x) => Math.max(0, x),
    slope: (x) => (x > 0 ? 1 : 0),
    bend: () => 0,
    types: BOTH,
  },
  tanh: {
    of: ops.tanh,
    value: Math.tanh,
    slope: (x) => 1 - Math.tanh(x) ** 2,
    bend: (x) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2),
    types: BOTH,
  },
  elu: {
    of: ops.elu,
    value: (x) => (x < 0 ? Math.expm1(x) : x),
    slope: (x) => (x < 0 ? Math.exp(x) : 1),
    bend: (x) => (x < 0 ? Math.exp(x) : 0),
    types: BOTH,
  },
  sigmoid: {
    of: ops.sigmoid,
    value: logistic,
    slope: (x) => logistic(x) * logistic(-x),
    bend: (x) => logistic(x) * logistic(-x) * (logistic(-x) - logistic(x)),
    types: BOTH,
  },
  softplus: {
    of: ops.softplus,
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    slope: logistic,
    bend: (x) => logistic(x) * logistic(-x),
    types: BOTH,
  },
  gelu: {
    of: ops.gelu,
    value: (x) => x * cumulative(x),
    slope: (x) => cumulative(x) + (Math.abs(x) < 40 ? x * density(x) : 0),
    bend: (x) => (Math.abs(x) < 40 ? (2 - x * x) * density(x) : 0),
    types: ["float32"],
  },
};
const POINTS = [0, -0, 1e-3, 0.1, 0.5, 1, 2, 3, 5, 8, 20, 100, 1e4, 1e30].flatMap((x) => [x, -x]);

const derivative = (f: (x: Value) => Value) => (x: Value) =>
  ops.grad(((v: Value) => ops.sum(f(v))) as never)(x) as Value;

const cases = Object.entries(ACTIVATIONS).flatMap(([name, { types }]) =>
  types.map((dtype) => ({ name, dtype })),
);

describe.each(cases)("$name in $dtype", ({ name, dtype }) => {
  it("has its value and two derivatives, at zero and far from it", async () => {
    const { of, value, slope, bend } = ACTIVATIONS[name];
    using program = await compile(
      ((x: Value) => [of(x), derivative(of)(x), derivative(derivative(of))(x)]) as never,
      [{ shape: [POINTS.length], dtype }],
    );
    const x = (dtype === "float32" ? Float32Array : Float64Array).from(POINTS);
    const results = await program.run([x]);
    [value, slope, bend].forEach((exact, order) => {
      x.forEach((at, i) => {
        const want = exact(at);
        const error = Math.abs(results[order][i] - want);
        const tolerance = (dtype === "float32" ? 2e-6 : 1e-14) * Math.max(1, Math.abs(want));
        if (!(error <= tolerance)) expect(results[order][i], `derivative ${order} at ${at}`).toBe(want);
      });
    });
  });
});

describe("log-softmax", () => {
  it("is exact far from zero, and so is the gradient of the cross entropy", async () => {
    const logits = [
      [1e4, -1e4, 0],
      [100, 99, -100],
      [-1e4, -1e4, -1e4],
      [0.5, -1, 2],
    ];
    using program = await compile(
      ((x: Value) => [
        ops.logSoftmax(x),
        derivative((v) => ops.split(ops.logSoftmax(v), [1], 1)[0])(x),
      ]) as never,
      [{ shape: [4, 3], dtype: "float64" }],
    );
    const [values, gradient] = await program.run([Float64Array.from(logits.flat())]);
    logits.forEach((row, r) => {
      const most = Math.max(...row);
      const sum = row.reduce((s, v) => s + Math.exp(v - most), 0);
      row.forEach((v, k) => {
        const exact = v - most - Math.log(sum);
        expect(Math.abs(values[3 * r + k] - exact)).toBeLessThanOrEqual(1e-14 * Math.max(1, -exact));
        expect(gradient[3 * r + k]).toBeCloseTo((k === 0 ? 1 : 0) - Math.exp(v - most) / sum, 13);
      });
    });
  });
});

describe("operations", () => {
  it("leave their arguments valid, also outside of a program", () => {
    const x = ops.castTo(ops.arange(4), "float32");
    const twice = ops.add(x, x);
    const f = ops.valueAndGrad(((v: Value) => ops.sum(ops.square(v))) as never);
    f(twice);
    const [, gradient] = f(twice) as Value[];
    expect([...(x.ref.dataSync() as Float32Array)]).toEqual([0, 1, 2, 3]);
    expect([...(gradient.ref.dataSync() as Float32Array)]).toEqual([0, 4, 8, 12]);
    expect([...((ops.vmap(ops.square as never)(twice) as Value).dataSync() as Float32Array)]).toEqual([
      0, 4, 16, 36,
    ]);
  });
});
