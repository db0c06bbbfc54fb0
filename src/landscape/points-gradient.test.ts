import { describe, expect, test } from "vitest";
import { subset, toyRegression } from "../data/index.ts";
import { loadDataset } from "../data/node.ts";
import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import { initialise, lenetti, mlp, type Network } from "../model/index.ts";
import { Examples } from "./examples.ts";
import { crossEntropy, squaredError } from "./loss.ts";
import { NetworkLandscape } from "./network-landscape.ts";

const images = await loadDataset("fashion-mnist-small");
const toy = await toyRegression({ seed: 2 });

describe.each([
  // Two tiles of examples, of different sizes.
  ["classification", mlp([784, 5, 10]), subset(images, { train: 2300 }), crossEntropy],
  ["convolutions", lenetti(), subset(images, { train: 20 }), crossEntropy],
  ["regression", mlp([1, 6, 6, 1], "tanh"), toy, squaredError],
] as const)("%s", (_, network: Network, dataset, loss) => {
  const P = 3;
  const D = network.layout.size;

  test("several points at once are as each alone", async () => {
    using examples = new Examples(dataset, dataset.train);
    using landscape = new NetworkLandscape(network, examples, loss);
    const [theta, gradient] = [allocateVector(D), allocateVector(D)];
    const thetas = new Float32Array(P * D);
    using program = await landscape.onPoints(P);
    for (let i = 0; i < P; i++) {
      initialise(network, theta, "lecun-normal", Rng.fromSeed(i));
      thetas.set(theta, i * D);
    }
    program.thetas.set(thetas);
    await program.run();
    // More than go into one run.
    const many = Float32Array.from({ length: 35 * D }, (_v, at) => thetas[at % (P * D)]);
    const outputs = await landscape.predictPoints(many);
    const each = outputs.length / 35;
    for (let i = 0; i < P; i++) {
      theta.set(thetas.subarray(i * D, (i + 1) * D));
      const mean = await landscape.gradient(theta, gradient);
      expect(program.losses[i] / examples.count).toBeCloseTo(mean, 4);
      const own = program.gradients.subarray(i * D, (i + 1) * D);
      const largest = gradient.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const off = gradient.reduce((most, g, j) => Math.max(most, Math.abs(own[j] / examples.count - g)), 0);
      expect(off).toBeLessThan(1e-5 * largest);
      const alone = await landscape.predict(theta);
      for (let p = i; p < 35; p += P) {
        const found = outputs.subarray(p * each, (p + 1) * each);
        expect(alone.every((value, at) => Math.abs(found[at] - value) < 1e-4)).toBe(true);
      }
    }
    releaseVector(theta, gradient);
  });
});
