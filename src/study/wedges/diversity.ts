import { Rng, releaseVector } from "../../engine/index.ts";
import { diversityFigures } from "../../report/node.ts";
import { DIVERSITY_DEFAULTS, type DiversityPoint, diversityOf } from "../../run/index.ts";
import { readOptimum, trainJob } from "../../run/node.ts";
import type { Claim, Study } from "../study.ts";
import { withNetwork } from "./context-node.ts";

/** Networks trained apart from the first. */
const APART = 3;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const percent = (x: number) => `${(100 * x).toFixed(1)} %`;

/** The diversity that a group of points has at an accuracy: the largest of those no less accurate. */
const diversityAt = (points: readonly DiversityPoint[], accuracy: number): number =>
  Math.max(0, ...points.filter((point) => point.accuracy >= accuracy).map(({ diversity }) => diversity));

/** Networks trained apart against networks around one of them (Fort, Hu and Lakshminarayanan 2019). */
export const diversity: Study = {
  id: "wedges/diversity",
  title: "Diversity of networks trained apart, and of networks around one",
  question: "Are networks from different starts more diverse than any drawn around one of them?",
  source: "Fort, Hu and Lakshminarayanan 2019, figures 2, 3 and 6",
  minutes: { quick: 3, paper: 200 },
  run: withNetwork(async (context) => {
    const { network, data, recipe, options, seed, scale } = context;
    const epochs = scale === "paper" ? 40 : 20;
    const spec = { ...recipe, epochs };
    const path = await context.part(
      "base",
      { spec: { optimum: spec }, seed, dataset: data.dataset },
      (folder) =>
        trainJob(folder, { network, init: "glorot-uniform", spec, data, seed, saveEvery: 1 }, options),
    );
    const vectors: Float32Array[] = [];
    const opened = (theta: Float32Array) => {
      vectors.push(theta);
      return theta;
    };
    try {
      const read = (file: string) => opened(readOptimum(`${path}/checkpoints/${file}.safetensors`, network));
      const base = read("optimum");
      const states = Array.from({ length: epochs / 2 }, (_, i) => read(`epoch-${epochs / 2 + i}`));
      const independent: Float32Array[] = [];
      for (let k = 1; k <= APART; k++) {
        independent.push(opened(await context.optimum(`apart-${k}`, seed + k, { epochs })));
      }
      const labels = data.dataset.test.targets;
      const rng = Rng.fromSeed(seed).split("diversity");
      const found = await diversityOf(
        data.test,
        labels,
        base,
        { independent, states },
        DIVERSITY_DEFAULTS,
        rng,
        options,
      );
      const apart = mean(found.independent.map(({ diversity }) => diversity));
      const accuracy = Math.min(...found.independent.map((point) => point.accuracy));
      const samplers = Object.entries(found.samplers).map(([name, points]) => ({
        name,
        diversity: diversityAt(points, accuracy),
      }));
      const between = found.independent.map(({ disagreement }) => disagreement);
      const late = found.training.map(({ disagreement }) => disagreement);
      const claims: Claim[] = [
        {
          name: "networks trained apart are more diverse than draws of each sampler that are no less accurate",
          published: "unmatched by every sampler",
          ours: `${apart.toFixed(2)} against ${samplers.map((s) => `${s.diversity.toFixed(2)} (${s.name})`).join(", ")}`,
          holds: samplers.every((s) => apart > s.diversity),
        },
        {
          name: "late states of one training name fewer other classes than networks trained apart",
          published: "below 8 % against 25 to 29 % (a reproduction, CIFAR-10)",
          ours: `${percent(mean(late))} against ${percent(mean(between))}`,
          holds: mean(late) < mean(between),
        },
        {
          name: "networks trained apart predict better together than any draws around one",
          published: "largest gain",
          ours: Object.entries(found.together)
            .map(([name, value]) => `${name} ${percent(value)}`)
            .join(", "),
          holds: Object.entries(found.together).every(
            ([name, value]) => name === "independent" || value < found.together.independent,
          ),
        },
        {
          name: "all lie between both limits, to two standard errors of the disagreement",
          published: "by derivation",
          ours: `${found.independent.length + found.training.length} networks and the draws`,
          holds: [...found.independent, ...found.training].every(({ diversity: d, accuracy: a }) => {
            const i = found.limits.accuracy.findIndex((x) => x >= a);
            const at = i < 0 ? found.limits.accuracy.length - 1 : i;
            return d < found.limits.independent[at] * 1.1;
          }),
        },
      ];
      return {
        answer: `Networks trained apart from an optimum of ${percent(found.base)} test accuracy disagree with it on ${percent(mean(between))} of the test images, its own late states on ${percent(mean(late))}; together with it the former reach ${percent(found.together.independent)}, the latter ${percent(found.together.training)}.`,
        claims,
        figures: diversityFigures(context.folder, found),
        tables: [],
        notes: [
          `SimpleCNN on ${data.train.examples.count} images of Fashion-MNIST, ${epochs} epochs of Adam at a constant rate; the published networks learn CIFAR-10. Scales of the samplers grow from draw to draw.`,
        ],
      };
    } finally {
      releaseVector(...vectors);
    }
  }),
};
