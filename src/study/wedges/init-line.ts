import { allocateVector, dot, Rng, releaseVector } from "../../engine/index.ts";
import { interpolationCoefficients, interpolationPositions } from "../../geometry/index.ts";
import { WedgeLandscape } from "../../landscape/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { lineProfile } from "../../run/index.ts";
import type { Claim, Study } from "../study.ts";
import { type NetworkContext, withNetwork } from "./context-node.ts";
import { measuredStates } from "./states-node.ts";

const SEEDS = 3;
/** Rises of the training loss that count as noise, as a fraction of its fall. */
const NOISE = 0.01;
const WEDGES = { kind: "all-tuples", dimension: 1000, short: 100, objective: "distance" } as const;

interface Line {
  radii: [number, number];
  train: number[];
  test: number[];
}

/** The largest rise over the smallest value before it, between α = 0 and 1. */
function largestRise(alpha: ArrayLike<number>, loss: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  let rise = 0;
  loss.forEach((value, i) => {
    if (alpha[i] < 0 || alpha[i] > 1) return;
    rise = Math.max(rise, value - least);
    least = Math.min(least, value);
  });
  return rise;
}

/** The toy: a random point and the point of the nearest wedge; the loss along the line over that at its start. */
async function toyLine(seed: number, alpha: Float64Array): Promise<Float64Array> {
  using wedges = new WedgeLandscape({ ...WEDGES, seed });
  const [start, optimum] = [allocateVector(wedges.size), allocateVector(wedges.size)];
  start.set(Rng.fromSeed(seed).split("start").normal(wedges.size));
  optimum.set(start);
  using space = wedges.shortSpace(start);
  space.addCombination(optimum, space.coordinates(start), -1);
  const at = interpolationCoefficients([0, ...alpha]);
  const { loss } = await wedges.evaluateSpan([start, optimum], at);
  releaseVector(start, optimum);
  return loss.subarray(1).map((value) => value / loss[0]);
}

/** Section 2 of "Large Scale Structure", after Goodfellow et al. 2014: no obstacle between initialisation and optimum. */
export const initLine: Study = {
  id: "wedges/init-line",
  title: "From the initialisation to the optimum",
  question: "Is there an obstacle on the straight line from the initialisation to the optimum?",
  source: "Fort and Jastrzebski 2019, section 2; Goodfellow et al. 2014",
  minutes: { quick: 4, paper: 60 },
  run: withNetwork(async (context: NetworkContext) => {
    const { data, recipe, seed, options } = context;
    const alpha = interpolationPositions();
    const lines: Line[] = [];
    for (let i = 0; i < SEEDS; i++) {
      lines.push(
        await measuredStates(
          context,
          { name: `line-${i + 1}`, seed: seed + i, epochs: [0, recipe.epochs] },
          { positions: alpha.length },
          async ([start, end]) => {
            const landscapes = (["train", "test"] as const).map((name) => ({ name, landscape: data[name] }));
            options.onStage?.("the line from the initialisation");
            const arrays = await lineProfile(landscapes, [start, end], alpha, options);
            const norm = (v: Float32Array) => Math.sqrt(dot(v, v));
            const radii: Line["radii"] = [norm(start), norm(end)];
            releaseVector(start, end);
            return {
              radii,
              train: Array.from(arrays.train.data, Number),
              test: Array.from(arrays.test.data, Number),
            };
          },
        ),
      );
    }
    const rises = lines.map(({ train }) => {
      const inside = train.filter((_, k) => alpha[k] >= 0 && alpha[k] <= 1);
      return largestRise(alpha, train) / (Math.max(...inside) - Math.min(...inside));
    });
    const toy = await toyLine(seed, alpha);
    const off = Math.max(...alpha.map((a, k) => (a >= 0 && a <= 1 ? Math.abs(toy[k] - (1 - a)) : 0)));
    const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
    const claims: Claim[] = [
      {
        name: `the training loss falls all the way, up to ${100 * NOISE} % of its fall (${SEEDS} seeds)`,
        published: "monotonic",
        ours: `largest rise ${rises.map(percent).join(", ")} of the fall`,
        holds: rises.every((rise) => rise < NOISE),
      },
      {
        name: "toy, all tuples: the loss on the line is (1 − α) L0, to the rounding of float32",
        published: "-",
        ours: `at most ${off.toExponential(1)} off`,
        holds: off < 1e-6,
      },
      {
        name: "the radius grows in training",
        published: "grows",
        ours: lines.map(({ radii: [a, b] }) => `${a.toFixed(2)} to ${b.toFixed(2)}`).join(", "),
        holds: lines.every(({ radii: [a, b] }) => b > a),
      },
    ];
    const figure = (split: "train" | "test", name: string) =>
      saveFigure(
        context.folder,
        `line-${split}`,
        `The ${name} loss on the line from the initialisation (α = 0) to the optimum (α = 1), and beyond; ${SEEDS} seeds of SimpleCNN.`,
        (document) =>
          profileFigure(
            {
              xLabel: "α",
              yLabel: `${name} loss`,
              series: lines.map((line, i) => ({ name: `seed ${seed + i}`, x: alpha, y: line[split] })),
            },
            document,
          ),
      );
    return {
      answer: claims[0].holds
        ? `No: the training loss falls along the whole line, up to ${percent(Math.max(...rises))} of its fall.`
        : `The training loss rises by up to ${percent(Math.max(...rises))} of its fall on the way.`,
      claims,
      figures: [
        figure("train", "training"),
        figure("test", "test"),
        saveFigure(
          context.folder,
          "line-toy",
          "The same in the landscape of all tuples: L/L0, with the corner at the wedge.",
          (document) =>
            profileFigure(
              { xLabel: "α", yLabel: "L / L0", series: [{ name: "all tuples", x: alpha, y: toy }] },
              document,
            ),
        ),
      ],
      tables: [],
      notes: [
        `Losses are means over the ${data.dataset.train.count} training and ${data.dataset.test.count} test images. Where all points of the line are float32 numbers the toy line is exact, which a test asserts to 1e-9.`,
      ],
    };
  }),
};
