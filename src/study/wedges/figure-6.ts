import { profileFigure } from "../../report/index.ts";
import { averagesFigure, saveFigure } from "../../report/node.ts";
import type { Averages } from "../../run/index.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { withNetwork } from "./context-node.ts";
import { snapshotsOf } from "./snapshots-node.ts";

const CYCLES = 10;
/** Averages begin with this network, as published. */
const FROM = 4;
/**
 * Highest learning rates and steps of a cycle. A quick cycle has 375 steps, a fifth of a published one, so that it takes higher
 * rates to turn the weights as far.
 */
const SIZES: Record<Scale, { rates: number[]; epochs: number; batch: number; seeds: number }> = {
  quick: { rates: [16e-4, 200e-4, 500e-4, 1000e-4], epochs: 3, batch: 16, seeds: 3 },
  paper: { rates: [16e-4, 32e-4, 64e-4, 100e-4, 200e-4], epochs: 5, batch: 128, seeds: 3 },
};

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
const rateName = (rate: number) => `${Math.round(rate * 1e4)}e-4`;

/** What the last of the collected networks and the averages reach, and how far the networks are apart. */
interface Row {
  rate: number;
  /** Of the networks that are averaged. */
  alone: number;
  weights: number;
  predictions: number;
  angle: number;
  changed: number;
}

const rowOf = (rate: number, averages: Averages): Row => ({
  rate,
  alone: mean(averages.individual.slice(FROM - 1)),
  weights: averages.weights[CYCLES - 1]!,
  predictions: averages.predictions[CYCLES - 1]!,
  angle: mean(averages.angles.slice(FROM - 1)),
  changed: mean(averages.changed.slice(FROM - 1)),
});

/** The mean of the rows of one rate over seeds. */
function meanRow(rows: readonly Row[]): Row {
  const of = (key: keyof Row) => mean(rows.map((row) => row[key]));
  return {
    rate: rows[0].rate,
    alone: of("alone"),
    weights: of("weights"),
    predictions: of("predictions"),
    angle: of("angle"),
    changed: of("changed"),
  };
}

function claimsOf(rows: readonly (readonly Row[])[]): Claim[] {
  const means = rows.map(meanRow);
  const [low, high] = [rows[0], rows[rows.length - 1]];
  const [lowMean, highMean] = [means[0], means[means.length - 1]];
  const gain = (row: Row) => row.predictions - row.alone;
  const gap = (row: Row) => row.weights - row.predictions;
  return [
    {
      name: `at the lowest rate averaged weights are better than networks alone, in each of ${low.length} seeds`,
      published: "71.3 to 72.8 %",
      ours: low.map((row) => `${percent(row.alone)} to ${percent(row.weights)}`).join(", "),
      holds: low.every((row) => row.weights > row.alone),
    },
    {
      name: `at the highest rate averaged weights are worse than networks alone, on average over ${high.length} seeds`,
      published: "41 points below the predictions",
      ours: `${percent(highMean.alone)} to ${percent(highMean.weights)}`,
      holds: highMean.weights < highMean.alone,
    },
    {
      name: "they are so in each seed",
      published: "one run",
      ours: high.map((row) => `${percent(row.alone)} to ${percent(row.weights)}`).join(", "),
      holds: high.every((row) => row.weights < row.alone),
    },
    {
      name: "averaged predictions gain at every rate",
      published: "1.2 to 2.4 points",
      ours: means.map((row) => `${(100 * gain(row)).toFixed(1)} at ${rateName(row.rate)}`).join(", "),
      holds: means.every((row) => gain(row) > 0),
    },
    {
      name: "they gain more at the highest rate than at the lowest",
      published: "most where networks change wedge",
      ours: `${(100 * gain(highMean)).toFixed(1)} against ${(100 * gain(lowMean)).toFixed(1)} points`,
      holds: gain(highMean) > gain(lowMean),
    },
    {
      name: "the angle between networks that follow each other, and the labels that change, grow with the rate",
      published: "8, 14, 24.5, 39.7, 60 degrees; 10 to 34 % of labels",
      ours: means.map((row) => `${row.angle.toFixed(0)}° (${percent(row.changed)})`).join(", "),
      holds: means.slice(1).every((row, i) => row.angle > means[i].angle && row.changed > means[i].changed),
    },
    {
      name: "averaged weights fall behind averaged predictions as networks grow apart",
      published: "-0.3, -0.5, -1.7, -4.3, -41 points",
      ours: means.map((row) => (100 * gap(row)).toFixed(1)).join(", "),
      holds: gap(highMean) < gap(lowMean) && Math.min(...means.map(gap)) === gap(highMean),
    },
  ];
}

/** Figure 6 of "Large Scale Structure": averaged weights and averaged predictions against the highest learning rate. */
export const figureSix: Study = {
  id: "wedges/figure-6",
  title: "Averages of weights and of predictions",
  question:
    "When does the average of the weights of several snapshots work, and when only that of their predictions?",
  source: "Fort and Jastrzebski 2019, figure 6",
  minutes: { quick: 8, paper: 600 },
  run: withNetwork(async (context) => {
    const { rates, epochs, batch, seeds } = SIZES[context.scale];
    const cycle = { shape: "cosine", epochs, lowest: 0.01 } as const;
    const rows: Row[][] = [];
    const first: Averages[] = [];
    for (const rate of rates) {
      const own: Row[] = [];
      for (let k = 0; k < seeds; k++) {
        const seed = context.seed + k;
        const setup = { rate, batch, cycle, cycles: CYCLES, from: FROM };
        using snapshots = await snapshotsOf(context, `rate-${rateName(rate)}-${seed}`, seed, setup);
        if (k === 0) first.push(snapshots.averages);
        own.push(rowOf(rate, snapshots.averages));
      }
      rows.push(own);
    }
    const means = rows.map(meanRow);
    const [low, high] = [means[0], means[means.length - 1]];
    const { folder } = context;
    return {
      answer: `At a highest rate of ${rateName(low.rate)} averaged weights reach ${percent(low.weights)} and averaged predictions ${percent(low.predictions)} (alone ${percent(low.alone)}); at ${rateName(high.rate)}, where networks turn by ${high.angle.toFixed(0)}° in a cycle, ${percent(high.weights)} and ${percent(high.predictions)} (alone ${percent(high.alone)}).`,
      claims: claimsOf(rows),
      figures: [
        ...[0, 1, rates.length - 1].map((i) =>
          averagesFigure(
            folder,
            first[i],
            `averages-${rateName(rates[i])}`,
            `highest rate ${rateName(rates[i])}`,
          ),
        ),
        saveFigure(
          folder,
          "apart",
          "Accuracy of averaged weights minus that of averaged predictions, against the labels that change from network to network.",
          (document) =>
            profileFigure(
              {
                xLabel: "labels that change in a cycle (%)",
                yLabel: "averaged weights − predictions",
                percent: true,
                series: [
                  {
                    name: "mean of the seeds",
                    x: means.map(({ changed }) => 100 * changed),
                    y: means.map((row) => row.weights - row.predictions),
                  },
                ],
              },
              document,
            ),
        ),
      ],
      tables: [
        {
          caption: `Test accuracy of the last averages and of the networks that are averaged (from network ${FROM} of ${CYCLES} on), mean of ${seeds} seeds.`,
          columns: [
            "highest rate",
            "alone",
            "averaged weights",
            "averaged predictions",
            "angle",
            "labels changed",
          ],
          rows: means.map((row) => [
            rateName(row.rate),
            percent(row.alone),
            percent(row.weights),
            percent(row.predictions),
            `${row.angle.toFixed(1)}°`,
            percent(row.changed),
          ]),
        },
      ],
      notes: [
        `SimpleCNN on ${context.data.train.examples.count} images of Fashion-MNIST (published: CIFAR-10); Adam, batches of ${batch}, cosine from the highest rate to a hundredth in ${epochs} epochs, ${CYCLES} cycles. The published schedule is not stated, its rates are 16e-4 to 200e-4, and its cycles have about five times as many steps as the quick ones.`,
      ],
    };
  }),
};
