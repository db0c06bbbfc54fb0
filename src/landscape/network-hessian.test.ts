/** Hessian-vector products of networks, against central differences of their gradients. */
import { describe, expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, axpy, combine, dot, Rng, releaseVector } from "../engine/index.ts";
import { initialise, lenet, mlp, type Network, simpleCnn } from "../model/index.ts";
import { crossEntropy, Examples, type Loss, NetworkLandscape, squaredError } from "./index.ts";

const rng = Rng.fromSeed(17);

function landscapeOf(network: Network, count: number, loss: Loss): NetworkLandscape {
  const width = network.inputSize;
  const labelled = loss.task === "classification";
  const split = {
    count,
    inputs: rng.split("x").uniform(count * width),
    targets: labelled ? rng.split("y").integers(count, network.outputs) : rng.split("y").normal(count),
  };
  const about = { name: "random", task: loss.task, shape: [width], classes: labelled ? network.outputs : 0 };
  const dataset: Dataset = {
    ...{ ...about, byteScale: 1, byteShift: 0, train: split, test: split, checksum: "", source: "" },
  };
  return new NetworkLandscape(network, new Examples(dataset, split), loss);
}

function randomVector(size: number, name: string): Float32Array {
  const vector = allocateVector(size);
  vector.set(rng.split(name).normal(size));
  combine(vector, [vector], [1 / Math.sqrt(dot(vector, vector))]);
  return vector;
}

/** (∇L(θ + h v) − ∇L(θ − h v)) / 2h */
async function difference(landscape: NetworkLandscape, theta: Float32Array, v: Float32Array, h: number) {
  const [point, up, down] = [0, 0, 0].map(() => allocateVector(theta.length));
  combine(point, [theta, v], [1, h]);
  await landscape.gradient(point, up);
  combine(point, [theta, v], [1, -h]);
  await landscape.gradient(point, down);
  combine(up, [up, down], [1 / (2 * h), -1 / (2 * h)]);
  releaseVector(point, down);
  return up;
}

/** |a − b| / |b| */
function relativeError(a: Float32Array, b: Float32Array): number {
  const error = allocateVector(a.length);
  combine(error, [a, b], [1, -1]);
  return Math.sqrt(dot(error, error) / dot(b, b));
}

describe("products with the Hessian", () => {
  // Smooth networks: across a kink, as of max pooling, a difference also sees the jump of the gradient.
  it.each<[string, Network, number, Loss]>([
    ["MLP", mlp([20, 16, 12, 5], "tanh"), 300, crossEntropy],
    ["MLP for regression", mlp([4, 16, 16, 1], "softplus"), 200, squaredError],
    ["wide MLP, in tiles of 650, 650 and 1", mlp([4, 2000, 1], "tanh"), 1301, squaredError],
    ["linear regression", mlp([4, 1]), 50, squaredError],
    ["LeNet", lenet("tanh"), 6, crossEntropy],
  ])("%s: are differences of the gradient, for several vectors", async (_, network, count, loss) => {
    using landscape = landscapeOf(network, count, loss);
    const theta = allocateVector(landscape.size);
    initialise(network, theta, "glorot-uniform", rng.split("theta"));
    const vectors = ["u", "v"].map((name) => randomVector(landscape.size, name));
    const products = vectors.map(() => allocateVector(landscape.size));
    await landscape.hessianProducts(theta, vectors, products);
    for (const [k, vector] of vectors.entries()) {
      const expected = await difference(landscape, theta, vector, 0.02);
      expect(relativeError(products[k], expected)).toBeLessThan(2e-3);
    }
    // H is symmetric.
    const [a, b] = [dot(vectors[0], products[1]), dot(vectors[1], products[0])];
    expect(Math.abs(a - b)).toBeLessThan(1e-6 * Math.sqrt(dot(products[0], products[0])));
  });

  it("SimpleCNN: are differences within its pieces", async () => {
    const network = simpleCnn();
    using landscape = landscapeOf(network, 8, crossEntropy);
    const theta = allocateVector(landscape.size);
    initialise(network, theta, "glorot-uniform", rng.split("theta"));
    // Nothing is pooled after the last layer: along it there are no kinks.
    const along = allocateVector(landscape.size);
    const last = network.layout.leaves[6].offset;
    along.set(rng.split("last").normal(landscape.size - last), last);
    combine(along, [along], [1 / Math.sqrt(dot(along, along))]);
    const other = randomVector(landscape.size, "other");
    const [first, second, again] = [0, 0, 0].map(() => allocateVector(landscape.size));
    using hessian = await landscape.hessianAt(theta);
    await hessian.multiply([along, other], [first, second]);
    expect(relativeError(first, await difference(landscape, theta, along, 0.05))).toBeLessThan(2e-3);
    expect(Math.abs(dot(other, first) - dot(along, second))).toBeLessThan(
      1e-5 * Math.sqrt(dot(second, second)),
    );
    // Linear, also in a second call, which finds all but v computed.
    const sum = allocateVector(landscape.size);
    combine(sum, [along, other], [2, -3]);
    await hessian.multiply([sum], [again]);
    axpy(again, -2, first);
    axpy(again, 3, second);
    expect(Math.sqrt(dot(again, again))).toBeLessThan(1e-5 * Math.sqrt(dot(second, second)));
  });
});
