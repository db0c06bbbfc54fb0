import { expect, test } from "vitest";
import { allocateVector, combine, dot, Rng } from "../../engine/index.ts";
import { type Landscape, wholeSlope } from "../../landscape/index.ts";
import { legLosses } from "../connector/index.ts";
import { curvyValley, eggCarton, VALLEY_END } from "./analytic.reference.ts";
import {
  AUTO_NEB,
  type AutoNebSpec,
  autoNeb,
  Band,
  bandInsertions,
  disconnectivity,
  type Edge,
  nextPair,
  saddleMatrix,
  spanningTree,
  tangentWeights,
} from "./index.ts";

const vectorOf = (values: ArrayLike<number>) => {
  const vector = allocateVector(values.length);
  vector.set(values);
  return vector;
};

const SPEC: AutoNebSpec = {
  ...AUTO_NEB,
  weightDecay: 0,
  cycles: [0.01, 0.01, 0.01, 0.01, 0.003, 0.001].map((rate) => ({ steps: 300, rate })),
};

async function saddles(landscape: Landscape, from: number[], to: number[], spec = SPEC) {
  const ends: [Float32Array, Float32Array] = [vectorOf(from), vectorOf(to)];
  const line = Math.max(...(await legLosses(landscape, ends, 200)).flat());
  const { history, pivots } = await autoNeb(landscape, ends, spec);
  const dense = (await legLosses(landscape, [ends[0], ...pivots, ends[1]], 50)).flat();
  return { line, history, pivots, dense: Math.max(...dense) };
}

test("the tangent points uphill, and at an extremum leans to the higher neighbour", () => {
  expect(tangentWeights(1, 2, 4)).toEqual([0, 1]);
  expect(tangentWeights(4, 2, 1)).toEqual([1, 0]);
  // Henkelman and Jonsson 2000, eqs. 10 and 11: of a maximum and a minimum.
  expect(tangentWeights(1, 5, 2)).toEqual([3, 4]);
  expect(tangentWeights(2, 5, 1)).toEqual([4, 3]);
  expect(tangentWeights(3, 1, 6)).toEqual([2, 5]);
});

test("redistribution gives each leg its share of the polygon and keeps the pivots on it", () => {
  const points = [
    [0, 0],
    [1, 0],
    [1, 3],
    [1, 4],
  ].map(vectorOf);
  using band = new Band(points, [2, 1, 1], { steps: 1, rate: 0.1, momentum: 0.9, weightDecay: 0 });
  band.redistribute();
  // Of a length of 5: at 2.5 and 3.75.
  expect([...points[1]]).toEqual([1, 1.5]);
  expect([...points[2]]).toEqual([1, 2.75]);
  expect([...points[0]]).toEqual([0, 0]);
});

test("a step moves pivots across the band only, whatever the decay", async () => {
  const rng = Rng.fromSeed(3);
  const landscape = eggCarton(6);
  const ends = [vectorOf(rng.split("a").normal(6)), vectorOf(rng.split("b").normal(6))];
  const points = [ends[0], vectorOf(ends[0].map((x, i) => (x + ends[1][i]) / 2)), ends[1]];
  const before = vectorOf(points[1]);
  using band = new Band(points, [1, 1], { steps: 1, rate: 0.1, momentum: 0, weightDecay: 0.5 });
  await band.step(wholeSlope(landscape), 0, 0, [0, 0]);
  const moved = allocateVector(6);
  combine(moved, [points[1], before], [1, -1]);
  const along = allocateVector(6);
  combine(along, [ends[1], ends[0]], [1, -1]);
  expect(Math.sqrt(dot(moved, moved))).toBeGreaterThan(0.1);
  expect(Math.abs(dot(moved, along)) / Math.sqrt(dot(moved, moved) * dot(along, along))).toBeLessThan(1e-5);
});

test("pivots are inserted where the loss exceeds the interpolated one, the worst legs first", () => {
  const inside = [
    [0, 0.1, 0],
    [1, 3, 2],
    [1, 1, 2.2],
    [1, 0.6, 0.3],
  ];
  const nodes = [0, 0, 2, 1, 0];
  const found = bandInsertions(nodes, inside, { residual: 0.2, mostInsertions: 2 });
  expect(found).toEqual([
    { leg: 1, at: 0.5 },
    { leg: 2, at: 0.75 },
  ]);
  expect(bandInsertions(nodes, inside, { residual: 0.2, mostInsertions: 1 })).toHaveLength(1);
  expect(bandInsertions(nodes, inside, { residual: 1.1, mostInsertions: 9 })).toEqual([]);
});

test("in the curvy valley the band finds the saddle of height 1", async () => {
  const { line, dense, history } = await saddles(curvyValley(), [-VALLEY_END, -1], [VALLEY_END, 1]);
  expect(line).toBeGreaterThan(2.5);
  expect(Math.abs(dense - 1)).toBeLessThan(0.03);
  expect(history.at(-1)!.pivots).toBeGreaterThan(3);
  expect(Math.abs(history.at(-1)!.saddleLoss - 1)).toBeLessThan(0.03);
});

test("in the egg carton the band goes around the maxima", async () => {
  const { line, dense } = await saddles(eggCarton(2), [0.5, 0.5], [2.5, 1.5]);
  expect(line).toBeGreaterThan(0.9);
  expect(Math.abs(dense)).toBeLessThan(0.05);
});

test("an interrupted band goes on to the same pivots", async () => {
  const landscape = curvyValley();
  const ends: [Float32Array, Float32Array] = [vectorOf([-VALLEY_END, -1]), vectorOf([VALLEY_END, 1])];
  const spec = { ...SPEC, cycles: SPEC.cycles.slice(0, 4).map((cycle) => ({ ...cycle, steps: 40 })) };
  const whole = await autoNeb(landscape, ends, spec);
  let saved: Parameters<typeof autoNeb>[3] = {};
  await autoNeb(landscape, ends, spec, {
    onCycle: ({ cycle }, { history, pivots, shares }) => {
      if (cycle !== 2) return;
      const copy = { history: [...history], pivots: pivots.map((p) => p.slice()), shares: [...shares] };
      saved = { resume: copy };
    },
  });
  const rest = await autoNeb(landscape, ends, spec, saved);
  expect(rest.history).toEqual(whole.history);
  expect(rest.pivots.map((pivot) => [...pivot])).toEqual(whole.pivots.map((pivot) => [...pivot]));
});

/** Explores the minima of an egg carton as `connect` does: until no pair is left. */
async function explored(minima: number[][]) {
  const landscape = eggCarton(2);
  const losses = minima.map(() => -2);
  const edges: Edge[] = [];
  for (let pair = nextPair(losses, edges); pair; pair = nextPair(losses, edges)) {
    const [a, b] = pair;
    const { dense } = await saddles(landscape, minima[a], minima[b], {
      ...SPEC,
      cycles: SPEC.cycles.slice(0, 3).map((cycle) => ({ ...cycle, steps: 60 })),
    });
    edges.push({ a, b, saddle: dense });
  }
  return { losses, edges };
}

test("ways through the spanning tree are never above the direct ones, and an ultrametric", async () => {
  const minima = [
    [0.5, 0.5],
    [2.5, 0.5],
    [1.5, 1.5],
    [0.5, 2.5],
    [-0.5, 1.5],
  ];
  const { losses, edges } = await explored(minima);
  const n = minima.length;
  expect(edges).toHaveLength((n * (n - 1)) / 2);
  const saddle = saddleMatrix(losses, edges);
  for (const { a, b, saddle: direct } of edges) expect(saddle[a * n + b]).toBeLessThanOrEqual(direct);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      expect(saddle[i * n + j]).toBe(saddle[j * n + i]);
      for (let k = 0; k < n; k++) {
        if (new Set([i, j, k]).size < 3) continue;
        expect(saddle[i * n + j]).toBeLessThanOrEqual(Math.max(saddle[i * n + k], saddle[k * n + j]));
      }
    }
  }
});

test("pairs are tried in the published order", () => {
  const losses = [0.3, 0.1, 0.2, 0.4];
  const edges: Edge[] = [];
  const add = (saddle: number) => {
    const [a, b] = nextPair(losses, edges)!;
    edges.push({ a, b, saddle });
    return [a, b].sort();
  };
  // First each with the best.
  expect([add(5), add(2), add(3)]).toEqual([
    [0, 1],
    [1, 2],
    [1, 3],
  ]);
  // 0 hangs on the highest edge; its untried partners are 2 and 3, of which 2 is lower.
  expect(add(4)).toEqual([0, 2]);
  // Now 0 hangs on 4: its partner 3 is left.
  expect(add(9)).toEqual([0, 3]);
  // All of 0 have been tried; the next lower edge is 1 to 3.
  expect(add(9)).toEqual([2, 3]);
  expect(nextPair(losses, edges)).toBeUndefined();
  expect(spanningTree(edges).map(({ saddle }) => saddle)).toEqual([2, 3, 4]);
});

test("the disconnectivity graph joins minima at their lowest saddles", () => {
  const edges = [
    { a: 0, b: 1, saddle: 2 },
    { a: 1, b: 2, saddle: 2 },
    { a: 2, b: 3, saddle: 5 },
    { a: 0, b: 3, saddle: 4 },
  ];
  const [trunk, ...others] = disconnectivity([0, 1, 0.5, 0, 7], edges);
  expect(trunk).toEqual({ minimum: 4, loss: 7 });
  expect(others).toEqual([
    {
      saddle: 4,
      minima: [0, 1, 2, 3],
      branches: [
        {
          saddle: 2,
          minima: [0, 1, 2],
          branches: [
            { minimum: 0, loss: 0 },
            { minimum: 1, loss: 1 },
            { minimum: 2, loss: 0.5 },
          ],
        },
        { minimum: 3, loss: 0 },
      ],
    },
  ]);
});
