import type { Split } from "../../data/index.ts";
import { Rng } from "../../engine/index.ts";
import {
  coverageOf,
  type GaussianPredictions,
  gaussianLogLikelihood,
  lppdOf,
} from "../../inference/index.ts";
import { Examples, NetworkLandscape, squaredError } from "../../landscape/index.ts";
import { profileFigure, type ReportTable } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import {
  outputsOf,
  type PosteriorPoints,
  pointsOfDraws,
  RunFolder,
  readDraws,
  readPath,
  type SampleResult,
  type SampleSpec,
} from "../../run/node.ts";
import { bezier, coefficientMatrix, evenly } from "../../subspace/index.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { type PathPlan, resultOf, type StudyPath, sampledPart, trainedPath } from "./context-node.ts";
import { published, type ToyNetwork, toyFit, toyPlan } from "./plans.ts";

type Sampling = Omit<Parameters<typeof published>[1], "priorScale">;

interface Setting {
  toy: ToyNetwork;
  seed: number;
  steps: number;
  sampling: Sampling;
  /** Of the full space, whose chains need longer. */
  full: Sampling;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: {
    toy: { depth: 3, width: 16, activation: "elu" },
    seed: 10,
    steps: 4000,
    sampling: { temperatures: [1], chains: 6, draws: 100, gradients: 40 },
    full: { temperatures: [1], chains: 6, draws: 100, gradients: 100 },
  },
  paper: {
    toy: { depth: 10, width: 10, activation: "elu" },
    seed: 10,
    steps: 100_000,
    sampling: { temperatures: [1], chains: 10, draws: 1000, gradients: 100 },
    full: { temperatures: [1], chains: 10, draws: 1000, gradients: 100 },
  },
};

/** K of the two paths. */
const DEGREES = [2, 20] as const;
/** Inputs at which functions are compared, from −2.5 to 2.5. */
const GRID = 101;
/** Draws of the full space whose noisy predictions the methods are to foresee, and draws of a method that foresee them. */
const REFERENCES = 200;
const FORESEEING = 600;
/** Points of a path whose functions are compared. */
const ALONG = 200;

const xs = Array.from({ length: GRID }, (_, i) => -2.5 + (5 * i) / (GRID - 1));
/** Whether there are training data about: 0.6 < |x| ≤ 2. */
const inside = xs.map((x) => Math.abs(x) > 0.6 && Math.abs(x) <= 2);

/** What networks predict on the grid. */
async function onGrid({ dataset, network }: PathPlan, points: PosteriorPoints): Promise<GaussianPredictions> {
  const grid: Split = { count: GRID, inputs: Float32Array.from(xs), targets: new Float32Array(GRID) };
  using examples = new Examples(dataset, grid);
  using landscape = new NetworkLandscape(network, examples, squaredError);
  const means = Float64Array.from(await outputsOf(landscape, points));
  return { draws: points.scales.length, examples: GRID, means, deviations: points.scales };
}

/** Evenly spaced draws, at most so many. */
function some(
  { draws, examples, means, deviations }: GaussianPredictions,
  most: number,
): GaussianPredictions {
  const count = Math.min(most, draws);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * draws) / count));
  return {
    draws: count,
    examples,
    means: Float64Array.from({ length: count * examples }, (_, at) => {
      const s = chosen[Math.floor(at / examples)];
      return means[s * examples + (at % examples)];
    }),
    deviations: Float64Array.from(chosen, (s) => deviations[s]),
  };
}

/** Standard deviation over the draws of the function at each input. */
function spread({ draws, examples, means }: GaussianPredictions): Float64Array {
  return Float64Array.from({ length: examples }, (_, i) => {
    let [sum, squares] = [0, 0];
    for (let s = 0; s < draws; s++) sum += means[s * examples + i];
    for (let s = 0; s < draws; s++) squares += (means[s * examples + i] - sum / draws) ** 2;
    return Math.sqrt(squares / (draws - 1));
  });
}

/** The mean of a value at each input, of those where there are data or of the others. */
function meanWhere(values: ArrayLike<number>, where: boolean): number {
  const own = xs.map((_, i) => values[i]).filter((_, i) => inside[i] === where);
  return own.reduce((a, b) => a + b, 0) / own.length;
}

/** How well a method foresees noisy predictions of the full space, [R, GRID]. */
function agreementWith(references: readonly Float64Array[], method: GaussianPredictions) {
  const foreseeing = some(method, FORESEEING);
  let agreement = 0;
  let covered = 0;
  for (const y of references) {
    agreement += lppdOf(gaussianLogLikelihood(foreseeing, y)).value / references.length;
    const outside = xs.map((_, i) => i).filter((i) => !inside[i]);
    const here = at(some(foreseeing, 100), outside);
    const [{ coverage }] = coverageOf(
      here,
      outside.map((i) => y[i]),
      [0.9],
    );
    covered += coverage.value / references.length;
  }
  return { agreement, covered };
}

/** The predictions at some of the inputs. */
function at({ draws, examples, means, deviations }: GaussianPredictions, inputs: readonly number[]) {
  const own = Float64Array.from({ length: draws * inputs.length }, (_, k) => {
    const s = Math.floor(k / inputs.length);
    return means[s * examples + inputs[k % inputs.length]];
  });
  return { draws, examples: inputs.length, means: own, deviations };
}

/** Noisy predictions by evenly spaced draws. */
function replicates(predictions: GaussianPredictions, rng: Rng): Float64Array[] {
  const { draws, means, deviations } = some(predictions, REFERENCES);
  return Array.from({ length: draws }, (_, r) => {
    const noise = rng.foldIn(r).normal(GRID);
    return Float64Array.from(noise, (z, i) => means[r * GRID + i] + deviations[r] * z);
  });
}

/** A sampled posterior on the grid. */
interface Method {
  name: string;
  predictions: GaussianPredictions;
  result: SampleResult;
}

async function sampledMethod(
  context: StudyContext,
  plan: PathPlan,
  path: StudyPath,
  space: SampleSpec["space"],
  sampleNoise: boolean,
): Promise<Method> {
  const { sampling, full } = SETTINGS[context.scale];
  const own = space === "full" ? full : sampling;
  const spec = { ...published(space, { ...own, priorScale: 1 }), sampleNoise };
  const { degree } = plan.fit;
  const label = `${space}-${degree}${sampleNoise ? "" : "-noise-fixed"}`;
  const folder = RunFolder.open(await sampledPart(context, label, plan, path, spec));
  const [temperature] = spec.temperatures;
  using span = readPath(path.folder).span;
  const points = pointsOfDraws(readDraws(folder, temperature), span, spec.metric);
  return {
    name: space === "full" ? "full space" : `${space}, K = ${degree}`,
    predictions: await onGrid(plan, points),
    result: resultOf<SampleResult>(folder, "sample"),
  };
}

/** Spread of the functions along a path. */
async function alongPath(plan: PathPlan, { folder }: StudyPath): Promise<Float64Array> {
  using span = readPath(folder).span;
  const map = bezier(plan.fit.degree);
  const coefficients = coefficientMatrix(map, evenly(map, ALONG));
  const points = { anchors: span.anchors, coefficients, scales: new Float64Array(ALONG) };
  return spread(await onGrid(plan, points));
}

/** Everything that one treatment of the noise finds: the full space first. */
function assessed(methods: readonly Method[], rng: Rng) {
  const references = replicates(methods[0].predictions, rng);
  return methods.map((method) => {
    const sd = spread(method.predictions);
    return {
      ...method,
      sd,
      ...agreementWith(references, method.predictions),
      outside: meanWhere(sd, false),
      inside: meanWhere(sd, true),
    };
  });
}

type Assessed = ReturnType<typeof assessed>[number];

const table = (caption: string, rows: readonly Assessed[]): ReportTable => ({
  caption,
  columns: [
    "posterior",
    "agreement (LPPD)",
    "of the full space's predictions away from the data, in the 90 % band",
    "sd of the function at the data",
    "away from them",
    "noise scale, mean",
    "test LPPD",
    "R-hat of predictions, largest",
  ],
  rows: rows.map(({ name, agreement, covered, predictions: { deviations }, result, ...row }) => {
    const [found] = result.temperatures;
    return [
      name,
      agreement.toFixed(2),
      `${(100 * covered).toFixed(0)} %`,
      row.inside.toFixed(3),
      row.outside.toFixed(3),
      (deviations.reduce((a, b) => a + b, 0) / deviations.length).toFixed(3),
      found.splits.test.lppd.toFixed(2),
      found.functions.rHatMax.toFixed(3),
    ];
  }),
});

/** Sections 9.3 (full space, functional diversity) of the research on "Paths and Ambient Spaces in Neural Loss Landscapes". */
export const fullSpaceAgreement: Study = {
  id: "paths/full-space",
  title: "Posteriors around a path and in the full space",
  question: "Do posteriors around a path know as well as that of all weights where they know little?",
  source: "Dold et al. 2025, notebooks full_space_sampling and functional_divercity",
  minutes: { quick: 4, paper: 240 },
  async run(context) {
    const { toy, seed, steps } = SETTINGS[context.scale];
    const paths: { plan: PathPlan; path: StudyPath }[] = [];
    for (const degree of DEGREES) {
      const plan = await toyPlan(toy, seed, toyFit(degree, steps));
      paths.push({ plan, path: await trainedPath(context, `degree-${degree}`, plan) });
    }
    const [short, long] = paths;
    const method = (of: typeof long, space: SampleSpec["space"], sampleNoise = true) =>
      sampledMethod(context, of.plan, of.path, space, sampleNoise);
    const rng = Rng.fromSeed(context.seed).split("replicates");
    const rows = assessed(
      [
        await method(long, "full"),
        await method(long, "tunnel"),
        await method(long, "volume"),
        await method(short, "tunnel"),
        await method(short, "volume"),
      ],
      rng,
    );
    const alike = assessed(
      [
        await method(long, "full", false),
        await method(long, "tunnel", false),
        await method(long, "volume", false),
      ],
      rng.split("noise fixed"),
    );
    const [few, many] = [await alongPath(short.plan, short.path), await alongPath(long.plan, long.path)];
    const [full, ...around] = rows;
    const [fullAlike, ...aroundAlike] = alike;
    const best = around.reduce((a, b) => (b.agreement > a.agreement ? b : a));
    const show = (of: readonly Assessed[], value: (row: Assessed) => number, digits: number) =>
      of.map((row) => `${value(row).toFixed(digits)} (${row.name})`).join(", ");
    const claims: Claim[] = [
      {
        name: "the posteriors around the paths foresee predictions of the full space worse than it does itself",
        published: "-13.0, -123.8, -322.5 against -1.04",
        ours: `${show(around, (row) => row.agreement, 2)} against ${full.agreement.toFixed(2)}`,
        holds: around.every((row) => row.agreement < full.agreement),
      },
      {
        name: "the same where all have the same noise",
        published: "-",
        ours: `${show(aroundAlike, (row) => row.agreement, 2)} against ${fullAlike.agreement.toFixed(2)}`,
        holds: aroundAlike.every((row) => row.agreement < fullAlike.agreement),
      },
      {
        name: "away from the data they are over-confident: functions spread less than in the full space, with the same noise",
        published: "over-confident between and outside the data",
        ours: `${show(aroundAlike, (row) => row.outside, 3)} against ${fullAlike.outside.toFixed(3)}`,
        holds: aroundAlike.every((row) => row.outside < fullAlike.outside),
      },
      {
        name: "functions along a path of K = 20 differ more away from the data than those of K = 2",
        published: "visibly more diverse",
        ours: `standard deviation ${meanWhere(many, false).toFixed(3)} against ${meanWhere(few, false).toFixed(3)}`,
        holds: meanWhere(many, false) > meanWhere(few, false),
      },
      {
        name: "and at the data they hardly differ (standard deviation below that of the noise, 0.05)",
        published: "-",
        ours: `${meanWhere(many, true).toFixed(3)} (K = 20), ${meanWhere(few, true).toFixed(3)} (K = 2)`,
        holds: meanWhere(many, true) < 0.05 && meanWhere(few, true) < 0.05,
      },
    ];
    const spreads = (id: string, caption: string, series: { name: string; y: Float64Array }[]) =>
      saveFigure(context.folder, id, caption, (document) =>
        profileFigure(
          {
            xLabel: "input x",
            yLabel: "standard deviation of the function",
            yLog: true,
            series: series.map((line, i) => ({ ...line, x: xs, emphasis: i === 0 })),
          },
          document,
        ),
      );
    return {
      answer: `The full space foresees its own predictions with an LPPD of ${full.agreement.toFixed(2)}, the best posterior around a path (${best.name}) with ${best.agreement.toFixed(2)}; away from the data functions spread by ${fullAlike.outside.toFixed(2)} there and by ${aroundAlike.map(({ outside }) => outside.toFixed(2)).join(" and ")} around the path, with the same noise.`,
      claims,
      figures: [
        spreads(
          "spread",
          "How far functions of a posterior spread, with the noise fixed. Training data lie between 0.6 and 2 on either side.",
          alike.map(({ name, sd }) => ({ name, y: sd })),
        ),
        spreads("diversity", "How far functions along a path spread.", [
          { name: "K = 20", y: many },
          { name: "K = 2", y: few },
        ]),
      ],
      tables: [
        table("With the published priors, of the noise, too.", rows),
        table("With the noise fixed at that of the path of K = 20.", alike),
      ],
      notes: [
        "Agreement is the mean log predictive density of a posterior on noisy predictions of the full space, at inputs from -2.5 to 2.5. On average none can foresee them better than the full space itself (Gibbs' inequality), so that it matters how far the others fall behind. The published numbers are of a network of depth 10.",
        "Published priors of the noise differ: log σ ~ N(0, 1) around a path, N(-1, 0.1²) in the full space, where σ comes out larger than the true 0.05; hence the second table.",
        "The chains of the full space start at points of the path of K = 20, each of which is a good network; the authors' start at ten optima.",
      ],
    };
  },
};
