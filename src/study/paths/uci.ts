import { loadDataset } from "../../data/node.ts";
import { mlp } from "../../model/index.ts";
import { profileFigure, type ReportFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { SampleResult } from "../../run/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import {
  atBest,
  type Cell,
  comparisonTable,
  lppd,
  meanRHat,
  meanSampleSize,
  meanSd,
  rmse,
} from "./comparison.ts";
import { type PathPlan, sampledPath, trainedPath } from "./context-node.ts";
import { published, toyFit } from "./plans.ts";
import { SAMPLING, SCORES } from "./uci-published.ts";

const DEGREES = [2, 20] as const;

interface Setting {
  datasets: string[];
  /** By degree. */
  spaces: Record<(typeof DEGREES)[number], Cell["space"][]>;
  /** Whether the tunnel of the highest degree is sampled from starts all along the path, too. */
  dispersed: boolean;
  seeds: number;
  steps: number;
  sampling: Omit<Parameters<typeof published>[1], "priorScale">;
}

const PUBLISHED_TEMPERATURES = [1, 2.154, 4.642, 10, 21.544, 46.416, 100, 215.443, 464.159];
const PAPER = {
  spaces: { 2: ["tunnel", "line", "volume"], 20: ["tunnel", "line", "volume"] } satisfies Setting["spaces"],
  dispersed: true,
  seeds: 5,
  steps: 100_000,
  sampling: { temperatures: PUBLISHED_TEMPERATURES, chains: 10, draws: 1000, gradients: 100 },
};

/** One data set. */
const ONE: Record<Scale, Setting> = {
  quick: {
    datasets: ["concrete"],
    spaces: { 2: ["tunnel"], 20: ["tunnel", "volume"] },
    dispersed: false,
    seeds: 1,
    steps: 8000,
    sampling: { temperatures: [4.642, 21.544, 100], chains: 10, draws: 100, gradients: 20 },
  },
  paper: { ...PAPER, datasets: ["concrete"] },
};

/** The whole table. */
const ALL: Record<Scale, Setting> = {
  quick: {
    datasets: ["airfoil", "concrete", "energy"],
    spaces: { 2: ["tunnel"], 20: ["tunnel", "volume"] },
    dispersed: true,
    seeds: 5,
    steps: 20_000,
    sampling: { temperatures: [4.642, 10, 46.416, 100], chains: 10, draws: 200, gradients: 20 },
  },
  paper: { ...PAPER, datasets: ["airfoil", "concrete", "energy", "yacht", "bikesharing"] },
};

async function planOf(
  context: StudyContext,
  { steps }: Setting,
  name: string,
  degree: number,
  seed: number,
): Promise<PathPlan> {
  const { dataDir, options, scale } = context;
  const dataset = await loadDataset(name, { dataDir, signal: options.signal, seed });
  const network = mlp([dataset.shape[0], 16, 16, 16, 1], "relu");
  const validateEvery = scale === "paper" ? 25 : 100;
  return { dataset, network, fit: toyFit(degree, steps, { rate: 5e-3, samples: 10, validateEvery }), seed };
}

interface CellSpec {
  name: string;
  space: Cell["space"];
  degree: number;
  /** Whether chains start all along the path instead of where the published code starts them. */
  dispersed: boolean;
}

async function cellOf(context: StudyContext, setting: Setting, spec: CellSpec): Promise<Cell> {
  const { name, space, degree, dispersed } = spec;
  const results: SampleResult[] = [];
  for (let seed = 0; seed < setting.seeds; seed++) {
    const plan = await planOf(context, setting, name, degree, seed);
    const part = `${name}-degree-${degree}-seed-${seed}`;
    const path = await trainedPath(context, part, plan);
    const sampling = {
      ...published(space, { ...setting.sampling, priorScale: 0.5 }),
      publishedStarts: !dispersed,
    };
    const where = dispersed ? `${space}-dispersed` : space;
    results.push(await sampledPath(context, `${part}-${where}`, plan, path, sampling));
  }
  return { label: dispersed ? `${name}, starts all along the path` : name, space, degree, results };
}

/** Predictions within the published mean ± 2 standard deviations, to the digits that are published, or better. */
function predictionClaim(name: string, cell: Cell): Claim[] {
  const row = SCORES[name][cell.space]?.[cell.degree];
  if (!row) return [];
  const [error, errorSd, density, densitySd] = row;
  const [ours, ourError] = [lppd(cell).mean, rmse(cell).mean];
  const rounded = (x: number) => Number(x.toFixed(2));
  return [
    {
      name: `${name}, ${cell.space}, K = ${cell.degree}: test LPPD and RMSE within the published mean ± 2 standard deviations, or better`,
      published: `${density} ± ${densitySd}, ${error} ± ${errorSd}`,
      ours: `${ours.toFixed(3)}, ${ourError.toFixed(3)}`,
      holds: rounded(ours - density + 2 * densitySd) >= 0 && rounded(error + 2 * errorSd - ourError) >= 0,
    },
  ];
}

function samplingClaims(name: string, tunnel: Cell, volume: Cell): Claim[] {
  const at = `${name}, K = ${tunnel.degree}`;
  const factor = meanSampleSize(tunnel) / meanSampleSize(volume);
  const other = SAMPLING[name];
  const pace = meanSd(atBest(tunnel, (t) => t.convergence.essBulkMean / t.seconds)).mean;
  return [
    {
      name: `${at}: effective draws in the tunnel over those in the volume, on the same number of gradients, at least as published`,
      published: `${other.tunnel} / ${other.volume} = ${(other.tunnel / other.volume).toFixed(1)} times`,
      ours: `${meanSampleSize(tunnel).toFixed(0)} / ${meanSampleSize(volume).toFixed(0)} = ${factor.toFixed(1)} times`,
      holds: factor >= other.tunnel / other.volume,
    },
    {
      name: `${at}: R-hat is lower in the tunnel (mean)`,
      published: "lower",
      ours: `${meanRHat(tunnel).toFixed(3)} against ${meanRHat(volume).toFixed(3)}`,
      holds: meanRHat(tunnel) < meanRHat(volume),
    },
    {
      name: `${at}: effective draws a second in the tunnel, at least as on the authors' GPU`,
      published: (other.tunnel / other.seconds).toFixed(1),
      ours: pace.toFixed(1),
      holds: pace >= other.tunnel / other.seconds,
    },
  ];
}

/** Test LPPD against the temperature, means over the seeds (figures of section 9.2.3 of the research). */
const byTemperature = (context: StudyContext, name: string, cells: readonly Cell[]) =>
  saveFigure(
    context.folder,
    `temperatures-${name}`,
    `Test LPPD on ${name} at each temperature of the likelihood, mean over the seeds.`,
    (document) =>
      profileFigure(
        {
          xLabel: "temperature",
          yLabel: "test LPPD",
          xLog: true,
          series: cells.map(({ label, space, degree, results }) => ({
            name: `${space}, K = ${degree}${label === name ? "" : ", starts all along"}`,
            x: results[0].temperatures.map(({ temperature }) => temperature),
            y: results[0].temperatures.map(
              (_, i) => meanSd(results.map(({ temperatures }) => temperatures[i].splits.test.lppd)).mean,
            ),
            emphasis: space === "tunnel" && label === name,
            dashed: degree < Math.max(...DEGREES),
          })),
        },
        document,
      ),
  );

/** What chains find that do not all start in the same part of the path. */
const dispersedNote = (name: string, common: Cell, dispersed: Cell) =>
  `${name}, tunnel, K = ${common.degree}: with starts all along the path R-hat is ${meanRHat(dispersed).toFixed(2)} instead of ${meanRHat(common).toFixed(2)} (mean), effective draws ${meanSampleSize(dispersed).toFixed(0)} instead of ${meanSampleSize(common).toFixed(0)}, test LPPD ${lppd(dispersed).mean.toFixed(3)} instead of ${lppd(common).mean.toFixed(3)}.`;

async function run(context: StudyContext, setting: Setting) {
  const { datasets, spaces, sampling, seeds, dispersed } = setting;
  const most = Math.max(...DEGREES);
  const cells: Cell[] = [];
  const claims: Claim[] = [];
  const notes: string[] = [];
  const figures: ReportFigure[] = [];
  for (const name of datasets) {
    const own: Cell[] = [];
    for (const degree of DEGREES) {
      for (const space of spaces[degree]) {
        own.push(await cellOf(context, setting, { name, space, degree, dispersed: false }));
      }
    }
    claims.push(...own.flatMap((cell) => predictionClaim(name, cell)));
    const [tunnel, volume] = (["tunnel", "volume"] as const).map(
      (space) => own.find((cell) => cell.space === space && cell.degree === most)!,
    );
    claims.push(...samplingClaims(name, tunnel, volume));
    if (dispersed) {
      const others = await cellOf(context, setting, { name, space: "tunnel", degree: most, dispersed });
      own.push(others);
      notes.push(dispersedNote(name, tunnel, others));
    }
    cells.push(...own);
    figures.push(byTemperature(context, name, own));
  }
  const held = claims.filter(({ holds }) => holds).length;
  const factors = claims.filter(({ name }) => name.includes("over those in the volume"));
  return {
    answer: `${held} of ${claims.length} published statements hold; at K = ${most} the tunnel has ${factors
      .map(({ ours }) => ours.split("= ")[1])
      .join(", ")} the effective draws of the volume (${datasets.join(", ")}).`,
    claims,
    figures,
    tables: [
      comparisonTable(
        cells,
        `${seeds > 1 ? `Means over ${seeds} seeds (± standard deviation)` : "One seed"}, each at its temperature of best validation LPPD; ${sampling.chains} chains of ${sampling.draws} draws, ${sampling.gradients} gradients a draw; targets standardised.`,
      ),
    ],
    notes: [
      ...notes,
      "Chains start as the published code starts them: between t = 0.5 and 0.78 and with noise of more than 1, so that all of them first see a flat likelihood and then fall into the same part of the tunnel. R-hat and effective draws describe that part.",
      "Data are standardised by all rows, as published, so that a little of the test split leaks into the scale.",
    ],
  };
}

const SOURCE = "Dold et al. 2025, notebook uci of the authors' code (ReLU, depth 3, width 16)";

/** A data set of tables 9.2.1 and 9.2.2 of the research on "Paths and Ambient Spaces in Neural Loss Landscapes". */
export const uciSpaces: Study = {
  id: "paths/uci",
  title: "Posteriors around paths on concrete",
  question: "How well do posteriors around a path predict, and in which space do their chains mix?",
  source: SOURCE,
  minutes: { quick: 1, paper: 1000 },
  run: (context) => run(context, ONE[context.scale]),
};

/** Tables 9.2.1 and 9.2.2 of the research. */
export const uciTable: Study = {
  id: "paths/uci-table",
  title: "Posteriors around paths on UCI data, five seeds each",
  question: "How well do posteriors around a path predict, and in which space do their chains mix?",
  source: SOURCE,
  minutes: { quick: 60, paper: 6000 },
  run: (context) => run(context, ALL[context.scale]),
};
