/** Whole programs: element types, transformations of functions, refusals. */
import * as jax from "@jax-js/jax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agree, check, filled, type Input, np } from "./agreement.reference.ts";
import * as ops from "./index.ts";
import { compile, type Value } from "./index.ts";

describe("element types", () => {
  const DTYPES = ["float32", "float64", "int32", "uint32", "bool"] as const;
  const input = (dtype: Input["dtype"], data: number[]): Input => ({
    shape: [2, 3],
    dtype,
    data: dtype === "bool" ? data.map((x) => x % 2) : data,
  });
  const x = [1, 2, 3, 4, 5, 6];
  const y = [2, 2, 1, 5, 7, 3];
  const weights = ops.full([3, 2], 2);

  it.each(DTYPES)(
    "%s arrays keep their type beside numbers and meet others as jax-js says",
    async (dtype) => {
      await agree(
        (a, b) => {
          const number = dtype !== "bool" && dtype !== "uint32";
          const shared = [
            ops.add(a, b),
            ops.multiply(a, b),
            ops.maximum(a, b),
            ops.minimum(a, b),
            ops.equal(a, b),
            ops.concatenate([a, b], 1),
            ...ops.split(a, [1], 1),
            np.pad(a.ref, 1),
            np.flip(a.ref, 1),
            ops.take(a, ops.castTo(ops.arange(2), "int32"), 1),
            ops.castTo(a, "float32"),
            ops.castTo(a, "float64"),
            ops.castTo(a, "int32"),
            ops.multiply(ops.castTo(a, "float32"), b),
            ops.add(a, ops.castTo(b, "float32")),
          ];
          if (!number) return shared;
          const transposed = ops.transpose(b);
          return [
            ...shared,
            ops.add(a, 1),
            ops.multiply(3, a),
            ops.maximum(a, 0),
            ops.abs(ops.subtract(a, b)),
            ops.where(ops.less(a, b), a, 0),
            ops.less(a, 4),
            ops.equal(2, a),
            ops.sum(a, 0),
            ops.max(a, 1),
            ops.argmax(b, 1),
            ops.matmul(a, transposed),
            ops.matmul(a, ops.castTo(weights, dtype as "float32")),
          ];
        },
        [input(dtype, x), input(dtype, y)],
      );
    },
  );

  it("truth values: and, or, not, where, any, all", () =>
    agree(
      (a, b) => [
        np.logicalAnd(a.ref, b.ref),
        np.logicalOr(a.ref, b.ref),
        np.logicalNot(a.ref),
        ops.where(a, b, ops.equal(a, b)),
        np.any(a.ref, 1),
        np.all(b.ref),
        ops.sum(ops.castTo(a, "int32")),
      ],
      [input("bool", x), input("bool", y)],
    ));

  it("numbers beside float64 arrays keep their 53 bits", async () => {
    using program = await compile(
      ((v: Value) => [
        ops.multiply(v, 0.1),
        ops.add(Math.PI, v),
        ops.divide(v, 3),
        ops.where(ops.less(v, 0.7), 0.7, v),
        ops.mean(v),
        ops.maximum(v, 1e-3),
        ops.grad(((u: Value) => ops.sum(ops.multiply(ops.square(u), 0.3))) as never)(v),
      ]) as never,
      [{ shape: [3], dtype: "float64" }],
    );
    const results = await program.run([Float64Array.of(0, 0.5, 2)]);
    const expected = [
      [0, 0.05, 0.2],
      [Math.PI, Math.PI + 0.5, Math.PI + 2],
      [0, 0.5 / 3, 2 / 3],
      [0.7, 0.7, 2],
      [2.5 / 3],
      [1e-3, 0.5, 2],
      [0, 0.3, 1.2],
    ];
    expected.forEach((values, i) => {
      values.forEach((v, k) => {
        expect(Math.abs(results[i][k] - v), `result ${i}, element ${k}`).toBeLessThanOrEqual(
          5e-16 * Math.max(1, v),
        );
      });
    });
  });
});

describe("transformations", () => {
  const loss = (w: Value, b: Value, v: Value, x: Value) => {
    const hidden = ops.tanh(ops.add(ops.matmul(x, ops.transpose(w)), b));
    return ops.sum(ops.square(ops.logSoftmax(ops.matmul(hidden, v))));
  };
  const networks = fc.tuple(filled([4, 3]), filled([4]), filled([4, 2]), filled([5, 3]));

  it("gradients, Hessian-vector products and Hessians", () =>
    check(
      networks,
      (inputs) =>
        agree(
          (w, b, v, x) => {
            const gradient = ops.grad(loss as never, { argnums: [0, 1, 2] });
            const ofBias = ((c: Value) => ops.grad(loss as never, { argnums: 1 })(w, c, v, x)) as never;
            const hvp = ops.jvp(ofBias, [b], [ops.multiply(b, 0.5)])[1] as Value;
            const reverse = ops.grad(((c: Value) =>
              ops.sum(
                ops.multiply(
                  ops.grad(loss as never, { argnums: 1 })(w, c, v, x) as Value,
                  ops.multiply(b, 0.5),
                ),
              )) as never);
            const column = ((t: Value) => ops.jvp(ofBias, [b], [t])[1]) as never;
            const hessian = ops.vmap(column)(np.eye(4)) as Value;
            return [...(gradient(w, b, v, x) as Value[]), hvp, reverse(b) as Value, hessian];
          },
          inputs,
          1e-3,
        ),
      4,
    ));

  it("losses and gradients of many networks at once, with shared and with own data", () =>
    check(
      networks,
      (inputs) =>
        agree(
          (w, b, v, x) => {
            const of = ops.valueAndGrad(loss as never, { argnums: [0, 1, 2] });
            const many = (a: Value) => ops.stack([a, ops.multiply(a, 0.5), ops.negative(a)]);
            const shared = ops.vmap(of as never, [0, 0, 0, null])(many(w), many(b), many(v), x);
            const own = ops.vmap(of as never)(many(w), many(b), many(v), many(x));
            const examples = ops.vmap(((row: Value) =>
              ops.grad(loss as never)(w, b, v, ops.reshape(row, [1, 3]))) as never)(x);
            return [shared, own, examples].flat(3) as Value[];
          },
          inputs,
          1e-3,
        ),
      4,
    ));
});

describe("refusals", () => {
  const attempt = (f: (x: Value) => unknown, dtype?: "float64") =>
    compile(f as never, [{ shape: [1, 1, 4, 4], dtype }]);

  it("an unknown primitive is named", async () => {
    await expect(attempt((x) => np.sort(x.ref))).rejects.toThrow(
      "uses the primitive sort, which has no ONNX lowering",
    );
    const fft = (jax.numpy as unknown as { fft: { fft(x: unknown): { real: Value } } }).fft.fft;
    await expect(attempt((x) => fft({ real: x.ref, imag: x.ref }).real)).rejects.toThrow(
      "uses the primitive fft",
    );
  });

  it("an operator that ONNX Runtime does not have in float64 is named", async () => {
    await expect(attempt(ops.gelu, "float64")).rejects.toThrow(
      "ONNX Runtime has no operator Erf for the element types of this program (arguments of float64); use float32",
    );
    await expect(attempt((x) => ops.convolve(x, x, 0), "float64")).rejects.toThrow("no operator Conv");
  });
});
