import { allocateVector, combine, releaseVector } from "../../engine/index.ts";
import { Span } from "../../subspace/index.ts";
import type { Claim, Study } from "../study.ts";
import { type StudySubspace, withSubspaces } from "./context-node.ts";
import { SEEDS } from "./curves.ts";
import { heightOfBest, planeFigures, ridge, threePointPlane } from "./planes.ts";
import { asPublished, learnt } from "./recipe.ts";

const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

/** Figure 1 of "Examining the geometry of neural mode connecting loss subspaces": the landscape around a learnt line. */
export const figureOne: Study = {
  id: "subspaces/figure-1",
  title: "The landscape around a learnt line",
  question:
    "Does a line learnt from scratch lie in a flat region of low loss, and where is an ordinary optimum?",
  source: "Chen and Saidi 2023, figure 1; accuracies in the middle and at the ends: Wortsman et al. 2021",
  minutes: { quick: 1, paper: 20 },
  run: withSubspaces(async (context) => {
    const { recipe, scale } = context;
    const spec = scale === "paper" ? asPublished({ kind: "line" }, recipe) : learnt({ kind: "line" }, recipe);
    const lines: StudySubspace[] = [];
    for (let i = 0; i < SEEDS; i++) {
      lines.push(await context.subspace(`line-${context.seed + i}`, spec, context.seed + i));
    }
    const [subspace] = lines;
    const optimum = await context.optimum("optimum");
    const [a, b] = subspace.span.anchors;
    const plane = await threePointPlane(context, [a, optimum, b], ["end 0", "independent optimum", "end 1"]);
    const height = heightOfBest(plane, new Span([a, optimum, b]).gram(0));
    const middle = allocateVector(a.length);
    combine(middle, [a, b], [0.5, 0.5]);
    const between = await ridge(context, middle, optimum);
    const alone = await ridge(context, optimum, optimum);
    releaseVector(middle, optimum);
    const errors = subspace.result.splits.test.error.map((_, p) =>
      mean(lines.map(({ result }) => result.splits.test.error[p])),
    );
    const ends = [errors[0], errors[errors.length - 1]];
    const inMiddle = mean(lines.map(({ result }) => result.middle.test.error));
    for (const { span } of lines) span[Symbol.dispose]();
    const spread = Math.max(...errors) - Math.min(...errors);
    const gain = Math.min(...ends) - inMiddle;
    const flat = 0.025;
    const claims: Claim[] = [
      {
        name: `lines lie in a flat region: test error, the mean of ${SEEDS} seeds, varies along them by less than ${100 * flat} points`,
        published: "flat",
        ours: `${(100 * spread).toFixed(2)} points, ${percent(Math.min(...errors))} to ${percent(Math.max(...errors))}`,
        holds: spread < flat,
      },
      {
        name: "the middle is better than both ends",
        published: "midpoint best",
        ours: `middle ${percent(inMiddle)}, ends ${ends.map(percent).join(" and ")}`,
        holds: gain > 0,
      },
      ...(scale === "paper"
        ? [
            {
              name: "the best point of the plane is on the line (within a quarter of the plane's height)",
              published: "on the line",
              ours: `${height.toFixed(2)} of the height`,
              holds: Math.abs(height) <= 0.25,
            },
          ]
        : []),
      {
        name: "a ridge parts the line's middle from an independent optimum: highest error between them above both",
        published: "a low ridge",
        ours: `${percent(between.top)}, ends ${between.ends.map(percent).join(" and ")}`,
        holds: between.top > Math.max(...between.ends) + 0.005,
      },
    ];
    if (scale === "paper") {
      claims.push({
        name: "true test accuracy of the middle 89.5 ± 0.4 %, above the ends by 0.5 points or more",
        published: "89.50 %",
        ours: `${percent(1 - inMiddle)}, ${(100 * gain).toFixed(2)} points above`,
        holds: Math.abs(1 - inMiddle - 0.895) <= 0.004 && gain >= 0.005,
      });
    }
    return {
      answer: `Along a line (mean of ${SEEDS} seeds) the test error varies by ${(100 * spread).toFixed(2)} points; in the middle it is ${percent(inMiddle)}, at an independently trained optimum ${percent(alone.top)}, and between those two it rises to ${percent(between.top)}.`,
      claims,
      figures: planeFigures(context, "plane-line", plane),
      tables: [],
      notes: [
        "The published test error is that of images most of which were trained on; these are the official test images.",
      ],
    };
  }),
};
