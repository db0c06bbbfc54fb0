import { panelsFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { meanSd } from "./comparison.ts";
import { exponentOf, isDiffusive, shownInterval } from "./exponents.ts";
import {
  finalLines,
  type Line,
  meanOver,
  PARAMETERS,
  type Spreading,
  type SpreadingSize,
  spreadingPaths,
  stepsOf,
} from "./spreading-node.ts";

interface Setting extends SpreadingSize {
  degrees: number[];
  decays: number[];
  /** Of the trainings with decay, which relax within 1 / (η λ) steps. */
  heldSteps: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: { degrees: [2, 10], decays: [0, 0.1], steps: 30_000, heldSteps: 10_000, starts: 3, samples: 5 },
  paper: {
    degrees: [2, 5, 10, 20, 40, 80],
    decays: [0, 0.01, 0.1],
    steps: 500_000,
    heldSteps: 500_000,
    starts: 6,
    samples: 20,
  },
};
const RATE = 1e-2;
/** Standard deviation of the likelihood, as published. */
const SIGMA = 0.05;
/** From which step on exponents are taken. */
const LATE = 10_000;
/** The panels of the published figure. */
const PANELS = [
  { name: "centre", yLabel: "A: norm of the centre of mass", yLog: true },
  { name: "endToEnd", yLabel: "B: distance of the ends", yLog: true },
  { name: "loss", yLabel: "C: training loss", yLog: false },
  { name: "length", yLabel: "D: length", yLog: true },
] as const;

/** Norm of a control point, from that of the centre and the mean distance from it. */
const pointNorm = ({ centre, gyration }: Line) => Math.hypot(centre, gyration);
const finalMean = (spreading: Spreading, of: (line: Line) => number) =>
  meanSd(finalLines(spreading).map(of)).mean;

/** Figure 5 of "Paths and Ambient Spaces in Neural Loss Landscapes": how paths spread, and what weight decay does to that. */
export const figureFive: Study = {
  id: "paths/figure-5",
  title: "How paths spread while they are trained",
  question:
    "How do the control points of a path spread once the loss is low, and does weight decay hold them?",
  source: "Dold et al. 2025, figure 5",
  minutes: { quick: 4, paper: 1100 },
  async run(context) {
    const { degrees, decays, steps, heldSteps, ...size } = SETTINGS[context.scale];
    const byDecay: { decay: number; paths: Spreading[] }[] = [];
    for (const decay of decays) {
      const paths: Spreading[] = [];
      for (const degree of degrees) {
        const setting = {
          depth: 10,
          kind: "adamw" as const,
          degree,
          rate: RATE,
          sigma: SIGMA,
          initScale: 1,
          decay,
        };
        paths.push(await spreadingPaths(context, setting, { steps: decay > 0 ? heldSteps : steps, ...size }));
      }
      byDecay.push({ decay, paths });
    }
    const free = byDecay[0].paths;
    const held = byDecay[byDecay.length - 1];
    const named = (shown: (spreading: Spreading) => string, paths = free) =>
      paths.map((spreading) => `K = ${spreading.setting.degree}: ${shown(spreading)}`).join("; ");
    const exponents = (name: string) => free.map((spreading) => exponentOf(spreading, name, LATE));
    const [centres, ends] = [exponents("relativeCentre"), exponents("endToEnd")];
    const moved = free.map((spreading) => finalMean(spreading, (line) => line.relativeCentre));
    const at = (spreading: Spreading, name: string, step: number) =>
      meanOver(spreading, (line) => line[name], step)[0];
    const early = free.map((spreading) => at(spreading, "endToEnd", 1000) / at(spreading, "endToEnd", 0));
    const late = free.map((spreading) => at(spreading, "endToEnd", steps) / at(spreading, "endToEnd", 1000));
    const plateau = Math.sqrt((RATE * PARAMETERS) / (2 * held.decay));
    const norms = held.paths.map((spreading) => finalMean(spreading, pointNorm));
    const stillGrowing = held.paths.map(
      (spreading) =>
        meanOver(spreading, pointNorm, heldSteps)[0] / meanOver(spreading, pointNorm, heldSteps / 2)[0],
    );
    const lengths = degrees.map((_, k) => byDecay.map(({ paths }) => at(paths[k], "length", heldSteps)));
    const lines = byDecay.flatMap(({ paths }) => paths.flatMap(({ histories }) => histories.flat()));
    const ratio = (values: readonly number[]) => Math.max(...values) / Math.min(...values);
    const claims: Claim[] = [
      {
        name: "R_e ≤ S ≤ length of the control polygon at every logged step",
        published: "bounds",
        ours: `${lines.length} lines`,
        holds: lines.every(
          ({ endToEnd, length, upperBound }) =>
            endToEnd <= length * (1 + 1e-9) && length <= upperBound * (1 + 1e-9),
        ),
      },
      {
        name: `no decay: the centre of mass moves as the square root of the steps (exponent 0.5 ± 0.1 from step ${LATE} on; 95 % interval over ${size.starts} starts)`,
        published: "0.5",
        ours: named((spreading) => shownInterval(centres[free.indexOf(spreading)])),
        holds: centres.every(({ mean }) => isDiffusive(mean)),
      },
      {
        name: `no decay: so does the distance of the ends, R_e`,
        published: "0.5",
        ours: named((spreading) => shownInterval(ends[free.indexOf(spreading)])),
        holds: ends.every(({ mean }) => isDiffusive(mean)),
      },
      {
        name: "no decay: how far the centre moves does not depend on K (within a factor of 2)",
        published: "independent",
        ours: named((spreading) => moved[free.indexOf(spreading)].toFixed(1)),
        holds: ratio(moved) <= 2,
      },
      {
        name: "no decay: R_e is flat for 1,000 steps (within 10 %) and grows after (by a fifth at least)",
        published: "14, then up to 80 to 300 in 2,000,000 steps",
        ours: named((spreading) => {
          const k = free.indexOf(spreading);
          return `× ${early[k].toFixed(2)}, then × ${late[k].toFixed(2)}`;
        }),
        holds: early.every((x) => Math.abs(x - 1) <= 0.1) && late.every((x) => x >= 1.2),
      },
      {
        name: `more decay, shorter paths: length after ${heldSteps} steps for a decay of ${decays.join(", ")}`,
        published: "S(0) > S(0.01) > S(0.1)",
        ours: degrees
          .map((degree, k) => `K = ${degree}: ${lengths[k].map((x) => x.toFixed(1)).join(", ")}`)
          .join("; "),
        holds: lengths.every((own) => own.every((x, i) => i === 0 || x < own[i - 1])),
      },
      {
        name: `decay ${held.decay}: the norm of a control point, √(‖θ̄‖² + R_g²), has a plateau (second half of the steps: within a fifth)`,
        published: "restricts free diffusion",
        ours: named((spreading) => `× ${stillGrowing[held.paths.indexOf(spreading)].toFixed(2)}`, held.paths),
        holds: stillGrowing.every((x) => Math.abs(x - 1) <= 0.2),
      },
      {
        name: `decay ${held.decay}: the plateau is that of an Ornstein–Uhlenbeck process with steps of η, √(ηD / 2λ) (within a factor of 2)`,
        published: `${plateau.toFixed(1)} (expected)`,
        ours: named((spreading) => norms[held.paths.indexOf(spreading)].toFixed(1), held.paths),
        holds: norms.every((norm) => ratio([norm, plateau]) <= 2),
      },
    ];
    return {
      answer: `From step ${LATE} on the way of the centre of mass grows with the steps, with exponents of ${named((s) => shownInterval(centres[free.indexOf(s)]))}; with a weight decay of ${held.decay} control points stay at a norm of ${norms.map((x) => x.toFixed(1)).join(" and ")}.`,
      claims,
      figures: byDecay.map(({ decay, paths }) =>
        saveFigure(
          context.folder,
          `decay-${String(decay).replace(".", "-")}`,
          `Weight decay ${decay}: means over ${size.starts} starts.`,
          (document) =>
            panelsFigure(
              PANELS.map(({ name, yLabel, yLog }) => ({
                xLabel: "step",
                yLabel,
                xLog: true,
                yLog,
                series: paths.map((spreading) => ({
                  name: `K = ${spreading.setting.degree}`,
                  x: stepsOf(spreading),
                  y: meanOver(spreading, (line) => line[name]),
                })),
              })),
              document,
            ),
        ),
      ),
      tables: [],
      notes: [
        `Toy data, depth 10, width 10, ELU, AdamW at a rate of ${RATE}, σ of the likelihood ${SIGMA}, ${size.samples} positions t a step. Intervals: Student's t over the exponents of ${size.starts} starts on the same data.`,
        "Paths are trained for fewer steps than the 2,000,000 of the authors.",
      ],
    };
  },
};
