import { Rng } from "../../engine/index.ts";
import { type BinaryImage, PATTERN_DEFAULTS, SMILEY } from "../../fit/index.ts";
import { patternFigures } from "../../report/node.ts";
import type { PatternJobSpec } from "../../run/node.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { type StudyPattern, withSubspaces } from "./context-node.ts";
import { SEEDS } from "./curves.ts";
import { networkOfScale } from "./recipe.ts";

/** The letter F of 8 x 8 cells, which no turn or mirror image of it is like. */
const LETTER_ROWS = [
  "........",
  ".#####..",
  ".#####..",
  ".##.....",
  ".####...",
  ".####...",
  ".##.....",
  "........",
];

const LETTER: BinaryImage = {
  rows: LETTER_ROWS.length,
  columns: LETTER_ROWS[0].length,
  values: Array.from(LETTER_ROWS.join(""), (sign) => (sign === "#" ? 1 : 0)),
};

/** Cells along the side of a block of a random picture. */
const BLOCK = 2;

/** A square picture of blocks of 2 x 2 cells, half of them filled, which ones the seed decides. */
function randomBlocks(blocks: number, rng: Rng): BinaryImage {
  const count = blocks * blocks;
  const filled = new Set(rng.permutation(count).subarray(0, Math.round(count / 2)));
  const side = BLOCK * blocks;
  const values = Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [Math.floor(i / side / BLOCK), Math.floor((i % side) / BLOCK)];
    return filled.has(row * blocks + column) ? 1 : 0;
  });
  return { rows: side, columns: side, values };
}

/**
 * What is drawn at each scale, and for how long. The random picture, which is all boundary, has steps of its own: after
 * 2,500 steps of the paper scale it is not to be seen yet.
 */
const SETUP: Record<
  Scale,
  {
    name: string;
    picture: BinaryImage;
    /** Blocks along the side of the random picture. */
    blocks: number;
    randomSteps: number;
    training: { steps: number; batch: number; rate: number };
  }
> = {
  quick: {
    name: "letter",
    picture: LETTER,
    blocks: 4,
    randomSteps: 1000,
    training: { steps: 1000, batch: 64, rate: 2e-3 },
  },
  paper: {
    name: "face",
    picture: SMILEY,
    blocks: 7,
    randomSteps: 10_000,
    training: { steps: 2500, batch: 128, rate: 1e-3 },
  },
};

const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const two = (x: number) => x.toFixed(2);
const three = (x: number) => x.toFixed(3);

/** What makes a picture visible: the difference of the test accuracies, and the overlap. */
const VISIBLE = { difference: 0.4, iou: 0.8 };

/** "Loss landscape sightseeing with multi-point optimization": any picture is the low-loss set of some plane. */
export const skorokhodov: Study = {
  id: "subspaces/skorokhodov",
  title: "Pictures in the loss landscape",
  question: "Can arbitrary two-dimensional patterns be found in the loss landscape of a network?",
  source:
    "Skorokhodov and Burtsev 2019 (values read from the authors' plots, of a plain convolutional network)",
  minutes: { quick: 1, paper: 15 },
  run: withSubspaces(async (context) => {
    const { scale, seed } = context;
    const { name, picture, blocks, randomSteps, training } = SETUP[scale];
    const network = networkOfScale(scale, 0);
    const spec: PatternJobSpec = {
      picture,
      init: "pytorch",
      padding: 2,
      fit: { ...PATTERN_DEFAULTS, ...training },
    };
    const drawn: { label: string; pattern: StudyPattern }[] = [];
    for (let i = 0; i < SEEDS; i++) {
      const pattern = await context.pattern(`${name}-${seed + i}`, spec, seed + i, { network });
      drawn.push({ label: `${name}, seed ${seed + i}`, pattern });
    }
    const random = randomBlocks(blocks, Rng.fromSeed(seed).split("random picture"));
    const longer = { ...spec, picture: random, fit: { ...spec.fit, steps: randomSteps } };
    const noise = await context.pattern("random", longer, seed, { network });

    const scores = drawn.map(({ pattern }) => pattern.result.splits.test);
    const over = (key: "good" | "bad" | "difference" | "iou") => mean(scores.map((score) => score[key]));
    const each = (key: "difference" | "iou", show: (x: number) => string) =>
      scores.map((score) => show(score[key])).join(", ");
    const { test: ofNoise } = noise.result.splits;
    const claims: Claim[] = [
      {
        name: `a ${name} is visible: test accuracy of good minus bad cells, mean of ${SEEDS} seeds, at least ${two(VISIBLE.difference)}`,
        published: "0.44 to 0.56",
        ours: `${three(over("difference"))} (${each("difference", three)})`,
        holds: over("difference") >= VISIBLE.difference,
      },
      {
        name: `the cells above halfway are those of the ${name}: IoU, mean of ${SEEDS} seeds, at least ${two(VISIBLE.iou)}`,
        published: "recognisable pictures",
        ours: `${two(over("iou"))} (${each("iou", two)})`,
        holds: over("iou") >= VISIBLE.iou,
      },
      {
        name: "good cells are good networks: mean test accuracy at least 0.72 (the published range less 0.05)",
        published: "0.77 to 0.84",
        ours: three(over("good")),
        holds: over("good") >= 0.72,
      },
      {
        name: "bad cells are bad ones: mean test accuracy at most 0.45 (the published range and 0.05)",
        published: "0.28 to 0.40",
        ours: three(over("bad")),
        holds: over("bad") <= 0.45,
      },
      {
        name: `a random picture of ${blocks} x ${blocks} blocks, half of them filled, after ${randomSteps} steps: IoU at least ${two(VISIBLE.iou)}`,
        published: "arbitrary patterns",
        ours: two(ofNoise.iou),
        holds: ofNoise.iou >= VISIBLE.iou,
      },
      {
        name: `the same picture: test accuracy of good minus bad cells at least ${two(VISIBLE.difference)}`,
        published: "0.44",
        ours: three(ofNoise.difference),
        holds: ofNoise.difference >= VISIBLE.difference,
      },
    ];
    const all = [...drawn, { label: "random blocks", pattern: noise }];
    const figures = all.flatMap(({ label, pattern }, i) => {
      const made = patternFigures(pattern.folder, spec.fit.ceiling, context.folder, `pattern-${i + 1}-`);
      const own = made.map((figure) => ({
        ...figure,
        caption: `${label[0].toUpperCase()}${label.slice(1)}: ${figure.caption}`,
      }));
      const [, accuracy] = own;
      return i === 0 || i === SEEDS ? own : [accuracy];
    });
    return {
      answer: `After ${training.steps} steps the good cells of a ${name} reach ${three(over("good"))} test accuracy and the bad ones around them ${three(over("bad"))} (a difference of ${three(over("difference"))}, mean of ${SEEDS} seeds), and the cells above halfway overlap it with an IoU of ${two(over("iou"))}; for a random picture after ${randomSteps} steps the difference is ${three(ofNoise.difference)} and the IoU ${two(ofNoise.iou)}.`,
      claims,
      figures,
      tables: [
        {
          caption: "Test accuracies of the trained cells, and how well they show the picture.",
          columns: [
            "picture",
            "good cells",
            "bad cells",
            "difference",
            "IoU",
            "IoU of trained cells",
            "side of a cell",
          ],
          rows: all.map(({ label, pattern: { result } }) => {
            const { good, bad, difference, iou, trainedIou } = result.splits.test;
            return [
              label,
              ...[good, bad, difference].map(three),
              ...[iou, trainedIou].map(two),
              two(result.cell.width),
            ];
          }),
        },
      ],
      notes: [
        `Ours is an MLP with ${network.layout.size} parameters, ${spec.fit.goodCells} + ${spec.fit.badCells} cells and ${training.batch} examples a step; the published network is convolutional, with 50 + 50 cells of masks of 50 x 50, 512 examples a step and up to 100 epochs.`,
        "The published differences are of random pictures by the probability of a filled cell, 0.55 at 0.1 and 0.44 at 0.5 and above.",
      ],
    };
  }),
};
