import { type Dataset, FOLDS, foldValidation, subset } from "../../data/index.ts";
import { loadDataset } from "../../data/node.ts";
import { networkOf } from "../../model/index.ts";
import { profileFigure, type ReportTable } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { CompareResult, CompareSpec, PredictResult, SampleResult } from "../../run/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { atBest, type Cell, lppd, meanSd } from "./comparison.ts";
import { comparedWith, type PathPlan, predictedTest, sampledPath, trainedPath } from "./context-node.ts";
import { published, toyFit } from "./plans.ts";

interface Setting {
  network: "lenet" | "lenetti";
  /** Images of each split that are used; all of them by default. */
  images: { train?: number; test?: number };
  degrees: number[];
  folds: number;
  uniform: ("s" | "t")[];
  training: { steps: number; validateEvery: number };
  sampling: Omit<Parameters<typeof published>[1], "priorScale"> & { warmup: number };
  /** Of the networks that stand beside: how many, and for how long each is trained. */
  members: number;
  epochs: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: {
    network: "lenetti",
    images: { train: 3000, test: 2000 },
    degrees: [2, 5],
    folds: 1,
    uniform: ["s"],
    training: { steps: 1000, validateEvery: 20 },
    sampling: { temperatures: [1, 10, 100], chains: 4, draws: 100, gradients: 4, warmup: 400 },
    members: 3,
    epochs: 100,
  },
  paper: {
    network: "lenet",
    images: {},
    degrees: [2, 5, 10, 20],
    folds: FOLDS,
    uniform: ["t", "s"],
    training: { steps: 5000, validateEvery: 1 },
    sampling: { temperatures: [1, 10, 50, 100, 500], chains: 10, draws: 500, gradients: 10, warmup: 2500 },
    members: 10,
    epochs: 50,
  },
};

/** Published test LPPD of each fold, at the temperature of best validation LPPD. */
const PUBLISHED: Record<"s" | "t", Record<number, number[]>> = {
  t: {
    2: [-0.027955, -0.030271, -0.031834, -0.02879, -0.030433],
    5: [-0.025716, -0.027656, -0.027228, -0.03034, -0.029715],
    10: [-0.028065, -0.025115, -0.029287, -0.027101, -0.025415],
    20: [-0.025599, -0.025192, -0.026689, -0.02852, -0.02552],
  },
  s: {
    2: [-0.024773, -0.032895, -0.029927, -0.025601, -0.027953],
    5: [-0.026848, -0.025704, -0.027168, -0.0338, -0.029442],
    10: [-0.025579, -0.026672, -0.027281, -0.027808, -0.027957],
    20: [-0.025173, -0.025058, -0.028835, -0.028996, -0.023652],
  },
};
/** Published mean accuracies of averaged class numbers, paths uniform in arc length; and of Laplace. */
const PUBLISHED_ACCURACY: Record<number, number> = { 2: 0.9792, 5: 0.9755, 10: 0.97524, 20: 0.97464 };
const PUBLISHED_LAPLACE = { lppd: -0.0438, accuracy: 0.98558 };

/** The tunnels of all folds around paths of one degree. */
interface Tunnel extends Cell {
  uniform: "s" | "t";
  /** Of each fold, at each temperature. */
  predictions: PredictResult[][];
}

/** Fold 0 has seed 0, and so on, as published. */
async function dataOf(context: StudyContext, fold: number): Promise<Dataset> {
  const { dataDir, options } = context;
  const { images } = SETTINGS[context.scale];
  const whole = await loadDataset("mnist", { dataDir, signal: options.signal });
  return foldValidation(subset(whole, images), fold);
}

function planOf(scale: Scale, dataset: Dataset, degree: number, uniform: "s" | "t", seed: number): PathPlan {
  const { network, training } = SETTINGS[scale];
  const batches = { rate: 5e-3, samples: 1, batch: 480, validationSamples: 10 };
  const fit = toyFit(degree, training.steps, { ...batches, uniform, validateEvery: training.validateEvery });
  return { dataset, network: networkOf({ kind: network, activation: "relu" }), fit, seed, init: "flax" };
}

async function tunnelOf(
  context: StudyContext,
  datasets: readonly Dataset[],
  degree: number,
  uniform: "s" | "t",
): Promise<Tunnel> {
  const { sampling } = SETTINGS[context.scale];
  const spec = published("tunnel", { ...sampling, priorScale: 0.5 });
  spec.sampler.warmup = sampling.warmup;
  const results: SampleResult[] = [];
  const predictions: PredictResult[][] = [];
  for (const [fold, dataset] of datasets.entries()) {
    const plan = planOf(context.scale, dataset, degree, uniform, fold);
    const name = `degree-${degree}-${uniform}-fold-${fold}`;
    const path = await trainedPath(context, name, plan);
    results.push(await sampledPath(context, `${name}-tunnel`, plan, path, spec));
    const own: PredictResult[] = [];
    for (const temperature of sampling.temperatures) {
      own.push(await predictedTest(context, `${name}-tunnel`, plan, path, temperature));
    }
    predictions.push(own);
  }
  return { label: `uniform in ${uniform}`, space: "tunnel", degree, uniform, results, predictions };
}

/** An optimum, an ensemble and Laplace of each fold, trained like the paths. */
async function references(context: StudyContext, datasets: readonly Dataset[]): Promise<CompareResult[]> {
  const { members, epochs, degrees, uniform, sampling } = SETTINGS[context.scale];
  const spec: CompareSpec = {
    methods: ["optimum", "ensemble", "laplace"],
    members,
    init: "lecun-normal",
    training: {
      kind: "adam",
      momentum: 0.9,
      weightDecay: 0,
      epochs,
      batch: 480,
      rate: 5e-3,
      schedule: "constant",
      samples: 1,
      reduction: "mean",
      beta: 0,
      pointDecay: 0,
      keepBest: true,
      patience: 0,
    },
    evaluations: 1000,
    chains: sampling.chains,
    draws: sampling.draws,
    temperatures: [1],
    metric: "published",
    tube: 0.1,
    prior: { scale: 0.5, weight: "arc-length" },
    sampleNoise: false,
  };
  const results: CompareResult[] = [];
  for (const [fold, dataset] of datasets.entries()) {
    const plan = planOf(context.scale, dataset, degrees[0], uniform[0], fold);
    const path = await trainedPath(context, `degree-${degrees[0]}-${uniform[0]}-fold-${fold}`, plan);
    results.push(await comparedWith(context, `references-fold-${fold}`, plan, path, spec));
  }
  return results;
}

const METHODS = ["optimum", "ensemble", "laplace"] as const;
const scoreOf = (
  results: readonly CompareResult[],
  method: (typeof METHODS)[number],
  score: "lppd" | "accuracy",
) => meanSd(results.map(({ rows }) => rows.find((row) => row.method === method)!.scores[score]!)).mean;

/** A test score of the predictions, mean over folds, at the best temperature of each, or at the one with an index. */
const predicted = (
  { predictions, results }: Tunnel,
  of: (found: PredictResult) => number,
  index?: number,
): number => meanSd(predictions.map((own, fold) => of(own[index ?? results[fold].best]))).mean;

const accuracy = ({ scores }: PredictResult) => scores.accuracy!;
const publishedAccuracy = (found: PredictResult) => found.published!.accuracy!;
const atTemperature = ({ results }: Tunnel, index: number): number =>
  meanSd(results.map(({ temperatures }) => temperatures[index].splits.test.lppd)).mean;

function claimsOf(tunnel: Tunnel, laplace: number, scale: Scale): Claim[] {
  const { degree, uniform } = tunnel;
  const own = lppd(tunnel).mean;
  const about = `K = ${degree}, ${tunnel.label}`;
  const rHat = Math.max(...atBest(tunnel, ({ convergence }) => convergence.rHatMax));
  const [proper, averaged] = [predicted(tunnel, accuracy), predicted(tunnel, publishedAccuracy)];
  const cold = atTemperature(tunnel, 0);
  const temperatures = atBest(tunnel, ({ temperature }) => temperature);
  const folds = PUBLISHED[uniform][degree];
  const claims: Claim[] = [
    {
      name: `${about}: the tunnel has a better test LPPD than Laplace`,
      published: `${meanSd(folds).mean.toFixed(4)} against ${PUBLISHED_LAPLACE.lppd}`,
      ours: `${own.toFixed(4)} against ${laplace.toFixed(4)}`,
      holds: own > laplace,
    },
    {
      name: `${about}: the accuracy of mean probabilities is no lower than that of averaged class numbers`,
      published: `${PUBLISHED_ACCURACY[degree]} of averaged class numbers`,
      ours: `${proper.toFixed(4)}, ${averaged.toFixed(4)}`,
      holds: proper >= averaged,
    },
    {
      name: `${about}: R-hat is below 1.05 at the best temperature (largest of coordinates and folds)`,
      published: "1.00 to 1.02",
      ours: rHat.toFixed(3),
      holds: rHat < 1.05,
    },
    {
      name: `${about}: tempered it has a better test LPPD than at temperature 1`,
      published: "selected 50 to 500",
      ours: `${own.toFixed(4)} at ${temperatures.join(", ")}; ${cold.toFixed(4)} at 1`,
      holds: own > cold,
    },
  ];
  if (scale === "quick") return claims;
  const worst = Math.min(...folds);
  return [
    {
      name: `${about}: test LPPD within the range of the published folds, or better`,
      published: `${worst.toFixed(4)} to ${Math.max(...folds).toFixed(4)}`,
      ours: own.toFixed(4),
      holds: own >= worst,
    },
    ...claims,
  ];
}

function tableOf(tunnels: readonly Tunnel[], compared: readonly CompareResult[], folds: number): ReportTable {
  const each = (tunnel: Tunnel, of: Parameters<typeof atBest>[1], digits: number) =>
    meanSd(atBest(tunnel, of)).mean.toFixed(digits);
  const none = ["", "", "", ""];
  return {
    caption: `Means over ${folds} ${folds === 1 ? "fold" : "folds"}, each tunnel at its temperature of best validation LPPD.`,
    columns: [
      "",
      "K",
      "test LPPD",
      "accuracy",
      "accuracy of averaged class numbers",
      "R-hat max",
      "ESS min",
      "seconds",
      "temperature",
    ],
    rows: [
      ...tunnels.map((tunnel) => [
        `tunnel, ${tunnel.label}`,
        String(tunnel.degree),
        lppd(tunnel).mean.toFixed(4),
        predicted(tunnel, accuracy).toFixed(4),
        predicted(tunnel, publishedAccuracy).toFixed(4),
        each(tunnel, (t) => t.convergence.rHatMax, 3),
        each(tunnel, (t) => t.convergence.essBulkMin, 0),
        each(tunnel, (t) => t.seconds, 0),
        atBest(tunnel, ({ temperature }) => temperature).join(", "),
      ]),
      ...METHODS.map((method) => [
        method,
        "",
        scoreOf(compared, method, "lppd").toFixed(4),
        scoreOf(compared, method, "accuracy").toFixed(4),
        "",
        ...none,
      ]),
    ],
  };
}

/** Section 9.4 of the research on "Paths and Ambient Spaces in Neural Loss Landscapes". */
export const mnistTunnels: Study = {
  id: "paths/mnist",
  title: "Posteriors in tunnels on MNIST",
  question: "Does a posterior in the tunnel around a path of convolutional networks predict digits well?",
  source: "Dold et al. 2025, notebook mnist of the authors' code (LeNet, ReLU, MCLMC)",
  minutes: { quick: 8, paper: 400_000 },
  async run(context) {
    const { degrees, uniform, folds, sampling, images, network } = SETTINGS[context.scale];
    const datasets: Dataset[] = [];
    for (let fold = 0; fold < folds; fold++) datasets.push(await dataOf(context, fold));
    const tunnels: Tunnel[] = [];
    for (const own of uniform) {
      for (const degree of degrees) tunnels.push(await tunnelOf(context, datasets, degree, own));
    }
    const compared = await references(context, datasets);
    const laplace = scoreOf(compared, "laplace", "lppd");
    const claims = tunnels.flatMap((tunnel) => claimsOf(tunnel, laplace, context.scale));
    const best = tunnels.toSorted((a, b) => lppd(b).mean - lppd(a).mean)[0];
    const line = (name: string, value: number, dashed = false) => ({
      name,
      dashed,
      x: [sampling.temperatures[0], sampling.temperatures[sampling.temperatures.length - 1]],
      y: [value, value],
    });
    const figure = (
      id: string,
      caption: string,
      yLabel: string,
      of: (tunnel: Tunnel, index: number) => number,
      score: "lppd" | "accuracy",
    ) =>
      saveFigure(context.folder, id, caption, (document) =>
        profileFigure(
          {
            xLabel: "temperature",
            yLabel,
            xLog: true,
            percent: score === "accuracy",
            series: [
              ...tunnels.map((tunnel) => ({
                name: `K = ${tunnel.degree}, ${tunnel.label}`,
                x: sampling.temperatures,
                y: sampling.temperatures.map((_, i) => of(tunnel, i)),
                emphasis: true,
              })),
              line("ensemble", scoreOf(compared, "ensemble", score)),
              line("Laplace", scoreOf(compared, "laplace", score), true),
            ],
          },
          document,
        ),
      );
    return {
      answer: `At K = ${best.degree} the tunnel has a test LPPD of ${lppd(best).mean.toFixed(4)} and an accuracy of ${(100 * predicted(best, accuracy)).toFixed(2)} %; Laplace ${laplace.toFixed(4)} and ${(100 * scoreOf(compared, "laplace", "accuracy")).toFixed(2)} %, an ensemble ${scoreOf(compared, "ensemble", "lppd").toFixed(4)} and ${(100 * scoreOf(compared, "ensemble", "accuracy")).toFixed(2)} %.`,
      claims,
      figures: [
        figure("lppd", "Test LPPD by temperature, means over folds.", "test LPPD", atTemperature, "lppd"),
        figure(
          "accuracy",
          "Test accuracy of mean probabilities by temperature, means over folds.",
          "accuracy",
          (tunnel, index) => predicted(tunnel, accuracy, index),
          "accuracy",
        ),
      ],
      tables: [tableOf(tunnels, compared, folds)],
      notes: [
        `${network === "lenet" ? "LeNet" : "LeNetti, a small convolutional network, in place of LeNet"}; ${images.train === undefined ? "all images" : `the first ${images.train} images for training and validation and ${images.test} for the test`}; ${sampling.chains} chains of ${sampling.draws} draws, ${sampling.gradients} gradients a draw.`,
        `Published for Laplace: test LPPD ${PUBLISHED_LAPLACE.lppd}, accuracy ${PUBLISHED_LAPLACE.accuracy}. Ours is diagonal, with the precision of the prior that validates best.`,
        "The validation examples of fold k are the k-th fifth of the training images in their order, as published.",
      ],
    };
  },
};
