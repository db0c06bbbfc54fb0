import { loadDataset } from "../../data/node.ts";
import { mlp } from "../../model/index.ts";
import { profileFigure } from "../../report/index.ts";
import { priorFigures, saveFigure } from "../../report/node.ts";
import { RunFolder, type TunnelSpec } from "../../run/node.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { meanSd } from "./comparison.ts";
import { trainedPath, tunnelAlong } from "./context-node.ts";
import { toyFit } from "./plans.ts";

/** The published setting: airfoil, ReLU, degree 2, seed 1. */
const DATA = { name: "airfoil", seed: 1 };
const STEPS: Record<Scale, number> = { quick: 300, paper: 100_000 };
const SPEC: TunnelSpec = {
  metric: "published",
  tube: 0.1,
  priorScale: 0.5,
  split: "train",
  normals: [1],
  extent: 1,
  points: 31,
};
/** Near the path is what two standard deviations of ξ reach. */
const NEAR = 2 * SPEC.tube * SPEC.priorScale;
const BINS = 12;
const PRIORS = [
  { array: "prior_volume", name: "volume" },
  { array: "prior_position", name: "tunnel, uniform in t" },
  { array: "prior_arc_length", name: "tunnel, uniform in arc length" },
];

/** What a prior puts near the path. */
interface Mass {
  /** Share of the prior. */
  near: number;
  /** Middle of each stretch of the path, in arc length, and mass per unit of length there. */
  along: { s: number; density: number }[];
  /** Standard deviation over mean of those. */
  variation: number;
}

/**
 * Sums a density over the nodes of a grid, each counted where its nearest point of the path is.
 *
 * @param path n × 2, so dense that the nearest of its points will do
 */
function massAlong(xs: Float64Array, ys: Float64Array, density: Float64Array, path: Float64Array): Mass {
  const n = path.length / 2;
  const s = new Float64Array(n);
  for (let i = 1; i < n; i++) {
    s[i] = s[i - 1] + Math.hypot(path[2 * i] - path[2 * i - 2], path[2 * i + 1] - path[2 * i - 1]);
  }
  const width = s[n - 1] / BINS;
  const cell = (xs[1] - xs[0]) * (ys[1] - ys[0]);
  const masses = new Float64Array(BINS);
  for (let at = 0; at < density.length; at++) {
    const [x, y] = [xs[at % xs.length], ys[Math.floor(at / xs.length)]];
    let [nearest, distance] = [0, Number.POSITIVE_INFINITY];
    for (let i = 0; i < n; i++) {
      const own = Math.hypot(x - path[2 * i], y - path[2 * i + 1]);
      if (own < distance) [nearest, distance] = [i, own];
    }
    if (distance <= NEAR) masses[Math.min(BINS - 1, Math.floor(s[nearest] / width))] += density[at] * cell;
  }
  const along = Array.from(masses, (mass, b) => ({ s: (b + 0.5) * width, density: mass / width }));
  const { mean, sd } = meanSd(along.map((stretch) => stretch.density));
  return { near: masses.reduce((a, b) => a + b, 0), along, variation: sd / mean };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Figure 4 of "Paths and Ambient Spaces in Neural Loss Landscapes": three priors in the plane of a path of degree 2. */
export const priorsAroundPaths: Study = {
  id: "paths/figure-4",
  title: "Priors around a path",
  question: "Where do the priors of the volume and of the tunnel put their mass?",
  source: "Dold et al. 2025, figure 4, and the setting of the authors' prior plots",
  minutes: { quick: 0.2, paper: 20 },
  async run(context) {
    const { dataDir, options, scale, folder } = context;
    const dataset = await loadDataset(DATA.name, { dataDir, signal: options.signal, seed: DATA.seed });
    const network = mlp([dataset.shape[0], 16, 16, 16, 1], "relu");
    const fit = toyFit(2, STEPS[scale], { rate: 5e-3, samples: 10 });
    const plan = { dataset, network, fit, seed: DATA.seed };
    const path = await trainedPath(context, "path", plan);
    const arrays = RunFolder.open(await tunnelAlong(context, "tunnel", plan, path, SPEC)).readArrays(
      "tunnel",
    );
    const of = (name: string) => arrays[name].data as Float64Array;
    const masses = PRIORS.map(({ array }) => massAlong(of("phi_1"), of("phi_2"), of(array), of("path")));
    const [volume, position, arcLength] = masses;
    const onPath = volume.near / arcLength.near;
    const densities = volume.along.map(({ density }) => density);
    const [most, least] = [Math.max(...densities), Math.min(...densities)];
    const [highest, lowest] = [densities.indexOf(most), densities.indexOf(least)];
    const claims: Claim[] = [
      {
        name: `tunnel priors lie along the path: share within two standard deviations of ξ (${NEAR} of φ)`,
        published: "along the path",
        ours: `${percent(position.near)} uniform in t, ${percent(arcLength.near)} uniform in arc length`,
        holds: Math.min(position.near, arcLength.near) > 0.9,
      },
      {
        name: "the prior of the volume does not: the same share",
        published: "around the centre",
        ours: `${percent(volume.near)}, ${onPath.toFixed(2)} times that of the tunnel`,
        holds: volume.near < 0.5,
      },
      {
        name: "uniform in arc length: mass per unit of length is constant (its standard deviation over its mean)",
        published: "uniform",
        ours: percent(arcLength.variation),
        holds: arcLength.variation < 0.05,
      },
      {
        name: "uniform in t: it is not, slow parts of the path have more",
        published: "not uniform",
        ours: percent(position.variation),
        holds: position.variation > 0.1,
      },
      {
        name: "the prior of the volume is pulled to the centre: most mass per unit of length in the middle third of the path, which is nearest to the centre, least at an end",
        published: "pulled to the centre",
        ours: `${most.toFixed(3)} at stretch ${highest + 1} of ${BINS}, ${least.toFixed(3)} at stretch ${lowest + 1}`,
        holds: Math.abs(highest - (BINS - 1) / 2) < BINS / 6 && (lowest === 0 || lowest === BINS - 1),
      },
    ];
    return {
      answer: `Near the path lie ${percent(arcLength.near)} of a tunnel's prior and ${percent(volume.near)} of the volume's; mass per unit of length varies by ${percent(arcLength.variation)} uniform in arc length, ${percent(position.variation)} uniform in t, ${percent(volume.variation)} in the volume.`,
      claims,
      figures: [
        ...priorFigures(folder, arrays),
        saveFigure(
          folder,
          "mass",
          `Prior mass within ${NEAR} of the path, per unit of its length (t from −0.1 to 1.1).`,
          (document) =>
            profileFigure(
              {
                xLabel: "arc length, in the metric of the tunnel",
                yLabel: "mass per unit of length",
                series: PRIORS.map(({ name }, i) => ({
                  name,
                  x: masses[i].along.map(({ s }) => s),
                  y: masses[i].along.map(({ density }) => density),
                  dashed: i === 0,
                })),
              },
              document,
            ),
        ),
      ],
      tables: [],
      notes: [
        "In the published metric the control points of every path of degree 2 are the corners of the same triangle, so that these pictures are the same for each.",
      ],
    };
  },
};
