/** Every lowered primitive against jax-js's own evaluation of the same function, over shapes and broadcasts. */
import * as jax from "@jax-js/jax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ops from "./index.ts";
import { compile, type TensorSpec, type Value } from "./index.ts";

interface Input {
  shape: number[];
  data: number[];
  dtype?: "float32" | "int32";
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Runs `fn` compiled and by jax-js, and compares all results. */
async function agree(fn: (...args: Value[]) => Value | Value[], inputs: Input[]): Promise<void> {
  const specs: TensorSpec[] = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
  using program = await compile(fn as never, specs);
  const got = await program.run(
    inputs.map(({ data, dtype }) => (dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data))),
  );
  const arrays = inputs.map(({ shape, data, dtype }) => {
    const typed = dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data);
    return jax.numpy.array(typed as never).reshape(shape) as unknown as Value;
  });
  const expected = [fn(...arrays)].flat();
  expect(got).toHaveLength(expected.length);
  expected.forEach((array, i) => {
    const want = [...(array.ref.dataSync() as Float32Array)].map(Number);
    expect(program.outputs[i].shape).toEqual(array.shape);
    const have = [...got[i]].map(Number);
    expect(have).toHaveLength(want.length);
    have.forEach((v, k) => {
      const close = Math.abs(v - want[k]) <= 1e-4 * Math.max(1, Math.abs(want[k]));
      if (!close && !Object.is(v, want[k])) expect(v, `result ${i}, element ${k}`).toBe(want[k]);
    });
  });
}

const value = fc.double({ min: -2, max: 2, noNaN: true }).map((x) => Math.round(x * 64) / 64);
const filled = (shape: number[]): fc.Arbitrary<Input> =>
  fc.array(value, { minLength: size(shape), maxLength: size(shape) }).map((data) => ({ shape, data }));
const dims = (min: number, max: number) =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: min, maxLength: max });
const check = <T>(arbitrary: fc.Arbitrary<T>, body: (x: T) => Promise<void>, numRuns = 12) =>
  fc.assert(fc.asyncProperty(arbitrary, body), { numRuns });

/** Two shapes that broadcast: axes become 1 or are left out in front. */
const broadcastable = dims(0, 4).chain((shape) =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.nat({ max: shape.length }),
      fc.boolean(),
    )
    .map(([ones, cut, swap]) => {
      const other = shape.map((s, i) => (ones[i] ? 1 : s)).slice(cut);
      return swap ? [other, shape] : [shape, other];
    }),
);

const transposed = (x: Value) =>
  ops.transpose(
    x,
    x.shape.map((_, i) => x.shape.length - 1 - i),
  );

describe("elementwise operations", () => {
  it("of two operands broadcast", () =>
    check(
      broadcastable.chain(([a, b]) => fc.tuple(filled(a), filled(b))),
      (inputs) =>
        agree(
          (x, y) => [
            ops.add(x, y),
            ops.subtract(x, y),
            ops.multiply(x, y),
            ops.divide(x, ops.add(ops.square(y), 1)),
            ops.maximum(x, y),
            ops.minimum(x, y),
            ops.where(ops.less(x, y), x, y),
            ops.where(ops.equal(x, y), 1, y),
          ],
          inputs,
        ),
    ));

  it("of one operand", () =>
    check(dims(0, 3).chain(filled), (input) =>
      agree(
        (x) => [
          ops.negative(x),
          ops.abs(x),
          ops.exp(x),
          ops.log(ops.add(ops.square(x), 0.5)),
          ops.sqrt(ops.add(ops.square(x), 0.5)),
          ops.sin(x),
          ops.cos(x),
          ops.erf(x),
          ops.maximum(x, 0),
          ops.castTo(ops.less(0.25, x), "float32"),
        ],
        [input],
      ),
    ));

  it("keep the order of transposed operands", () =>
    check(
      dims(2, 3).chain((shape) => fc.tuple(filled(shape), filled([...shape].reverse()))),
      (inputs) =>
        agree(
          (x, y) => [ops.add(transposed(x), y), ops.exp(transposed(x)), ops.multiply(x, transposed(y))],
          inputs,
        ),
    ));
});

describe("activations", () => {
  const ACTIVATIONS: Record<string, (x: number) => number> = {
    relu: (x) => Math.max(0, x),
    tanh: Math.tanh,
    elu: (x) => (x < 0 ? Math.expm1(x) : x),
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  };
  const FUNCTIONS: Record<string, (x: Value) => Value> = {
    relu: ops.relu,
    tanh: ops.tanh,
    elu: ops.elu,
    sigmoid: ops.sigmoid,
    softplus: ops.softplus,
  };
  const points = [-100, -20, -3, -1, -0.1, 0, 0.1, 1, 3, 20, 100];

  it.each(Object.keys(ACTIVATIONS))(
    "%s has its values and a finite derivative, float32 and float64",
    async (name) => {
      const act = FUNCTIONS[name];
      for (const dtype of ["float32", "float64"] as const) {
        const fn = ops.valueAndGrad(((x: Value) => ops.sum(act(x))) as never);
        using program = await compile(((x: Value) => [act(x), fn(x)[1]]) as never, [
          { shape: [points.length], dtype },
        ]);
        const x = dtype === "float32" ? Float32Array.from(points) : Float64Array.from(points);
        const [y, slope] = await program.run([x]);
        const digits = dtype === "float32" ? 6 : 12;
        points.forEach((p, i) => {
          const exact = ACTIVATIONS[name](p);
          expect(y[i]).toBeCloseTo(exact, p > 3 && dtype === "float32" ? 4 : digits);
          const h = 1e-6;
          const difference = (ACTIVATIONS[name](p + h) - ACTIVATIONS[name](p - h)) / (2 * h);
          if (p !== 0) expect(slope[i]).toBeCloseTo(difference, dtype === "float32" ? 5 : 6);
        });
      }
    },
  );

  it("gelu is x Phi(x)", async () => {
    using program = await compile(((x: Value) => ops.gelu(x)) as never, [{ shape: [5] }]);
    const [y] = await program.run([Float32Array.of(-3, -1, 0, 1, 3)]);
    // x Phi(x) from tables of the normal distribution.
    [-0.00404969, -0.15865525, 0, 0.84134475, 2.99595031].forEach((exact, i) => {
      expect(y[i]).toBeCloseTo(exact, 6);
    });
  });
});

describe("shapes", () => {
  it("transpose, reshape and broadcast in any combination", () =>
    check(
      dims(2, 4).chain((shape) =>
        fc.tuple(
          filled(shape),
          fc.shuffledSubarray(
            shape.map((_, i) => i),
            { minLength: shape.length },
          ),
        ),
      ),
      ([input, perm]) => {
        const total = size(input.shape);
        return agree(
          (x) => {
            const moved = ops.transpose(x, perm);
            const flat = ops.reshape(moved, [total]);
            const grown = ops.add(ops.reshape(moved, [...moved.shape, 1]), ops.full([2], 1));
            return [moved, flat, ops.reshape(ops.exp(moved), [1, total, 1]), ops.reshape(grown, [2 * total])];
          },
          [input],
        );
      },
    ));

  it("reshapes that split and merge axes", () =>
    agree(
      (x) => [
        ops.reshape(x, [4, 9]),
        ops.reshape(transposed(x), [9, 4]),
        ops.reshape(ops.transpose(x, [1, 0, 2, 3]), [3, 2, 1, 6]),
        ops.reshape(ops.transpose(x, [2, 3, 0, 1]), [6, 6]),
      ],
      [{ shape: [2, 3, 2, 3], data: Array.from({ length: 36 }, (_, i) => i) }],
    ));

  it("reductions over any axes, also of broadcast arrays", () =>
    check(
      dims(1, 4).chain((shape) =>
        fc.tuple(
          filled(shape),
          fc.shuffledSubarray(
            shape.map((_, i) => i),
            { minLength: 1 },
          ),
        ),
      ),
      ([input, axes]) =>
        agree(
          (x) => [
            ops.sum(x, axes),
            ops.mean(transposed(x), axes),
            ops.max(x, axes),
            ops.sum(ops.add(ops.reshape(x, [...x.shape, 1]), ops.full([3], 0.5)), [...axes, x.shape.length]),
          ],
          [input],
        ),
    ));

  it("concatenation, stacking, splitting, slices, padding, flips", () =>
    check(
      dims(2, 3).chain((shape) => fc.tuple(filled(shape), filled(shape), fc.nat({ max: shape.length - 1 }))),
      ([a, b, axis]) =>
        agree(
          (x, y) => {
            const joined = ops.concatenate([x, transposed(transposed(y))], axis);
            const at = [a.shape[axis]];
            const np = jax.numpy as unknown as Record<string, (...args: unknown[]) => Value>;
            return [
              joined,
              ops.stack([x, y], axis),
              ...ops.split(joined, at, axis),
              np.flip(x.ref, axis),
              np.pad(x.ref, 1),
            ];
          },
          [a, b],
        ),
    ));

  it("gather, its gradient, one-hot and argmax", async () => {
    const table = { shape: [5, 3], data: Array.from({ length: 15 }, (_, i) => ((i * 7) % 11) - 5) };
    const index = { shape: [4], data: [4, 0, 3, 0], dtype: "int32" as const };
    await agree(
      (x, i) => [
        ops.take(x, i, 0),
        ops.take(transposed(x), i, 1),
        ops.grad(((t: Value) => ops.sum(ops.square(ops.take(t, i, 0)))) as never)(x) as Value,
        ops.argmax(x, 1),
        ops.castTo(ops.equal(ops.reshape(i, [4, 1]), ops.arange(5)), "float32"),
      ],
      [table, index],
    );
  });
});

describe("products", () => {
  it("matrix products with broadcast batches", () =>
    check(
      fc
        .tuple(
          dims(0, 2),
          fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 }),
          fc.boolean(),
        )
        .chain(([batch, [m, k, n], shared]) =>
          fc.tuple(filled([...batch, m, k]), filled([...(shared ? batch.map(() => 1) : batch), k, n])),
        ),
      (inputs) => agree((x, y) => [ops.matmul(x, y), transposed(ops.matmul(x, y))], inputs),
      16,
    ));

  it("einsums over batch, free and contracted axes, and axes that stand alone", async () => {
    const tensor = (...shape: number[]) => ({
      shape,
      data: Array.from({ length: size(shape) }, (_, i) => ((i * 5) % 13) / 4 - 1.5),
    });
    for (const [subscripts, ...inputs] of [
      ["bij,bjk->bik", tensor(2, 3, 4), tensor(2, 4, 5)],
      ["bij,bkj->kbi", tensor(2, 3, 4), tensor(2, 5, 4)],
      ["ij,kj->ik", tensor(3, 4), tensor(5, 4)],
      ["ji,jk->ki", tensor(4, 3), tensor(4, 5)],
      ["sm,mno->sno", tensor(6, 3), tensor(3, 4, 5)],
      ["abc,dc->abd", tensor(2, 3, 4), tensor(20, 4)],
      ["bi,bi->b", tensor(3, 4), tensor(3, 4)],
      ["i,i->", tensor(7), tensor(7)],
      ["i,j->ij", tensor(3), tensor(4)],
      ["ij,j->i", tensor(3, 4), tensor(4)],
      ["i,ij->j", tensor(3), tensor(3, 4)],
      ["ij,k->ik", tensor(3, 4), tensor(2)],
    ] as const) {
      await agree((x, y) => ops.einsum(subscripts as string, x, y), inputs as unknown as Input[]);
    }
  });

  it("biases join their product, whichever way it is stored", () =>
    check(
      fc.tuple(filled([5, 3]), filled([20, 3]), filled([20]), filled([5, 1])),
      (inputs) =>
        agree((x, w, b, c) => {
          const product = ops.matmul(x, transposed(w));
          const swapped = ops.matmul(w, transposed(x));
          return [
            ops.add(product, b),
            ops.add(c, product),
            ops.add(swapped, ops.reshape(b, [20, 1])),
            ops.add(product, swapped.shape.length),
          ];
        }, inputs),
      4,
    ));

  it("convolutions with padding and stride, and their gradients", () =>
    check(
      fc.tuple(
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 1, max: 2 }),
        filled([2, 2, 5, 6]),
        filled([3, 2, 3, 2]),
      ),
      ([padding, stride, x, k]) =>
        agree(
          (image, kernel) => {
            const loss = (i: Value, w: Value) => ops.sum(ops.square(ops.convolve(i, w, padding, stride)));
            const gradients = ops.grad(loss as never, { argnums: [0, 1] })(image, kernel) as Value[];
            return [ops.convolve(image, kernel, padding, stride), ...gradients];
          },
          [x, k],
        ),
      8,
    ));

  it("convolutions with a kernel for each element of a batch", () =>
    check(
      fc.tuple(filled([2, 1, 4, 4]), filled([3, 2, 1, 3, 3])),
      (inputs) =>
        agree((x, k) => {
          const each = ops.vmap(((w: Value) => ops.convolve(x, w, 1)) as never)(k) as Value;
          const loss = (w: Value) =>
            ops.sum(ops.square(ops.vmap(((v: Value) => ops.convolve(x, v, 1)) as never)(w) as Value));
          return [each, ops.grad(loss as never)(k) as Value];
        }, inputs),
      3,
    ));
});

describe("derivatives", () => {
  const loss = (w: Value, v: Value, x: Value) =>
    ops.sum(ops.square(ops.logSoftmax(ops.matmul(ops.tanh(ops.matmul(x, w)), v))));
  const arbitrary = fc.tuple(filled([3, 4]), filled([4, 2]), filled([5, 3]));

  it("gradients, batches of them, and Hessian-vector products", () =>
    check(
      arbitrary,
      (inputs) =>
        agree((w, v, x) => {
          const gradient = ops.grad(loss as never, { argnums: [0, 1] });
          const hvp = ops.jvp(
            ((u: Value) => ops.grad(loss as never)(u, v, x)) as never,
            [w],
            [ops.multiply(w, 0.5)],
          )[1];
          const stacked = ops.stack([w, ops.multiply(w, 2)]);
          const batched = ops.vmap(((u: Value) => ops.grad(loss as never)(u, v, x)) as never)(stacked);
          return [...(gradient(w, v, x) as Value[]), hvp as Value, batched as Value];
        }, inputs),
      4,
    ));

  it("float64 gradients of a network agree with central differences to 1e-7", async () => {
    const shapes = [
      [3, 4],
      [4, 2],
      [5, 3],
    ];
    const rng = ops.Rng.fromSeed(3);
    const inputs = shapes.map((s, i) => Float64Array.from(rng.split(`${i}`).normal(size(s))));
    const specs = shapes.map((shape) => ({ shape, dtype: "float64" as const }));
    const fn = ops.valueAndGrad(loss as never, { argnums: [0, 1] });
    using program = await compile(((...a: Value[]) => (fn(...a) as unknown[]).flat()) as never, specs);
    const [, ...gradients] = await program.run(inputs);
    for (const [a, gradient] of gradients.entries()) {
      for (let k = 0; k < gradient.length; k++) {
        const at = async (h: number) => {
          const moved = inputs.map((x, i) => (i === a ? x.with(k, x[k] + h) : x));
          return Number((await program.run(moved))[0][0]);
        };
        const difference = ((await at(1e-5)) - (await at(-1e-5))) / 2e-5;
        expect(Math.abs(gradient[k] - difference)).toBeLessThan(1e-7 * Math.max(1, Math.abs(difference)));
      }
    }
  });
});

describe("refusals", () => {
  it("an unknown primitive is named", async () => {
    const np = jax.numpy as unknown as Record<string, (x: Value) => Value>;
    await expect(compile(((x: Value) => np.sort(x.ref as Value)) as never, [{ shape: [4] }])).rejects.toThrow(
      "uses the primitive sort, which has no ONNX lowering",
    );
  });
  it("arrays of another length are named", async () => {
    using program = await compile(((x: Value) => ops.exp(x)) as never, [{ shape: [2, 2] }]);
    await expect(program.run([new Float32Array(3)])).rejects.toThrow(
      "argument 0 of the program holds 3 elements; it needs 4",
    );
  });
});
