import { sweepFigures } from "../../report/node.ts";
import { type PerturbResult, type PerturbSpec, perturbJob, RunFolder } from "../../run/node.ts";
import type { Claim, Study } from "../study.ts";
import { withSubspaces } from "./context-node.ts";
import { asPublished, learnt } from "./recipe.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

const SPEC: PerturbSpec = {
  noise: [0, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1],
  draws: 3,
  relative: false,
  where: "full",
  directions: 0,
  splits: ["test"],
  planePoints: 0,
};

/**
 * Accuracy of end 0, the middle of the disturbed ends and end 1 of a line learnt by the published recipe, at each level
 * of noise, from an independent implementation (one line, mean of three draws).
 */
const REFERENCE: Record<string, [number, number, number]> = {
  0: [0.8861, 0.895, 0.8752],
  0.001: [0.8861, 0.8948, 0.8753],
  0.003: [0.886, 0.8952, 0.8755],
  0.01: [0.8853, 0.8948, 0.8725],
  0.02: [0.881, 0.8949, 0.8712],
  0.03: [0.8779, 0.8923, 0.8658],
  0.05: [0.8642, 0.8849, 0.8663],
  0.1: [0.8336, 0.8634, 0.8305],
};

/** Figure 3 of "Examining the geometry of neural mode connecting loss subspaces": noise on the ends of a line. */
export const figureThree: Study = {
  id: "subspaces/figure-3",
  title: "Noise on the ends of a learnt line",
  question: "How sensitive are the ends of a learnt line to Gaussian noise?",
  source: "Chen and Saidi 2023, figure 3",
  minutes: { quick: 1, paper: 8 },
  run: withSubspaces(async (context) => {
    const { recipe, scale, seed, network, data, options, folder } = context;
    const spec = scale === "paper" ? asPublished({ kind: "line" }, recipe) : learnt({ kind: "line" }, recipe);
    using line = await context.subspace("line", spec);
    const { span, map } = line;
    const path = await context.part(
      "perturb",
      { spec: { perturb: SPEC }, seed, dataset: data.dataset },
      (part) => perturbJob(part, { network, span, map, data, spec: SPEC, seed }, options),
    );
    using part = RunFolder.open(path);
    const result = part.readJson("perturb") as PerturbResult;
    const { noise, points } = result;
    const accuracy = result.splits.test.error.mean.map((levels) => levels.map((e) => 1 - e));
    const middle = points.findIndex(({ label }) => label === "middle");
    const ends = points.flatMap((_, p) => (p === middle ? [] : [p]));
    const at = (s: number) => noise.indexOf(s);
    const drop = (p: number, s: number) => accuracy[p][at(0)] - accuracy[p][at(s)];
    const gap = noise
      .filter((s) => s <= 0.3)
      .map((s) => accuracy[middle][at(s)] - Math.max(...ends.map((p) => accuracy[p][at(s)])));
    const claims: Claim[] = [
      {
        name: "noise of standard deviation 0.01 harms the ends: one point of accuracy or more",
        published: "quite sensitive",
        ours: ends.map((p) => `${(100 * drop(p, 0.01)).toFixed(2)} points`).join(" and "),
        holds: ends.every((p) => drop(p, 0.01) >= 0.01),
      },
      {
        name: "noise of standard deviation 1 leaves chance: less than 20 %",
        published: "chance",
        ours: ends.map((p) => percent(accuracy[p][at(1)])).join(" and "),
        holds: ends.every((p) => accuracy[p][at(1)] < 0.2),
      },
      {
        name: "the middle of the disturbed ends is at least as good as both ends at every level up to 0.3",
        published: "-",
        ours: `${(100 * Math.min(...gap)).toFixed(2)} points better or more`,
        holds: gap.every((g) => g >= 0),
      },
    ];
    if (scale === "paper") {
      // The ends as their mean: which of them is the better one is chance.
      const off = (s: number) => {
        const [first, inMiddle, last] = REFERENCE[s];
        const own = ends.map((p) => accuracy[p][at(s)]);
        const atEnds = (own[0] + own[1]) / 2 - (first + last) / 2;
        return Math.max(Math.abs(atEnds), Math.abs(accuracy[middle][at(s)] - inMiddle));
      };
      const [weak, strong] = [0.05, 0.1].map((most) =>
        Math.max(...noise.filter((s) => REFERENCE[s] !== undefined && s <= most).map(off)),
      );
      claims.push({
        name: "accuracy of the ends (mean) and of the middle within 1 point of an independent implementation, noise up to 0.1",
        published: "-",
        ours: `at most ${(100 * weak).toFixed(2)} points off up to 0.05, ${(100 * strong).toFixed(2)} up to 0.1`,
        holds: strong <= 0.01,
      });
    }
    return {
      answer: `Noise of standard deviation 0.01 costs the ends ${claims[0].ours} of accuracy; with 0.1 they have ${ends.map((p) => percent(accuracy[p][at(0.1)])).join(" and ")}, the middle of the disturbed ends ${percent(accuracy[middle][at(0.1)])}.`,
      claims,
      figures: sweepFigures(folder, result, true),
      tables: [
        {
          caption: "Test accuracy by standard deviation of the noise, mean of three draws.",
          columns: ["noise", ...points.map(({ label }) => label)],
          rows: noise.map((s, i) => [String(s), ...points.map((_, p) => percent(accuracy[p][i]))]),
        },
      ],
      notes: [
        `The noise of standard deviation 1 has length ${result.noiseNorm.toFixed(0)}; the ends have norms ${ends.map((p) => points[p].norm.toFixed(0)).join(" and ")}.`,
        "The middle gets the mean of two independent noises, which is shorter by √2.",
      ],
    };
  }),
};
