import { describe, expect, it } from "vitest";
import { allocateVector, Rng } from "../engine/index.ts";
import { networkOf } from "../model/index.ts";
import {
  chord,
  fromSpec,
  materialise,
  neuralCurve,
  Span,
  spanFor,
  type TrunkSpec,
  trunkDerivatives,
  trunkGradient,
  trunkPass,
  trunkSize,
} from "./index.ts";

const rng = Rng.fromSeed(3);
const parametersOf = (spec: TrunkSpec) => Float64Array.from(rng.split("trunk").normal(trunkSize(spec)));

describe("trunk", () => {
  it("has the published 1,080 parameters for widths 10, 20, 40", () => {
    expect(trunkSize({ widths: [10, 20, 40], activation: "tanh" })).toBe(1080);
  });

  it("of one unit is tanh(w t + b), with its derivatives in closed form", () => {
    const [w, b, t] = [1.3, -0.4, 0.7];
    const [y, d1, d2, d3] = trunkDerivatives({ widths: [1], activation: "tanh" }, [w, b])(t, 3).map(
      (row) => row[0],
    );
    const T = Math.tanh(w * t + b);
    const S = 1 - T * T;
    expect(y).toBeCloseTo(T, 14);
    expect(d1).toBeCloseTo(w * S, 14);
    expect(d2).toBeCloseTo(-2 * w ** 2 * T * S, 13);
    expect(d3).toBeCloseTo(w ** 3 * S * (6 * T * T - 2), 12);
    // Whatever was asked for before.
    const again = trunkDerivatives({ widths: [1], activation: "tanh" }, [w, b]);
    again(t, 1);
    expect(again(t, 3)[3][0]).toBe(d3);
    expect(again(0.2, 0)[0][0]).toBe(Math.tanh(w * 0.2 + b));
    expect(again(t, 2)[1][0]).toBe(d1);
  });

  it.each(["tanh", "relu"] as const)(
    "%s: value, derivatives and gradient by finite differences",
    (activation) => {
      const spec = { widths: [3, 5, 4], activation };
      const p = parametersOf(spec);
      const h = (t: number) => trunkPass(spec, p, t).layers.at(-1)!;
      const eps = 1e-4;
      for (const t of [0, 0.31, 1]) {
        const [y, d1, d2] = trunkDerivatives(spec, p)(t, 2);
        const [below, here, above] = [h(t - eps), h(t), h(t + eps)];
        here.forEach((value, u) => {
          expect(y[u]).toBeCloseTo(value, 13);
          expect(d1[u]).toBeCloseTo((above[u] - below[u]) / (2 * eps), 5);
          expect(d2[u]).toBeCloseTo((above[u] - 2 * value + below[u]) / eps ** 2, 4);
        });
        const weights = [0.5, -1, 2, 0.25];
        const gradient = new Float64Array(p.length);
        trunkGradient(spec, p, trunkPass(spec, p, t), weights, gradient);
        const scalar = () => h(t).reduce((sum, value, u) => sum + weights[u] * value, 0);
        for (let k = 0; k < p.length; k++) {
          const old = p[k];
          p[k] = old + 1e-6;
          const up = scalar();
          p[k] = old - 1e-6;
          const down = scalar();
          p[k] = old;
          expect(gradient[k]).toBeCloseTo((up - down) / 2e-6, 6);
        }
      }
    },
  );
});

describe("neural curve", () => {
  const trunk = { widths: [2, 3], activation: "tanh" as const };
  const trunks = [0, 1].map((g) => [...rng.split(`${g}`).normal(trunkSize(trunk))]);
  const map = neuralCurve({ ...trunk, trunks, constantGroup: true, rectified: false });
  // Six parameters: two of group 0, three of group 1, and a bias that is constant.
  const anchors = Array.from({ length: 4 }, (_, i) => {
    const vector = allocateVector(6);
    vector.set(rng.split(`anchor ${i}`).normal(6));
    return vector;
  });
  const parts = [
    { offset: 0, size: 2, group: 0 },
    { offset: 2, size: 3, group: 1 },
    { offset: 5, size: 1, group: 2 },
  ];
  const span = new Span(anchors, parts);
  const direct = (t: number, rectified = false) => {
    const hs = trunks.map((p) => [...trunkPass(trunk, p, t).layers.at(-1)!, 1]);
    const group = [0, 0, 1, 1, 1, 2];
    return group.map((g, d) => {
      const value = g === 2 ? anchors[3][d] : anchors.reduce((sum, a, i) => sum + hs[g][i] * a[d], 0);
      return rectified && g < 2 ? Math.max(0, value) : value;
    });
  };

  it("is each trunk times its part of the anchors, plus what is constant", () => {
    expect(map.anchors).toBe(12);
    const theta = allocateVector(6);
    for (const t of [0, 0.4, 1]) {
      span.point(map.at(t), theta);
      direct(t).forEach((value, d) => {
        expect(theta[d]).toBeCloseTo(value, 5);
      });
    }
    expect(fromSpec(JSON.parse(JSON.stringify(map.spec))).at([0.3])).toEqual(map.at(0.3));
  });

  it("has the distances of its points in its Gram matrix, also along its chord", () => {
    const { size, values } = span.gram();
    const difference = map.at(0.2).map((c, i) => c - map.at(0.9)[i]);
    let squared = 0;
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) squared += difference[i] * difference[j] * values[i * size + j];
    const [p, q] = [direct(0.2), direct(0.9)];
    expect(Math.sqrt(squared)).toBeCloseTo(Math.hypot(...p.map((x, d) => x - q[d])), 5);
    const straight = chord(map);
    const theta = allocateVector(6);
    span.point(straight.at(0.25), theta);
    theta.forEach((x, d) => {
      expect(x).toBeCloseTo(0.75 * direct(0)[d] + 0.25 * direct(1)[d], 5);
    });
  });

  it("of one trunk for the whole vector has the distances of its points in its Gram matrix", () => {
    const { layout } = networkOf({ kind: "mlp", widths: [1, 2], activation: "relu", dropout: 0 });
    const whole = neuralCurve({ ...trunk, trunks: [trunks[0]], constantGroup: false, rectified: false });
    const vectors = anchors.map((anchor) => anchor.subarray(0, layout.size));
    const own = Span.of(vectors, spanFor(layout, whole.spec, vectors).parts);
    using span = own;
    using points = materialise(span, whole, [0.2, 0.9]);
    const [p, q] = points.anchors;
    const { size, values } = span.differences();
    const difference = whole.at(0.2).map((c, i) => c - whole.at(0.9)[i]);
    let squared = 0;
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) squared += difference[i] * difference[j] * values[i * size + j];
    expect(Math.sqrt(squared)).toBeCloseTo(Math.hypot(...p.map((x, d) => x - q[d])), 5);
  });

  it("that is rectified has no negative weights, and says that it leaves the span", () => {
    const relu = new Span(
      anchors,
      parts.map((part) => ({ ...part, rectified: part.group < 2 })),
    );
    using points = materialise(relu, map, [0, 0.5]);
    for (const [i, t] of [0, 0.5].entries()) {
      direct(t, true).forEach((value, d) => {
        expect(points.anchors[i][d]).toBeCloseTo(value, 5);
      });
    }
    expect(() => relu.gram()).toThrow("materialise");
  });

  it("names what is wrong", () => {
    const wrong = (change: object) => () =>
      neuralCurve({ ...trunk, trunks, constantGroup: false, rectified: false, ...change });
    expect(wrong({ widths: [] })).toThrow("give whole numbers from 1, such as [10, 20, 40]");
    expect(wrong({ widths: [2, 4] })).toThrow("has 13 parameters; widths [2,4] need 16");
    expect(wrong({ activation: "sine" })).toThrow('"sine"; give tanh or relu');
  });
});
