import { connectorFigures } from "../../report/node.ts";
import type { ConnectorResult, RunFolder } from "../../run/node.ts";
import type { Claim, Study } from "../study.ts";
import { connectedPair, connectorRecipe } from "./connectors.ts";
import { withNetwork } from "./context-node.ts";

const PAIRS = 3;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const two = (x: number) => (Math.abs(x) < 0.005 ? "0.00" : x.toFixed(2));
const list = (values: readonly number[], format: (x: number) => string) => values.map(format).join(", ");
const percent = (x: number) => `${(100 * x).toFixed(1)} %`;

/** How many times lower the path rises above the mean of its ends than the line does. */
const lowering = ({ line, paths: [path] }: ConnectorResult) =>
  line.barrier.aboveMean / Math.max(path.barrier.aboveMean, 1e-9);

/** Labels changed against an end: in the half that is farther from it, at the points themselves and not between. */
function farHalf({ paths: [{ t, changed }] }: ConnectorResult): {
  mean: number;
  least: number;
  greatest: number;
} {
  const values = changed!.flatMap((own, end) =>
    own.filter((_, k) => (end === 0 ? t[k] > 0.55 : t[k] < 0.45)),
  );
  return { mean: mean(values), least: Math.min(...values), greatest: Math.max(...values) };
}

function claimsOf(results: readonly ConnectorResult[]): Claim[] {
  const hyperplanes = results.map(({ hyperplane }) => hyperplane!);
  const within = hyperplanes.flatMap((one) => one.within);
  const across = hyperplanes.map((one) => one.across!);
  const plateaus = results.map(farHalf);
  const disagreements = results.map(({ disagreement }) => disagreement!);
  return [
    {
      name: "the path rises above its ends at least 10 times less than the straight line",
      published: "low-loss path found",
      ours: list(results.map(lowering), (x) => (x > 1000 ? "not at all" : `${x.toFixed(0)} times`)),
      holds: results.every((result) => lowering(result) >= 10),
    },
    {
      name: "deviations point one way on each side of the switch: mean cosine within above 0.5",
      published: "0.67 and 0.69",
      ours: list(within, two),
      holds: within.every((x) => x > 0.5),
    },
    {
      name: "and another way across it: below 0.15 in size",
      published: "0.02",
      ours: list(across, two),
      holds: across.every((x) => Math.abs(x) < 0.15),
    },
    {
      name: "the same of the deviations without their part along the radius, which all points of the line share",
      published: "-",
      ours: list(
        hyperplanes.map(({ tangential }) => tangential.across!),
        two,
      ),
      holds: hyperplanes.every(({ tangential }) => Math.abs(tangential.across!) < 0.15),
    },
    {
      name: "labels change up to the middle and then stay as far from the first optimum as the second is (within a third)",
      published: "25 % of labels, 0.265 to 0.305 in the far half",
      ours: plateaus
        .map((p, i) => `${percent(p.least)} to ${percent(p.greatest)} of ${percent(disagreements[i])}`)
        .join(", "),
      holds: plateaus.every((p, i) => Math.abs(p.mean / disagreements[i] - 1) < 1 / 3),
    },
    {
      name: "points stay in their hyperplanes (distance over norm)",
      published: "by construction",
      ours: Math.max(...hyperplanes.map(({ offPlane }) => offPlane)).toExponential(1),
      holds: hyperplanes.every(({ offPlane }) => offPlane < 1e-6),
    },
  ];
}

/** Figure 3 of "Large Scale Structure": a path between two optima by hyperplanes, its deviations and its labels. */
export const figureThree: Study = {
  id: "wedges/figure-3",
  title: "A connector of two networks",
  question:
    "Do the deviations of a low-loss path from the line fall into two clusters, and where do labels change?",
  source: "Fort and Jastrzebski 2019, figure 3",
  minutes: { quick: 14, paper: 240 },
  run: withNetwork(async (context) => {
    const spec = connectorRecipe(context.scale);
    const results: ConnectorResult[] = [];
    for (let k = 0; k < PAIRS; k++) {
      const seed = context.seed + k;
      results.push(await connectedPair(context, `connector-${seed}`, seed, spec));
    }
    const [first] = results;
    const claims = claimsOf(results);
    const peaks = results.map(({ paths: [path] }) => path.statistics.max);
    return {
      answer: `On the line the training loss rises to ${list(
        results.map(({ line }) => line.statistics.max),
        two,
      )} (${PAIRS} pairs), on the path to ${list(peaks, two)}; cosines of the deviations are ${two(mean(results.flatMap(({ hyperplane }) => hyperplane!.within)))} within and ${two(mean(results.map(({ hyperplane }) => hyperplane!.across!)))} across the switch.`,
      claims,
      figures: connectorFigures(context.folder as RunFolder, first),
      tables: [
        {
          caption: "Three pairs of optima.",
          columns: [
            "pair",
            "ends",
            "largest on the line",
            "on the points and between",
            "before nodes were inserted",
            "length / distance",
            "test labels not shared",
          ],
          rows: results.map(({ ends, line, paths: [path], hyperplane, disagreement }, k) => [
            String(k + 1),
            list(
              ends.map(({ loss }) => loss),
              (x) => x.toFixed(3),
            ),
            line.statistics.max.toFixed(3),
            path.statistics.max.toFixed(3),
            hyperplane!.peakBefore.toFixed(3),
            path.lengthRatio.toFixed(2),
            percent(disagreement!),
          ]),
        },
      ],
      notes: [
        `The published pair is of CIFAR-10; these are of Fashion-MNIST (${context.data.train.examples.count} images). A point is optimised with Adam on batches of ${spec.descent.batch} for at most ${spec.descent.steps} steps, or until its training loss is no more than ${spec.tolerance} above the mean of the optima.`,
        "The middle of the line between two optima lies nearer to zero than they do, so that every point is moved outwards; this part of the deviations is the same on both sides of the switch.",
        "The switch is where the contrast of the cosines is largest. Figures are of the first pair.",
      ],
    };
  }),
};
