import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { type Cell, comparisonTable, lppd, meanRHat, meanSampleSize } from "./comparison.ts";
import { sampledPath, trainedPath } from "./context-node.ts";
import { published, toyFit, toyPlan } from "./plans.ts";

interface Setting {
  degrees: number[];
  /** Seed of the first data set; they follow each other (the authors' are 10 to 24). */
  seeds: [first: number, count: number];
  steps: number;
  sampling: Omit<Parameters<typeof published>[1], "priorScale">;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: {
    degrees: [2, 10],
    seeds: [10, 2],
    steps: 4000,
    sampling: { temperatures: [1, 10], chains: 6, draws: 200, gradients: 40 },
  },
  paper: {
    degrees: [2, 4, 7, 10, 20],
    seeds: [10, 15],
    steps: 100_000,
    sampling: { temperatures: [1, 3.162, 10, 31.62, 100, 316.2], chains: 10, draws: 1000, gradients: 100 },
  },
};

/** Published mean effective sample sizes of tunnel and volume, paths trained uniformly in arc length, ReLU. */
const PUBLISHED: Record<number, [tunnel: number, volume: number]> = {
  2: [1695, 645],
  4: [1224, 649],
  7: [1390, 182],
  10: [943, 47],
  20: [451, 41],
};

async function cellOf(
  context: StudyContext,
  space: Cell["space"],
  degree: number,
  uniform: "s" | "t",
): Promise<Cell> {
  const { seeds, steps, sampling } = SETTINGS[context.scale];
  const results = [];
  for (let seed = seeds[0]; seed < seeds[0] + seeds[1]; seed++) {
    const toy = { depth: 3, width: 16, activation: "relu" as const };
    const plan = await toyPlan(toy, seed, toyFit(degree, steps, { uniform }));
    const name = `degree-${degree}-${uniform}-seed-${seed}`;
    const path = await trainedPath(context, name, plan);
    const spec = published(space, { ...sampling, priorScale: 1 });
    results.push(await sampledPath(context, `${name}-${space}`, plan, path, spec));
  }
  return { label: `uniform in ${uniform}`, space, degree, results };
}

/** Section 9.3 of the research on "Paths and Ambient Spaces in Neural Loss Landscapes": spaces and degrees on toy data. */
export const toySpaces: Study = {
  id: "paths/toy",
  title: "Tunnel and volume on toy data",
  question: "In which space around a path do chains mix, and do predictions suffer?",
  source: "Dold et al. 2025, notebook space_temperature_sampler_compare (ReLU, depth 3, width 16)",
  minutes: { quick: 3, paper: 900 },
  async run(context) {
    const { degrees, sampling } = SETTINGS[context.scale];
    const cells: Cell[] = [];
    for (const degree of degrees) {
      for (const space of ["tunnel", "volume"] as const)
        cells.push(await cellOf(context, space, degree, "s"));
    }
    const most = degrees[degrees.length - 1];
    const byPosition = await cellOf(context, "tunnel", most, "t");
    const [tunnel, volume] = cells.slice(-2);
    const factor = meanSampleSize(tunnel) / meanSampleSize(volume);
    const [own, other] = PUBLISHED[most];
    const validation = cells.map((cell) => lppd(cell, "validation").mean);
    const claims: Claim[] = [
      {
        name: `K = ${most}: effective draws in the tunnel over those in the volume, on the same number of gradients, at least as published`,
        published: `${own} / ${other} = ${(own / other).toFixed(0)} times`,
        ours: `${meanSampleSize(tunnel).toFixed(0)} / ${meanSampleSize(volume).toFixed(0)} = ${factor.toFixed(1)} times`,
        holds: factor >= own / other,
      },
      {
        name: `K = ${most}: more effective draws in the tunnel than in the volume`,
        published: "more",
        ours: `${factor.toFixed(1)} times`,
        holds: factor > 1,
      },
      {
        name: `K = ${most}: R-hat is lower in the tunnel than in the volume (mean)`,
        published: "lower",
        ours: `${meanRHat(tunnel).toFixed(3)} against ${meanRHat(volume).toFixed(3)}`,
        holds: meanRHat(tunnel) < meanRHat(volume),
      },
      {
        name: "validation LPPD is near that of the true noise in all spaces (1.3 to 1.6)",
        published: "1.46 to 1.56; 1.58 for the noise of 0.05",
        ours: validation.map((x) => x.toFixed(2)).join(", "),
        holds: validation.every((x) => x > 1.3 && x < 1.6),
      },
      {
        name: `K = ${most}: training uniform in arc length is at least as good as uniform in t (validation LPPD, within 0.05)`,
        published: "as good or better",
        ours: `${lppd(tunnel, "validation").mean.toFixed(3)} against ${lppd(byPosition, "validation").mean.toFixed(3)}`,
        holds: lppd(tunnel, "validation").mean >= lppd(byPosition, "validation").mean - 0.05,
      },
    ];
    const all = [...cells, byPosition];
    return {
      answer: `At K = ${most} the tunnel has ${factor.toFixed(1)} times the effective draws of the volume on the same number of gradients.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "effective-draws",
          "Mean bulk effective draws of the coordinates of the span, paths uniform in arc length.",
          (document) =>
            profileFigure(
              {
                xLabel: "degree K",
                yLabel: "effective draws",
                xLog: true,
                yLog: true,
                series: (["tunnel", "volume"] as const).map((space) => {
                  const of = cells.filter((cell) => cell.space === space);
                  return {
                    name: space,
                    x: of.map(({ degree }) => degree),
                    y: of.map(meanSampleSize),
                    emphasis: space === "tunnel",
                  };
                }),
              },
              document,
            ),
        ),
      ],
      tables: [
        comparisonTable(
          all,
          `Means over seeds (± standard deviation), each at its temperature of best validation LPPD; ${sampling.chains} chains of ${sampling.draws} draws, ${sampling.gradients} gradients a draw.`,
        ),
      ],
      notes: [
        "Effective draws are those of the coordinates of the affine span, in which both spaces are compared. A test LPPD on toy data means little: some test points lie outside of the training data.",
      ],
    };
  },
};
