import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import {
  initialise,
  leafViews,
  lenet,
  lenetti,
  matchWeights,
  mlp,
  type Network,
  permuteUnits,
  simpleCnn,
  unitLayersOf,
  withOrderedBiases,
} from "./index.ts";

function drawn(network: Network, seed: number): Float32Array {
  const theta = new Float32Array(network.layout.size);
  initialise(network, theta, "pytorch", Rng.fromSeed(seed));
  return theta;
}

/** θ with the units of every hidden layer in random order. */
function shuffled(network: Network, theta: Float32Array, seed: number) {
  const copy = theta.slice();
  const orders = unitLayersOf(network.layout).map((layer) => {
    const order = Rng.fromSeed(seed).split(layer.name).permutation(layer.units);
    permuteUnits(layer, copy, order);
    return order;
  });
  return { copy, orders };
}

const inverse = (order: Int32Array) => Int32Array.from(order, (_, i) => order.indexOf(i));

describe("units of a network", () => {
  it("are read off the layout, with the pixels of a flattened channel as a block", () => {
    const layers = (network: Network) =>
      unitLayersOf(network.layout).map(({ name, units, block }) => [name, units, block]);
    expect(layers(mlp([5, 4, 3, 2]))).toEqual([
      ["fc1", 4, 1],
      ["fc2", 3, 1],
    ]);
    expect(layers(lenet())).toEqual([
      ["conv1", 6, 25],
      ["conv2", 16, 25],
      ["fc1", 120, 1],
      ["fc2", 84, 1],
    ]);
    expect(layers(simpleCnn())).toEqual([
      ["conv1", 16, 9],
      ["conv2", 32, 9],
      ["conv3", 32, 16],
    ]);
    expect(layers(lenetti())[0]).toEqual(["conv1", 1, 900]);
  });

  it("renumbered, an MLP computes the same by its formula", () => {
    const network = mlp([3, 5, 4, 2], "tanh");
    const theta = drawn(network, 1);
    const x = [0.3, -1.2, 0.7];
    const outputs = (t: Float32Array) => {
      const leaves = leafViews(network.layout, t);
      let h = x;
      for (let l = 0; l < 3; l++) {
        const [w, b] = [leaves[2 * l], leaves[2 * l + 1]];
        const z = Array.from(b, (v, i) => h.reduce((s, a, k) => s + a * w[i * h.length + k], v));
        h = l < 2 ? z.map(Math.tanh) : z;
      }
      return h;
    };
    const { copy } = shuffled(network, theta, 2);
    expect(copy).not.toEqual(theta);
    outputs(copy).forEach((v, i) => {
      expect(v).toBeCloseTo(outputs(theta)[i], 12);
    });
  });
});

describe("weight matching", () => {
  it.each([
    ["one hidden layer", mlp([20, 64, 3])],
    ["two hidden layers", mlp([20, 32, 24, 3], "tanh")],
    ["LeNet", lenet()],
    ["SimpleCNN", simpleCnn()],
  ])("recovers a network whose units were renumbered: %s", async (_, network) => {
    const theta = drawn(network, 3);
    const { copy, orders } = shuffled(network, theta, 4);
    const matching = await matchWeights(network, theta, copy, Rng.fromSeed(5));
    expect(matching.theta).toEqual(theta);
    expect(matching.layers.map(({ order }) => order)).toEqual(orders.map(inverse));
    expect(matching.distanceBefore).toBeGreaterThan(1);
    expect(matching.distanceAfter).toBe(0);
    expect(matching.outputDeviation).toBeLessThan(1e-5 * matching.largestOutput);
    expect(matching.largestOutput).toBeGreaterThan(0.01);
  });

  it("brings independent networks nearer, never farther, and keeps what they compute", async () => {
    for (const [i, network] of [mlp([6, 2, 2]), mlp([4, 10, 10, 10, 2]), lenetti(), mlp([4, 3])].entries()) {
      const [a, b] = [drawn(network, 10 + i), drawn(network, 20 + i)];
      const original = b.slice();
      const { theta, layers, distanceBefore, distanceAfter } = await matchWeights(
        network,
        a,
        b,
        Rng.fromSeed(i),
      );
      expect(b).toEqual(original);
      expect(distanceAfter).toBeLessThanOrEqual(distanceBefore);
      expect(Math.hypot(...theta.map((v, k) => v - a[k]))).toBeCloseTo(distanceAfter, 4);
      // The orders say what was done.
      const again = original.slice();
      for (const [l, layer] of unitLayersOf(network.layout).entries())
        permuteUnits(layer, again, layers[l].order);
      expect(again).toEqual(theta);
    }
  });

  it("of one hidden layer is the best of all orders", async () => {
    const network = mlp([3, 4, 2]);
    const [layer] = unitLayersOf(network.layout);
    const [a, b] = [drawn(network, 1), drawn(network, 2)];
    let best = Number.POSITIVE_INFINITY;
    for (let code = 0; code < 256; code++) {
      const order = [code & 3, (code >> 2) & 3, (code >> 4) & 3, code >> 6];
      if (new Set(order).size < 4) continue;
      const copy = b.slice();
      permuteUnits(layer, copy, order);
      best = Math.min(best, Math.hypot(...copy.map((v, k) => v - a[k])));
    }
    const { distanceAfter } = await matchWeights(network, a, b, Rng.fromSeed(1));
    expect(distanceAfter).toBeCloseTo(best, 5);
  });

  it("refuses parameters that are not finite, and ordered biases", async () => {
    const network = mlp([3, 4, 2]);
    const broken = drawn(network, 1);
    broken[2] = Number.NaN;
    await expect(matchWeights(network, drawn(network, 1), broken, Rng.fromSeed(1))).rejects.toThrow(
      "not all finite",
    );
    const ordered = withOrderedBiases(network);
    const theta = drawn(ordered, 1);
    await expect(matchWeights(ordered, theta, theta, Rng.fromSeed(1))).rejects.toThrow("one order only");
  });
});
