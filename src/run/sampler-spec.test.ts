import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { affineSpan, gramOf, lineSpace, volumeSpace } from "../geometry/index.ts";
import {
  essBulk,
  type Posterior,
  posterior,
  runChains,
  type SpanLikelihood,
  startChains,
  traceOf,
} from "../inference/index.ts";
import { bezier } from "../subspace/index.ts";
import { type SamplerSpec, samplingPlan } from "./sampler-spec.ts";

const SPEC: SamplerSpec = {
  kind: "nuts",
  warmup: 300,
  targetAcceptance: 0.8,
  metric: "diagonal",
  maxDepth: 8,
  leapfrogSteps: 10,
  preconditioning: false,
  stepSizes: [0.1, 0.1],
};

const span = affineSpan(
  gramOf([
    [0, 0, 1],
    [1, 0, 0],
    [0, 2, 0],
  ]),
);

/** Squared errors of a linear model of the coefficients, which cannot all be 0. */
const likelihood: SpanLikelihood = {
  anchors: 3,
  examples: 12,
  regression: true,
  async evaluate(c, losses, gradients) {
    losses.fill(0.9);
    c.forEach((x, at) => {
      const [weight, place] = [3 + (at % 3), 0.3 * (at % 3)];
      losses[Math.floor(at / 3)] += weight * (x - place) ** 2;
      gradients[at] = 2 * weight * (x - place);
    });
  },
  [Symbol.dispose]: () => {},
};

const common = { prior: { scale: 0.6, weight: "volume" as const }, likelihood, temperature: 1 };
const target = posterior({ space: volumeSpace(span), noise: { kind: "sampled" }, ...common });

async function sampled(spec: SamplerSpec, draws: number, thin = 1) {
  const { sampler, density, missing } = samplingPlan(spec, target as Posterior);
  const rng = Rng.fromSeed(3).split(spec.kind);
  const starts = [0, 1, 2, 3].map((i) => ({ position: new Float64Array(3), rng: rng.foldIn(i) }));
  const begun = await startChains(density, sampler, starts);
  const chains = await runChains(density, sampler, begun, { draws, thin });
  return { chains, missing };
}

/** Mean and standard error of a function of the positions. */
function estimate(chains: { draws: Float64Array; values: Float64Array }[], of: (u: Float64Array) => number) {
  const values = chains.flatMap(({ draws }) =>
    Array.from({ length: draws.length / 3 }, (_, i) => of(draws.subarray(3 * i, 3 * i + 3))),
  );
  const n = values.length / chains.length;
  const trace = traceOf(
    { chains: chains.length, draws: n, dimension: 1, values: Float64Array.from(values) },
    0,
  );
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / essBulk(trace)) };
}

describe("elliptical slice sampling of a posterior in the volume", () => {
  test("agrees with NUTS, and tells log-densities of the posterior", async () => {
    const nuts = await sampled(SPEC, 1500);
    const slice = await sampled({ ...SPEC, kind: "elliptical-slice" }, 2000, 3);
    expect(slice.chains[0].step).toBe(300 + 6000);
    const quantities = [0, 1, 2].flatMap((j) => [(u: Float64Array) => u[j], (u: Float64Array) => u[j] ** 2]);
    for (const of of [...quantities, (u: Float64Array) => u[0] * u[1]]) {
      const [a, b] = [estimate(nuts.chains, of), estimate(slice.chains, of)];
      expect(Math.abs(a.mean - b.mean) / Math.hypot(a.error, b.error)).toBeLessThan(4);
    }
    const { draws, values } = slice.chains[0];
    const expected = new Float64Array(values.length);
    await target.evaluate(draws, expected, new Float64Array(draws.length));
    slice.missing!(draws).forEach((rest, i) => {
      expect(values[i] + rest).toBeCloseTo(expected[i], 9);
    });
    expect(nuts.missing).toBeUndefined();
  });

  test("is refused on a line, whose prior is no Gaussian", () => {
    const line = posterior({ space: lineSpace(span, bezier(2)), noise: { kind: "sampled" }, ...common });
    expect(() => samplingPlan({ ...SPEC, kind: "elliptical-slice" }, line)).toThrow("sample the volume");
  });
});
