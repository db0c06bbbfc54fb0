import { describe, expect, test } from "vitest";
import { toyRegression } from "../data/index.ts";
import { allocateVector, combine, Rng, releaseVector } from "../engine/index.ts";
import {
  type AmbientSpace,
  affineSpan,
  gramOf,
  lineSpace,
  tunnelSpace,
  volumeSpace,
} from "../geometry/index.ts";
import { Examples, NetworkLandscape, squaredError } from "../landscape/index.ts";
import { initialise, mlp } from "../model/index.ts";
import { bezier } from "../subspace/index.ts";
import { fromInterval, toInterval } from "./interval.ts";
import { type SpanLikelihood, spanLikelihood } from "./likelihood.ts";
import { type Noise, type Posterior, PRIOR_WEIGHTS, posterior } from "./posterior.ts";

const rng = Rng.fromSeed(8);

/** Control points of a curve of degree K in R⁷, and the three spaces around it. */
function spaces(K: number): Record<AmbientSpace["kind"], AmbientSpace> {
  const points = Array.from({ length: K + 1 }, (_, i) =>
    Float64Array.from(rng.split(`point ${K} ${i}`).normal(7), (x) => 2 * x),
  );
  const span = affineSpan(gramOf(points));
  const path = bezier(K);
  return { volume: volumeSpace(span), tunnel: tunnelSpace(span, path), line: lineSpace(span, path) };
}

/** Σⱼ (j + 1) (cⱼ − 0.3)², in float64. */
function quadratic(m: number, regression: boolean, factor = 3): SpanLikelihood {
  return {
    anchors: m,
    examples: 5,
    regression,
    async evaluate(c, losses, gradients) {
      losses.fill(0);
      c.forEach((x, at) => {
        const weight = factor * ((at % m) + 1);
        losses[Math.floor(at / m)] += weight * (x - 0.3) ** 2;
        gradients[at] = 2 * weight * (x - 0.3);
      });
    },
    [Symbol.dispose]: () => {},
  };
}

async function logDensity(
  target: Posterior,
  u: ArrayLike<number>,
): Promise<{ value: number; gradient: number[] }> {
  const [values, gradients] = [new Float64Array(1), new Float64Array(u.length)];
  await target.evaluate(Float64Array.from(u), values, gradients);
  return { value: values[0], gradient: [...gradients] };
}

describe("interval transform", () => {
  test("is inverse, has the derivatives it tells, and does not overflow", () => {
    for (const u of [-40, -3, 0, 0.7, 12]) {
      const { value, slope, logSlope, logSlopeDerivative } = toInterval(u, -0.1, 1.1);
      expect(value).toBeGreaterThanOrEqual(-0.1);
      if (Math.abs(u) < 20) expect(fromInterval(value, -0.1, 1.1)).toBeCloseTo(u, 8);
      const h = 1e-5;
      const [below, above] = [toInterval(u - h, -0.1, 1.1), toInterval(u + h, -0.1, 1.1)];
      expect(slope).toBeCloseTo((above.value - below.value) / (2 * h), 8);
      expect(Math.exp(logSlope)).toBeCloseTo(slope, 12);
      expect(logSlopeDerivative).toBeCloseTo((above.logSlope - below.logSlope) / (2 * h), 8);
    }
    expect(toInterval(-1000, 2, 3).logSlope).toBe(-1000);
    expect(toInterval(1000, 2, 3).value).toBe(3);
  });
});

describe.each(["volume", "tunnel", "line"] as const)("posterior in the %s", (kind) => {
  const K = 4;
  const space = spaces(K)[kind];

  test.each([
    [true, { kind: "sampled" }],
    [true, { kind: "fixed", scale: 0.4 }],
    [false, undefined],
  ] as [boolean, Noise | undefined][])(
    "gradient by finite differences, regression %s, noise %o",
    async (regression, noise) => {
      for (const weight of PRIOR_WEIGHTS) {
        const likelihood = quadratic(K + 1, regression);
        const target = posterior({ space, prior: { scale: 0.5, weight }, likelihood, noise, temperature: 3 });
        const u = [0.4, -0.3, 0.2, 0.5, -0.2].slice(0, target.dimension);
        const { gradient } = await logDensity(target, u);
        for (let j = 0; j < u.length; j++) {
          const h = 1e-5;
          const at = (x: number) => logDensity(target, u.with(j, u[j] + x));
          const slope = ((await at(h)).value - (await at(-h)).value) / (2 * h);
          expect(gradient[j]).toBeCloseTo(slope, 5);
        }
      }
    },
  );

  test("several positions at once are as each alone; constrain and unconstrain are inverse", async () => {
    const target = posterior({
      space,
      prior: { scale: 0.5, weight: "arc-length" },
      likelihood: quadratic(K + 1, true),
      noise: { kind: "sampled" },
      temperature: 1,
    });
    const d = target.dimension;
    const positions = Float64Array.from(rng.split("positions").normal(3 * d));
    const [values, gradients] = [new Float64Array(3), new Float64Array(3 * d)];
    await target.evaluate(positions, values, gradients);
    for (let i = 0; i < 3; i++) {
      const { value, gradient } = await logDensity(target, positions.subarray(i * d, (i + 1) * d));
      expect(value).toBe(values[i]);
      expect(gradient).toEqual([...gradients.subarray(i * d, (i + 1) * d)]);
    }
    const { lambda, scales } = target.constrain(positions);
    const again = target.unconstrain(lambda, scales);
    again.forEach((u, i) => {
      expect(u).toBeCloseTo(positions[i], 9);
    });
    if (kind !== "volume")
      expect(lambda.filter((_, i) => i % space.dimension === 0).every((t) => t > -0.1 && t < 1.1)).toBe(true);
  });
});

test("factors of a Gaussian prior and a likelihood make up the posterior of a volume; others have none", async () => {
  const { volume, tunnel, line } = spaces(4);
  const shared = {
    prior: { scale: 0.7, weight: "volume" as const },
    likelihood: quadratic(5, true),
    noise: { kind: "sampled" as const },
    temperature: 3,
  };
  for (const space of [tunnel, line]) expect(posterior({ space, ...shared }).factors).toBeUndefined();
  const target = posterior({ space: volume, ...shared });
  const { priorSd, likelihood } = target.factors!;
  expect([...priorSd]).toEqual([0.7, 0.7, 0.7, 0.7, 1]);
  const u = Float64Array.from(rng.split("factors").normal(10));
  const both = [target, likelihood].map(async (density) => {
    const [values, gradients] = [new Float64Array(2), new Float64Array(10)];
    await density.evaluate(u, values, gradients);
    return { values, gradients };
  });
  const [whole, part] = await Promise.all(both);
  for (let i = 0; i < 2; i++) {
    let logPrior = 0;
    for (let j = 0; j < 5; j++) {
      const z = u[5 * i + j] / priorSd[j];
      logPrior -= (z * z) / 2 + Math.log(priorSd[j] * Math.sqrt(2 * Math.PI));
      expect(part.gradients[5 * i + j]).toBeCloseTo(whole.gradients[5 * i + j] + z / priorSd[j], 10);
    }
    expect(part.values[i]).toBeCloseTo(whole.values[i] - logPrior, 10);
  }
});

describe("the prior alone has mass 1", () => {
  /** ∫ exp(log p(u)) du on a grid of [−a, a]^d. */
  async function mass(target: Posterior, a: number, nodes: number): Promise<number> {
    const d = target.dimension;
    const count = nodes ** d;
    const step = (2 * a) / nodes;
    const positions = new Float64Array(count * d);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < d; j++)
        positions[i * d + j] = -a + step * ((Math.floor(i / nodes ** j) % nodes) + 0.5);
    }
    const values = new Float64Array(count);
    await target.evaluate(positions, values, new Float64Array(count * d));
    return values.reduce((sum, v) => sum + Math.exp(v), 0) * step ** d;
  }

  test.each([
    ["tunnel", "arc-length"],
    ["tunnel", "position"],
    ["line", "arc-length"],
    ["line", "position"],
    ["volume", "arc-length"],
  ] as const)("%s, uniform in %s", async (kind, weight) => {
    const space = spaces(2)[kind];
    const prior = { scale: 0.8, weight };
    const target = posterior({ space, prior, likelihood: quadratic(3, false, 0), temperature: 1 });
    expect(await mass(target, 16, 400)).toBeCloseTo(1, 3);
  });
});

test("specifications that make no sense are refused", () => {
  const space = spaces(2).tunnel;
  const prior = { scale: 0.5, weight: "arc-length" as const };
  const likelihood = quadratic(3, true);
  const noise: Noise = { kind: "sampled" };
  expect(() => posterior({ space, prior, likelihood, noise, temperature: 0 })).toThrow("temperature is 0");
  expect(() =>
    posterior({ space, prior: { ...prior, scale: -1 }, likelihood, noise, temperature: 1 }),
  ).toThrow("scale of the prior is -1");
  expect(() => posterior({ space, prior, likelihood, temperature: 1 })).toThrow("needs its noise");
  expect(() => posterior({ space, prior, likelihood: quadratic(3, false), noise, temperature: 1 })).toThrow(
    "has no noise",
  );
});

test("the likelihood of a network is the summed loss of its landscape, and its gradient", async () => {
  const network = mlp([1, 6, 6, 1], "tanh");
  const dataset = await toyRegression({ seed: 3 });
  using examples = new Examples(dataset, dataset.train);
  using landscape = new NetworkLandscape(network, examples, squaredError);
  const anchors = [0, 1, 2].map((i) => {
    const theta = allocateVector(network.layout.size);
    initialise(network, theta, "lecun-normal", rng.split(`anchor ${i}`));
    return theta;
  });
  using likelihood = await spanLikelihood(landscape, anchors, 2);
  expect(likelihood).toMatchObject({ anchors: 3, examples: 70, regression: true });
  // Five points in programs of two and of one.
  const c = Float64Array.from(rng.split("c").normal(15));
  const [losses, gradients] = [new Float64Array(5), new Float64Array(15)];
  await likelihood.evaluate(c, losses, gradients);
  const theta = allocateVector(network.layout.size);
  const loss = async (own: Float64Array) => {
    combine(theta, anchors, own);
    return 70 * (await landscape.evaluate(theta)).loss;
  };
  for (let i = 0; i < 5; i++) {
    const own = c.subarray(3 * i, 3 * i + 3);
    expect(losses[i] / (await loss(own))).toBeCloseTo(1, 5);
    for (let j = 0; j < 3; j++) {
      const slope =
        ((await loss(own.with(j, own[j] + 0.01))) - (await loss(own.with(j, own[j] - 0.01)))) / 0.02;
      expect(gradients[3 * i + j] / losses[i]).toBeCloseTo(slope / losses[i], 2);
    }
  }
  releaseVector(theta, ...anchors);
});
