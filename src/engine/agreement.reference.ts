/** Compares a compiled program with jax-js's own evaluation of the same function, on arbitrary inputs. */
import * as jax from "@jax-js/jax";
import fc from "fast-check";
import { expect } from "vitest";
import { compile, type TensorSpec, type Value } from "./index.ts";

export interface Input {
  shape: number[];
  data: number[];
  dtype?: "float32" | "float64" | "int32" | "uint32" | "bool";
}

const ARRAY = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bool: Uint8Array,
};

/** jax-js's functions, typed loosely; they consume their arguments, so pass `x.ref`. */
export const np = jax.numpy as unknown as Record<string, (...args: unknown[]) => Value>;

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const typed = ({ data, dtype = "float32" }: Input) => ARRAY[dtype].from(data);

function jaxArray(input: Input): Value {
  const { shape, data, dtype = "float32" } = input;
  const array = dtype === "bool" ? np.array(data.map(Boolean)) : np.array(typed(input));
  return array.reshape(shape) as unknown as Value;
}

/** Runs `fn` compiled and by jax-js, and compares shapes and elements of all results, to `tolerance` of their size. */
export async function agree(
  fn: (...args: Value[]) => Value | Value[],
  inputs: Input[],
  tolerance = 1e-4,
): Promise<void> {
  const specs: TensorSpec[] = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
  using program = await compile(fn as never, specs);
  const got = await program.run(inputs.map(typed));
  const expected = [fn(...inputs.map(jaxArray))].flat();
  expect(got).toHaveLength(expected.length);
  expected.forEach((array, i) => {
    const want = [...(array.ref.dataSync() as Float32Array)].map(Number);
    expect(program.outputs[i].shape, `shape of result ${i}`).toEqual(array.shape);
    expect(program.outputs[i].type, `type of result ${i}`).toBe(array.dtype);
    const have = [...got[i]].map(Number);
    expect(have).toHaveLength(want.length);
    have.forEach((v, k) => {
      const close = Math.abs(v - want[k]) <= tolerance * Math.max(1, Math.abs(want[k]));
      if (!close && !Object.is(v, want[k])) expect(v, `result ${i}, element ${k}`).toBe(want[k]);
    });
  });
}

const value = fc.integer({ min: -128, max: 128 }).map((n) => n / 64);

/** Arrays of a shape, filled with numbers in [-2, 2] that float32 holds exactly. */
export const filled = (shape: number[]): fc.Arbitrary<Input> =>
  fc.array(value, { minLength: size(shape), maxLength: size(shape) }).map((data) => ({ shape, data }));

/** Arrays of a shape, filled with whole numbers. */
export const wholes = (shape: number[], min: number, max: number): fc.Arbitrary<Input> =>
  fc
    .array(fc.integer({ min, max }), { minLength: size(shape), maxLength: size(shape) })
    .map((data) => ({ shape, data, dtype: "int32" as const }));

/** Shapes of some rank with sizes from 1 to 4, often 1. */
export const dims = (minRank: number, maxRank: number): fc.Arbitrary<number[]> =>
  fc.array(fc.constantFrom(1, 1, 2, 3, 4), { minLength: minRank, maxLength: maxRank });

export const permutation = (rank: number): fc.Arbitrary<number[]> =>
  fc.shuffledSubarray(
    Array.from({ length: rank }, (_, i) => i),
    { minLength: rank },
  );

/** A shape and one that broadcasts to it: some axes are 1, some leading ones left out. */
export const broadcastable = (maxRank: number): fc.Arbitrary<{ shape: number[]; narrow: number[] }> =>
  dims(0, maxRank).chain((shape) =>
    fc
      .tuple(
        fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
        fc.nat({ max: shape.length }),
      )
      .map(([ones, cut]) => ({ shape, narrow: shape.map((s, i) => (ones[i] ? 1 : s)).slice(cut) })),
  );

export const check = <T>(
  arbitrary: fc.Arbitrary<T>,
  body: (x: T) => Promise<void>,
  numRuns = 12,
): Promise<void> => fc.assert(fc.asyncProperty(arbitrary, body), { numRuns });

/** All axes in reverse order. */
export const transposed = (x: Value): Value => np.transpose(x.ref);
