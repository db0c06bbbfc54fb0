import { loadDataset } from "../../data/node.ts";
import type { FitSpec } from "../../fit/index.ts";
import { mlp } from "../../model/index.ts";
import { profileFigure, type ReportFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { ConnectSpec } from "../../run/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { type MeanSd, meanSd } from "./comparison.ts";
import { connectedOptima, trainedPath } from "./context-node.ts";
import { toyFit } from "./plans.ts";

interface Setting {
  datasets: string[];
  seeds: number;
  /** Of the path, and about as many of each optimum and of the curve between them. */
  steps: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: { datasets: ["yacht", "concrete"], seeds: 3, steps: 4000 },
  paper: { datasets: ["airfoil", "bikesharing", "concrete", "energy", "yacht"], seeds: 5, steps: 20_000 },
};

/** Published lengths of fixed-end curves of degree 2, mean and standard deviation over 5 seeds. */
const LENGTHS: Record<string, [mean: number, sd: number]> = {
  airfoil: [51.94, 9.52],
  bikesharing: [113.85, 32.9],
  concrete: [60.82, 9.94],
  energy: [61.17, 24.31],
  yacht: [45.12, 6.24],
};

const DEGREE = 2;
const RATE = 5e-3;
const SAMPLES = 10;
const BATCH = 32;
/** Positions along a curve, as many as along a path. */
const ALONG = 101;
const KINDS = ["free", "fixed"] as const;
const SPLITS = ["train", "test"] as const;
type Kind = (typeof KINDS)[number];
type SplitName = (typeof SPLITS)[number];

/** A curve of one seed. */
interface Curve {
  t: readonly number[];
  /** Mean squared errors at each position. */
  errors: Record<SplitName | "validation", readonly number[]>;
  /** Negative log-likelihood of an example at each position, at the noise scale that fits the validation split best. */
  nll: Record<SplitName, number[]>;
  length: number;
}

/** Two optima, and the middle control point between them (Garipov et al. 2018, Izmailov et al. 2020), by squared error. */
function fixedEnds(steps: number, examples: number): ConnectSpec {
  const fit: FitSpec = {
    kind: "adam",
    momentum: 0.9,
    weightDecay: 0,
    epochs: Math.ceil(steps / Math.ceil(examples / BATCH)),
    batch: BATCH,
    rate: RATE,
    schedule: "constant",
    keepBest: true,
    patience: 0,
    samples: 1,
    reduction: "mean",
    beta: 0,
    pointDecay: 0,
  };
  return {
    init: "lecun-normal",
    optimum: fit,
    align: false,
    // The loss in the middle says little of the whole curve.
    curve: { ...fit, samples: SAMPLES, keepBest: false },
    curveKind: "bezier",
    bends: DEGREE - 1,
    profilePoints: ALONG,
    planePoints: 5,
    planeMargin: 0.2,
  };
}

/** Negative log-likelihoods from mean squared errors, at the noise scale that fits those of a split best. */
function likelihoods(errors: Curve["errors"], fitted: keyof Curve["errors"]): Curve["nll"] {
  const { mean: variance } = meanSd(errors[fitted]);
  const nll = (error: number) => 0.5 * (error / variance + Math.log(2 * Math.PI * variance));
  return { train: errors.train.map(nll), test: errors.test.map(nll) };
}

const curveOf = (t: readonly number[], errors: Curve["errors"], length: number): Curve => ({
  t,
  errors,
  nll: likelihoods(errors, "validation"),
  length,
});

async function curvesOf(context: StudyContext, name: string): Promise<Record<Kind, Curve[]>> {
  const { seeds, steps } = SETTINGS[context.scale];
  const curves: Record<Kind, Curve[]> = { free: [], fixed: [] };
  for (let seed = 0; seed < seeds; seed++) {
    const { dataDir, options } = context;
    const dataset = await loadDataset(name, { dataDir, signal: options.signal, seed });
    const network = mlp([dataset.shape[0], 16, 16, 16, 1], "relu");
    const fit = toyFit(DEGREE, steps, { rate: RATE, samples: SAMPLES });
    const plan = { dataset, network, fit, seed };
    const { result } = await trainedPath(context, `${name}-seed-${seed}-free`, plan);
    const { train, validation, test } = result.splits;
    curves.free.push(
      curveOf(
        result.t,
        { train: train.loss, validation: validation.loss, test: test.loss },
        result.shape.length,
      ),
    );
    const spec = fixedEnds(steps, dataset.train.count);
    const fixed = await connectedOptima(context, `${name}-seed-${seed}-fixed`, plan, spec);
    const { curve } = fixed.result;
    const errors = { train: curve.trainLoss, validation: fixed.validationLoss, test: curve.testLoss };
    curves.fixed.push(curveOf(curve.t, errors, curve.length));
  }
  return curves;
}

const text = ({ mean, sd }: MeanSd, digits = 2) => `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`;

/** Mean over the seeds of a quantity of what is along a curve. */
const over = (curves: readonly Curve[], split: SplitName, of: (nll: readonly number[]) => number) =>
  meanSd(curves.map(({ nll }) => of(nll[split])));
const level = (nll: readonly number[]) => meanSd(nll).mean;
const unevenness = (nll: readonly number[]) => meanSd(nll).sd;

function claimsOf(name: string, { free, fixed }: Record<Kind, Curve[]>): Claim[] {
  const claims: Claim[] = SPLITS.flatMap((split) => {
    const [low, high] = [free, fixed].map((curves) => over(curves, split, level));
    const [flat, uneven] = [free, fixed].map((curves) => over(curves, split, unevenness));
    return [
      {
        name: `${name}: lower with free ends: negative log-likelihood of the ${split} split, mean along the path`,
        published: "free ends lower",
        ours: `${text(low)} free, ${text(high)} fixed`,
        holds: low.mean < high.mean,
      },
      {
        name: `${name}: flatter with free ends: its standard deviation along the path, ${split} split`,
        published: "free ends flatter",
        ours: `${text(flat, 3)} free, ${text(uneven, 3)} fixed`,
        holds: flat.mean < uneven.mean,
      },
    ];
  });
  const [mean, sd] = LENGTHS[name];
  const lengths = meanSd(fixed.map(({ length }) => length));
  claims.push({
    name: `${name}: length of a fixed-end curve, within 2 standard deviations of the published`,
    published: `${mean.toFixed(1)} ± ${sd.toFixed(1)}`,
    ours: `${text(lengths, 1)} (with free ends ${text(meanSd(free.map(({ length }) => length)), 1)})`,
    holds: Math.abs(lengths.mean - mean) <= 2 * sd,
  });
  return claims;
}

/** The cells of a kind of ends in the table. */
function rowOf(curves: readonly Curve[]): string[] {
  const deviation = (split: keyof Curve["errors"]) =>
    text(meanSd(curves.map(({ errors }) => Math.sqrt(meanSd(errors[split]).mean))), 3);
  const test = (fitted: keyof Curve["errors"]) =>
    text(meanSd(curves.map(({ errors }) => level(likelihoods(errors, fitted).test))));
  return [
    deviation("train"),
    deviation("test"),
    deviation("validation"),
    test("validation"),
    test("train"),
    text(meanSd(curves.map(({ length }) => length)), 1),
  ];
}

function figureOf(
  context: StudyContext,
  name: string,
  curves: Record<Kind, Curve[]>,
  split: SplitName,
): ReportFigure {
  const along = (kind: Kind) =>
    curves[kind][0].t.map((_, p) => meanSd(curves[kind].map(({ nll }) => nll[split][p])));
  return saveFigure(
    context.folder,
    `${name}-${split}`,
    `${name}: negative log-likelihood of a ${split} example along the path, mean ± 1 standard deviation over seeds.`,
    (document) =>
      profileFigure(
        {
          xLabel: "t",
          yLabel: "negative log-likelihood",
          series: KINDS.map((kind) => ({
            name: `${kind} ends`,
            x: curves[kind][0].t,
            y: along(kind).map(({ mean }) => mean),
            bars: along(kind).map(({ sd }) => sd),
            emphasis: kind === "free",
          })),
        },
        document,
      ),
  );
}

/** Figure 1 of "Paths and Ambient Spaces in Neural Loss Landscapes": free against fixed ends. */
export const freeEnds: Study = {
  id: "paths/figure-1",
  title: "Loss along paths with free and with fixed ends",
  question: "Is a path whose ends are trained with it better than one between two optima?",
  source: "Dold et al. 2025, figure 1, and notebook bezier_length_dnn for the lengths",
  minutes: { quick: 4, paper: 120 },
  async run(context) {
    const { datasets, seeds, steps } = SETTINGS[context.scale];
    const claims: Claim[] = [];
    const figures: ReportFigure[] = [];
    const rows: string[][] = [];
    const words: string[] = [];
    for (const name of datasets) {
      const curves = await curvesOf(context, name);
      claims.push(...claimsOf(name, curves));
      rows.push(...KINDS.map((kind) => [name, kind, ...rowOf(curves[kind])]));
      figures.push(...[...SPLITS].reverse().map((split) => figureOf(context, name, curves, split)));
      const [free, fixed] = KINDS.map((kind) => over(curves[kind], "test", level).mean.toFixed(2));
      words.push(`${name} ${free} against ${fixed}`);
    }
    return {
      answer: `Test negative log-likelihood along a path with free ends against one with fixed ends, means of ${seeds} seeds: ${words.join("; ")}.`,
      claims,
      figures,
      tables: [
        {
          caption: `Means along the paths and over ${seeds} seeds (± standard deviation over seeds): root mean squared errors, the noise scale, and the negative log-likelihood of a test example with it and with the training RMSE as the scale. Targets standardised.`,
          columns: [
            "data",
            "ends",
            "training RMSE",
            "test RMSE",
            "scale, validation",
            "test NLL",
            "test NLL, scale of training",
            "length",
          ],
          rows,
        },
      ],
      notes: [
        `Degree ${DEGREE}, ReLU, depth 3, width 16. ${steps} steps of Adam at a rate of ${RATE} for the path, and as many for each optimum and for the curve between two, in batches of ${BATCH}.`,
        "Fixed ends are trained by squared error, without a noise scale. Both kinds have that which fits the squared errors of the validation split best, one for a path; that of the training split is too small for other data.",
        "The authors' fixed-end curves were trained outside of their published code, for an unknown time; their length grows with the training of the optima.",
      ],
    };
  },
};
