import { panelsFigure, type ReportFigure, type ReportTable } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { bestOf, CANDIDATES, candidatesOf, type Measured, READINGS, type Reading } from "./effective-time.ts";
import { exponentOf, isDiffusive, shownInterval } from "./exponents.ts";
import {
  finalLines,
  meanOver,
  type Spreading,
  type SpreadingSetting,
  type SpreadingSize,
  spreadingPaths,
} from "./spreading-node.ts";

interface Setting extends SpreadingSize {
  /** From which step on laws are fitted. */
  from: number;
  /** Besides 2. */
  degrees: number[];
  /** Positions t in a step of SGD. */
  sgdSamples: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: { degrees: [10], steps: 4000, from: 500, starts: 3, samples: 5, sgdSamples: 5 },
  paper: { degrees: [5, 10, 40], steps: 200_000, from: 10_000, starts: 6, samples: 20, sgdSamples: 500 },
};
const SIGMAS = [0.1, 1, 5, 10];
/** What is varied, one thing at a time, and what else is varied with it; SGD diverges at a σ of 0.1. */
const OPTIMISERS = {
  Adam: {
    base: { depth: 10, kind: "adamw", degree: 2, rate: 0.01, sigma: 0.1, initScale: 1, decay: 0 },
    rates: [0.003, 0.03],
  },
  SGD: {
    base: { depth: 10, kind: "sgd", degree: 2, rate: 0.05, sigma: 1, initScale: 1, decay: 0 },
    rates: [0.015, 0.1],
  },
} as const satisfies Record<string, { base: SpreadingSetting; rates: readonly number[] }>;
type OptimiserName = keyof typeof OPTIMISERS;

const QUANTITIES = [
  { key: "centre", name: "‖θ̄‖", label: "norm of the centre of mass" },
  { key: "relativeCentre", name: "‖θ̄ − θ̄₀‖", label: "way of the centre of mass" },
  { key: "endToEnd", name: "R_e", label: "distance of the ends" },
] as const;

/** A setting and what tells it from the base. */
interface Named {
  label: string;
  spreading: Spreading;
}

/** Paths that differ from the base in σ, in one of its readings, in the rate or in the degree. */
async function pathsOf(context: StudyContext, optimiser: OptimiserName, reading: Reading): Promise<Named[]> {
  const { degrees, sgdSamples, ...size } = SETTINGS[context.scale];
  const { base, rates } = OPTIMISERS[optimiser];
  const key = reading === "likelihood" ? "sigma" : "initScale";
  const settings: { label: string; setting: SpreadingSetting }[] = [
    { label: `K = ${base.degree}, η = ${base.rate}, σ = ${base[key]}`, setting: base },
    ...SIGMAS.filter((sigma) => sigma !== base[key]).map((sigma) => ({
      label: `σ = ${sigma}`,
      setting: { ...base, [key]: sigma },
    })),
    ...rates.map((rate) => ({ label: `η = ${rate}`, setting: { ...base, rate } })),
    ...degrees.map((degree) => ({ label: `K = ${degree}`, setting: { ...base, degree } })),
  ];
  const samples = optimiser === "SGD" ? sgdSamples : size.samples;
  const paths: Named[] = [];
  for (const { label, setting } of settings) {
    paths.push({ label, spreading: await spreadingPaths(context, setting, { ...size, samples }) });
  }
  return paths;
}

const hasDiverged = ({ spreading }: Named) => spreading.diverged !== undefined;

/** How well each candidate does, with the best of each quantity marked. */
function candidateTable(title: string, measured: readonly Measured[][]): ReportTable {
  return {
    caption: `${title}: R² of the common power law, its exponent (95 % interval over starts), the scatter about it as a factor, and the share of all assignments of the times to the settings that do as well. * marks the best.`,
    columns: ["time", ...QUANTITIES.map(({ name }) => name)],
    rows: CANDIDATES.map(({ name }, i) => [
      name,
      ...measured.map((own) => {
        const { explained, exponent, scatter, chance } = own[i];
        const mark = bestOf(own) === own[i] ? "* " : "";
        return `${mark}R² ${explained.toFixed(3)}, exponent ${shownInterval(exponent)}, scatter × ${scatter.toFixed(2)}, chance ${chance.toPrecision(2)}`;
      }),
    ]),
  };
}

/** Exponents of each setting, and where it has got. */
function settingTable(title: string, paths: readonly Named[], [from, steps]: [number, number]): ReportTable {
  return {
    caption: `${title}: exponents in the number of steps from step ${from} on, with 95 % intervals over starts, and means at the end. The first row is the base; the others differ in what they name.`,
    columns: ["setting", ...QUANTITIES.map(({ name }) => `exponent of ${name}`), "‖θ̄‖", "R_e", "loss"],
    rows: paths.map((own) => {
      const { label, spreading } = own;
      if (hasDiverged(own)) return [label, `diverged at step ${spreading.diverged}`, "", "", "", "", ""];
      const last = (key: string) => meanOver(spreading, (line) => line[key], steps)[0];
      return [
        label,
        ...QUANTITIES.map(({ key }) => shownInterval(exponentOf(spreading, key, from))),
        last("centre"),
        last("endToEnd"),
        last("loss"),
      ];
    }),
  };
}

/** The largest over the smallest of a quantity at the end, among the settings that differ from the base in σ only. */
function sigmaRatio(paths: readonly Named[], key: string): number {
  const ends = paths
    .slice(0, SIGMAS.length)
    .filter((own) => !hasDiverged(own))
    .map(({ spreading }) => finalLines(spreading).reduce((sum, line) => sum + line[key], 0));
  return Math.max(...ends) / Math.min(...ends);
}

/** Figure 2 of "Paths and Ambient Spaces in Neural Loss Landscapes": the spreading of paths against an effective time. */
export const figureTwo: Study = {
  id: "paths/figure-2",
  title: "Spreading of paths against an effective time",
  question:
    "In which time do paths of all noise scales, rates and degrees spread alike, and as its square root?",
  source: "Dold et al. 2025, figure 2; the formula of the time and the meaning of σ are not known",
  minutes: { quick: 4, paper: 2000 },
  async run(context) {
    const { from, steps, starts, samples, sgdSamples } = SETTINGS[context.scale];
    const claims: Claim[] = [];
    const figures: ReportFigure[] = [];
    const tables: ReportTable[] = [];
    const answers: string[] = [];
    for (const optimiser of Object.keys(OPTIMISERS) as OptimiserName[]) {
      for (const reading of Object.keys(READINGS) as Reading[]) {
        const title = `${optimiser}, σ as ${READINGS[reading].name}`;
        const all = await pathsOf(context, optimiser, reading);
        const paths = all.filter((own) => !hasDiverged(own));
        const spreadings = paths.map(({ spreading }) => spreading);
        const measured = QUANTITIES.map(({ key }) => candidatesOf(spreadings, reading, key, from));
        tables.push(candidateTable(title, measured), settingTable(title, all, [from, steps]));
        for (const { key, name, label } of QUANTITIES) {
          figures.push(
            saveFigure(
              context.folder,
              `${optimiser}-${reading}-${key}`.toLowerCase(),
              `${title}: ${label} against each candidate of the time, means over ${starts} starts.`,
              (document) =>
                panelsFigure(
                  CANDIDATES.map((candidate) => ({
                    xLabel: candidate.name,
                    yLabel: name,
                    xLog: true,
                    yLog: true,
                    series: paths.map((own) => ({
                      name: own.label,
                      ...meanCurve(own.spreading, candidate.times, reading, key),
                    })),
                  })),
                  document,
                ),
            ),
          );
        }
        const best = measured.map(bestOf);
        const [, way] = best;
        answers.push(
          `${title}: ${way.candidate} (R² ${way.explained.toFixed(2)}, exponent ${shownInterval(way.exponent)})`,
        );
        QUANTITIES.forEach(({ name }, q) => {
          const { candidate, exponent, explained } = best[q];
          claims.push({
            name: `${title}: ${name} grows as the square root of a time (exponent 0.5 ± 0.1 in the best of the candidates, from step ${from} on)`,
            published: "square root of the effective time constant",
            ours: `${shownInterval(exponent)} in ${candidate} (R² ${explained.toFixed(2)})`,
            holds: isDiffusive(exponent.mean),
          });
        });
        claims.push({
          name: `${title}: in one time the ways of the centre of all settings fall together (R² of at least 0.9, better than 95 % of assignments)`,
          published: "curves fall together",
          ours: `${way.candidate}: R² ${way.explained.toFixed(2)}, scatter × ${way.scatter.toFixed(2)}, chance ${way.chance.toPrecision(2)}`,
          holds: way.explained >= 0.9 && way.chance < 0.05,
        });
        const ratios = (["centre", "endToEnd"] as const).map((key) => sigmaRatio(all, key));
        claims.push({
          name: `${title}: curves of σ = ${SIGMAS.join(", ")} hide each other (‖θ̄‖ and R_e after the same number of steps, within a factor of 1.5)`,
          published: "some are hidden",
          ours: `factors ${ratios.map((x) => x.toFixed(2)).join(" and ")}${all.slice(0, SIGMAS.length).some(hasDiverged) ? ", of those that do not diverge" : ""}`,
          holds: ratios.every((x) => x <= 1.5),
        });
        if (optimiser === "SGD" && reading === "likelihood") {
          const [base, ...others] = all.slice(0, SIGMAS.length);
          const smallest = others.find(({ spreading }) => spreading.setting.sigma === SIGMAS[0])!;
          claims.push({
            name: `SGD diverges at σ = ${SIGMAS[0]} of the likelihood, where a step is η / σ² = ${(base.spreading.setting.rate / SIGMAS[0] ** 2).toFixed(0)} long, and not at larger ones`,
            published: "diverges within a few steps at σ = 0.05",
            ours: hasDiverged(smallest)
              ? `at step ${smallest.spreading.diverged}; ${others.filter(hasDiverged).length} of ${SIGMAS.length} σ diverge`
              : "does not",
            holds: [base, ...others].every((own) => hasDiverged(own) === (own === smallest)),
          });
        }
      }
    }
    return {
      answer: `The time in which the centre of mass of all settings moves most alike is, ${answers.join("; ")}.`,
      claims,
      figures,
      tables,
      notes: [
        `Toy data, depth 10, width 10, ELU, ${steps} steps, ${samples} positions t a step (SGD ${sgdSamples}). One of σ, η and K differs from the base at a time. Intervals: Student's t over the exponents of ${starts} starts on the same data, since the lines of one training are not independent.`,
        "n: steps; η: rate; v: variance of the gradient over the positions, mean over coordinates, summed over the steps.",
        "Adam does not see the scale of the loss, so that the σ of the likelihood cannot change its paths but by rounding.",
      ],
    };
  },
};

/** Means over the starts of a quantity and of its time. */
function meanCurve(
  { setting, histories }: Spreading,
  times: (typeof CANDIDATES)[number]["times"],
  reading: Reading,
  key: string,
): { x: number[]; y: number[] } {
  const mean = (values: number[][]) =>
    values[0].map((_, i) => values.reduce((sum, own) => sum + own[i] / values.length, 0));
  return {
    x: mean(histories.map((history) => times(setting, READINGS[reading].of(setting), history))),
    y: mean(histories.map((history) => history.map((line) => line[key]))),
  };
}
