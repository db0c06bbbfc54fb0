import { releaseVector } from "../../engine/index.ts";
import { centrePoint } from "../../fit/index.ts";
import type { DirectionCount } from "../../geometry/index.ts";
import { type Chart, panelsFigure } from "../../report/index.ts";
import { counted, saveFigure } from "../../report/node.ts";
import type { Claim, Study } from "../study.ts";
import { type NetworkContext, withNetwork } from "./context-node.ts";
import { CURVATURE, connectorPoints, curvatureAt, type NamedPoint } from "./curvature.ts";
import { toyCounts } from "./toy-curvature.ts";

/** Learning rates of the right panel; connectors are of optima of the last, as their counts in the paper suggest. */
const RATES = [4e-4, 8e-4, 16e-4, 32e-4];
const SEEDS = 3;
/**
 * How optima of the quick scale are trained: few images, until their loss is small, as it is after the published training. Before
 * that the loss itself makes curvature, the same at the ends as in the middle.
 */
const QUICK = { images: 500, epochs: 120, batch: 32 };
/** Of the middle panel. */
const JOINED = [2, 3, 4];
/** Positions of the left panel between the ends, but for the middle. */
const ALONG = [1 / 6, 1 / 3, 2 / 3, 5 / 6];
/** Of the published left and middle panels; the right one has 0.01, 0.02 and 0.03. */
const SHOWN = [0.03, 0.05, 0.1];
/** The threshold at which claims are judged. */
const THRESHOLD = 0.03;
/** Published counts above it: at the ends and in the middle of a 1-connector; of 1 to 4 optima; by learning rate. */
const PUBLISHED = {
  line: "848 against 285 and 281: 3.0 times",
  joined: "240, 573, 980, 1156",
  rates: "2000, 1190, 510, 280",
};

/** Counts at several points under one name: of the seeds of a learning rate, say. */
interface Group {
  x: number;
  counts: DirectionCount[][];
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const at = (counts: readonly DirectionCount[], threshold: number) =>
  counts.find((count) => count.threshold === threshold) as DirectionCount;
const meanAt = ({ counts }: Group, threshold: number) => mean(counts.map((own) => at(own, threshold).count));
const whole = (x: number) => x.toFixed(0);

/** The spread of several points; of a single one its own error. */
function barAt({ counts }: Group, threshold: number): number {
  const values = counts.map((own) => at(own, threshold).count);
  if (values.length === 1) return at(counts[0], threshold).standardError;
  const squares = values.map((value) => (value - mean(values)) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / (values.length - 1));
}

const panel = (xLabel: string, groups: readonly Group[], xLog = false): Chart => ({
  xLabel,
  yLabel: "short directions",
  xLog,
  series: SHOWN.map((threshold) => ({
    name: `curvature > ${threshold}`,
    x: groups.map(({ x }) => x),
    y: groups.map((group) => meanAt(group, threshold)),
    bars: groups.map((group) => barAt(group, threshold)),
  })),
});

/** Counts at optima of each rate, in the middles of connectors, and along one. */
async function measure(context: NetworkContext) {
  const optima: NamedPoint[][] = [];
  const rates: Group[] = [];
  const held: Float32Array[] = [];
  const keep = (theta: Float32Array) => {
    held.push(theta);
    return theta;
  };
  const { epochs, batch } = context.scale === "quick" ? QUICK : context.recipe;
  try {
    for (const rate of RATES) {
      // More optima are joined than are compared.
      const count = rate === RATES[RATES.length - 1] ? Math.max(SEEDS, ...JOINED) : SEEDS;
      const own: NamedPoint[] = [];
      for (let i = 1; i <= count; i++) {
        const seed = 100 * context.seed + i;
        const theta = keep(await context.optimum(`optimum-${rate}-${i}`, seed, { rate, epochs, batch }));
        own.push({ label: `optimum ${i}, rate ${rate}`, theta });
      }
      optima.push(own);
      const found = await curvatureAt(context, `curvature-${rate}`, own.slice(0, SEEDS));
      rates.push({ x: rate, counts: found.map(({ counts }) => counts) });
    }
    const ends = optima[RATES.length - 1];
    const pairs = ends.slice(0, SEEDS).map((end, i) => [end, ends[(i + 1) % SEEDS]]);
    const middles: NamedPoint[] = [];
    const centreOf = async (name: string, label: string, own: NamedPoint[]) => {
      const [theta] = await connectorPoints(context, name, own, [centrePoint(own.length)]);
      middles.push({ label, theta: keep(theta) });
    };
    for (const [i, pair] of pairs.entries()) await centreOf(`pair-${i + 1}`, `middle of pair ${i + 1}`, pair);
    for (const joined of JOINED.slice(1)) {
      await centreOf(`centre-of-${joined}`, `centre of ${joined}`, ends.slice(0, joined));
    }
    const central = await curvatureAt(context, "curvature-middles", middles);
    const line = await connectorPoints(
      context,
      "line-1",
      pairs[0],
      ALONG.map((alpha) => [1 - alpha, alpha]),
    );
    const inner = await curvatureAt(
      context,
      "curvature-line",
      line.map((theta, k) => ({ label: `t = ${ALONG[k].toFixed(2)}`, theta: keep(theta) })),
    );
    return { rates, central, inner, pairs: pairs.length };
  } finally {
    releaseVector(...held);
  }
}

/** Figure 4 of "Large Scale Structure of Neural Network Loss Landscapes": numbers of short directions. */
export const figureFour: Study = {
  id: "wedges/figure-4",
  title: "Short directions of connectors and optima",
  question:
    "Are there more short directions in the middle of a connector than at its ends, the more optima it joins, and the lower the learning rate?",
  source: "Fort and Jastrzebski 2019, figure 4",
  minutes: { quick: 20, paper: 1500 },
  run: withNetwork(
    async (context) => {
      const { images, spec } = CURVATURE[context.scale];
      const toy = await toyCounts(context.seed, context.options.signal);
      const { rates, central, inner, pairs } = await measure(context);
      const ends = rates[rates.length - 1];
      const middles = central.slice(0, pairs).map(({ counts }) => counts);
      const ratios = middles.map((counts, i) => {
        const own = [ends.counts[i], ends.counts[(i + 1) % pairs]];
        return at(counts, THRESHOLD).count / mean(own.map((end) => at(end, THRESHOLD).count));
      });
      const joined: Group[] = [
        { x: 1, counts: ends.counts },
        { x: 2, counts: middles },
        ...central.slice(pairs).map(({ counts }, i) => ({ x: JOINED[i + 1], counts: [counts] })),
      ];
      const along: Group[] = [
        { x: 0, counts: [ends.counts[0]] },
        ...inner.map(({ counts }, k) => ({ x: ALONG[k], counts: [counts] })),
        { x: 0.5, counts: [middles[0]] },
        { x: 1, counts: [ends.counts[1]] },
      ].sort((a, b) => a.x - b.x);
      const byRate = rates.map((group) => meanAt(group, THRESHOLD));
      const byJoined = joined.map((group) => meanAt(group, THRESHOLD));
      const falls = (values: readonly number[]) =>
        values.every((value, i) => i === 0 || value < values[i - 1]);
      const nearest = toy.centres.filter(({ joined: n }) => n > 1);
      const claims: Claim[] = [
        {
          name: `short directions (curvature > ${THRESHOLD}) in the middle of a 1-connector: at least 2 times those at its ends, ${pairs} pairs`,
          published: PUBLISHED.line,
          ours: `${middles.map((counts) => counted(at(counts, THRESHOLD))).join(", ")}: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")} times`,
          holds: ratios.every((ratio) => ratio >= 2),
        },
        {
          name: "along a connector they are most in the middle",
          published: "most in the middle",
          ours: along
            .map((group) => `${whole(meanAt(group, THRESHOLD))} at ${group.x.toFixed(2)}`)
            .join(", "),
          holds: along.every((group) => meanAt(group, THRESHOLD) <= at(middles[0], THRESHOLD).count),
        },
        {
          name: "they increase with the number of optima from 1 to 3",
          published: PUBLISHED.joined,
          ours: byJoined.map(whole).join(", "),
          holds: falls(byJoined.slice(0, 3).reverse()),
        },
        {
          name: `they fall with the learning rate over ${RATES.join(", ")}, means of ${SEEDS} seeds`,
          published: PUBLISHED.rates,
          ours: byRate.map(whole).join(", "),
          holds: falls(byRate),
        },
        {
          name: "an optimum on a wedge has exactly s",
          published: "s",
          ours: toy.optima.map(({ kind, short, count }) => `${count} of s = ${short} (${kind})`).join(", "),
          holds: toy.optima.every(({ short, count }) => count === short),
        },
        {
          name: "where the wedges of m + 1 optima meet there are exactly (m + 1) s",
          published: '"the same property is exhibited by our toy model"',
          ours: toy.centres.map(({ count }) => String(count)).join(", "),
          holds: toy.centres.every(({ short, count }) => count === short),
        },
        {
          name: "the same after a descent of the published loss, the distance to the nearest wedge",
          published: '"the same property is exhibited by our toy model"',
          ours: `${[...new Set(nearest.map(({ nearest: count }) => count))].join(", ")} with 2 to ${nearest[nearest.length - 1].joined} optima: it ends on one wedge`,
          holds: nearest.every(({ short, nearest: count }) => count === short),
        },
      ];
      const row = (label: string, own: DirectionCount[]) => [label, ...own.map(counted)];
      return {
        answer: `Above a curvature of ${THRESHOLD} there are ${whole(byRate[byRate.length - 1])} directions at optima of rate ${RATES[RATES.length - 1]} and ${whole(mean(middles.map((own) => at(own, THRESHOLD).count)))} in the middle between two (${ratios.map((ratio) => ratio.toFixed(1)).join(", ")} times); ${byJoined.slice(2).map(whole).join(" and ")} between ${JOINED.slice(1).join(" and ")}; and ${byRate.slice(0, -1).map(whole).join(", ")} at optima of lower rates.`,
        claims,
        figures: [
          saveFigure(
            context.folder,
            "short-directions",
            `Eigenvalues of the training-loss Hessian above three thresholds: along a 1-connector (left), in the middle of connectors (centre), at optima of several learning rates (right). Bars: spread of ${SEEDS} points, or the error of one count.`,
            (document) =>
              panelsFigure(
                [
                  panel("position on a 1-connector", along),
                  panel("number of optima", joined),
                  panel("learning rate", rates, true),
                ],
                document,
              ),
          ),
        ],
        tables: [
          {
            caption: "Short directions: eigenvalues above each threshold.",
            columns: ["point", ...spec.thresholds.map((t) => `> ${t}`)],
            rows: [
              ...rates.flatMap(({ x, counts }) =>
                counts.map((own, i) => row(`optimum ${i + 1}, rate ${x}`, own)),
              ),
              ...central.map(({ label, counts }) => row(label, counts)),
              ...inner.map(({ label, counts }) => row(label, counts)),
            ],
          },
          {
            caption:
              "Wedges: short directions in the middle of connectors, where all wedges meet, and on the nearest.",
            columns: ["optima", "(m + 1) s", "where they meet", "on the nearest"],
            rows: toy.centres.map(({ joined: n, short, count, nearest: one }) => [
              String(n),
              short,
              count,
              one,
            ]),
          },
        ],
        notes: [
          `Curvature of the mean training loss of ${images} of ${context.data.train.examples.count} images of Fashion-MNIST, by ${spec.probes} runs of Lanczos's iteration of ${spec.steps} steps each. Thresholds are absolute; on fewer images and after shorter training counts are others than the published ones.`,
          "The middle panel of the paper is labelled (m − 1) optima; an m-connector joins m + 1, and the axis here is their number.",
        ],
      };
    },
    { quick: QUICK.images },
  ),
};
