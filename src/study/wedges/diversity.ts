import { Rng, releaseVector } from "../../engine/index.ts";
import { diversityFigures, diversityTable } from "../../report/node.ts";
import {
  DIVERSITY_DEFAULTS,
  type DiversityPoint,
  type DiversityResult,
  diversityOf,
} from "../../run/index.ts";
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

/** How many networks lie between both limits, to two standard errors of a share of so many examples. */
function withinLimits({ groups, examples }: DiversityResult): { inside: number; all: number } {
  const points = Object.values(groups).flat();
  const inside = points.filter(({ accuracy, disagreement: d, limits }) => {
    const allowed = 2 * Math.sqrt((d * (1 - d)) / examples);
    const error = 1 - accuracy;
    return d >= limits.flipped * error - allowed && d <= limits.independent * error + allowed;
  });
  return { inside: inside.length, all: points.length };
}

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
        { measured: data.test, selection: data.train },
        labels,
        base,
        { independent, states },
        DIVERSITY_DEFAULTS,
        rng,
        options,
      );
      const { groups, together } = found;
      const [apart, own] = [groups.independent!, groups.training!];
      const least = Math.min(...apart.map((point) => point.accuracy));
      const diversityApart = mean(apart.map((point) => point.diversity));
      const samplers = Object.entries(groups)
        .filter(([name]) => name !== "independent" && name !== "training")
        .map(([name, points]) => ({ name, diversity: diversityAt(points, least) }));
      const between = apart.map(({ disagreement }) => disagreement);
      const late = own.map(({ disagreement }) => disagreement);
      const { inside, all } = withinLimits(found);
      const claims: Claim[] = [
        {
          name: "networks trained apart are more diverse than draws of each sampler that are no less accurate",
          published: "unmatched by every sampler",
          ours: `${diversityApart.toFixed(2)} against ${samplers.map((s) => `${s.diversity.toFixed(2)} (${s.name})`).join(", ")}`,
          holds: samplers.every((s) => diversityApart > s.diversity),
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
          ours: Object.entries(together)
            .map(([name, value]) => `${name} ${percent(value)}`)
            .join(", "),
          holds: Object.entries(together).every(
            ([name, value]) => name === "independent" || value < together.independent!,
          ),
        },
        {
          name: "all lie between both limits, to two standard errors of the disagreement",
          published: "the limits of the figure",
          ours: `${inside} of ${all}`,
          holds: inside === all,
        },
      ];
      return {
        answer: `Networks trained apart from an optimum of ${percent(found.base)} test accuracy disagree with it on ${percent(mean(between))} of the test images, its own late states on ${percent(mean(late))}; together with it the former reach ${percent(together.independent!)}, the latter ${percent(together.training!)}.`,
        claims,
        figures: diversityFigures(context.folder, found),
        tables: [diversityTable(found)],
        notes: [
          `SimpleCNN on ${data.train.examples.count} images of Fashion-MNIST, ${epochs} epochs of Adam at a constant rate; the published networks learn CIFAR-10. Scales of the samplers grow from draw to draw.`,
        ],
      };
    } finally {
      releaseVector(...vectors);
    }
  }),
};
