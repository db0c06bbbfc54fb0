import { CORRUPTIONS, corruptTest, withLabelNoise } from "../../data/index.ts";
import { releaseVector } from "../../engine/index.ts";
import { softmax } from "../../inference/index.ts";
import { Examples, NetworkLandscape } from "../../landscape/index.ts";
import { mlp } from "../../model/index.ts";
import { profileFigure, reliabilityFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { type Assessment, assess, assessEnsemble, memberLogits } from "../../run/index.ts";
import { openRunData } from "../../run/node.ts";
import { materialise, Span } from "../../subspace/index.ts";
import type { Claim, Study } from "../study.ts";
import { type StudySubspace, type SubspaceContext, withSubspaces } from "./context-node.ts";
import { studyRng } from "./curves.ts";
import { learnt } from "./recipe.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

/** Points of a line whose ensemble is good: near the ends, not at them. */
const MEMBERS = [0.2, 0.8];

/** Test error of several parameter vectors under every corruption: rows by corruption. */
async function underCorruption(
  context: SubspaceContext,
  thetas: readonly Float32Array[],
): Promise<number[][]> {
  const rows: number[][] = [];
  const { data, network, options } = context;
  for (const [i, corruption] of CORRUPTIONS.entries()) {
    const changed = corruptTest(data.dataset, corruption, studyRng(context, "corruption").foldIn(i));
    using examples = new Examples(changed, changed.test);
    using landscape = new NetworkLandscape(network, examples, data.loss);
    const row: number[] = [];
    for (const theta of thetas) row.push((await landscape.evaluate(theta, options)).error);
    rows.push(row);
  }
  return rows;
}

/** Standard training and a line on training labels of which 40 % are random, without dropout: test errors. */
async function underLabelNoise(
  context: SubspaceContext,
): Promise<{ vanilla: number; middle: number; ends: number[] }> {
  const { scale, data, seed } = context;
  const network = mlp([784, scale === "paper" ? 512 : 64, 10], "relu", 0);
  const noisy = withLabelNoise(data.dataset, 0.4, studyRng(context, "label noise"));
  const recipe = { ...context.recipe, epochs: scale === "paper" ? 30 : 20, keepBest: false, patience: 0 };
  using noisyData = openRunData(noisy, network, 0, studyRng(context, "unused"));
  const variant = { network, data: noisyData, recipe };
  const theta = await context.optimum("noisy-labels-optimum", seed, variant);
  const vanilla = (await noisyData.test.evaluate(theta)).error;
  releaseVector(theta);
  using line = await context.subspace("noisy-labels-line", learnt({ kind: "line" }, recipe), seed, variant);
  const { test } = line.result.splits;
  return {
    vanilla,
    middle: line.result.middle.test.error,
    ends: [test.error[0], test.error[test.error.length - 1]],
  };
}

/** Headline claims of "Learning Neural Network Subspaces" on this network. */
export const wortsman: Study = {
  id: "subspaces/wortsman",
  title: "What a learnt line is good for",
  question:
    "Is the middle of a learnt line better than ordinary training, and are its members an ensemble at the cost of one training?",
  source:
    "Wortsman et al. 2021, claims of the abstract; numbers on this network from an independent implementation",
  minutes: { quick: 1, paper: 20 },
  run: withSubspaces(async (context) => {
    const { recipe, scale, seed, data } = context;
    using line: StudySubspace = await context.subspace("line", learnt({ kind: "line" }, recipe));
    const optimum = await context.optimum("optimum");
    const second = await context.optimum("second-optimum", seed + 1);
    // As many epochs as the optimum had, averaged from three quarters on (Wortsman et al. 2021, baselines).
    const epochs = scale === "paper" ? 26 : recipe.epochs;
    const swa = await context.optimum("averaged", seed, {
      recipe: {
        ...recipe,
        epochs,
        averageFrom: Math.ceil(0.75 * epochs),
        keepBest: false,
        patience: 0,
      },
    });
    const { labels, logits } = await predictions(context, line, [optimum, second, swa]);
    const [middle, start, end, ...rest] = logits;
    const members = rest.slice(0, MEMBERS.length);
    const [vanilla, other, averaged] = rest.slice(MEMBERS.length);
    const score = (z: (typeof logits)[number]) => assess(softmax(z), labels);
    const near = assessEnsemble(members, labels);
    const deep = assessEnsemble([vanilla, other], labels);
    const ends = assessEnsemble([start, end], labels);
    const mixed = assessEnsemble([middle, vanilla], labels);
    const rows: [string, Assessment, string][] = [
      ["standard training", score(vanilla), "1"],
      ["weight averaging (SWA)", score(averaged), "1"],
      ["middle of the line", score(middle), "1"],
      ["ends of the line", score(start), "1"],
      ["", score(end), "1"],
      [`ensemble at ${MEMBERS.join(" and ")}, mean probability`, near.meanProbability, "1"],
      ["the same, mean logit", near.meanLogit, "1"],
      ["ensemble of the ends, mean probability", ends.meanProbability, "1"],
      ["two independent networks, mean probability", deep.meanProbability, "2"],
      ["middle and an independent network, mean probability", mixed.meanProbability, "2"],
    ];
    const noise = await underLabelNoise(context);
    using middles = materialise(line.span, line.map, [0.5]);
    const corrupted = await underCorruption(context, [optimum, middles.anchors[0]]);
    releaseVector(optimum, second, swa);

    const [v, w, m] = [score(vanilla), score(averaged), score(middle)];
    const a = (x: Assessment) => x.accuracy.value;
    const e = (x: Assessment) => x.calibration.expectedError;
    const full = scale === "paper";
    const wins = corrupted.filter(([plain, mid]) => mid < plain).length;
    const claims: Claim[] = [
      {
        name: "the middle is better than both ends",
        published: "midpoint best",
        ours: `${percent(a(m))} against ${percent(a(score(start)))} and ${percent(a(score(end)))}`,
        holds: a(m) > Math.max(a(score(start)), a(score(end))),
      },
      {
        name: "an ensemble of points near the ends is at least as good as the mean of its members",
        published: "ensembles help",
        ours: `${percent(a(near.meanProbability))} against ${near.members.map((x) => percent(a(x))).join(" and ")}`,
        holds: a(near.meanProbability) >= near.members.reduce((sum, x) => sum + a(x), 0) / MEMBERS.length,
      },
      ...(full
        ? [
            {
              name: "the middle is better than standard training",
              published: "better",
              ours: `${percent(a(m))} against ${percent(a(v))}`,
              holds: a(m) > a(v),
            },
            {
              name: "the middle is better than weight averaging (SWA)",
              published: "better",
              ours: `${percent(a(m))} against ${percent(a(w))}`,
              holds: a(m) > a(w),
            },
            {
              name: "the middle is better calibrated than standard training",
              published: "better",
              ours: `expected calibration error ${percent(e(m))} against ${percent(e(v))}`,
              holds: e(m) < e(v),
            },
            {
              name: "the ensemble approaches two independent networks (within 0.3 points), at half the cost",
              published: "approaches",
              ours: `${percent(a(near.meanProbability))} against ${percent(a(deep.meanProbability))}`,
              holds: a(near.meanProbability) > a(deep.meanProbability) - 0.003,
            },
            {
              name: "with 40 % random labels the middle is better than standard training by 1 point or more",
              published: "robust to label noise",
              ours: `${percent(1 - noise.middle)} against ${percent(1 - noise.vanilla)}`,
              holds: noise.vanilla - noise.middle >= 0.01,
            },
          ]
        : []),
    ];
    const figures = [
      saveFigure(
        context.folder,
        "error-along-line",
        "Test error along the learnt line, and of standard training.",
        (document) =>
          profileFigure(
            {
              xLabel: "t",
              yLabel: "test error",
              percent: true,
              series: [
                {
                  name: "line",
                  x: line.result.coordinates.map(([t]) => t),
                  y: line.result.splits.test.error,
                  emphasis: true,
                },
                { name: "standard training", x: [0, 1], y: [1 - a(v), 1 - a(v)], dashed: true },
              ],
            },
            document,
          ),
      ),
      saveFigure(context.folder, "reliability-middle", "Reliability of the middle of the line.", (document) =>
        reliabilityFigure({ title: "middle of the line", calibration: m.calibration }, document),
      ),
      saveFigure(context.folder, "reliability-standard", "Reliability of standard training.", (document) =>
        reliabilityFigure({ title: "standard training", calibration: v.calibration }, document),
      ),
    ];
    const se = percent(v.accuracy.standardError);
    return {
      answer: `The middle of the line reaches ${percent(a(m))} test accuracy, standard training ${percent(a(v))}, weight averaging ${percent(a(w))} (standard error ${se}); two of its points together ${percent(a(near.meanProbability))}, two independent networks ${percent(a(deep.meanProbability))}.`,
      claims,
      figures,
      tables: [
        {
          caption: `Test images (${data.dataset.test.count}): accuracy, mean negative log-likelihood, Brier score, expected calibration error in 20 bins; cost in trainings.`,
          columns: ["predictor", "accuracy", "NLL", "Brier", "ECE", "cost"],
          rows: rows.map(([name, x, cost]) => [
            name,
            percent(a(x)),
            x.negativeLogLikelihood.value.toFixed(4),
            x.brier.value.toFixed(4),
            x.calibration.expectedError.toFixed(4),
            cost,
          ]),
        },
        {
          caption: `Accuracy on corrupted test images; the middle is better in ${wins} of ${corrupted.length}.`,
          columns: ["corruption", "standard training", "middle of the line"],
          rows: corrupted.map((row, i) => [
            `${CORRUPTIONS[i].kind} ${CORRUPTIONS[i].amount}`,
            ...row.map((error) => percent(1 - error)),
          ]),
        },
        {
          caption:
            "How different two members are: share of test images with different classes, and total variation distance.",
          columns: ["pair", "disagreement", "total variation"],
          rows: (
            [
              ["ends of the line", ends],
              [`line at ${MEMBERS.join(" and ")}`, near],
              ["two independent networks", deep],
            ] as const
          ).map(([name, x]) => [name, percent(x.disagreement[0][1]), x.totalVariation[0][1].toFixed(4)]),
        },
        {
          caption: `Test accuracy after training on labels of which 40 % are random, without dropout, ${full ? 30 : 20} epochs.`,
          columns: ["standard training", "middle of the line", "ends"],
          rows: [
            [
              percent(1 - noise.vanilla),
              percent(1 - noise.middle),
              noise.ends.map((x) => percent(1 - x)).join(", "),
            ],
          ],
        },
      ],
      notes: full
        ? []
        : [
            "At this scale the middle need not beat standard training; the claims that compare them are made at paper scale only.",
          ],
    };
  }),
};

/** Logits of the middle, the ends and the members of a line, and of other parameter vectors, on the test images. */
async function predictions(context: SubspaceContext, line: StudySubspace, others: readonly Float32Array[]) {
  const { data, options } = context;
  const at = [0.5, 0, 1, ...MEMBERS].map((t) => [1 - t, t]);
  const own = await memberLogits(data.test, line.span, at, options);
  const rest = new Span(others);
  const unit = others.map((_, i) => others.map((__, j) => (i === j ? 1 : 0)));
  const logits = [...own, ...(await memberLogits(data.test, rest, unit, options))];
  return { labels: data.dataset.test.targets, logits };
}
