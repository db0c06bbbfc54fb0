import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import {
  brokenChains,
  convergenceOf,
  type Draws,
  essBulk,
  essMean,
  essQuantile,
  essSd,
  essTail,
  mcseMean,
  mcseQuantile,
  mcseSd,
  relativeEfficiency,
  rHat,
  summaryOf,
  type Trace,
  withoutChains,
} from "./index.ts";
import { potentialScaleReduction } from "./rhat.ts";
import { autoregressive } from "./traces.reference.ts";

/**
 * Values of an independent implementation with NumPy and SciPy of what ArviZ 0.21 documents (ranks by `rankdata`,
 * normal and beta quantiles by `norm.ppf` and `beta.ppf`, autocovariances as plain sums).
 */
const CASES = [
  {
    what: "four chains",
    trace: autoregressive(4, 250, 0.5, 1),
    rHat: 1.019928274515853,
    essBulk: 347.4383297279095,
    essTail: 563.137446336378,
    essMean: 348.09251903876003,
    essSd: 661.1763964121569,
    essQuantile30: 570.1057948459575,
    mcseMean: 0.03610559750199207,
    mcseSd: 0.018394666268996558,
    mcseQuantile10: 0.03612434406028453,
    mcseQuantile30: 0.03221654846662714,
    mean: -0.023741205594565818,
    sd: 0.6736307153252519,
    interval: [-1.1966760950692226, 1.3143631360117805],
  },
  {
    what: "two chains of an odd number of draws that disagree",
    trace: autoregressive(2, 101, 0.9, 2, (x, chain) => x + 0.5 * chain),
    rHat: 1.1128311093314687,
    essBulk: 18.60441338221917,
    essTail: 14.313512773973647,
    essMean: 17.150694731039003,
    essSd: 13.75123521478126,
    essQuantile30: 29.4694815663974,
    mcseMean: 0.2924399358808099,
    mcseSd: 0.2517528049473089,
    mcseQuantile10: 0.20204621559694153,
    mcseQuantile30: 0.369774538086419,
    mean: 0.6984140784677199,
    sd: 1.2110931241048588,
    interval: [-1.5089364219530204, 2.753711028275564],
  },
  {
    what: "draws that alternate, with ties",
    trace: autoregressive(4, 100, -0.4, 3, (x) => Math.floor(10 * x) / 10),
    rHat: 1.0165196157611975,
    essBulk: 1040.823996531185,
    essTail: 387.9488437748009,
    essMean: 1040.823996531185,
    essSd: 289.389365658902,
    essQuantile30: 672.5295230526024,
    mcseMean: 0.018847601745055755,
    mcseSd: 0.022863884815551058,
    mcseQuantile10: 0.09999999999999998,
    mcseQuantile30: 0.0,
    mean: -0.08449999999999999,
    sd: 0.6080576331344197,
    interval: [-1.4, 0.8],
  },
  {
    what: "long tails, and scales that disagree",
    trace: autoregressive(3, 200, 0.3, 4, (x, chain) => x * x * x * (1 + chain)),
    rHat: 1.0164068833478042,
    essBulk: 362.5970485998157,
    essTail: 486.4418419965588,
    essMean: 415.3360244540899,
    essSd: 375.89568143132664,
    essQuantile30: 330.89241252784683,
    mcseMean: 0.07541480496794649,
    mcseSd: 0.16796492791822284,
    mcseQuantile10: 0.1518187371160225,
    mcseQuantile30: 0.019524315062842804,
    mean: 0.07373948531138136,
    sd: 1.5369382285994078,
    interval: [-2.8365849762324546, 2.580222575035342],
  },
  {
    // Found with the loop of ArviZ: the last pair of autocorrelations begins with a negative one.
    what: "twelve draws a chain, with ties",
    trace: autoregressive(3, 12, 0, 165, (x) => Math.round(2 * x) / 2),
    rHat: 1.0737279342336494,
    essBulk: 36.59686421345715,
    essTail: 22.191780821917806,
    essMean: 34.90142700329309,
    essSd: 44.77710637430806,
    essQuantile30: 52.31249999999998,
    mcseMean: 0.0978149410833109,
    mcseSd: 0.070239724130813,
    mcseQuantile10: 0.25,
    mcseQuantile30: 0.25,
    mean: -0.041666666666666664,
    sd: 0.5778655305765965,
    interval: [-1.5, 0.5],
  },
  {
    what: "one slow chain",
    trace: autoregressive(1, 500, 0.95, 5),
    rHat: Number.NaN,
    essBulk: 18.260156512737463,
    essTail: 28.028041549038967,
    essMean: 16.493014121198826,
    essSd: 5.150671108933266,
    essQuantile30: 8.973469288903908,
    mcseMean: 0.42237851389226044,
    mcseSd: 0.47904390654705425,
    mcseQuantile10: 0.9723109004585782,
    mcseQuantile30: 0.7580789311443237,
    mean: 0.15828196983212428,
    sd: 1.7153463913956613,
    interval: [-2.8728409172491687, 3.3192987192420538],
  },
];

const drawsOf = ({ chains, draws, values }: Trace): Draws => ({ chains, draws, dimension: 1, values });
/** Independent standard normal draws. */
const independent = (chains: number, draws: number, seed: number): Trace => ({
  chains,
  draws,
  values: Float64Array.from(Rng.fromSeed(seed).normal(chains * draws)),
});
const ALL = { rHat, essBulk, essTail, essMean, essSd, mcseMean, mcseSd };

describe("diagnostics", () => {
  it.each(CASES)(
    "agree with an independent implementation: $what",
    ({ trace, what: _, interval, ...truth }) => {
      const [row] = summaryOf(drawsOf(trace));
      const found = {
        rHat: rHat(trace),
        essBulk: essBulk(trace),
        essTail: essTail(trace),
        essMean: essMean(trace),
        essSd: essSd(trace),
        essQuantile30: essQuantile(trace, 0.3),
        mcseMean: mcseMean(trace),
        mcseSd: mcseSd(trace),
        mcseQuantile10: mcseQuantile(trace, 0.1),
        mcseQuantile30: mcseQuantile(trace, 0.3),
        mean: row.mean,
        sd: row.sd,
      };
      for (const [name, value] of Object.entries(truth)) {
        const relative = found[name as keyof typeof found] / value - 1;
        if (Number.isNaN(value)) expect(found[name as keyof typeof found], name).toBeNaN();
        else if (value === 0) expect(found[name as keyof typeof found], name).toBe(0);
        else expect(Math.abs(relative), name).toBeLessThan(1e-9);
      }
      expect(row.interval[0]).toBeCloseTo(interval[0], 12);
      expect(row.interval[1]).toBeCloseTo(interval[1], 12);
      for (const name of ["rHat", "essBulk", "essTail", "mcseMean", "mcseSd"] as const) {
        expect(row[name]).toEqual(found[name]);
      }
    },
  );

  it("R-hat of chains as they are: 0.98 of two short ramps (test of NumPyro)", () => {
    const values = Float64Array.from({ length: 20 }, (_, i) => (i % 10) + (i >= 10 ? 1 : 0));
    expect(potentialScaleReduction({ chains: 2, draws: 10, values })).toBeCloseTo(0.98, 2);
  });

  it("find as many effective draws as there are independent ones, and those of an autoregression", () => {
    // Of x ← φx + ε the integrated autocorrelation time is (1 + φ)/(1 − φ).
    const trace = autoregressive(8, 4000, 0.8, 11);
    expect(essMean(trace) / (8 * 4000)).toBeCloseTo(1 / 9, 1.7);
    const white = independent(4, 1000, 1);
    for (const ess of [essBulk, essMean, essSd, essTail]) {
      expect(ess(white)).toBeGreaterThan(3200);
      expect(ess(white)).toBeLessThan(4800);
    }
    expect(rHat(white)).toBeLessThan(1.01);
    expect(relativeEfficiency(drawsOf(white))).toBeCloseTo(1, 0.7);
    expect(relativeEfficiency(drawsOf(independent(1, 100, 2)))).toBe(1);
  });

  it("see chains with another location, and chains with another scale", () => {
    const moved = independent(4, 200, 3);
    moved.values.subarray(0, 200).forEach((x, i) => {
      moved.values[i] = x + 2;
    });
    expect(rHat(moved)).toBeGreaterThan(1.1);
    const scaled = independent(4, 200, 4);
    scaled.values.subarray(0, 200).forEach((x, i) => {
      scaled.values[i] = x * 5;
    });
    expect(rHat(scaled)).toBeGreaterThan(1.1);
  });

  it("R-hat and bulk ESS do not depend on a monotone change of the draws", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (seed, a) => {
          const trace = independent(3, 40, seed);
          const raised = { ...trace, values: trace.values.map((x) => Math.exp(a * x)) };
          // Folding is about the median, which only a symmetric change keeps: compare what is not folded.
          expect(essBulk(raised)).toBeCloseTo(essBulk(trace), 9);
          const affine = { ...trace, values: trace.values.map((x) => 2 * x - 8) };
          expect(rHat(affine)).toBeCloseTo(rHat(trace), 9);
          expect(mcseMean(affine)).toBeCloseTo(2 * mcseMean(trace), 9);
          expect(mcseSd(affine)).toBeCloseTo(2 * mcseSd(trace), 9);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("are NaN where a draw is %d, and say where", (value) => {
    const trace = independent(2, 100, 5);
    trace.values[103] = value;
    for (const measure of Object.values(ALL)) expect(measure(trace)).toBeNaN();
    expect(mcseQuantile(trace, 0.3)).toBeNaN();
    expect(essQuantile(trace, 0.3)).toBeNaN();
    const rows = summaryOf({ ...trace, dimension: 1 }, { names: ["t"] });
    expect(rows[0]).toMatchObject({ name: "t", problem: `draw 4 of chain 2 is ${value}` });
    expect(convergenceOf(rows).rHatMax).toBeNaN();
    expect(convergenceOf(rows).essBulkMin).toBeNaN();
    expect(brokenChains(drawsOf(trace))).toEqual([1]);
    const rest = withoutChains(drawsOf(trace), [1]);
    expect([rest.chains, ...rest.values]).toEqual([1, ...trace.values.subarray(0, 100)]);
  });

  it("never take a stuck sampler for a good one", () => {
    const stuck: Trace = { chains: 4, draws: 100, values: new Float64Array(400).fill(0.1) };
    for (const measure of Object.values(ALL)) expect(measure(stuck)).toBeNaN();
    expect(summaryOf(drawsOf(stuck))[0].problem).toBe("all draws are 0.1");
    const apart = { ...stuck, values: stuck.values.map((_, i) => Math.floor(i / 100)) };
    expect(rHat(apart)).toBeGreaterThan(1e6);
    expect(essBulk(apart)).toBeLessThan(10);
  });

  it("need two chains for R-hat and four draws for anything", () => {
    const [row] = summaryOf(drawsOf(independent(1, 100, 6)));
    expect(row.rHat).toBeNaN();
    expect(row.essBulk).toBeGreaterThan(0);
    expect(row.problem).toBe("one chain: R-hat compares chains");
    expect(essBulk(independent(4, 3, 7))).toBeNaN();
    expect(essBulk(independent(4, 4, 7))).not.toBeNaN();
    expect(summaryOf(drawsOf(independent(4, 3, 7)))[0].problem).toBe(
      "4 chains of 3 draws: fewer than 4 draws a chain",
    );
  });

  it("summarise coordinates one by one, with intervals of either kind", () => {
    // Coordinates of a chain whose i-th draw is (i, i²): quantiles are known in closed form.
    const values = Float64Array.from({ length: 2 * 101 * 2 }, (_, k) => {
      const i = Math.floor(k / 2) % 101;
      return k % 2 ? i * i : i;
    });
    const draws = { chains: 2, draws: 101, dimension: 2, values };
    const rows = summaryOf(draws, { names: ["i", "i²"], interval: "equal-tailed", probability: 0.8 });
    expect(rows.map(({ name }) => name)).toEqual(["i", "i²"]);
    expect(rows[0].mean).toBeCloseTo(50, 12);
    expect(rows[0].interval[0]).toBeCloseTo(10, 12);
    expect(rows[0].interval[1]).toBeCloseTo(90, 12);
    // Squares are densest near 0, so the shortest interval begins there.
    expect(summaryOf(draws, { probability: 0.5 })[1].interval[0]).toBe(0);
    expect(convergenceOf(rows).rHatMax).toBe(Math.max(rows[0].rHat, rows[1].rHat));
    expect(() => summaryOf(draws, { names: ["i"] })).toThrow("1 names were given for draws in 2 dimensions");
    expect(() => summaryOf(draws, { probability: 94 })).toThrow("probability is 94");
    expect(() => summaryOf({ ...draws, chains: 3 })).toThrow("404 values were given for 3 chains");
  });
});
