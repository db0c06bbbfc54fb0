import { releaseVector } from "../../engine/index.ts";
import type { FitSpec } from "../../fit/index.ts";
import { type SimpleCnnOptions, simpleCnn } from "../../model/index.ts";
import { profileFigure, type Series } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { TrainingRow } from "../../run/index.ts";
import { alongTraining } from "../../run/node.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { type NetworkContext, withNetwork } from "./context-node.ts";
import { fewImages, measuredStates } from "./states-node.ts";

/** Training images, images and directions of wells, epochs whose states are measured, batch and seeds of the rates. */
interface Size {
  images: number;
  wellImages: number;
  directions: number;
  epochs: readonly number[];
  batch: number;
  seeds: number;
}
const SIZE: Record<Scale, Size> = {
  quick: { images: 1000, wellImages: 300, directions: 8, epochs: [1, 2, 4, 8, 16, 24], batch: 32, seeds: 3 },
  paper: {
    images: 60_000,
    wellImages: 5000,
    directions: 20,
    epochs: [1, 2, 4, 6, 10, 15, 20, 30, 40],
    batch: 128,
    seeds: 3,
  },
};

/** A way to train. */
interface Setting {
  name: string;
  rate: number;
  /** Factor of the sum of squares in the loss. */
  l2?: number;
  batchFactor?: number;
  network?: SimpleCnnOptions;
}
const RATES: readonly Setting[] = [4, 8, 16, 32].map((k) => ({ name: `rate ${k}e-4`, rate: k * 1e-4 }));
const [, , DEFAULT, HIGHEST] = RATES;
const DECAYS: readonly Setting[] = [
  { name: "L2 3e-5", rate: HIGHEST.rate, l2: 3e-5 },
  { name: "L2 10e-5", rate: HIGHEST.rate, l2: 10e-5 },
];
const DROPOUT: Setting = { name: "dropout 5 %", rate: HIGHEST.rate, network: { dropout: 0.05 } };
const BATCH: Setting = { name: "batch 4 times as large", rate: DEFAULT.rate, batchFactor: 4 };
const WIDE: Setting = { name: "twice as wide", rate: DEFAULT.rate, network: { width: 2 } };

/** Where a well ends, and how precisely it is found. */
const PROBE = { threshold: { loss: 1 }, sphere: false, precision: 0.02 } as const;

interface Curve {
  radius: number[];
  width: number[];
  sd: number[];
  /** Norm of the last state, whether its well was found or not. */
  last: number;
}

async function curveOf(context: NetworkContext, setting: Setting, seed: number): Promise<Curve> {
  const { scale, options } = context;
  const { images, wellImages, directions: count, epochs, batch } = SIZE[scale];
  const { name, rate, l2 = 0, batchFactor = 1 } = setting;
  const network = setting.network ? simpleCnn("tanh", [1, 28, 28], 10, setting.network) : context.network;
  using data = fewImages(context, images, network);
  // The gradient of c Σ θ² is 2 c θ.
  const change: Partial<FitSpec> = {
    rate,
    batch: batch * batchFactor,
    epochs: epochs[epochs.length - 1],
    weightDecay: 2 * l2,
  };
  const part = `${name.replace(/[^\w]+/g, "-").replace(/-$/, "")}-${seed}`;
  const rows = await measuredStates<TrainingRow[]>(
    context,
    { name: part, seed, change, network, data, epochs },
    { wellImages, count, ...PROBE },
    async (thetas) => {
      using few = fewImages(context, wellImages, network);
      const spec = { ...PROBE, directions: ["orthogonal"] as const, count, linePoints: 0, mapPoints: 0 };
      const landscapes = [{ name: "train", landscape: few.train }];
      const measured = await alongTraining({ thetas, labels: [], landscapes, spec, seed }, epochs, options);
      releaseVector(...thetas);
      return measured;
    },
  );
  const found = rows.filter(({ well }) => typeof well?.mean === "number");
  return {
    radius: found.map(({ radius }) => radius),
    width: found.map(({ well }) => well!.mean!),
    sd: found.map(({ well }) => well!.sd ?? 0),
    last: rows[rows.length - 1].radius,
  };
}

/** The width at a radius, between states that were measured; nothing beyond them. */
function widthAt({ radius, width }: Curve, at: number): number | undefined {
  for (let i = 1; i < radius.length; i++) {
    const [a, b] = [radius[i - 1], radius[i]];
    if (at >= a && at <= b) return width[i - 1] + ((at - a) / (b - a)) * (width[i] - width[i - 1]);
  }
  return undefined;
}

/** The largest radius that all curves have been measured at, and the widths there; nothing where they do not overlap. */
function compared(curves: readonly Curve[], factors?: readonly number[]) {
  const scaled = curves.map((curve, i) => ({
    ...curve,
    radius: curve.radius.map((r) => r / (factors?.[i] ?? 1)),
  }));
  const at = Math.min(...scaled.map(({ radius }) => Math.max(...radius)));
  const widths = scaled.map((curve) => widthAt(curve, at));
  return widths.every((w) => w !== undefined) ? { at, widths: widths as number[] } : undefined;
}

const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const list = (xs: readonly number[]) => xs.map((x) => x.toFixed(2)).join(", ");
const rises = (xs: readonly number[]) => xs.every((x, i) => i === 0 || x > xs[i - 1]);

/** Figure 5 of "Large Scale Structure": how wide the tunnel around a network is, by how it was trained. */
export const figureFive: Study = {
  id: "wedges/figure-5",
  title: "Width of radial tunnels",
  question: "How does the width of the tunnel depend on how the network was trained?",
  source: "Fort and Jastrzebski 2019, figure 5",
  minutes: { quick: 14, paper: 1500 },
  run: withNetwork(async (context) => {
    const { scale, seed } = context;
    const { images, wellImages, directions, batch, seeds, epochs } = SIZE[scale];
    // By rate, then by seed.
    const rates: Curve[][] = [];
    for (const setting of RATES) {
      rates.push([]);
      for (let i = 0; i < seeds; i++) rates[rates.length - 1].push(await curveOf(context, setting, seed + i));
    }
    const decays: Curve[] = [];
    for (const setting of DECAYS) decays.push(await curveOf(context, setting, seed));
    const dropout = await curveOf(context, DROPOUT, seed);
    const large = await curveOf(context, BATCH, seed);
    const wide = await curveOf(context, WIDE, seed);
    const [, , standard, highest] = rates.map(([first]) => first);

    const bySeed = Array.from({ length: seeds }, (_, i) => compared(rates.map((curves) => curves[i])));
    const overlap = bySeed.filter((found) => found !== undefined);
    const atEqual = RATES.map((_, k) => mean(overlap.map(({ widths }) => widths[k])));
    const batches = compared([standard, large]);
    const widened = compared([standard, wide], [1, Math.SQRT2]);
    const pairOf = (found: ReturnType<typeof compared>, scaled = "R") =>
      found ? `${list(found.widths)} at ${scaled} = ${found.at.toFixed(1)}` : "radii do not overlap";
    const claims: Claim[] = [
      {
        name: `width rises with the learning rate at equal radius (mean of ${seeds} seeds, 4 to 32e-4)`,
        published: "5.05, 5.3, 5.7, 5.95",
        ours:
          overlap.length === seeds
            ? `${list(atEqual)} at R = ${list(overlap.map(({ at }) => at))}`
            : `radii overlap for ${overlap.length} of ${seeds} seeds`,
        holds: overlap.length === seeds && rises(atEqual),
      },
      {
        name: `the highest rate is wider than the lowest, for each of ${seeds} seeds`,
        published: "wider",
        ours: overlap.map(({ widths }) => `${widths[0].toFixed(2)} < ${widths[3].toFixed(2)}`).join("; "),
        holds: overlap.length === seeds && overlap.every(({ widths }) => widths[3] > widths[0]),
      },
      {
        name: "L2 regularisation ends at a smaller radius (0, 3e-5, 10e-5)",
        published: "36.6, 31.9, 27.1",
        ours: list([highest.last, ...decays.map(({ last }) => last)]),
        holds: rises([highest.last, ...decays.map(({ last }) => last)].reverse()),
      },
      {
        name: "dropout ends at a smaller radius (0 and 5 %)",
        published: "36.5, 23.9",
        ours: list([highest.last, dropout.last]),
        holds: dropout.last < highest.last,
      },
      {
        name: `a larger batch is narrower at equal radius (${batch} and ${4 * batch})`,
        published: "narrower",
        ours: pairOf(batches),
        holds: batches !== undefined && batches.widths[1] < batches.widths[0],
      },
      {
        name: "a network twice as wide has a wider tunnel at equal radius over √width",
        published: "wider (abstract)",
        ours: pairOf(widened, "R/√f"),
        holds: widened !== undefined && widened.widths[1] > widened.widths[0],
      },
    ];
    const series = (name: string, { radius, width, sd }: Curve): Series => ({
      name,
      x: radius,
      y: width,
      bars: sd,
    });
    const figure = (id: string, caption: string, curves: Series[]) =>
      saveFigure(context.folder, id, caption, (document) =>
        profileFigure({ xLabel: "radius R", yLabel: "tunnel width", series: curves }, document),
      );
    return {
      answer: claims[0].holds
        ? `At equal radius the tunnel is wider the higher the learning rate: ${list(atEqual)}.`
        : `Width at equal radius does not rise throughout with the learning rate, 4 to 32e-4: ${claims[0].ours}.`,
      claims,
      figures: [
        figure(
          "rates",
          `Width of the tunnel against the radius in training, by learning rate; bars are standard deviations over ${directions} directions.`,
          RATES.map(({ name }, k) => series(name, rates[k][0])),
        ),
        figure("regularisation", "The same with L2 regularisation and with dropout, at the highest rate.", [
          series("none", highest),
          ...DECAYS.map(({ name }, k) => series(name, decays[k])),
          series(DROPOUT.name, dropout),
        ]),
        figure("batch-and-width", "The same with a larger batch, and of a network with twice the channels.", [
          series("as it is", standard),
          series(BATCH.name, large),
          series(WIDE.name, wide),
        ]),
      ],
      tables: [
        {
          caption: "Radius and width of the tunnel at the end of the training.",
          columns: ["training", "radius", "width"],
          rows: [
            ...RATES.flatMap(({ name }, k) =>
              rates[k].map((curve, i) => [`${name}, seed ${seed + i}`, curve] as const),
            ),
            ...DECAYS.map(({ name }, k) => [name, decays[k]] as const),
            [DROPOUT.name, dropout] as const,
            [BATCH.name, large] as const,
            [WIDE.name, wide] as const,
          ].map(([name, curve]) => [
            name,
            curve.last.toFixed(2),
            (curve.width.at(-1) ?? Number.NaN).toFixed(2),
          ]),
        },
      ],
      notes: [
        `The width is the mean distance along ${directions} random directions at right angles to the weights at which the training loss, of ${wellImages} images, reaches ${PROBE.threshold.loss}; the paper states neither threshold nor directions. Trained on ${images} images of Fashion-MNIST, at most, in batches of ${batch}; states after ${epochs.join(", ")} epochs, as far as their loss is below the threshold. Published values are of CIFAR-10.`,
        "The published panel on layer width has another measure on its axis, which the paper does not define; only the sign is compared.",
      ],
    };
  }),
};
