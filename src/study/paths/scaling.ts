import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { type StudyPath, trainedPath } from "./context-node.ts";
import { toyFit, toyPlan } from "./plans.ts";
import { powerLaw } from "./regression.ts";

interface Setting {
  degrees: number[];
  /** Standard deviations of the likelihood. */
  sigmas: number[];
  steps: number;
  /** From which step on exponents are taken. */
  from: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: { degrees: [2, 10], sigmas: [0.1, 1], steps: 40_000, from: 10_000 },
  paper: { degrees: [2, 5, 10, 20, 40], sigmas: [0.1, 1, 5, 10], steps: 500_000, from: 10_000 },
};
const RATE = 1e-2;
const TOY = { depth: 10, width: 10, activation: "elu" as const };

async function pathOf(context: StudyContext, degree: number, sigma: number, decay: number) {
  const { steps } = SETTINGS[context.scale];
  const change = { kind: "adamw" as const, weightDecay: decay, rate: RATE, scale: sigma, learnScale: false };
  const fit = toyFit(degree, steps, { ...change, uniform: "t", validateEvery: steps });
  const plan = await toyPlan(TOY, context.seed, fit);
  return trainedPath(context, `degree-${degree}-sigma-${sigma}-decay-${decay}`, plan);
}

/** A logged quantity from a step on. */
function late({ history }: StudyPath, name: string, from: number): { steps: number[]; values: number[] } {
  const lines = history.filter(({ step }) => step >= from);
  return { steps: lines.map(({ step }) => step), values: lines.map((line) => line[name]) };
}

function exponent(path: StudyPath, name: string, from: number): number {
  const { steps, values } = late(path, name, from);
  return powerLaw(steps, values).slope;
}

const final = ({ history }: StudyPath) => history[history.length - 1];

/** Figures 2 and 5 of "Paths and Ambient Spaces in Neural Loss Landscapes": how paths spread while they are trained. */
export const scalingLaws: Study = {
  id: "paths/scaling",
  title: "Scaling laws of the geometry of paths",
  question: "How fast do control points spread once the loss is low, and what holds them back?",
  source: "Dold et al. 2025, figures 2 and 5; the time constant and σ are our reading",
  minutes: { quick: 4, paper: 600 },
  async run(context) {
    const { degrees, sigmas, from } = SETTINGS[context.scale];
    const paths: { name: string; path: StudyPath }[] = [];
    for (const degree of degrees) {
      paths.push({ name: `K = ${degree}`, path: await pathOf(context, degree, sigmas[0], 0) });
    }
    const [degree] = degrees;
    const bySigma = [paths[0].path];
    for (const sigma of sigmas.slice(1)) bySigma.push(await pathOf(context, degree, sigma, 0));
    const decayed = await pathOf(context, degree, sigmas[0], 0.1);

    const exponents = paths.map(({ path }) => exponent(path, "relativeCentre", from));
    const centres = paths.map(({ path }) => final(path).relativeCentre);
    const sigmaCentres = bySigma.map((path) => final(path).relativeCentre);
    const plain = paths[0].path;
    const shown = (values: readonly number[], digits: number) =>
      values.map((x) => x.toFixed(digits)).join(", ");
    const ratio = (values: readonly number[]) => Math.max(...values) / Math.min(...values);
    const widest = paths[paths.length - 1];
    const early = widest.path.history.find(({ step }) => step >= 1000)!;
    const ends = [widest.path.history[0], early, final(widest.path)].map((line) => line.endToEnd);
    const claims: Claim[] = [
      {
        name: `the centre of mass moves as a power of the steps, exponent 0.5 ± 0.1 from step ${from} on (${paths.map(({ name }) => name).join(", ")})`,
        published: "square root",
        ours: shown(exponents, 2),
        holds: exponents.every((x) => Math.abs(x - 0.5) <= 0.1),
      },
      {
        name: "how far it moves does not depend on the degree (within a factor of 2)",
        published: "independent",
        ours: shown(centres, 1),
        holds: ratio(centres) <= 2,
      },
      {
        name: `with Adam it does not depend on σ of the likelihood (${sigmas.join(", ")}; within a factor of 2)`,
        published: "curves of σ fall together",
        ours: shown(sigmaCentres, 1),
        holds: ratio(sigmaCentres) <= 2,
      },
      {
        name: `the ends move apart late, after the loss has fallen (${widest.name}: at the start, after 1,000 steps, at the end)`,
        published: "flat until 1,000 steps, then growing",
        ours: ends.map((x) => x.toFixed(1)).join(", "),
        holds: Math.abs(ends[1] / ends[0] - 1) < 0.1 && ends[2] > 1.2 * ends[1],
      },
      {
        name: "weight decay of 0.1 holds the path back: length, distance of the ends, norm of the centre",
        published: "restricts free diffusion",
        ours: (["length", "endToEnd", "centre"] as const)
          .map((name) => `${final(decayed)[name].toFixed(1)} against ${final(plain)[name].toFixed(1)}`)
          .join(", "),
        holds: (["length", "endToEnd", "centre"] as const).every(
          (name) => final(decayed)[name] < final(plain)[name],
        ),
      },
    ];
    const figure = (name: string, caption: string, column: string, yLabel: string, yLog: boolean) =>
      saveFigure(context.folder, name, caption, (document) =>
        profileFigure(
          {
            xLabel: "step",
            yLabel,
            xLog: true,
            yLog,
            series: [...paths, { name: "weight decay 0.1", path: decayed }].map(({ name, path }) => ({
              name,
              x: path.history.map(({ step }) => step),
              y: path.history.map((line) => line[column]),
              dashed: path === decayed,
            })),
          },
          document,
        ),
      );
    return {
      answer: `The centre of mass of the control points moves with the steps to the power ${shown(exponents, 2)}; weight decay stops it.`,
      claims,
      figures: [
        figure(
          "centre",
          "Distance of the centre of mass from its start.",
          "relativeCentre",
          "distance",
          true,
        ),
        figure("ends", "Distance of the ends.", "endToEnd", "distance", true),
        figure("length", "Length of the path.", "length", "length", true),
        figure("loss", "Training loss at the positions of a step.", "loss", "loss", false),
      ],
      tables: [],
      notes: [
        `Toy data, depth 10, width 10, ELU, Adam at a rate of ${RATE}, 20 positions t a step. The paper's time constant and σ are not recovered: σ here is the standard deviation of the likelihood, which Adam does not see, and the time is the number of steps.`,
      ],
    };
  },
};
