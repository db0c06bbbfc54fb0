/** Functions in two parts, and without what is 0: against closed forms. */
import { describe, expect, it } from "vitest";
import {
  compile,
  compileSplit,
  convolve,
  jvp,
  multiply,
  reshape,
  sin,
  subtract,
  sum,
  type Value,
} from "./index.ts";
import { trace } from "./trace.ts";
import { withoutZeros } from "./zeros.ts";

const a = Float32Array.of(0.5, -1, 2);
const v = Float32Array.of(3, 1, -2);
const close = (values: number[]) => values.map((x) => expect.closeTo(x, 5));

describe("a function whose first argument changes", () => {
  const fn = (vector: Value, fixed: Value) => {
    const kept = sin(multiply(fixed, fixed));
    // A result may depend on one of them only.
    return [multiply(kept, vector), sin(kept), multiply(2, vector), vector, fixed];
  };

  it("is computed in two parts, the second as often as wanted", async () => {
    const { prepare, apply } = await compileSplit(fn as never, [{ shape: [3] }], [{ shape: [3] }]);
    const residuals = await prepare!.run([a]);
    const inner = [...a].map((x) => Math.sin(x * x));
    for (const vector of [v, v.map((x) => x + 1)]) {
      const [product, ofFixed, twice, same, other] = await apply.run([vector, a, ...residuals]);
      expect([...product].map(Number)).toEqual(close(inner.map((s, i) => s * vector[i])));
      expect([...ofFixed].map(Number)).toEqual(close(inner.map(Math.sin)));
      expect([...twice].map(Number)).toEqual(close([...vector].map((x) => 2 * x)));
      expect([...same]).toEqual([...vector]);
      expect([...other]).toEqual([...a]);
    }
  });

  it("keeps what is costly, and no array that is a view of another", async () => {
    const wide = (vector: Value, fixed: Value) => multiply(vector, reshape(sin(fixed), [3, 1]));
    const args = [{ shape: [3, 1000] }];
    const { prepare } = await compileSplit(wide as never, args, [{ shape: [3] }]);
    expect(prepare!.outputs.map(({ shape }) => shape)).toEqual([[3]]);
  });

  it("may need nothing kept", async () => {
    const plain = (vector: Value, fixed: Value) => multiply(vector, fixed);
    const { prepare, apply } = await compileSplit(plain as never, [{ shape: [3] }], [{ shape: [3] }]);
    expect(prepare).toBeUndefined();
    const [product] = await apply.run([v, a]);
    expect([...product]).toEqual([1.5, -1, -4]);
  });
});

describe("without zeros", () => {
  /** The derivative along the kernel; the data are fixed, so that their tangent is 0. */
  const along = (kernel: Value, tangent: Value, x: Value) =>
    jvp(((k: Value) => sum(sin(convolve(x, k, 1)))) as never, [kernel], [tangent])[1] as Value;
  const shapes = [{ shape: [2, 1, 3, 3] }, { shape: [2, 1, 3, 3] }, { shape: [4, 1, 5, 5] }];

  it("nothing is convolved with what is fixed", () => {
    const before = trace(along as never, shapes);
    const convolutions = ({ equations }: typeof before) =>
      equations.filter(({ primitive }) => primitive === "conv").length;
    // x * k, x * tangent, and 0 * k.
    expect(convolutions(before)).toBe(3);
    expect(convolutions(withoutZeros(before))).toBe(2);
  });

  it("the derivative is that of finite differences", async () => {
    using program = await compile(along as never, shapes);
    using value = await compile(
      ((k: Value, x: Value) => sum(sin(convolve(x, k, 1)))) as never,
      shapes.slice(1),
    );
    const wave = (n: number, f: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(f * i + 1));
    const [k, t, x] = [wave(18, 2), wave(18, 5), wave(100, 3)];
    const [[got]] = await program.run([k, t, x]);
    const at = async (h: number) => Number((await value.run([k.map((y, i) => y + h * t[i]), x]))[0][0]);
    expect(Number(got)).toBeCloseTo(((await at(1e-2)) - (await at(-1e-2))) / 2e-2, 1);
  });

  it("a result that is 0 is 0", async () => {
    const nothing = (x: Value) => multiply(subtract(x, x), 0);
    using program = await compile(nothing as never, [{ shape: [2, 2] }]);
    expect([...(await program.run([Float32Array.of(1, 2, 3, 4)]))[0]]).toEqual([0, 0, 0, 0]);
  });
});
