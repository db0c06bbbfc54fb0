import { describe, expect, it } from "vitest";
import { allocateVector, compile, Rng, type Value } from "../engine/index.ts";
import {
  importParameters,
  initialise,
  leafViews,
  lenet,
  lenetti,
  mlp,
  type Network,
  networkOf,
  simpleCnn,
  withOrderedBiases,
} from "./index.ts";

/** Runs a network on one batch with the given parameters. */
async function run(network: Network, theta: Float32Array, x: Float32Array, n: number): Promise<Float32Array> {
  const fn = (parameters: Value[], data: Value) =>
    network.rest(
      parameters.slice(network.firstLeaves),
      network.first(parameters.slice(0, network.firstLeaves), data),
    );
  using program = await compile(fn as never, [
    network.layout.leaves.map(({ shape }) => ({ shape })),
    { shape: [n, network.inputSize] },
  ]);
  const [out] = await program.run([...leafViews(network.layout, theta), x]);
  return out as Float32Array;
}

function drawn(network: Network, kind: Parameters<typeof initialise>[2], seed = 1): Float32Array {
  const theta = allocateVector(network.layout.size);
  initialise(network, theta, kind, Rng.fromSeed(seed));
  return theta;
}

const norm = (v: Float32Array) => Math.sqrt(v.reduce((s, x) => s + x * x, 0));

describe("parameter counts of the papers", () => {
  it.each([
    ["784-512-10", mlp([784, 512, 10]), 407_050],
    ["784-64-10", mlp([784, 64, 10]), 50_890],
    ["LeNet", lenet(), 61_706],
    ["SimpleCNN on 28x28", simpleCnn(), 19_178],
    ["SimpleCNN on 32x32 colour", simpleCnn("tanh", [3, 32, 32]), 19_466],
    ["SimpleCNN of twice the width", simpleCnn("tanh", [1, 28, 28], 10, { width: 2 }), 65_994],
    ["LeNetti", lenetti(), 10 + 7208 + 72 + 72 + 90],
    ["UCI network on airfoil", mlp([5, 16, 16, 16, 1]), 657],
    ["UCI network on bikesharing", mlp([12, 16, 16, 16, 1]), 769],
    ["UCI network on concrete and energy", mlp([8, 16, 16, 16, 1]), 705],
    ["UCI network on yacht", mlp([6, 16, 16, 16, 1]), 673],
    ["toy network of powers 1 to 3", mlp([1, 16, 16, 16, 1], "elu", 0, 3), 625],
    ["toy network of depth 10", mlp([1, ...new Array<number>(10).fill(10), 1], "elu", 0, 3), 1041],
    ["toy network of powers 1 and 2", mlp([1, 10, 10, 10, 1], "relu", 0, 2), 261],
  ])("%s", (_, network, count) => {
    expect(network.layout.size).toBe(count);
  });
});

describe("forward passes", () => {
  it("an MLP equals its formula", async () => {
    const network = mlp([3, 4, 2], "tanh");
    const theta = drawn(network, "pytorch");
    const x = Rng.fromSeed(2).normal(6);
    const [w1, b1, w2, b2] = leafViews(network.layout, theta);
    const expected = [0, 1].flatMap((n) => {
      const h = [...b1].map((b, i) =>
        Math.tanh([0, 1, 2].reduce((s, k) => s + w1[i * 3 + k] * x[n * 3 + k], b)),
      );
      return [...b2].map((b, i) => h.reduce((s, v, k) => s + w2[i * 4 + k] * v, b));
    });
    const out = await run(network, theta, x, 2);
    out.forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i], 5);
    });
  });

  it.each(["relu", "elu", "tanh"] as const)(
    "an MLP of powers is an MLP of the powers (%s)",
    async (activation) => {
      const [network, plain] = [mlp([2, 5, 4, 1], activation, 0, 3), mlp([6, 5, 4, 1], activation)];
      expect(network.layout).toEqual(plain.layout);
      const theta = drawn(plain, "pytorch");
      const x = Rng.fromSeed(4).normal(2 * 3);
      const features = [0, 1, 2].flatMap((n) => [1, 2, 3].flatMap((p) => [x[2 * n] ** p, x[2 * n + 1] ** p]));
      const out = await run(network, theta, x, 3);
      const expected = await run(plain, theta, Float32Array.from(features), 3);
      out.forEach((v, i) => {
        expect(v).toBeCloseTo(expected[i], 5);
      });
    },
  );

  it("SimpleCNN ignores nothing: the odd border of the last pooling reaches the output", async () => {
    const network = simpleCnn("tanh");
    const theta = drawn(network, "glorot-uniform");
    const x = new Float32Array(2 * 784);
    x[784 + 783] = 5; // last pixel of the second image
    const out = await run(network, theta, x, 2);
    expect(Math.max(...[...out.subarray(0, 10)].map((v, i) => Math.abs(v - out[10 + i])))).toBeGreaterThan(
      1e-3,
    );
  });
});

it("dropout of SimpleCNN scales the output of each convolution: without the last one only the biases are left", async () => {
  const network = simpleCnn("tanh", [1, 28, 28], 10, { dropout: 0.2 });
  expect(networkOf(network.spec).masks).toEqual(network.masks);
  expect(network.masks.map(({ shape, rate }) => [...shape, rate])).toEqual([
    [16, 28, 28, 0.2],
    [32, 14, 14, 0.2],
    [32, 7, 7, 0.2],
  ]);
  const theta = drawn(network, "pytorch");
  const x = Rng.fromSeed(2).normal(784);
  const shapes = network.masks.map(({ shape }) => [1, ...shape]);
  using program = await compile(
    ((ps: Value[], x: Value, masks: Value[]) =>
      network.rest(ps.slice(2), network.first(ps.slice(0, 2), x), masks)) as never,
    [
      network.layout.leaves.map(({ shape }) => ({ shape })),
      { shape: [1, 784] },
      shapes.map((shape) => ({ shape })),
    ],
  );
  const leaves = leafViews(network.layout, theta);
  const outOf = async (values: number[]) => {
    const masks = shapes.map((shape, i) => new Float32Array(shape.reduce((a, b) => a * b)).fill(values[i]));
    return [...((await program.run([...leaves, x, ...masks]))[0] as Float32Array)];
  };
  const plain = [...(await run(network, theta, x, 1))];
  (await outOf([1, 1, 1])).forEach((v, i) => {
    expect(v).toBeCloseTo(plain[i], 5);
  });
  const bias = [...leaves[7]];
  (await outOf([1, 1, 0])).forEach((v, i) => {
    expect(v).toBeCloseTo(bias[i], 6);
  });
  // The last layer is linear, and pooling keeps a positive factor.
  (await outOf([1, 1, 2])).forEach((v, i) => {
    expect(v - bias[i]).toBeCloseTo(2 * (plain[i] - bias[i]), 4);
  });
});

it.each([
  ["MLP of powers", mlp([2, 4, 1], "tanh", 0, 3)],
  ["LeNetti", lenetti()],
  ["ordered biases of an MLP", withOrderedBiases(mlp([3, 4, 2]))],
  ["ordered biases of LeNet", withOrderedBiases(lenet())],
])("the first layer is linear in its parameters, so that spans can be projected: %s", async (_, network) => {
  const first = network.layout.leaves.slice(0, network.firstLeaves);
  using program = await compile(((ps: Value[], x: Value) => network.first(ps, x)) as never, [
    first.map(({ shape }) => ({ shape })),
    { shape: [1, network.inputSize] },
  ]);
  const x = Rng.fromSeed(1).normal(network.inputSize);
  const at = async (parameters: Float32Array[]) => (await program.run([...parameters, x]))[0] as Float32Array;
  const anchors = [2, 3].map((seed) =>
    first.map(({ size, name }) => Rng.fromSeed(seed).split(name).normal(size)),
  );
  const [a, b] = [await at(anchors[0]), await at(anchors[1])];
  const sum = await at(first.map((_, i) => anchors[0][i].map((v, k) => 0.7 * v - 1.3 * anchors[1][i][k])));
  expect(sum).toHaveLength(network.hiddenShape.reduce((p, q) => p * q, 1));
  sum.forEach((v, i) => {
    expect(v).toBeCloseTo(0.7 * a[i] - 1.3 * b[i], 4);
  });
});

describe("initialisers", () => {
  const network = mlp([784, 512, 10]);
  it("PyTorch's is uniform within 1/sqrt(fan in): 0.035714 and 0.044194", () => {
    const [w1, b1, w2, b2] = leafViews(network.layout, drawn(network, "pytorch"));
    for (const [leaf, bound] of [
      [w1, 0.035714],
      [b1, 0.035714],
      [w2, 0.044194],
      [b2, 0.044194],
    ] as const) {
      const most = leaf.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      expect(most).toBeLessThanOrEqual(bound + 1e-6);
      if (leaf.length > 500) expect(most).toBeGreaterThan(0.98 * bound);
    }
    // sd of a uniform distribution: bound / sqrt(3)
    expect(norm(w1) / Math.sqrt(w1.length)).toBeCloseTo(0.035714 / Math.sqrt(3), 4);
  });

  it("LeCun-normal gives a vector of norm sqrt(sum of widths), 10.05 for depth 10 and width 10", () => {
    const deep = mlp([3, ...new Array<number>(10).fill(10), 1], "elu");
    expect(deep.layout.size).toBe(1041);
    const norms = Array.from({ length: 20 }, (_, seed) => norm(drawn(deep, "lecun-normal", seed)));
    expect(norms.reduce((a, b) => a + b) / 20).toBeCloseTo(10.05, 0);
  });

  it.each([
    ["glorot-uniform", Math.sqrt(2 / 1296)],
    ["glorot-normal", 0.039284],
    ["he-normal", Math.sqrt(2 / 784)],
    ["lecun-normal", Math.sqrt(1 / 784)],
  ] as const)("%s has its standard deviation and no bias", (kind, sd) => {
    const [w1, b1] = leafViews(network.layout, drawn(network, kind));
    expect(norm(w1) / Math.sqrt(w1.length) / sd).toBeCloseTo(1, 2);
    expect(norm(b1)).toBe(0);
  });

  it.each(["pytorch", "lecun-normal"] as const)(
    "%s times a scale is the same draw, so many times as large",
    (kind) => {
      const theta = allocateVector(network.layout.size);
      initialise(network, theta, kind, Rng.fromSeed(1), 4);
      expect(theta).toEqual(drawn(network, kind).map((x) => 4 * x));
    },
  );

  it("arrays have their own streams: another width of the last layer does not change the first", () => {
    const other = mlp([784, 512, 7]);
    const a = leafViews(network.layout, drawn(network, "pytorch"))[0];
    expect(leafViews(other.layout, drawn(other, "pytorch"))[0]).toEqual(a);
  });
});

describe("import of parameters", () => {
  const network = mlp([3, 4, 2]);
  const theta = drawn(network, "pytorch");
  const [w1, b1, w2, b2] = leafViews(network.layout, theta);
  const imported = (arrays: Parameters<typeof importParameters>[1], into = network) => {
    const target = new Float32Array(into.layout.size);
    importParameters(into.layout, arrays, target);
    return target;
  };
  const transposed = (w: Float32Array, rows: number, columns: number) =>
    Float32Array.from(w, (_, i) => w[(i % rows) * columns + Math.floor(i / rows)]);

  it("takes a PyTorch Sequential's names, in any order", () => {
    const arrays = [
      { name: "2.bias", shape: [2], data: b2 },
      { name: "0.weight", shape: [4, 3], data: w1 },
      { name: "2.weight", shape: [2, 4], data: w2 },
      { name: "0.bias", shape: [4], data: b1 },
    ];
    expect(imported(arrays)).toEqual(theta);
  });

  it("transposes Flax kernels", () => {
    const arrays = [
      { name: "Dense_0/bias", shape: [4], data: b1 },
      { name: "Dense_0/kernel", shape: [3, 4], data: transposed(w1, 4, 3) },
      { name: "Dense_1/bias", shape: [2], data: b2 },
      { name: "Dense_1/kernel", shape: [4, 2], data: transposed(w2, 2, 4) },
    ];
    expect(imported(arrays)).toEqual(theta);
  });

  it("names both shapes of another architecture", () => {
    const arrays = mlp([3, 5, 2]).layout.leaves.map(({ name, shape, size }) => ({
      name,
      shape,
      data: new Float32Array(size),
    }));
    expect(() => imported(arrays)).toThrow(
      "fc1.weight has shape [5,3] where fc1.weight of this network has [4,3]",
    );
    expect(() => imported(arrays.slice(1))).toThrow("3 arrays");
  });
});

describe("specs", () => {
  it("rebuild the same layout", () => {
    for (const network of [mlp([5, 16, 1], "elu", 0.1, 3), lenet("tanh"), lenetti(), simpleCnn()]) {
      expect(networkOf(JSON.parse(JSON.stringify(network.spec))).layout).toEqual(network.layout);
    }
  });

  it("refuses impossible networks in one sentence", () => {
    expect(() => mlp([784])).toThrow("at least two positive integers");
    expect(() => mlp([784, 0, 10])).toThrow("at least two positive integers");
    expect(() => mlp([3, 2], "swish" as never)).toThrow('"swish" is unknown');
    expect(() => mlp([3, 2], "relu", 1)).toThrow("not in [0, 1)");
    expect(() => mlp([3, 2], "relu", 0, 0)).toThrow("give a positive integer");
  });
});
