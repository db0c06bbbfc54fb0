import { allocateVector, axpy, combine, Rng, releaseVector } from "../../engine/index.ts";
import { WedgeLandscape } from "../../landscape/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Study } from "../study.ts";

const WEDGES = { kind: "axes", dimension: 1000, short: 50, wedges: 20 } as const;
const SNAPSHOTS = 6;
const REPEATS = 20;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Averages of snapshots in the toy model: on one wedge, and on several. */
export const toyAveraging: Study = {
  id: "wedges/toy-averaging",
  title: "Averages of snapshots in the toy model",
  question: "What is the loss of the mean of several optima, on one wedge and on several?",
  source: "Fort and Jastrzebski 2019, section 4.5",
  minutes: { quick: 1, paper: 1 },
  async run({ seed, folder }) {
    using distance = new WedgeLandscape({ ...WEDGES, seed, objective: "distance" });
    using half = new WedgeLandscape({ ...WEDGES, seed });
    const D = WEDGES.dimension;
    const rng = Rng.fromSeed(seed).split("averaging");
    const [theta, gradient, average] = [0, 1, 2].map(() => allocateVector(D));
    const lossAt = async (point: Float32Array) =>
      (await distance.evaluateSeveral(1, (_, out) => out.set(point))).loss[0];
    /** The loss of the mean of snapshots, after each: on the wedge of a number, or on those next to them. */
    const averaged = async (own: Rng, wedge?: number) => {
      const losses: number[] = [];
      const met = new Set<number>();
      for (let k = 0; k < SNAPSHOTS; k++) {
        theta.set(own.foldIn(k).normal(D));
        if (wedge === undefined) {
          await half.gradient(theta, gradient);
          axpy(theta, -1, gradient);
          // Each snapshot on a wedge that none before it lies on.
          const nearest = half.nearest(theta);
          if (met.has(nearest)) {
            const other = half.spaces.findIndex((_, i) => !met.has(i));
            theta.set(own.foldIn(k).normal(D));
            half.spaces[other].addCombination(theta, half.spaces[other].coordinates(theta), -1);
          }
          met.add(half.nearest(theta));
        } else {
          const space = half.spaces[wedge];
          space.addCombination(theta, space.coordinates(theta), -1);
        }
        combine(average, [average, theta], [k / (k + 1), 1 / (k + 1)]);
        losses.push(await lossAt(average));
      }
      return losses;
    };
    try {
      const one: number[][] = [];
      const several: number[][] = [];
      const random: number[] = [];
      for (let r = 0; r < REPEATS; r++) {
        one.push(await averaged(rng.split("one").foldIn(r), r % WEDGES.wedges));
        several.push(await averaged(rng.split("several").foldIn(r)));
        theta.set(rng.split("random").foldIn(r).normal(D));
        random.push(await lossAt(theta));
      }
      const last = several.map((losses) => losses[SNAPSHOTS - 1] * Math.sqrt(SNAPSHOTS));
      const count = Array.from({ length: SNAPSHOTS }, (_, k) => k + 1);
      const curve = (runs: number[][]) => count.map((_, k) => mean(runs.map((losses) => losses[k])));
      const largest = Math.max(...one.flat());
      return {
        answer: `The mean of ${SNAPSHOTS} snapshots on one wedge has a loss of at most ${largest.toExponential(1)}, on ${SNAPSHOTS} wedges ${mean(several.map((l) => l[SNAPSHOTS - 1])).toFixed(2)}; brought back to the radius of the snapshots ${mean(last).toFixed(2)}, a random point ${mean(random).toFixed(2)}.`,
        claims: [
          {
            name: `the mean of ${SNAPSHOTS} snapshots on one wedge has low loss, however far apart they are`,
            published: "averaging weights works within a wedge",
            ours: `at most ${largest.toExponential(1)}`,
            holds: largest < 1e-5,
          },
          {
            name: `the mean of ${SNAPSHOTS} snapshots on different wedges, at their radius, is about as bad as a random point`,
            published: "high loss (5.2 to 5.6 against 5.8 in the research behind this project)",
            ours: `${Math.min(...last).toFixed(2)} to ${Math.max(...last).toFixed(2)} against ${mean(random).toFixed(2)}`,
            holds: mean(last) > 0.85 * mean(random),
          },
        ],
        figures: [
          saveFigure(
            folder,
            "averages",
            `Distance of the mean of snapshots from the nearest wedge, against their number (mean of ${REPEATS}).`,
            (document) =>
              profileFigure(
                {
                  xLabel: "snapshots averaged",
                  yLabel: "loss of the mean",
                  series: [
                    { name: "on one wedge", x: count, y: curve(one) },
                    { name: "on different wedges", x: count, y: curve(several) },
                  ],
                },
                document,
              ),
          ),
        ],
        tables: [],
        notes: [
          `${WEDGES.wedges} wedges along axes, D = ${D}, s = ${WEDGES.short}. The loss is proportional to the radius, and the mean of ${SNAPSHOTS} nearly orthogonal snapshots has a radius √${SNAPSHOTS} times smaller; it is compared at theirs.`,
        ],
      };
    } finally {
      releaseVector(theta, gradient, average);
    }
  },
};
