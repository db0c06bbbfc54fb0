import {
  initialise,
  initialiseRawBiases,
  orderedParameters,
  orderTube,
  withOrderedBiases,
} from "../../model/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { readPath } from "../../run/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { meanSd } from "./comparison.ts";
import { type PathPlan, type StudyPath, trainedPath } from "./context-node.ts";
import { toyFit, toyPlan } from "./plans.ts";

const SETTINGS: Record<Scale, { degrees: number[]; seeds: number; steps: number }> = {
  quick: { degrees: [2, 10], seeds: 2, steps: 4000 },
  paper: { degrees: [2, 4, 7, 10, 20], seeds: 15, steps: 100_000 },
};
/** Published mean log-likelihoods of the training data, ELU: sorted and not. */
const PUBLISHED: Record<number, [number, number]> = {
  2: [1.64, 1.65],
  4: [1.63, 1.64],
  7: [1.62, 1.61],
  10: [1.63, 1.66],
  20: [1.63, 1.63],
};
/** Start of the raw biases: as published, where training moves none but the first, and where all of them learn. */
const CENTRES = { published: -100, learning: -4.6 };
const TOY = { depth: 3, width: 16, activation: "elu" as const };

/** A plan on the network itself, or on the one with ordered biases. */
async function planOf(
  context: StudyContext,
  degree: number,
  seed: number,
  centre?: number,
): Promise<PathPlan> {
  const { steps } = SETTINGS[context.scale];
  // The sorted training of the authors is uniform in t, whatever it was told.
  const plan = await toyPlan(TOY, seed, toyFit(degree, steps, { uniform: "t" }));
  if (centre === undefined) return plan;
  const network = withOrderedBiases(plan.network);
  return {
    ...plan,
    network,
    init: (theta, rng) => {
      initialise(network, theta, "lecun-normal", rng);
      initialiseRawBiases(network.layout, theta, rng.split("raw biases"), centre);
    },
  };
}

/** Mean log-likelihood along a path of a training example, in nats, at the path's noise scale. */
function logLikelihood({ result }: StudyPath): number {
  const { loss } = result.splits.train;
  const sigma = result.scale!;
  const squared = loss.reduce((a, b) => a + b, 0) / loss.length;
  return -squared / (2 * sigma * sigma) - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);
}

/** ε of theorem 1 for the path through the ordered control points. */
function tubeOf(plan: PathPlan, path: StudyPath): number {
  const { span } = readPath(path.folder);
  using own = span;
  for (const anchor of own.anchors) orderedParameters(plan.network.layout, anchor);
  return orderTube(plan.network.layout, own.anchors).epsilon;
}

/** Section 6.3 of the research on "Paths and Ambient Spaces in Neural Loss Landscapes": paths without permutation symmetry. */
export const biasSorting: Study = {
  id: "paths/bias-sorting",
  title: "Paths without permutation symmetry",
  question: "Do low-loss paths need the permutation symmetry of hidden units?",
  source: "Dold et al. 2025, theorem 1 and notebook train_with_sorted_bias (ELU)",
  minutes: { quick: 2, paper: 300 },
  async run(context) {
    const { degrees, seeds } = SETTINGS[context.scale];
    const kinds = [
      { name: "not sorted", centre: undefined },
      { name: "sorted, as published", centre: CENTRES.published },
      { name: "sorted, all biases learn", centre: CENTRES.learning },
    ];
    const rows: { degree: number; values: number[][]; tubes: number[][] }[] = [];
    for (const degree of degrees) {
      const values: number[][] = kinds.map(() => []);
      const tubes: number[][] = kinds.map(() => []);
      for (let i = 0; i < seeds; i++) {
        for (const [k, { centre }] of kinds.entries()) {
          const seed = 10 + i;
          const plan = await planOf(context, degree, seed, centre);
          const path = await trainedPath(context, `degree-${degree}-seed-${seed}-${centre ?? "free"}`, plan);
          values[k].push(logLikelihood(path));
          if (centre !== undefined) tubes[k].push(tubeOf(plan, path));
        }
      }
      rows.push({ degree, values, tubes });
    }
    const shown = (values: readonly number[]) => meanSd(values).mean.toFixed(2);
    const claims: Claim[] = rows.map(({ degree, values }) => ({
      name: `K = ${degree}: sorting costs nothing (mean log-likelihood of the training data within 0.1)`,
      published: `${PUBLISHED[degree].join(" sorted, ")} not`,
      ours: `${shown(values[1])} sorted as published, ${shown(values[2])} with all biases learning, ${shown(values[0])} not`,
      holds: [1, 2].every((k) => meanSd(values[k]).mean >= meanSd(values[0]).mean - 0.1),
    }));
    const [published, learning] = [1, 2].map((k) => rows.flatMap(({ tubes }) => tubes[k]));
    claims.push(
      {
        name: "an ε-tube around the path holds no two permuted copies: ε > 0 where all biases learn",
        published: "theorem 1",
        ours: `${Math.min(...learning).toExponential(1)} to ${Math.max(...learning).toExponential(1)}`,
        holds: learning.every((epsilon) => epsilon > 0),
      },
      {
        name: "so also from the published start of the raw biases, −100",
        published: "theorem 1",
        ours: published.map((epsilon) => epsilon.toPrecision(2)).join(", "),
        holds: published.every((epsilon) => epsilon > 0),
      },
    );
    return {
      answer: `Sorted biases reach a log-likelihood of ${rows.map(({ values }) => shown(values[2])).join(" and ")}, free ones ${rows.map(({ values }) => shown(values[0])).join(" and ")}: low-loss paths do not need permutation symmetry.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "log-likelihood",
          "Mean log-likelihood of the training data along the path, by degree.",
          (document) =>
            profileFigure(
              {
                xLabel: "degree K",
                yLabel: "log-likelihood",
                series: kinds.map(({ name }, k) => ({
                  name,
                  x: degrees,
                  y: rows.map(({ values }) => meanSd(values[k]).mean),
                  bars: rows.map(({ values }) => meanSd(values[k]).sd),
                  dashed: k === 0,
                })),
              },
              document,
            ),
        ),
      ],
      tables: [],
      notes: [
        "From −100 the derivative of the increments is below the smallest float32 number: all biases of a layer but the first stay equal, so that the order is not strict and ε is 0.",
        "The network is that of the raw biases; ε is that of the curve through the control points after they were ordered, as in the theorem.",
      ],
    };
  },
};
