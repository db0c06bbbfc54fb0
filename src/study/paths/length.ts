import { profileFigure, type Series } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { type StudyPath, trainedPath } from "./context-node.ts";
import { toyFit, toyPlan } from "./plans.ts";
import { powerLaw } from "./regression.ts";

interface Setting {
  /** Hidden layers of width 10, and the published slope. */
  depths: [depth: number, published: number][];
  degrees: number[];
  seeds: number;
  steps: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: { depths: [[3, 0.45]], degrees: [2, 5, 10, 20, 40], seeds: 2, steps: 1500 },
  paper: {
    depths: [
      [3, 0.45],
      [10, 0.62],
      [20, 0.61],
    ],
    degrees: [2, 7, 10, 20, 40, 70, 100],
    seeds: 6,
    steps: 10_000,
  },
};
const DECAYS = [0, 0.01, 0.1];

async function pathOf(context: StudyContext, depth: number, degree: number, seed: number, decay: number) {
  const { steps } = SETTINGS[context.scale];
  const change = { kind: "adamw" as const, weightDecay: decay, rate: 1e-2, learnScale: false };
  const fit = toyFit(degree, steps, { ...change, uniform: "t", validateEvery: 250 });
  const plan = await toyPlan({ depth, width: 10, activation: "elu" }, seed, fit);
  return trainedPath(context, `depth-${depth}-degree-${degree}-decay-${decay}-seed-${seed}`, plan);
}

const last = ({ history }: StudyPath) => history[history.length - 1];
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** How long paths get, section 7.4 of the research on "Paths and Ambient Spaces in Neural Loss Landscapes". */
export const pathLengths: Study = {
  id: "paths/length",
  title: "Length of a path against its degree",
  question: "How does the length of a trained path grow with the number of its control points?",
  source: "Dold et al. 2025, notebook bezier_length_dnn of the authors' code",
  minutes: { quick: 1, paper: 120 },
  async run(context) {
    const { depths, degrees, seeds } = SETTINGS[context.scale];
    const claims: Claim[] = [];
    const all: StudyPath[] = [];
    const series: Series[] = [];
    for (const [depth, published] of depths) {
      const lengths: number[] = [];
      for (const degree of degrees) {
        const own: number[] = [];
        for (let i = 0; i < seeds; i++) {
          const path = await pathOf(context, depth, degree, context.seed + i, 0);
          all.push(path);
          own.push(last(path).length);
        }
        lengths.push(mean(own));
      }
      const { slope, explained } = powerLaw(degrees, lengths);
      series.push({ name: `depth ${depth}`, x: degrees, y: lengths });
      claims.push({
        name: `depth ${depth}: length grows as a power of the degree, with an exponent of 0.4 to 0.7`,
        published: published.toFixed(2),
        ours: `${slope.toFixed(2)} (R² ${explained.toFixed(3)})`,
        holds: slope >= 0.4 && slope <= 0.7,
      });
    }
    const decayed: number[] = [];
    const [most, depth] = [degrees[degrees.length - 1], depths[depths.length - 1][0]];
    for (const decay of DECAYS)
      decayed.push(last(await pathOf(context, depth, most, context.seed, decay)).length);
    claims.push({
      name: `weight decay shortens paths of degree ${most}: ${DECAYS.join(", ")}`,
      published: "400, 240, 70 (depth 20, degree 100)",
      ours: decayed.map((length) => length.toFixed(1)).join(", "),
      holds: decayed[0] > decayed[1] && decayed[1] > decayed[2],
    });
    const bounded = all.every(({ history }) =>
      history.every(
        ({ endToEnd, length, upperBound }) =>
          endToEnd <= length * (1 + 1e-9) && length <= upperBound * (1 + 1e-9),
      ),
    );
    claims.push({
      name: "at every step the length lies between the distance of the ends and the length of the control polygon",
      published: "bounds",
      ours: `${all.length} paths`,
      holds: bounded,
    });
    return {
      answer: `The length of a trained path grows with its degree as K to the power ${claims[0].ours}.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "length",
          "Length of trained paths, mean over seeds; both axes are logarithmic.",
          (document) =>
            profileFigure({ xLabel: "degree K", yLabel: "length", xLog: true, yLog: true, series }, document),
        ),
      ],
      tables: [],
      notes: ["Toy data, networks of width 10 with ELU, Adam at a rate of 0.01, 20 positions t a step."],
    };
  },
};
