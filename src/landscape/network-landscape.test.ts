import { describe, expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, combine, dot, Rng } from "../engine/index.ts";
import { initialise, leafViews, lenet, mlp, type Network, simpleCnn } from "../model/index.ts";
import { bezier, coefficientMatrix, Span } from "../subspace/index.ts";
import { crossEntropy, Examples, gaussian, type Loss, NetworkLandscape, squaredError } from "./index.ts";
import { projectionPays, runSize } from "./projected-span.ts";

const rng = Rng.fromSeed(7);

function images(count: number, width = 784, classes = 10): Dataset {
  const inputs = Uint8Array.from(rng.split("x").integers(count * width, 256));
  const split = { count, inputs, targets: rng.split("y").integers(count, classes) };
  const about = { name: "random", task: "classification" as const, shape: [width], classes };
  return { ...about, byteScale: 1 / 255, byteShift: 0, train: split, test: split, checksum: "", source: "" };
}

function table(count: number, width: number): Dataset {
  const split = {
    count,
    inputs: rng.split("x").normal(count * width),
    targets: rng.split("y").normal(count),
  };
  const about = { name: "random", task: "regression" as const, shape: [width], classes: 0 };
  return { ...about, byteScale: 1, byteShift: 0, train: split, test: split, checksum: "", source: "" };
}

function landscapeOf(network: Network, dataset: Dataset, loss: Loss): NetworkLandscape {
  return new NetworkLandscape(network, new Examples(dataset, dataset.train), loss);
}

function drawn(network: Network, name: string): Float32Array {
  const theta = allocateVector(network.layout.size);
  initialise(network, theta, "pytorch", rng.split(name));
  return theta;
}

/** Outputs of an MLP with tanh in plain float64 loops. */
function referenceOutputs(
  network: Network,
  theta: Float32Array,
  inputs: ArrayLike<number>,
  n: number,
): number[][] {
  const leaves = leafViews(network.layout, theta);
  return Array.from({ length: n }, (_, e) => {
    let h = Array.from({ length: network.inputSize }, (_, k) => inputs[e * network.inputSize + k]);
    for (let l = 0; l < leaves.length; l += 2) {
      h = [...leaves[l + 1]].map((b, o) => h.reduce((s, v, k) => s + leaves[l][o * h.length + k] * v, b));
      if (l + 2 < leaves.length) h = h.map(Math.tanh);
    }
    return h;
  });
}

describe("a landscape at a point", () => {
  it("is the mean cross-entropy and error rate over all examples, the last tile included", async () => {
    const dataset = images(2003, 6, 3);
    const network = mlp([6, 5, 3], "tanh");
    const theta = drawn(network, "theta");
    const floats = Float64Array.from(dataset.train.inputs, (b) => b / 255);
    let [loss, wrong] = [0, 0];
    referenceOutputs(network, theta, floats, 2003).forEach((z, e) => {
      const y = dataset.train.targets[e];
      loss += Math.log(z.reduce((s, v) => s + Math.exp(v), 0)) - z[y];
      wrong += z.indexOf(Math.max(...z)) === y ? 0 : 1;
    });
    const got = await landscapeOf(network, dataset, crossEntropy).evaluate(theta);
    expect(got.loss).toBeCloseTo(loss / 2003, 5);
    expect(got.error).toBeCloseTo(wrong / 2003, 6);
  });

  it("predicts the outputs of every example, the last tile included", async () => {
    const dataset = images(2003, 6, 3);
    const network = mlp([6, 5, 3], "tanh");
    const theta = drawn(network, "theta");
    const floats = Float64Array.from(dataset.train.inputs, (b) => b / 255);
    const expected = referenceOutputs(network, theta, floats, 2003).flat();
    const outputs = await landscapeOf(network, dataset, crossEntropy).predict(theta);
    expect(outputs).toHaveLength(expected.length);
    expect(Math.max(...outputs.map((z, i) => Math.abs(z - expected[i])))).toBeLessThan(1e-5);
  });

  it("is the Gaussian likelihood with its constant, and the root mean squared error", async () => {
    const dataset = table(70, 3);
    const network = mlp([3, 4, 1], "tanh");
    const theta = drawn(network, "theta");
    const squares = referenceOutputs(network, theta, dataset.train.inputs, 70).map(
      ([f], e) => (f - dataset.train.targets[e]) ** 2,
    );
    const mse = squares.reduce((a, b) => a + b) / 70;
    const got = await landscapeOf(network, dataset, gaussian(0.5)).evaluate(theta);
    expect(got.loss).toBeCloseTo(mse / 0.5 + Math.log(0.5) + 0.5 * Math.log(2 * Math.PI), 4);
    expect(got.error).toBeCloseTo(Math.sqrt(mse), 5);
    expect((await landscapeOf(network, dataset, squaredError).evaluate(theta)).loss).toBeCloseTo(mse, 5);
  });

  it("counts ties and numbers that are not finite as errors", async () => {
    const dataset = images(50, 4, 3);
    const network = mlp([4, 2, 3]);
    const landscape = landscapeOf(network, dataset, crossEntropy);
    const zero = allocateVector(network.layout.size);
    expect(await landscape.evaluate(zero)).toEqual({ loss: expect.closeTo(Math.log(3), 5), error: 1 });
    expect((await landscape.evaluate(zero.fill(Number.NaN))).error).toBe(1);
  });

  it("has the gradient of finite differences", async () => {
    const network = mlp([5, 4, 3], "tanh");
    const landscape = landscapeOf(network, images(300, 5, 3), crossEntropy);
    const theta = drawn(network, "theta");
    const gradient = allocateVector(theta.length);
    await landscape.gradient(theta, gradient);
    for (let i = 0; i < theta.length; i += 3) {
      const at = theta[i];
      theta[i] = at + 0.01;
      const up = (await landscape.evaluate(theta)).loss;
      theta[i] = at - 0.01;
      const down = (await landscape.evaluate(theta)).loss;
      theta[i] = at;
      expect(gradient[i]).toBeCloseTo((up - down) / 0.02, 3);
    }
  });
});

describe("a landscape on a span", () => {
  it.each([
    ["MLP", mlp([784, 32, 16, 10], "tanh"), 300],
    ["one layer", mlp([784, 10]), 300],
    ["LeNet", lenet(), 60],
    ["SimpleCNN", simpleCnn(), 60],
  ])("%s: the projected data give what the points themselves give", async (_, network, count) => {
    const landscape = landscapeOf(network, images(count), crossEntropy);
    const anchors = ["a", "b", "c"].map((name) => drawn(network, name));
    const map = bezier(2);
    // Enough points for the projection to pay, and some outside [0, 1].
    const ts = Float64Array.from({ length: 45 }, (_, i) => -0.1 + (1.2 * i) / 44);
    const c = coefficientMatrix(map, ts);
    const got = await landscape.evaluateSpan(anchors, c);
    const point = allocateVector(network.layout.size);
    const span = new Span(anchors);
    for (const i of [0, 7, 31, 32, 44]) {
      span.point(c.subarray(3 * i, 3 * i + 3), point);
      const expected = await landscape.evaluate(point);
      expect(got.loss[i]).toBeCloseTo(expected.loss, 4);
      expect(got.error[i]).toBeCloseTo(expected.error, 6);
    }
  });

  it("has the gradient in coefficients of finite differences, for several points at once", async () => {
    const dataset = table(40, 4);
    const network = mlp([4, 8, 8, 1], "tanh");
    const landscape = landscapeOf(network, dataset, gaussian(1));
    const anchors = ["a", "b", "c", "d"].map((name) => drawn(network, name));
    const gradient = await landscape.onSpan(anchors, 2);
    const c = Float64Array.from(rng.split("c").normal(8));
    gradient.coefficients.set(c);
    await gradient.run();
    const at = async (shift: number, i: number) => {
      const moved = c.slice();
      moved[i] += shift;
      const { loss } = await landscape.evaluateSpan(anchors, moved);
      return 40 * loss[i >> 2];
    };
    for (let i = 0; i < 8; i++) {
      const difference = ((await at(0.01, i)) - (await at(-0.01, i))) / 0.02;
      expect(gradient.gradients[i] / difference).toBeCloseTo(1, 2);
    }
    expect(gradient.losses[1]).toBeCloseTo(await at(0, 4), 3);
  });

  it.each([
    ["kept", 1e6],
    ["made anew", 0],
  ])("has it tile by tile, too, with projections that are %s", async (_, kept) => {
    const [m, n, points] = [3, 25, 2];
    const network = lenet("tanh");
    const landscape = landscapeOf(network, images(n), crossEntropy);
    const anchors = ["a", "b", "c"].map((name) => drawn(network, name));
    // 25 examples in tiles of 10, and the last is smaller.
    const memory = { tile: 10 * points * 4704, kept };
    using gradient = await landscape.onSpan(anchors, points, memory);
    gradient.coefficients.set(rng.split("c").normal(points * m));
    for (let run = 0; run < 2; run++) await gradient.run();
    const [theta, slope] = [allocateVector(network.layout.size), allocateVector(network.layout.size)];
    for (let p = 0; p < points; p++) {
      combine(theta, anchors, gradient.coefficients.subarray(p * m, (p + 1) * m));
      const loss = await landscape.gradient(theta, slope);
      expect(gradient.losses[p] / (n * loss)).toBeCloseTo(1, 5);
      anchors.forEach((anchor, i) => {
        expect(gradient.gradients[p * m + i] / (n * dot(anchor, slope))).toBeCloseTo(1, 3);
      });
    }
    await expect(gradient.run(AbortSignal.abort())).rejects.toThrow("abort");
  });
});

describe("predictions on a span", () => {
  /** P points between and beyond two anchors, [P, 2]. */
  const between = (points: number) =>
    Float64Array.from({ length: 2 * points }, (_, i) => {
      const t = -0.1 + (1.2 * (i >> 1)) / Math.max(1, points - 1);
      return i % 2 ? t : 1 - t;
    });

  // Of 19 points the last run has 3, and of 7001 examples the last tile is not full.
  it.each([
    ["projected, over several runs and tiles", 19, true],
    ["point by point", 1, false],
  ])("are the outputs of a forward pass in float64: %s", async (_, points, projected) => {
    const [n, classes] = [7001, 3];
    const dataset = images(n, 20, classes);
    const network = mlp([20, 32, classes], "tanh");
    expect(projectionPays(network, 2, points, n)).toBe(projected);
    if (projected) expect(runSize(network, points, n).tile).toBeLessThan(n);
    const anchors = ["a", "b"].map((name) => drawn(network, name));
    const c = between(points);
    const got = await landscapeOf(network, dataset, crossEntropy).predictSpan(anchors, c);
    expect(got).toHaveLength(points * n * classes);
    const floats = Float64Array.from(dataset.train.inputs, (b) => b / 255);
    const theta = allocateVector(network.layout.size);
    for (const p of new Set([0, points >> 1, points - 1])) {
      new Span(anchors).point(c.subarray(2 * p, 2 * p + 2), theta);
      const expected = referenceOutputs(network, theta, floats, n).flat();
      let furthest = 0;
      expected.forEach((z, i) => {
        furthest = Math.max(furthest, Math.abs(z - got[p * n * classes + i]));
      });
      expect(furthest).toBeLessThan(1e-5);
    }
  });

  it.each([
    ["MLP", mlp([784, 32, 10])],
    ["one layer", mlp([784, 10])],
    ["SimpleCNN", simpleCnn()],
  ])("%s: have the loss and error that evaluateSpan finds", async (_, network) => {
    const n = 60;
    const dataset = images(n);
    const landscape = landscapeOf(network, dataset, crossEntropy);
    const anchors = ["a", "b"].map((name) => drawn(network, name));
    const c = between(20);
    const logits = await landscape.predictSpan(anchors, c);
    const { loss, error } = await landscape.evaluateSpan(anchors, c);
    for (let p = 0; p < 20; p++) {
      let [nll, wrong] = [0, 0];
      for (let e = 0; e < n; e++) {
        const z = [...logits.subarray((p * n + e) * 10, (p * n + e + 1) * 10)];
        const y = dataset.train.targets[e];
        nll += Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - z[y];
        wrong += z.indexOf(Math.max(...z)) === y ? 0 : 1;
      }
      expect(nll / n).toBeCloseTo(loss[p], 4);
      expect(wrong / n).toBeCloseTo(error[p], 6);
    }
  });

  it("of a regression are one number an example; they report progress and stop when told to", async () => {
    const dataset = table(50, 12);
    const network = mlp([12, 4, 1], "tanh");
    const landscape = landscapeOf(network, dataset, squaredError);
    const anchors = ["a", "b"].map((name) => drawn(network, name));
    const c = between(30);
    const progress: number[] = [];
    const got = await landscape.predictSpan(anchors, c, { onProgress: (done) => progress.push(done) });
    const { loss } = await landscape.evaluateSpan(anchors, c);
    for (const p of [0, 16, 29]) {
      const squares = [...got.subarray(50 * p, 50 * p + 50)].map(
        (f, e) => (f - dataset.train.targets[e]) ** 2,
      );
      expect(squares.reduce((a, b) => a + b) / 50).toBeCloseTo(loss[p], 5);
    }
    expect(progress.at(-1)).toBe(1);
    const signal = AbortSignal.abort();
    await expect(landscape.predictSpan(anchors, c, { signal })).rejects.toThrow("aborted");
    await expect(landscape.predictSpan(anchors, c.subarray(0, 2), { signal })).rejects.toThrow("aborted");
  });
});

describe("standard errors", () => {
  /** Standard deviation (with n − 1) over √n. */
  const ofMean = (values: readonly number[]) => {
    const n = values.length;
    const mean = values.reduce((a, b) => a + b) / n;
    return Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (n - 1) / n);
  };
  const anchorsOf = (network: Network) => ["a", "b"].map((name) => drawn(network, name));
  const coefficients = Float64Array.from({ length: 80 }, (_, i) => (i % 2 ? i / 79 : 1 - (i - 1) / 79));

  it("of a mean loss and an error rate are those of the examples, over several tiles", async () => {
    const dataset = images(4003, 6, 3);
    const network = mlp([6, 5, 3], "tanh");
    const theta = drawn(network, "theta");
    const floats = Float64Array.from(dataset.train.inputs, (b) => b / 255);
    const outputs = referenceOutputs(network, theta, floats, 4003);
    const label = (e: number) => dataset.train.targets[e];
    const losses = outputs.map((z, e) => Math.log(z.reduce((s, v) => s + Math.exp(v), 0)) - z[label(e)]);
    const wrong: number[] = outputs.map((z, e) => (z.indexOf(Math.max(...z)) === label(e) ? 0 : 1));
    const landscape = landscapeOf(network, dataset, crossEntropy);
    const got = await landscape.evaluate(theta, { standardErrors: true });
    expect(got.lossStandardError! / ofMean(losses)).toBeCloseTo(1, 4);
    expect(got.errorStandardError! / ofMean(wrong)).toBeCloseTo(1, 5);
    expect(await landscape.evaluate(theta)).not.toHaveProperty("lossStandardError");
  });

  it("are the same on a span, projected or not", async () => {
    for (const network of [mlp([784, 8, 10]), mlp([784, 10])]) {
      const landscape = landscapeOf(network, images(2500), crossEntropy);
      const anchors = anchorsOf(network);
      const got = await landscape.evaluateSpan(anchors, coefficients, { standardErrors: true });
      const point = allocateVector(network.layout.size);
      for (const i of [0, 17, 39]) {
        new Span(anchors).point(coefficients.subarray(2 * i, 2 * i + 2), point);
        const expected = await landscape.evaluate(point, { standardErrors: true });
        expect(got.lossStandardError![i] / expected.lossStandardError!).toBeCloseTo(1, 4);
        expect(got.errorStandardError![i]).toBeCloseTo(expected.errorStandardError!, 6);
      }
    }
  });

  it("of a root mean squared error is that of its square over twice the root", async () => {
    const dataset = table(2100, 3);
    const network = mlp([3, 4, 1], "tanh");
    const theta = drawn(network, "theta");
    const squares = referenceOutputs(network, theta, dataset.train.inputs, 2100).map(
      ([f], e) => (f - dataset.train.targets[e]) ** 2,
    );
    const got = await landscapeOf(network, dataset, squaredError).evaluate(theta, { standardErrors: true });
    const root = Math.sqrt(squares.reduce((a, b) => a + b) / 2100);
    expect(got.errorStandardError! / (ofMean(squares) / (2 * root))).toBeCloseTo(1, 4);
    expect(got.lossStandardError! / ofMean(squares)).toBeCloseTo(1, 4);
  });
});

describe("bad input", () => {
  it("is named", async () => {
    const dataset = images(10, 6, 3);
    expect(() => landscapeOf(mlp([5, 3]), dataset, crossEntropy)).toThrow(
      "have 6 inputs, the network takes 5",
    );
    const landscape = landscapeOf(mlp([6, 3]), dataset, crossEntropy);
    await expect(landscape.evaluate(allocateVector(7))).rejects.toThrow("vector of 7 elements was given");
  });
  it("stops when it is told to", async () => {
    const landscape = landscapeOf(mlp([6, 3]), images(10, 6, 3), crossEntropy);
    const signal = AbortSignal.abort();
    await expect(landscape.evaluate(allocateVector(21), { signal })).rejects.toThrow("aborted");
  });
});
