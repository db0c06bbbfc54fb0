import { describe, expect, it } from "vitest";
import { importParameters, initialiseAsPublishedPath, lenet, mlp, type Network } from "./index.ts";

/** Length of a Bézier curve by the trapezoid rule on 10,000 positions, from the Gram matrix of its control points. */
function bezierLength(points: Float32Array[]): number {
  const degree = points.length - 1;
  const gram = points.map((a) => points.map((b) => a.reduce((s, x, i) => s + x * b[i], 0)));
  const count = 10_000;
  let length = 0;
  for (let q = 0; q < count; q++) {
    const t = q / (count - 1);
    const c = new Float64Array(degree + 1);
    let choose = 1;
    for (let j = 0; j < degree; j++) {
      const weight = degree * choose * t ** j * (1 - t) ** (degree - 1 - j);
      c[j + 1] += weight;
      c[j] -= weight;
      choose *= (degree - 1 - j) / (j + 1);
    }
    const squared = gram.reduce((s, row, i) => s + c[i] * row.reduce((r, g, j) => r + g * c[j], 0), 0);
    length += (Math.sqrt(squared) * (q % (count - 1) === 0 ? 0.5 : 1)) / (count - 1);
  }
  return length;
}

/** The control points of an untrained path, as the authors of "Paths and Ambient Spaces" draw them. */
async function controlPoints(network: Network, degree: number, seed: number): Promise<Float32Array[]> {
  const points = Array.from({ length: degree + 1 }, () => new Float32Array(network.layout.size));
  await initialiseAsPublishedPath(network, points, seed);
  return points;
}

describe("Flax's initialisation", () => {
  it("gives the length of the authors' untrained LeNet path of degree 10", async () => {
    expect(bezierLength(await controlPoints(lenet(), 10, 0))).toBeCloseTo(55.52646, 4);
  });

  it("gives the length, the distance of the ends and the centre of their MLP path", async () => {
    const points = await controlPoints(mlp([1, ...new Array<number>(10).fill(10), 1], "elu", 0, 3), 2, 5);
    expect(bezierLength(points)).toBeCloseTo(19.98841, 4);
    expect(Math.hypot(...points[2].map((v, i) => v - points[0][i]))).toBeCloseTo(14.41871, 4);
    const centre = points[0].map((v, i) => (v + points[1][i] + points[2][i]) / 3);
    expect(Math.hypot(...centre)).toBeCloseTo(5.7335, 4);
  });
});

it("a dense kernel behind a Flax convolution takes pixels before channels", () => {
  const network = lenet();
  const flax = network.layout.leaves.map(({ name, shape, size }) => {
    if (shape.length === 1) return { name, shape, data: new Float32Array(size) };
    const [out, input, ...spatial] = shape;
    const data = new Float32Array(size);
    // The weight of channel 3 (of 16) at row 2, column 4 (of 5 x 5), to unit 7.
    if (name === "fc1.weight") data[((2 * 5 + 4) * 16 + 3) * out + 7] = 1;
    return { name: name.replace("weight", "kernel"), shape: [...spatial, input, out], data };
  });
  const theta = new Float32Array(network.layout.size);
  importParameters(network.layout, flax, theta);
  const { offset } = network.layout.leaves.find(({ name }) => name === "fc1.weight")!;
  expect(theta.indexOf(1)).toBe(offset + 7 * 400 + (3 * 5 + 2) * 5 + 4);
  expect(theta.reduce((a, b) => a + b)).toBe(1);
});
