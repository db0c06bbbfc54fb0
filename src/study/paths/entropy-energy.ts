import { type MeanInterval, meanInterval } from "../../geometry/index.ts";
import { panelsFigure, type ReportTable } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { type Interval, ownExponent, shownInterval } from "./exponents.ts";
import { changePoint, correlation, levelOf, logChanges } from "./phases.ts";
import {
  type Line,
  meanOver,
  PARAMETERS,
  type Spreading,
  type SpreadingSize,
  spreadingPaths,
  stepsOf,
} from "./spreading-node.ts";

interface Setting extends SpreadingSize {
  degree: number;
  /** Of the training with decay. */
  heldSteps: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: { degree: 10, steps: 30_000, heldSteps: 10_000, starts: 3, samples: 5 },
  paper: { degree: 20, steps: 500_000, heldSteps: 500_000, starts: 6, samples: 20 },
};
const BASE = { depth: 10, kind: "adamw" as const, rate: 1e-2, sigma: 0.05, initScale: 1 };
const DECAY = 0.1;
const QUANTITIES = [
  { key: "length", name: "S" },
  { key: "endToEnd", name: "R_e" },
  { key: "gyration", name: "R_g" },
  { key: "curvature", name: "mean curvature" },
] as const;
const PANELS = [{ key: "loss", name: "training loss" }, ...QUANTITIES];

/** The two phases of one training. */
interface Phases {
  /** Where the first ends. */
  change: number;
  before: Line[];
  /** From twice that step on. */
  after: Line[];
  end: Line;
}

function phasesOf(history: Line[]): Phases {
  const change = changePoint(history);
  return {
    change,
    before: history.filter(({ step }) => step <= change),
    after: history.filter(({ step }) => step >= 2 * change),
    end: history[history.length - 1],
  };
}

const over = (phases: readonly Phases[], of: (own: Phases) => number): MeanInterval =>
  meanInterval(phases.map(of));

/** On a scale of its own, on which the numbers of the starts are about normal. */
function overScaled(
  phases: readonly Phases[],
  of: (own: Phases) => number,
  [to, back]: readonly [(x: number) => number, (x: number) => number],
): Interval {
  const { mean, interval } = over(phases, (own) => to(of(own)));
  return { mean: back(mean), interval: [back(interval[0]), back(interval[1])] };
}

const LOGARITHM = [Math.log, Math.exp] as const;
/** Fisher's transform of correlations. */
const FISHER = [Math.atanh, Math.tanh] as const;

/** Growth of a path per step in the second half of a training. */
function lengthRate(history: Line[]): number {
  const { step: steps, length } = history[history.length - 1];
  const half = history.find(({ step }) => step >= steps / 2)!;
  return (length - half.length) / (steps - half.step);
}

/** Correlation of the logarithms of length and another quantity after the change, and of their changes from line to line. */
function correlations(phases: readonly Phases[], key: string): [levels: Interval, changes: Interval] {
  const between = (transform: (values: number[]) => number[]) =>
    overScaled(
      phases,
      ({ after }) =>
        correlation(transform(after.map(({ length }) => length)), transform(after.map((line) => line[key]))),
      FISHER,
    );
  return [between((values) => values.map(Math.log)), between(logChanges)];
}

function growthTable(title: string, phases: readonly Phases[]): ReportTable {
  return {
    caption: `${title}: exponents in the number of steps, until the change-point (from step 10 on) and from twice that step on, and values at both ends. 95 % intervals over starts.`,
    columns: ["quantity", "before", "after", "at the start", "at the change-point", "at the end"],
    rows: QUANTITIES.map(({ key, name }) => [
      name,
      shownInterval(
        over(phases, ({ before }) =>
          ownExponent(
            before.filter(({ step }) => step >= 10),
            key,
          ),
        ),
      ),
      shownInterval(over(phases, ({ after }) => ownExponent(after, key))),
      over(phases, ({ before }) => before[0][key]).mean,
      over(phases, ({ before }) => before[before.length - 1][key]).mean,
      over(phases, ({ end }) => end[key]).mean,
    ]),
  };
}

/**
 * Section 8 of the research on "Paths and Ambient Spaces in Neural Loss Landscapes": its abstract names entropy–energy
 * dynamics; what is measured here is an operationalisation of this project.
 */
export const entropyEnergy: Study = {
  id: "paths/entropy-energy",
  title: "Entropy and energy of a path in training",
  question:
    "Does a path first lower its loss and then, at nearly constant loss, spread to where there is more volume?",
  source:
    "the abstract of Dold et al. 2025 names entropy–energy dynamics; the measures are this project's own",
  minutes: { quick: 2, paper: 250 },
  async run(context) {
    const { degree, steps, heldSteps, ...size } = SETTINGS[context.scale];
    const train = (decay: number) =>
      spreadingPaths(context, { ...BASE, degree, decay }, { ...size, steps: decay > 0 ? heldSteps : steps });
    const trainings = [
      { title: "No decay", paths: await train(0) },
      { title: `Weight decay ${DECAY}`, paths: await train(DECAY) },
    ];
    const [free, held] = trainings.map(({ paths }) => paths.histories.map(phasesOf));
    const change = overScaled(free, (own) => own.change, LOGARITHM);
    const relative = (key: string) =>
      over(free, ({ before }) => before[before.length - 1][key] / before[0][key] - 1);
    const early = (["length", "endToEnd", "gyration"] as const).map(relative);
    const growth = over(free, ({ after }) => ownExponent(after, "length"));
    const heldGrowth = over(held, ({ end, after }) => end.length / after[0].length);
    const rates = trainings.map(({ paths }) => meanInterval(paths.histories.map(lengthRate)));
    const drifts = trainings.map(({ paths: { histories } }) =>
      meanInterval(
        histories.map((history) => {
          const { step } = history[history.length - 1];
          return levelOf(history, 0.75 * step, step) - levelOf(history, 0.5 * step, 0.75 * step);
        }),
      ),
    );
    // K D coordinates relative to the centre of mass, each as wide as R_g: ln of the volume, up to a constant.
    const entropy = over(
      free,
      ({ before, end }) => degree * PARAMETERS * Math.log(end.gyration / before[before.length - 1].gyration),
    );
    const [curvature, curvatureChanges] = correlations(free, "curvature");
    const gradient = correlations(free, "gradientNorm");
    const percent = ({ mean, interval }: Interval) =>
      shownInterval({ mean: 100 * mean, interval: [100 * interval[0], 100 * interval[1]] }, 1);
    const scientific = ({ mean, interval: [low, high] }: Interval) =>
      `${mean.toExponential(1)} (${low.toExponential(1)} to ${high.toExponential(1)})`;
    const claims: Claim[] = [
      {
        name: "the loss is down after 100 to 1,000 steps (the change-point: the first logged step whose loss is within half a nat of the median of the second half)",
        published: "100 to 1,000",
        ours: `step ${shownInterval(change, 0)}`,
        holds: change.mean >= 100 && change.mean <= 1000,
      },
      {
        name: "until then S, R_e and R_g have hardly changed (by 10 % at most)",
        published: "unchanged",
        ours: early.map((x) => `${percent(x)} %`).join("; "),
        holds: early.every(({ mean }) => Math.abs(mean) <= 0.1),
      },
      {
        name: "after it the path grows: the exponent of S in the steps is above 0 (from twice the change-point on)",
        published: "grows",
        ours: shownInterval(growth),
        holds: growth.interval[0] > 0,
      },
      {
        name: "it grows at constant loss: dS/dn is above 0 in the second half, in which the level of the loss moves by less than 0.1 nats from its first to its second half",
        published: "-",
        ours: `dS/dn ${scientific(rates[0])}, loss ${shownInterval(drifts[0])}`,
        holds: rates[0].interval[0] > 0 && Math.abs(drifts[0].mean) < 0.1,
      },
      {
        name: "longer paths are flatter: S and mean curvature correlate negatively after the change-point, and so do their changes from line to line",
        published: "-",
        ours: `${shownInterval(curvature)}; changes ${shownInterval(curvatureChanges)}`,
        holds: curvature.interval[1] < 0 && curvatureChanges.interval[1] < 0,
      },
      {
        name: `with a weight decay of ${DECAY} the path does not grow: length at the end over that at twice the change-point, at most 1`,
        published: "restricts free diffusion",
        ours: shownInterval(heldGrowth),
        holds: heldGrowth.interval[1] <= 1,
      },
    ];
    return {
      answer: `The loss is down after ${change.mean.toFixed(0)} steps (95 % interval ${change.interval.map((x) => x.toFixed(0)).join(" to ")}); from then on the length grows with the steps to the power ${shownInterval(growth)}.`,
      claims,
      figures: trainings.map(({ title, paths }, i) =>
        saveFigure(
          context.folder,
          i === 0 ? "no-decay" : "decay",
          `${title}, K = ${degree}: the loss falls first, then the path ${i === 0 ? "spreads" : "shrinks"} (each start).`,
          (document) =>
            panelsFigure(
              PANELS.map(({ key, name }) => ({
                xLabel: "step",
                yLabel: name,
                xLog: true,
                yLog: key !== "loss",
                series: seriesOf(paths, key),
              })),
              document,
            ),
        ),
      ),
      tables: [
        ...trainings.map(({ title }, i) => growthTable(title, [free, held][i])),
        {
          caption:
            "Length beside other quantities after the change-point: correlation of the logarithms, and of their changes from line to line, in which no common trend is left. 95 % intervals over starts.",
          columns: ["training", "with", "levels", "changes"],
          rows: trainings.flatMap(({ title }, i) =>
            [
              ["mean curvature", "curvature"],
              ["norm of the gradient", "gradientNorm"],
            ].map(([name, key]) => [
              title,
              name,
              ...correlations([free, held][i], key).map((x) => shownInterval(x)),
            ]),
          ),
        },
        {
          caption:
            "The second half of each training: growth of the length a step, and by how much the level of the loss (median) differs between its two quarters, in nats.",
          columns: ["training", "dS/dn", "loss"],
          rows: trainings.map(({ title }, i) => [title, scientific(rates[i]), shownInterval(drifts[i], 3)]),
        },
      ],
      notes: [
        "Entropy–energy dynamics are named in the abstract of the paper; no formula and no code of it is known. Energy is the training loss, entropy the volume that the control points take, ln of which is K D ln R_g up to a constant: an operationalisation of this project.",
        `From the change-point to the end that entropy has grown by ${shownInterval(entropy, 0)} nats.`,
        `The norm of the gradient correlates with the length by ${shownInterval(gradient[0])}.`,
        `Toy data, depth 10, width 10, ELU, AdamW at a rate of ${BASE.rate}, σ of the likelihood ${BASE.sigma}, ${size.samples} positions t a step, ${size.starts} starts on the same data, over which all intervals are (Student's t).`,
      ],
    };
  },
};

/** A quantity of each start, and the mean. */
function seriesOf(paths: Spreading, key: string) {
  const x = stepsOf(paths);
  return [
    ...paths.histories.map((history, r) => ({
      name: `start ${r + 1}`,
      x,
      y: history.map((line) => line[key]),
    })),
    { name: "mean", x, y: meanOver(paths, (line) => line[key]), dashed: true },
  ];
}
