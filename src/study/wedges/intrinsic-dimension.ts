import { medianScore } from "../../fit/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { IntrinsicResult } from "../../run/index.ts";
import { networkIntrinsicJob, RunFolder } from "../../run/node.ts";
import { PROJECTIONS, type ProjectionKind } from "../../subspace/index.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { denseNetwork, denseRecipe, openDense, studyData } from "./dense-network-node.ts";

interface Setting {
  /** Hidden layers of networks of several widths; the first one is trained with every projection. */
  hidden: number[][];
  epochs: number;
  rate: number;
  dimensions: number[];
  bisections: number;
  repeats: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: {
    hidden: [[25], [50], [100]],
    epochs: 30,
    rate: 3e-3,
    dimensions: [30, 100, 300, 1000],
    bisections: 2,
    repeats: 3,
  },
  paper: {
    hidden: [
      [200, 200],
      [50, 50],
      [400, 400],
    ],
    epochs: 100,
    rate: 1e-3,
    dimensions: [10, 50, 100, 300, 500, 750, 1000],
    bisections: 3,
    repeats: 3,
  },
};

const percent = (x: number) => `${(100 * x).toFixed(1)} %`;

/** A sweep of one network with one projection, as a part of the study. */
async function sweep(
  context: StudyContext,
  hidden: number[],
  projection: ProjectionKind,
): Promise<IntrinsicResult> {
  const { epochs, rate, dimensions, bisections, repeats } = SETTINGS[context.scale];
  const { seed, options } = context;
  const dataset = await studyData(context);
  const network = denseNetwork(hidden);
  const fit = denseRecipe(context, epochs, rate);
  const about = { hidden, projection, dimensions, bisections, repeats, fit };
  const name = `${hidden.join("-")}-${projection}`;
  const path = await context.part(name, { spec: about, seed, dataset }, async (folder) => {
    using data = openDense(dataset, network, seed);
    const what = `784-${hidden.join("-")}-10`;
    const setup = { what, network, init: "glorot-uniform", fit, data, threshold: 0.9, seed } as const;
    await networkIntrinsicJob(
      folder,
      { ...setup, sweep: { projection, dimensions, bisections, repeats } },
      options,
    );
  });
  return RunFolder.open(path).readJson("intrinsic") as IntrinsicResult;
}

const shown = ({ intrinsic, deviation }: IntrinsicResult) =>
  intrinsic === undefined
    ? "not reached"
    : `${intrinsic.toFixed(0)} ± ${(deviation ?? Number.NaN).toFixed(0)}`;

/** The largest over the smallest intrinsic dimension, less two standard deviations of their ratio. */
function leastRatio(results: readonly IntrinsicResult[]): { ratio: number; least: number } {
  const sorted = [...results].sort((a, b) => (a.intrinsic ?? Number.NaN) - (b.intrinsic ?? Number.NaN));
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const relative = ({ intrinsic, deviation }: IntrinsicResult) =>
    (deviation ?? 0) / (intrinsic ?? Number.NaN);
  const ratio = (high.intrinsic ?? Number.NaN) / (low.intrinsic ?? Number.NaN);
  return { ratio, least: ratio * (1 - 2 * Math.hypot(relative(low), relative(high))) };
}

/** Median accuracies at the dimensions that all sweeps have. */
function commonMedians(results: readonly IntrinsicResult[], dimensions: readonly number[]): number[][] {
  return dimensions.map((d) =>
    results.map(({ rows }) => medianScore(rows.find((row) => row.dimension === d)!)),
  );
}

/** The intrinsic dimension of fully connected networks (Li et al. 2018, sections 3.2 and S7). */
export const intrinsicDimension: Study = {
  id: "wedges/intrinsic-dimension",
  title: "Intrinsic dimension of networks",
  question: "How many random directions does training need, and does it depend on width or on their kind?",
  source: "Li et al. 2018, figures 2, 3 and S7; Fort and Jastrzebski 2019, section 4.2",
  minutes: { quick: 4, paper: 3000 },
  async run(context) {
    const { hidden, epochs, dimensions } = SETTINGS[context.scale];
    const widths: IntrinsicResult[] = [];
    for (const own of hidden) widths.push(await sweep(context, own, "fastfood"));
    const kinds: IntrinsicResult[] = [];
    for (const kind of PROJECTIONS) {
      kinds.push(kind === "fastfood" ? widths[0] : await sweep(context, hidden[0], kind));
    }
    const [first] = widths;
    const medians = first.rows.map(medianScore);
    const worstDrop = Math.max(...widths.concat(kinds).flatMap(({ rows }) => drops(rows.map(medianScore))));
    const range = leastRatio(widths);
    const kindRange = leastRatio(kinds);
    const gaps = commonMedians(kinds, dimensions).map((row) => Math.max(...row) - Math.min(...row));
    const spreads = kinds.flatMap(({ rows }) =>
      rows
        .filter(({ dimension }) => dimensions.includes(dimension))
        .map(({ scores }) => Math.max(...scores) - Math.min(...scores)),
    );
    const [gap, spread] = [gaps, spreads].map((xs) => xs.reduce((a, b) => a + b, 0) / xs.length);
    const parameters = widths.map((own) => own.parameters);
    const growth = Math.max(...parameters) / Math.min(...parameters);
    const claims: Claim[] = [
      {
        name: "a fully connected network on images like MNIST has d_int90 of order 10² to 10³",
        published: "750 of 199,210 (MNIST, 784-200-200-10)",
        ours: widths.map((own) => `${shown(own)} of ${own.parameters}`).join("; "),
        holds: widths.every(({ intrinsic = 0 }) => intrinsic >= 100 && intrinsic <= 1000),
      },
      {
        name: "accuracy grows with d (medians, down by 2 points at most)",
        published: "monotone",
        ours: `${first.rows.map(({ dimension }, i) => `${dimension}: ${percent(medians[i])}`).join(", ")}; largest drop of any curve ${percent(worstDrop)}`,
        holds: worstDrop <= 0.02,
      },
      {
        name: `the width hardly counts: D varies ${growth.toFixed(1)} times, d_int90 by no more than 1.5 times within two standard deviations`,
        published: "1.33 times where D varies 24 times",
        ours: `${range.ratio.toFixed(2)} times (within the spread ${range.least.toFixed(2)})`,
        holds: range.least <= 1.5,
      },
      {
        name: "dense, sparse and Fastfood directions give the same d_int90, within 1.25 times and two standard deviations",
        published: "the same",
        ours: kinds.map((own) => `${own.projection} ${shown(own)}`).join(", "),
        holds: kindRange.least <= 1.25,
      },
      {
        name: "and the same curve: medians of the kinds differ less than runs of one kind do (means over d)",
        published: "the same",
        ours: `${percent(gap)} against ${percent(spread)}`,
        holds: gap <= spread,
      },
    ];
    const figureOf = (name: string, caption: string, lines: { name: string; own: IntrinsicResult }[]) =>
      saveFigure(context.folder, name, caption, (document) =>
        profileFigure(
          {
            xLabel: "random directions d",
            yLabel: "test accuracy",
            xLog: true,
            percent: true,
            series: [
              ...lines.map(({ name: label, own: { rows } }) => ({
                name: label,
                x: rows.map(({ dimension }) => dimension),
                y: rows.map(medianScore),
                bars: rows.map(({ scores }) => (Math.max(...scores) - Math.min(...scores)) / 2),
              })),
              {
                name: "90 % of ordinary training",
                x: [first.rows[0].dimension, first.rows[first.rows.length - 1].dimension],
                y: [first.target, first.target],
                dashed: true,
              },
            ],
          },
          document,
        ),
      );
    const { train } = await studyData(context);
    return {
      answer: `${shown(first)} random directions of ${first.parameters} reach 90 % of the accuracy of ordinary training of ${first.what}; over widths this varies ${range.ratio.toFixed(2)} times, over kinds of directions ${kindRange.ratio.toFixed(2)} times.`,
      claims,
      figures: [
        figureOf(
          "width",
          "Test accuracy (median; bars: half the range of the runs) in d random directions, for networks of several widths (Fastfood).",
          widths.map((own) => ({ name: own.what, own })),
        ),
        figureOf(
          "projection",
          `The same of ${first.what} for three kinds of random directions.`,
          kinds.map((own) => ({ name: own.projection, own })),
        ),
      ],
      tables: [
        {
          caption:
            "d_int90 with its standard deviation over 50 bootstrap samples, and the best ordinary training.",
          columns: ["network", "D", "directions", "d_int90", "ordinary training"],
          rows: [...widths, ...kinds.filter((own) => own !== first)].map((own) => [
            own.what,
            String(own.parameters),
            own.projection,
            shown(own),
            percent(Math.max(...own.network!.baseline)),
          ]),
        },
      ],
      notes: [
        `Fashion-MNIST, ${train.count} training images, ${epochs} epochs of Adam with batches of 128, Glorot initialisation, ${SETTINGS[context.scale].repeats} runs at each d, each with a start and directions of its own. The published networks are of MNIST, which is easier.`,
        "Each network has a target of its own: 90 % of its best ordinary training.",
      ],
    };
  },
};

/** How far each value lies below the highest before it. */
function drops(values: readonly number[]): number[] {
  return values.map((value, i) => Math.max(value, ...values.slice(0, i)) - value);
}
