import { expect, test } from "vitest";
import { allocateVector, axpy, combine, dot, gram, Rng } from "../../engine/index.ts";
import { blockMeans, deviationCosines } from "../../geometry/index.ts";
import { type Landscape, WedgeLandscape, type WedgeSpec } from "../../landscape/index.ts";
import {
  type ConnectorChain,
  centrePoint,
  type DescentSpec,
  Hull,
  hyperplaneNodes,
  insertNodes,
  legLosses,
  linePoints,
  lossAt,
  meetingOf,
  spokePoints,
} from "./index.ts";

const rng = Rng.fromSeed(11);
const GD: DescentSpec = {
  kind: "sgd",
  momentum: 0,
  rate: 0.3,
  schedule: "constant",
  steps: 4000,
  target: 1e-12,
};
const TURNED: WedgeSpec = { kind: "rotated", dimension: 500, short: 100, wedges: 10, seed: 1 };

/** Points on wedges: half a squared distance falls to 0 in one step of rate 1. */
async function optimaOf(landscape: Landscape, count: number, apart?: (theta: Float32Array) => number) {
  const g = allocateVector(landscape.size);
  const found: Float32Array[] = [];
  for (let k = 0; found.length < count; k++) {
    const theta = allocateVector(landscape.size);
    theta.set(rng.split("optima").foldIn(k).normal(landscape.size));
    await landscape.gradient(theta, g);
    axpy(theta, -1, g);
    if (!apart || !found.some((other) => apart(other) === apart(theta))) found.push(theta);
  }
  return found;
}

/** Gram matrix of optima and nodes, minus the first optimum. */
const gramOfNodes = (anchors: Float32Array[]) => ({
  size: anchors.length,
  values: gram(anchors, anchors[0]),
});

async function tunnel(spec: WedgeSpec, steps: DescentSpec = GD) {
  const landscape = new WedgeLandscape(spec);
  const apart = spec.kind === "all-tuples" ? undefined : (theta: Float32Array) => landscape.nearest(theta);
  const optima = await optimaOf(landscape, 2, apart);
  const points = linePoints(10);
  const { nodes, history } = await hyperplaneNodes(landscape, optima, points, steps);
  const cosines = deviationCosines(gramOfNodes([...optima, ...nodes]), points);
  const chain: ConnectorChain = {
    anchors: [optima[0], ...nodes, optima[1]],
    alphas: [0, ...points.map(([, alpha]) => alpha), 1],
  };
  return { landscape, optima, nodes, history, cosines, chain };
}

const distanceOf = (halfSquare: number) => Math.sqrt(2 * halfSquare);

test("in turned wedges the deviations point one way before the switch and another after it", async () => {
  const { landscape, optima, nodes, history, cosines, chain } = await tunnel(TURNED);
  const wedges = nodes.map((node) => landscape.nearest(node));
  const ends = optima.map((theta) => landscape.nearest(theta));
  expect([...new Set(wedges)]).toEqual(ends);
  const { within, across } = blockMeans(cosines, wedges);
  expect(within).toHaveLength(2);
  for (const mean of within) expect(mean).toBeGreaterThan(0.999);
  for (const { loss } of history) expect(loss).toBeLessThan(1e-9);
  // Before the switch the deviation is along Q Qᵀ O of the other optimum, without the part along the line; after it likewise.
  using hull = new Hull(optima);
  const [first, second] = ends.map((wedge, i) => {
    const space = landscape.spaces[wedge];
    const direction = allocateVector(landscape.size);
    space.addCombination(direction, space.coordinates(optima[1 - i]), -1);
    hull.project(direction);
    return direction;
  });
  const cosine = (x: Float32Array, y: Float32Array) => dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  const deviation = allocateVector(landscape.size);
  combine(deviation, [nodes[0], ...optima], [1, chain.alphas[1] - 1, -chain.alphas[1]]);
  expect(cosine(first, deviation)).toBeGreaterThan(0.9999);
  expect(across).toBeCloseTo(cosine(first, second), 3);
  // All segments lie on a wedge but the one on which the wedge changes.
  const peaks = (await legLosses(landscape, chain.anchors, 20)).map((inside) => Math.max(...inside));
  const all = [ends[0], ...wedges, ends[1]];
  peaks.forEach((peak, leg) => {
    if (all[leg] === all[leg + 1]) expect(peak).toBeLessThan(1e-9);
    else expect(distanceOf(peak)).toBeGreaterThan(1);
  });
});

test("across the switch the cosine is 0.10 on average", async () => {
  // "Large Scale Structure", toy: D = 500, s = 100, K = 10.
  let sum = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const { landscape, nodes, cosines } = await tunnel(
      { ...TURNED, seed },
      { ...GD, rate: 0.9, target: 1e-6 },
    );
    const groups = nodes.map((node) => landscape.nearest(node));
    sum += blockMeans(cosines, groups).across / 6;
    landscape[Symbol.dispose]();
  }
  expect(Math.abs(sum - 0.1)).toBeLessThan(0.05);
});

test("a node where both wedges meet takes the kink out", async () => {
  const { landscape, chain } = await tunnel(TURNED);
  const between = (a: Float32Array, b: Float32Array) => meetingOf(landscape, [a, b]);
  const target = 1e-8;
  const insertions = await insertNodes(landscape, chain, GD, { target, most: 5, perLeg: 20, between });
  expect(insertions).toHaveLength(1);
  expect(distanceOf(insertions[0].before)).toBeGreaterThan(1);
  expect(chain.alphas).toEqual([...chain.alphas].sort((a, b) => a - b));
  for (const inside of await legLosses(landscape, chain.anchors, 20)) {
    expect(Math.max(...inside)).toBeLessThan(1e-8);
  }
  // The node alone between the optima is a path, too: the dashed one of figure 1.
  const node = chain.anchors[chain.alphas.indexOf(insertions[0].alpha)];
  const two = await legLosses(landscape, [chain.anchors[0], node, chain.anchors.at(-1)!], 100);
  expect(Math.max(...two.flat())).toBeLessThan(1e-8);
});

test("of all tuples with few short directions every hyperplane ends on a wedge of its own", async () => {
  // "Large Scale Structure", toy A with s = 50: within .03; nodes at 0, legs up to .22 of a barrier of .25.
  const { landscape, optima, history, cosines, chain } = await tunnel({
    kind: "all-tuples",
    dimension: 1000,
    short: 50,
    seed: 0,
  });
  const { within } = blockMeans(cosines, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  for (const mean of within) expect(mean).toBeLessThan(0.15);
  for (const { loss } of history) expect(loss).toBeLessThan(1e-9);
  const legs = (await legLosses(landscape, chain.anchors, 10)).flat();
  const line = (await legLosses(landscape, optima, 100)).flat();
  expect(Math.max(...legs)).toBeGreaterThan(0.3 * Math.max(...line));
  const between = (a: Float32Array, b: Float32Array) => meetingOf(landscape, [a, b]);
  await insertNodes(landscape, chain, GD, { target: 1e-8, most: 20, perLeg: 10, between });
  expect(Math.max(...(await legLosses(landscape, chain.anchors, 10)).flat())).toBeLessThan(1e-8);
});

test.each(["sgd", "adam"] as const)("%s keeps points in their hyperplanes", async (kind) => {
  using landscape = new WedgeLandscape({ kind: "axes", dimension: 300, short: 60, wedges: 5, seed: 2 });
  const optima = await optimaOf(landscape, 4, (theta) => landscape.nearest(theta));
  const points = [centrePoint(4), ...spokePoints(4, 1, 2)];
  const spec = { ...GD, kind, rate: kind === "adam" ? 0.03 : 0.3, steps: 300 };
  const { nodes, history } = await hyperplaneNodes(landscape, optima, points, spec);
  const start = allocateVector(300);
  const difference = allocateVector(300);
  const side = allocateVector(300);
  nodes.forEach((node, k) => {
    combine(start, optima, points[k]);
    combine(difference, [node, start], [1, -1]);
    expect(Math.sqrt(dot(difference, difference))).toBeGreaterThan(0.1);
    for (const optimum of optima.slice(1)) {
      combine(side, [optimum, optima[0]], [1, -1]);
      const along = Math.abs(dot(difference, side)) / Math.sqrt(dot(side, side));
      expect(along).toBeLessThan(1e-6 * Math.sqrt(dot(node, node)));
    }
    expect(history[k].loss).toBeLessThan(0.1 * history[k].startLoss);
  });
});

test.each([2, 3, 5, 11])(
  "%i optima on wedges of their own are joined at a centre on all of them",
  async (n) => {
    // "Large Scale Structure", toy: C with D = 400 and s = 20.
    using landscape = new WedgeLandscape({ kind: "rotated", dimension: 400, short: 20, wedges: 14, seed: 5 });
    const optima = await optimaOf(landscape, n, (theta) => landscape.nearest(theta));
    using meeting = meetingOf(landscape, optima);
    const { nodes, history } = await hyperplaneNodes(meeting, optima, [centrePoint(n)], { ...GD, rate: 0.7 });
    expect(history[0].startLoss).toBeGreaterThan(0.1);
    const distances = landscape.distances(nodes[0]);
    for (const theta of optima) expect(distances[landscape.nearest(theta)] ** 2 / 2).toBeLessThan(1e-8);
    for (const theta of optima) {
      expect(Math.max(...(await legLosses(landscape, [theta, nodes[0]], 20)).flat())).toBeLessThan(1e-8);
    }
  },
);

test("an interrupted connector goes on to the same nodes", async () => {
  using landscape = new WedgeLandscape({ ...TURNED, short: 20 });
  const optima = await optimaOf(landscape, 2);
  const points = linePoints(4);
  const whole = await hyperplaneNodes(landscape, optima, points, GD);
  const half = await hyperplaneNodes(landscape, optima, points.slice(0, 2), GD);
  const rest = await hyperplaneNodes(landscape, optima, points, GD, { resume: half });
  expect(rest.history).toEqual(whole.history);
  rest.nodes.forEach((node, k) => {
    expect([...node]).toEqual([...whole.nodes[k]]);
  });
});

test("optima that span no hull are refused", async () => {
  using landscape = new WedgeLandscape(TURNED);
  const [a, b] = await optimaOf(landscape, 2);
  const middle = allocateVector(landscape.size);
  combine(middle, [a, b], [0.5, 0.5]);
  expect(() => new Hull([a])).toThrow("give two or more");
  expect(() => new Hull([a, a])).toThrow("given twice");
  expect(() => new Hull([a, b, middle])).toThrow("mixture");
  expect(await lossAt(landscape, a)).toBeLessThan(1e-9);
});
