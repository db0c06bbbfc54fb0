import { gram, Rng, releaseVector } from "../../engine/index.ts";
import {
  type ConnectorChain,
  centrePoint,
  type DescentSpec,
  hyperplaneNodes,
  insertNodes,
  legLosses,
  linePoints,
  meetingOf,
} from "../../fit/index.ts";
import { blockMeans, deviationCosines } from "../../geometry/index.ts";
import { WedgeLandscape, type WedgeSpec } from "../../landscape/index.ts";
import { cosinesFigure, profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { optimaOn } from "./toy-optima.ts";

const SEEDS: Record<Scale, number> = { quick: 8, paper: 20 };

/** Plain descent on half the squared distance, which has curvature 1, or 0. */
const DESCENT: DescentSpec = {
  kind: "sgd",
  momentum: 0,
  rate: 0.9,
  schedule: "constant",
  steps: 4000,
  target: 1e-12,
};

/** K wedges in random directions; the published all-tuples model at three numbers of short directions. */
const TURNED = { kind: "rotated", dimension: 500, short: 100, wedges: 10 } as const;
const TUPLES = [50, 300, 800].map((short) => ({ kind: "all-tuples", dimension: 1000, short }) as const);
/** Of an m-connector: m + 1 optima. */
const JOINED = [2, 3, 4, 5, 6, 8, 11];
const JOINED_WEDGES = { kind: "rotated", dimension: 400, short: 20, wedges: 14 } as const;

const NODES = 10;
const PER_LEG = 20;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const distance = (halfSquare: number) => Math.sqrt(2 * halfSquare);
const fixed = (x: number) => (Math.abs(x) < 0.005 ? "0.00" : x.toFixed(2));

/** A connector between two optima on wedges: before and after its kinks are taken out. Values are distances. */
async function tunnel(spec: WedgeSpec, rng: Rng) {
  using landscape = new WedgeLandscape(spec);
  const [a, b] = await optimaOn(landscape, 2, rng);
  const points = linePoints(NODES);
  const line = (await legLosses(landscape, [a, b], 220))[0].map(distance);
  const { nodes, history } = await hyperplaneNodes(landscape, [a, b], points, DESCENT);
  const cosines = deviationCosines({ size: NODES + 2, values: gram([a, b, ...nodes], a) }, points);
  const explicit = spec.kind !== "all-tuples";
  const groups = nodes.map((node, k) => (explicit ? landscape.nearest(node) : Number(k >= NODES / 2)));
  // The tent: distance to the wedge of either end, which the line leaves at a constant rate.
  const slopes = explicit
    ? [a, b].map((theta, i) => {
        const space = landscape.spaces[landscape.nearest(i === 0 ? b : a)];
        return Math.hypot(...space.coordinates(theta));
      })
    : [];
  const chain: ConnectorChain = {
    anchors: [a, ...nodes, b],
    alphas: [0, ...points.map(([, alpha]) => alpha), 1],
  };
  const legs = (await legLosses(landscape, chain.anchors, PER_LEG)).map((inside) => inside.map(distance));
  await insertNodes(landscape, chain, DESCENT, {
    target: 1e-8,
    most: 2 * NODES,
    perLeg: PER_LEG,
    between: (p, q) => meetingOf(landscape, [p, q]),
  });
  const repaired = (await legLosses(landscape, chain.anchors, PER_LEG)).flat();
  releaseVector(...chain.anchors);
  return {
    line,
    legs,
    cosines,
    groups,
    ...blockMeans(cosines, groups),
    nodePeak: Math.max(...history.map(({ loss }) => loss)),
    slopes,
    repairedPeak: Math.max(...repaired),
    switches: groups.filter((group, k) => k > 0 && group !== groups[k - 1]).length,
  };
}

type Tunnel = Awaited<ReturnType<typeof tunnel>>;

const peakOf = ({ line }: Tunnel) => Math.max(...line);
const legPeak = ({ legs }: Tunnel) => Math.max(...legs.flat());

/** How far the line is from the tent of its two wedges, at most; only a third wedge can lie below it. */
function tentError({ line, slopes: [toB, toA] }: Tunnel): number {
  const steps = line.length + 1;
  return Math.max(
    ...line.map((value, k) => {
      const alpha = (k + 1) / steps;
      return Math.abs(value - Math.min(alpha * toA, (1 - alpha) * toB));
    }),
  );
}

/** Centres of m-connectors: distances to all wedges of the optima, before and after. */
async function centres(rng: Rng) {
  using landscape = new WedgeLandscape({ ...JOINED_WEDGES, seed: 5 });
  const rows = [];
  for (const n of JOINED) {
    const optima = await optimaOn(landscape, n, rng.foldIn(n));
    using meeting = meetingOf(landscape, optima);
    const point = [centrePoint(n)];
    const { nodes, history } = await hyperplaneNodes(meeting, optima, point, { ...DESCENT, rate: 0.7 });
    const all = landscape.distances(nodes[0]);
    const worst = Math.max(...optima.map((theta) => all[landscape.nearest(theta)]));
    const [spokes] = await legLosses(landscape, [optima[0], nodes[0]], PER_LEG);
    rows.push({ n, before: distance(history[0].startLoss), worst, spoke: Math.max(...spokes) });
    releaseVector(...optima, ...nodes);
  }
  return rows;
}

async function run({ scale, seed, folder, options }: StudyContext) {
  const rng = Rng.fromSeed(seed).split("toy connectors");
  const count = SEEDS[scale];
  const total = count * (1 + TUPLES.length) + 1;
  let done = 0;
  const tunnels = async (spec: Omit<WedgeSpec, "seed">) => {
    const found: Tunnel[] = [];
    for (let k = 0; k < count; k++) {
      options.signal?.throwIfAborted();
      found.push(await tunnel({ ...spec, seed: seed + k } as WedgeSpec, rng.split("pairs").foldIn(k)));
      options.onProgress?.(++done / total);
    }
    return found;
  };
  options.onStage?.("connectors between wedges in random directions");
  const turned = await tunnels(TURNED);
  options.onStage?.("connectors in the all-tuples model");
  const tuples: Tunnel[][] = [];
  for (const spec of TUPLES) tuples.push(await tunnels(spec));
  options.onStage?.("m-connectors");
  const joined = await centres(rng.split("centres"));

  const withins = turned.flatMap(({ within }) => within);
  const across = mean(turned.map((one) => one.across));
  const within = (found: Tunnel[]) => mean(found.flatMap((one) => one.within));
  const acrossOf = (found: Tunnel[]) => mean(found.map((one) => one.across));
  // A third wedge in the middle makes more than one switch, and a lower line.
  const plain = turned.filter(({ switches }) => switches === 1);
  const one = plain[0] ?? turned[0];
  const sparse = tuples[0];
  const repairs = Math.max(...[turned, ...tuples].flat().map(({ repairedPeak }) => repairedPeak));
  const claims: Claim[] = [
    {
      name: `${TURNED.wedges} wedges: deviations point one way on each side of the switch`,
      published: "two clusters; 1.00, 1.00 and 0.10 across in the research behind this project",
      ours: `within ${fixed(Math.min(...withins))} to ${fixed(Math.max(...withins))}, across ${fixed(across)} (mean of ${count})`,
      holds: Math.min(...withins) > 0.5 && Math.abs(across) < 0.15,
    },
    {
      name: "the line between two wedges is a tent, of about √s / 2 in the middle",
      published: `- (${(Math.sqrt(TURNED.short) / 2).toFixed(1)})`,
      ours: `${mean(turned.map(peakOf)).toFixed(2)}; off the tent by at most ${Math.max(...plain.map(tentError)).toExponential(0)}`,
      holds: plain.every((found) => tentError(found) < 1e-3),
    },
    {
      name: "segments between the points are low but for the one on which the wedge changes, about half as high as the line",
      published: "- (2.44 of 4.59)",
      ours: `${mean(turned.map(legPeak)).toFixed(2)} of ${mean(turned.map(peakOf)).toFixed(2)}`,
      holds: turned.every((found) => legPeak(found) < 0.75 * peakOf(found)),
    },
    {
      name: "a point where both wedges meet takes the kink out (largest loss L²/2)",
      published: "low-loss path over the intersection",
      ours: repairs.toExponential(1),
      holds: repairs < 1e-8,
    },
    {
      name: `the published all-tuples model, s = ${TUPLES[0].short} of D = 1000: two clusters of deviations`,
      published: "two clusters",
      ours: `within ${fixed(within(sparse))}, across ${fixed(acrossOf(sparse))}: every hyperplane ends on a wedge of its own`,
      holds: within(sparse) > 0.5,
    },
    {
      name: "the same: points in hyperplanes make a path of low loss",
      published: "low-loss path found",
      ours: `points at 0, but segments reach ${mean(sparse.map(legPeak)).toFixed(2)} of ${mean(sparse.map(peakOf)).toFixed(2)} on the line`,
      holds: mean(sparse.map(legPeak)) < 0.1 * mean(sparse.map(peakOf)),
    },
    {
      name: `the same with s = ${TUPLES[2].short}: clusters appear with many short directions, and are not apart`,
      published: "- (0.74, 0.77 and 0.56)",
      ours: `within ${fixed(within(tuples[2]))}, across ${fixed(acrossOf(tuples[2]))}`,
      holds: within(tuples[2]) > within(tuples[1]) && within(tuples[1]) > within(sparse),
    },
    {
      name: `m-connectors join up to ${JOINED.at(-1)} optima: the centre lies on the wedges of all (L²/2 to each)`,
      published: "m up to 10",
      ours: `at most ${Math.max(...joined.map(({ worst }) => worst ** 2 / 2)).toExponential(1)}, on the spokes ${Math.max(...joined.map(({ spoke }) => spoke)).toExponential(1)}`,
      holds: joined.every(({ worst, spoke }) => worst ** 2 / 2 < 1e-8 && spoke < 1e-8),
    },
  ];
  const alphas = one.line.map((_, k) => (k + 1) / (one.line.length + 1));
  const legAlphas = one.legs.flatMap((inside, leg) =>
    inside.map((_, k) => (leg + (k + 1) / PER_LEG) / one.legs.length),
  );
  const matrix = (found: Tunnel) =>
    Array.from({ length: NODES }, (_, i) => [...found.cosines.subarray(i * NODES, (i + 1) * NODES)]);
  const breaks = (groups: number[]) =>
    groups.flatMap((group, k) => (k > 0 && group !== groups[k - 1] ? [k] : []));
  return {
    answer: `With ${TURNED.wedges} wedges the deviations have cosines of ${fixed(mean(withins))} within and ${fixed(across)} across the switch of wedges; in the published all-tuples model with few short directions ${fixed(within(sparse))}: there the clusters do not appear.`,
    claims,
    figures: [
      saveFigure(
        folder,
        "cosines",
        `Cosines of the deviations from the line, ${TURNED.wedges} wedges in random directions, D = ${TURNED.dimension}, s = ${TURNED.short}; the line parts the two wedges.`,
        (document) =>
          cosinesFigure({ values: matrix(one), label: "hyperplane", breaks: breaks(one.groups) }, document),
      ),
      saveFigure(
        folder,
        "cosines-all-tuples",
        `The same in the all-tuples model, D = 1000, s = ${TUPLES[0].short}.`,
        (document) => cosinesFigure({ values: matrix(sparse[0]), label: "hyperplane" }, document),
      ),
      saveFigure(
        folder,
        "kink",
        "Distance to the nearest wedge along the line and along the points that were optimised in hyperplanes: one segment goes from one wedge to the other.",
        (document) =>
          profileFigure(
            {
              xLabel: "α",
              yLabel: "distance to the nearest wedge",
              series: [
                { name: "straight line", x: alphas, y: one.line, dashed: true },
                { name: "hyperplane method", x: legAlphas, y: one.legs.flat(), emphasis: true },
              ],
            },
            document,
          ),
      ),
    ],
    tables: [
      {
        caption: `Connectors of ${count} pairs each; means. Values are distances to the nearest wedge.`,
        columns: ["wedges", "s", "within", "across", "line", "path", "repaired"],
        rows: [turned, ...tuples].map((found, i) => [
          i === 0 ? `${TURNED.wedges} in random directions, D = 500` : "all tuples, D = 1000",
          String(i === 0 ? TURNED.short : TUPLES[i - 1].short),
          fixed(within(found)),
          fixed(acrossOf(found)),
          mean(found.map(peakOf)).toFixed(2),
          mean(found.map(legPeak)).toFixed(2),
          distance(Math.max(...found.map(({ repairedPeak }) => repairedPeak))).toExponential(1),
        ]),
      },
      {
        caption: `Centres of connectors of several optima, on wedges of D = ${JOINED_WEDGES.dimension} and s = ${JOINED_WEDGES.short}.`,
        columns: ["optima", "before (root of the summed squared distances)", "largest distance to a wedge"],
        rows: joined.map(({ n, before, worst }) => [String(n), before.toFixed(2), worst.toExponential(1)]),
      },
    ],
    notes: [
      "The paper gives no numbers of its toy model; those beside a dash were found in the research behind this project.",
      "With the distance to the nearest wedge as the loss a descent stops on one wedge; the meeting point and the centres minimise the sum of the squared distances to all wedges concerned.",
      "Points are float32, so that distances below about 1e-6 are rounding.",
    ],
  };
}

/** Connectors in the toy model of "Large Scale Structure" (sections 3.3 and 4.2). */
export const toyConnectors: Study = {
  id: "wedges/toy-connectors",
  title: "Connectors in the toy model",
  question:
    "Do deviations from the line between two optima fall into two clusters, and does a path of no loss exist?",
  source: "Fort and Jastrzebski 2019, section 3.3 and figure 3",
  minutes: { quick: 1, paper: 3 },
  run,
};
