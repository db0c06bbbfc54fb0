import { describe, expect, it } from "vitest";
import * as ops from "./index.ts";
import { compile, type Value } from "./index.ts";

describe("programs", () => {
  it("return arguments, constants and the same value twice, each in an array of its own", async () => {
    using program = await compile(
      ((x: Value, _unused: Value, y: Value) => {
        const sum = ops.add(x, y);
        const [head, tail] = ops.split(sum, [1], 0);
        return [x, sum, sum, ops.full([2], 7), ops.arange(3), head, ops.split(sum, [1], 0)[1], tail, x];
      }) as never,
      [{ shape: [3] }, { shape: [4] }, { shape: [3] }],
    );
    const x = Float32Array.of(1, 2, 3);
    const results = await program.run([x, new Float32Array(4), Float32Array.of(10, 20, 30)]);
    expect(results.map((r) => [...r])).toEqual([
      [1, 2, 3],
      [11, 22, 33],
      [11, 22, 33],
      [7, 7],
      [0, 1, 2],
      [11],
      [22, 33],
      [22, 33],
      [1, 2, 3],
    ]);
    expect(new Set([x, ...results].map((r) => r.buffer)).size).toBe(results.length + 1);
  });

  it("take nested lists of arguments, flattened, and keep closed-over arrays of all sizes apart", async () => {
    const tables = [1, 2].map((factor) => ops.multiply(ops.arange(100), factor));
    const small = [3, 4].map((factor) => ops.multiply(ops.arange(2), factor));
    using program = await compile(
      (([a, [b]]: [Value, [Value]]) => [
        ...tables.map((table) => ops.add(a, table)),
        ...small.map((table) => ops.add(b, table)),
      ]) as never,
      [[{ shape: [100] }, [{ shape: [2] }]]],
    );
    const results = await program.run([new Float32Array(100), new Float32Array(2)]);
    expect(results.map((r) => [r[0], r[1], r.at(-1)])).toEqual([
      [0, 1, 99],
      [0, 2, 198],
      [0, 3, 3],
      [0, 4, 4],
    ]);
  });

  it("write into the given arrays, vectors of the vector memory included, call after call", async () => {
    using program = await compile(((x: Value) => [ops.multiply(x, 2), ops.sum(x)]) as never, [
      { shape: [5] },
    ]);
    const [x, doubled] = [ops.allocateVector(5), ops.allocateVector(5)];
    const outputs = [doubled, new Float32Array(1)];
    for (const value of [1, 3]) {
      x.fill(value);
      expect(await program.run([x], outputs)).toBe(outputs);
      expect([...doubled]).toEqual(new Array(5).fill(2 * value));
      expect(outputs[1][0]).toBe(5 * value);
    }
    ops.releaseVector(x, doubled);
  });

  it("run one after the other when called at once", async () => {
    using program = await compile(((x: Value) => ops.multiply(x, 2)) as never, [{ shape: [3] }]);
    const runs = [1, 2, 3].map((v) => program.run([new Float32Array(3).fill(v)]));
    expect((await Promise.all(runs)).map(([r]) => [...r])).toEqual(
      [1, 2, 3].map((v) => new Array(3).fill(2 * v)),
    );
  });

  it("compute an expression that occurs twice once, but not two that only look alike", async () => {
    using program = await compile(
      ((x: Value, y: Value) => {
        const halves = [ops.split(x, [2], 0), ops.split(x, [1], 0), ops.split(y, [2], 0)].flat();
        return [ops.subtract(x, y), ops.subtract(y, x), ops.maximum(x, y), ops.maximum(y, x), ...halves];
      }) as never,
      [{ shape: [3] }, { shape: [3] }],
    );
    const results = await program.run([Float32Array.of(1, 2, 3), Float32Array.of(3, 2, 1)]);
    expect(results.map((r) => [...r])).toEqual([
      [-2, 0, 2],
      [2, 0, -2],
      [3, 2, 3],
      [3, 2, 3],
      [1, 2],
      [3],
      [1],
      [2, 3],
      [3, 2],
      [1],
    ]);
  });

  it("say which argument or result is wrong", async () => {
    using program = await compile(((x: Value) => ops.exp(x)) as never, [{ shape: [2, 2] }]);
    const good = new Float32Array(4);
    await expect(program.run([new Float32Array(3)])).rejects.toThrow(
      "argument 0 of the program holds 3 elements; it needs 4 (shape [2,2])",
    );
    await expect(program.run([])).rejects.toThrow(
      "argument 0 of the program is missing; it needs a Float32Array of 4",
    );
    await expect(program.run([new Float64Array(4)])).rejects.toThrow(
      "argument 0 of the program is a Float64Array",
    );
    await expect(program.run([good], [new Float32Array(5)])).rejects.toThrow(
      "result 0 of the program holds 5",
    );
  });
});
