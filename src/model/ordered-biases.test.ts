import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, Rng, sum, type Value, valueAndGrad } from "../engine/index.ts";
import {
  initialise,
  initialiseRawBiases,
  leafViews,
  lenetti,
  mlp,
  type Network,
  networkOf,
  orderedFromRaw,
  orderedParameters,
  rawFromOrdered,
  rawParameters,
  simpleCnn,
  sortUnits,
  unitLayersOf,
  withOrderedBiases,
} from "./index.ts";

const raw = fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 1, maxLength: 40 });

const outputsOf = (network: Network, parameters: Value[], x: Value) =>
  network.rest(
    parameters.slice(network.firstLeaves),
    network.first(parameters.slice(0, network.firstLeaves), x),
  );

/** Outputs on n inputs, and the gradient of their sum. */
async function outputsAndGradient(network: Network, theta: Float32Array, x: Float32Array) {
  const fn = (parameters: Value[], data: Value) =>
    valueAndGrad(
      ((ps: Value[]) => {
        const out = outputsOf(network, ps, data);
        return [sum(out), out];
      }) as never,
      { hasAux: true },
    )(parameters);
  using program = await compile(fn as never, [
    network.layout.leaves.map(({ shape }) => ({ shape })),
    { shape: [x.length / network.inputSize, network.inputSize] },
  ]);
  const [, outputs, ...gradient] = await program.run([...leafViews(network.layout, theta), x]);
  return { outputs, gradient };
}

function drawn(network: Network, seed: number): Float32Array {
  const theta = new Float32Array(network.layout.size);
  initialise(network, theta, "pytorch", Rng.fromSeed(seed));
  return theta;
}

/** Random parameters with raw biases that matter. */
function drawnRaw(network: Network, seed: number): Float32Array {
  const theta = drawn(network, seed);
  initialiseRawBiases(network.layout, theta, Rng.fromSeed(seed), -1);
  return theta;
}

describe("ordered biases", () => {
  it("are those of the authors' example", () => {
    const ordered = orderedFromRaw([1.8429084, 1.2368948, 0.6249425, 1.2353886, -1.0533676]);
    [1.8429084, 3.3346658, 4.388329, 5.878919, 6.178106].forEach((v, j) => {
      expect(ordered[j]).toBeCloseTo(v, 6);
    });
  });

  it("increase, and give the raw ones back", () => {
    fc.assert(
      fc.property(raw, (values) => {
        const ordered = orderedFromRaw(values);
        for (let j = 1; j < ordered.length; j++) expect(ordered[j]).toBeGreaterThan(ordered[j - 1]);
        rawFromOrdered(ordered).forEach((v, j) => {
          expect(v).toBeCloseTo(values[j], 5);
        });
      }),
    );
    expect(orderedFromRaw([0, 800, -800])).toEqual(Float64Array.of(0, 800, 800));
    expect(() => rawFromOrdered([1, 1])).toThrow("do not increase");
    expect(() => rawFromOrdered([1, Number.NaN])).toThrow("do not increase");
  });
});

describe("a network with ordered biases", () => {
  const cases = [
    ["MLP", mlp([3, 6, 5, 2], "tanh")],
    ["MLP of one hidden unit", mlp([3, 1, 2], "elu")],
    ["LeNetti", lenetti("tanh")],
    ["SimpleCNN", simpleCnn("tanh")],
  ] as const;
  it.each(cases)("computes what the plain network does with the biases in order: %s", async (_, plain) => {
    const network = withOrderedBiases(plain);
    const theta = drawnRaw(network, 1);
    const x = Rng.fromSeed(2).normal(2 * plain.inputSize);
    const { outputs } = await outputsAndGradient(network, theta, x);
    const ordered = theta.slice();
    orderedParameters(plain.layout, ordered);
    const expected = await outputsAndGradient(plain, ordered, x);
    outputs.forEach((v, i) => {
      expect(v).toBeCloseTo(expected.outputs[i], 4);
    });
    for (const { bias } of unitLayersOf(plain.layout)) {
      const values = ordered.subarray(bias.offset, bias.offset + bias.size);
      for (let j = 1; j < values.length; j++) expect(values[j]).toBeGreaterThan(values[j - 1]);
    }
  });

  it("has the chain rule's gradient: sums from the end times the derivative of softplus", async () => {
    const plain = mlp([3, 6, 5, 2], "tanh");
    const network = withOrderedBiases(plain);
    const theta = drawnRaw(network, 3);
    const x = Rng.fromSeed(4).normal(12);
    const { gradient } = await outputsAndGradient(network, theta, x);
    const ordered = theta.slice();
    orderedParameters(plain.layout, ordered);
    const { gradient: of } = await outputsAndGradient(plain, ordered, x);
    const rawLeaves = leafViews(plain.layout, theta);
    for (const [l, leaf] of plain.layout.leaves.entries()) {
      const hidden = leaf.name === "fc1.bias" || leaf.name === "fc2.bias";
      gradient[l].forEach((v, j) => {
        const later = Array.from(of[l])
          .slice(j)
          .reduce((a, b) => a + b);
        const slope = j === 0 ? 1 : 1 / (1 + Math.exp(-rawLeaves[l][j]));
        expect(v).toBeCloseTo(hidden ? later * slope : of[l][j], 4);
      });
    }
  });

  it("is rebuilt from its spec, and starts with equal biases, as the authors' do", async () => {
    const plain = mlp([3, 6, 5, 2], "tanh");
    const network = networkOf(JSON.parse(JSON.stringify(withOrderedBiases(plain).spec)));
    expect(network.layout).toEqual(plain.layout);
    expect(network.firstLeaves).toBe(1);
    const theta = drawn(network, 5);
    const [, b1, , b2] = leafViews(network.layout, theta);
    for (const bias of [b1, b2]) {
      expect(bias[0]).toBe(0);
      for (const v of bias.subarray(1)) expect(Math.abs(v + 100)).toBeLessThan(1);
    }
    orderedParameters(plain.layout, theta);
    expect(Math.max(...b1, ...b2)).toBeLessThan(1e-40);
  });

  it("refuses a network without hidden units, or one that is ordered already", () => {
    expect(() => withOrderedBiases(mlp([3, 2]))).toThrow("no biases to order");
    expect(() => withOrderedBiases(withOrderedBiases(mlp([3, 2, 1])))).toThrow("no biases to order");
  });
});

it("sorted units compute the same, in an order that raw biases can express", async () => {
  const plain = mlp([3, 6, 5, 2], "tanh");
  const theta = drawn(plain, 6);
  const x = Rng.fromSeed(7).normal(12);
  const { outputs: before } = await outputsAndGradient(plain, theta, x);
  expect(() => rawParameters(plain.layout, theta.slice())).toThrow("sortUnits");
  sortUnits(plain.layout, theta);
  rawParameters(plain.layout, theta);
  const { outputs: after } = await outputsAndGradient(withOrderedBiases(plain), theta, x);
  after.forEach((v, i) => {
    expect(v).toBeCloseTo(before[i], 5);
  });
});
