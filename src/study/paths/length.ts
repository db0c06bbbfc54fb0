import { profileFigure, type Series } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { meanSd } from "./comparison.ts";
import { shownInterval } from "./exponents.ts";
import { powerLaw, slopeInterval } from "./regression.ts";
import { finalLines, type Spreading, type SpreadingSize, spreadingPaths } from "./spreading-node.ts";

interface Setting extends SpreadingSize {
  /** Hidden layers of width 10, and the published slope. */
  depths: [depth: number, published: number][];
  degrees: number[];
}

const SETTINGS: Record<Scale, Setting> = {
  quick: { depths: [[3, 0.45]], degrees: [2, 5, 10, 20, 40], starts: 3, steps: 1500, samples: 20 },
  paper: {
    depths: [
      [3, 0.45],
      [10, 0.62],
      [20, 0.61],
    ],
    degrees: [2, 7, 10, 20, 40, 70, 100],
    starts: 6,
    steps: 10_000,
    samples: 20,
  },
};
const DECAYS = [0, 0.01, 0.1];

const pathsOf = (context: StudyContext, depth: number, degree: number, decay: number): Promise<Spreading> =>
  spreadingPaths(
    context,
    { depth, kind: "adamw", degree, rate: 1e-2, sigma: 0.05, initScale: 1, decay },
    SETTINGS[context.scale],
  );

const lengthsOf = (paths: Spreading) => finalLines(paths).map(({ length }) => length);

/** How long paths get, section 7.4 of the research on "Paths and Ambient Spaces in Neural Loss Landscapes". */
export const pathLengths: Study = {
  id: "paths/length",
  title: "Length of a path against its degree",
  question: "How does the length of a trained path grow with the number of its control points?",
  source: "Dold et al. 2025, notebook bezier_length_dnn of the authors' code",
  minutes: { quick: 1, paper: 120 },
  async run(context) {
    const { depths, degrees, starts } = SETTINGS[context.scale];
    const claims: Claim[] = [];
    const all: Spreading[] = [];
    const series: Series[] = [];
    for (const [depth, published] of depths) {
      const lengths: number[][] = [];
      for (const degree of degrees) {
        const paths = await pathsOf(context, depth, degree, 0);
        all.push(paths);
        lengths.push(lengthsOf(paths));
      }
      const line = powerLaw(
        degrees.flatMap((degree) => new Array<number>(starts).fill(degree)),
        lengths.flat(),
      );
      const { slope, explained } = line;
      series.push({
        name: `depth ${depth}`,
        x: degrees,
        y: lengths.map((own) => meanSd(own).mean),
        bars: lengths.map((own) => meanSd(own).sd),
      });
      claims.push({
        name: `depth ${depth}: length grows as a power of the degree, with an exponent of 0.4 to 0.7`,
        published: published.toFixed(2),
        ours: `${shownInterval({ mean: slope, interval: slopeInterval(line) })} (R² ${explained.toFixed(3)})`,
        holds: slope >= 0.4 && slope <= 0.7,
      });
    }
    const decayed: number[] = [];
    const [most, depth] = [degrees[degrees.length - 1], depths[depths.length - 1][0]];
    for (const decay of DECAYS)
      decayed.push(meanSd(lengthsOf(await pathsOf(context, depth, most, decay))).mean);
    claims.push({
      name: `weight decay shortens paths of degree ${most}: ${DECAYS.join(", ")}`,
      published: "400, 240, 70 (depth 20, degree 100)",
      ours: decayed.map((length) => length.toFixed(1)).join(", "),
      holds: decayed[0] > decayed[1] && decayed[1] > decayed[2],
    });
    const bounded = all.every(({ histories }) =>
      histories
        .flat()
        .every(
          ({ endToEnd, length, upperBound }) =>
            endToEnd <= length * (1 + 1e-9) && length <= upperBound * (1 + 1e-9),
        ),
    );
    claims.push({
      name: "at every step the length lies between the distance of the ends and the length of the control polygon",
      published: "bounds",
      ours: `${all.length * starts} paths`,
      holds: bounded,
    });
    return {
      answer: `The length of a trained path grows with its degree as K to the power ${claims[0].ours}.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "length",
          `Length of trained paths, mean and standard deviation of ${starts} starts; both axes are logarithmic.`,
          (document) =>
            profileFigure({ xLabel: "degree K", yLabel: "length", xLog: true, yLog: true, series }, document),
        ),
      ],
      tables: [],
      notes: [
        `Toy data, networks of width 10 with ELU, Adam at a rate of 0.01, 20 positions t a step. Exponents are the slopes of least squares over all trainings, ${starts} starts for each degree; each training gives one point, and the 95 % intervals are Student's t of the residuals.`,
      ],
    };
  },
};
