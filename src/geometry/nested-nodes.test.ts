import fc from "fast-check";
import { expect, test } from "vitest";
import { allNodes, nestedNodes } from "./nested-nodes.ts";

const size = fc.integer({ min: 2, max: 300 });

test("levels are nested, with both ends, from steps of about eight to all nodes", () => {
  fc.assert(
    fc.property(size, (n) => {
      const levels = nestedNodes(n).map(({ nodes }) => nodes);
      expect(levels.at(-1)).toEqual(Array.from({ length: n }, (_, i) => i));
      for (const [l, nodes] of levels.entries()) {
        expect([nodes[0], nodes.at(-1)]).toEqual([0, n - 1]);
        if (l > 0) for (const node of levels[l - 1]) expect(nodes).toContain(node);
        const steps = nodes.slice(1).map((node, i) => node - nodes[i]);
        // Halved, rounded up, at each level.
        expect(Math.max(...steps)).toBeLessThanOrEqual(Math.ceil(12 / 2 ** l));
        expect(Math.min(...steps)).toBeGreaterThan(0);
      }
    }),
  );
  expect(nestedNodes(51).map(({ nodes }) => nodes.length)).toEqual([7, 13, 25, 49, 51]);
});

test("stencils reproduce polynomials of their degree exactly, also at the ends", () => {
  fc.assert(
    fc.property(size, (n) => {
      for (const [l, { nodes, cubic, linear }] of nestedNodes(n).entries()) {
        for (const node of nodes) {
          for (const { nodes: from, weights } of [cubic[node], linear[node]]) {
            const degree = from.length - 1;
            const value = (x: number) => (x / n - 0.3) ** degree - x / n;
            const found = from.reduce((sum, x, i) => sum + weights[i] * value(x), 0);
            if (degree > 0) expect(found).toBeCloseTo(value(node), 11);
            else expect(from).toEqual([node]);
          }
          if (l > 0 && nodes.length > 8) expect([1, 4]).toContain(cubic[node].nodes.length);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test("the nodes near are those of the coarser level on both sides, and one further", () => {
  const [coarse, fine] = nestedNodes(33);
  expect(allNodes(33).cubic[12]).toEqual({ nodes: [12], weights: [1] });
  expect([...coarse.nodes]).toEqual([0, 8, 16, 24, 32]);
  expect(fine.near[12]).toEqual([0, 8, 16, 24]);
  expect(fine.near[16]).toEqual([8, 16, 24]);
  expect(fine.near[4]).toEqual([0, 8, 16]);
  expect(fine.near[28]).toEqual([16, 24, 32]);
});
