import { subset } from "../../data/index.ts";
import { allocateVector, dot, Rng, releaseVector } from "../../engine/index.ts";
import {
  columnsOf,
  expectedTraceRatio,
  leadingPlane,
  type PlaneMeasures,
  planeHessian,
  planeMeasures,
} from "../../geometry/index.ts";
import { initialise, type Network } from "../../model/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { RunFolder, trainInSubspace } from "../../run/node.ts";
import { randomProjection } from "../../subspace/index.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { denseNetwork, denseRecipe, openDense, studyData } from "./dense-network-node.ts";

interface Setting {
  hidden: number[];
  /** Images that curvature is measured on. */
  images: number;
  /** Starts, each with a plane of its own. */
  starts: number;
  epochs: number;
  /** Dimensions of planes and spheres that are trained in. */
  trained: number[];
}

const SETTINGS: Record<Scale, Setting> = {
  quick: { hidden: [50, 50], images: 500, starts: 3, epochs: 10, trained: [100, 400] },
  paper: { hidden: [200, 200], images: 10_000, starts: 5, epochs: 10, trained: [100, 400] },
};
/** log₁₀ (r / r_X)² of points whose curvature is measured, and of starts of trainings. */
const CURVATURE = [-3, -2.5, -2, -1.5, -1, -0.67, -0.33, 0, 0.5, 1, 1.5, 2, 2.5, 3];
const TRAINED = [-3, -2, -1, 0, 1, 2, 3];
const DIMENSIONS = [10, 50, 100];
const WEIGHTS_ONLY = DIMENSIONS[1];
/** Digitised from Fort and Scherlis 2019, at r_X (MNIST, 784-200-200-10). */
const PUBLISHED = { ratio: [2.85, 4.95, 5.87], positive: [0.99, 0.88, 0.8] };

const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const two = (x: number) => x.toFixed(2);
const percent = (x: number) => `${(100 * x).toFixed(1)} %`;

/** Curvature on planes at one radius. */
interface Measured {
  /** log₁₀ (r / r_X)² */
  log: number;
  /** r, the mean over the starts. */
  radius: number;
  /** By start, and then by dimension. */
  starts: PlaneMeasures[][];
  /** By start, on the plane of `WEIGHTS_ONLY` dimensions with the biases left out. */
  weights: PlaneMeasures[];
}

/** Takes the biases out of a direction, in place. */
function clearBiases({ layout }: Network, column: Float32Array): void {
  for (const { shape, offset, size } of layout.leaves) {
    if (shape.length === 1) column.fill(0, offset, offset + size);
  }
}

/** Curvature at the starts, on planes of nested dimensions, at every radius; a part of the study. */
async function curvatures(context: StudyContext): Promise<Measured[]> {
  const { hidden, images, starts } = SETTINGS[context.scale];
  const { seed, options } = context;
  const whole = await studyData(context);
  const dataset = subset(whole, { train: Math.min(images, whole.train.count) });
  const spec = { hidden, images, starts, radii: CURVATURE, dimensions: DIMENSIONS };
  const path = await context.part("curvature", { spec, seed, dataset }, async (folder) => {
    const network = denseNetwork(hidden);
    using data = openDense(dataset, network, seed);
    const rng = Rng.fromSeed(seed).split("goldilocks");
    const theta = allocateVector(network.layout.size);
    const rows: Measured[] = CURVATURE.map((log) => ({ log, radius: 0, starts: [], weights: [] }));
    options.onStage?.("curvature on planes");
    try {
      for (let start = 0; start < starts; start++) {
        const stream = rng.foldIn(start);
        const most = DIMENSIONS[DIMENSIONS.length - 1];
        using projection = randomProjection("sparse", theta.length, most, stream.split("projection"));
        const columns = columnsOf(projection);
        const weights = columnsOf(projection);
        for (const column of weights) clearBiases(network, column);
        for (const [k, row] of rows.entries()) {
          initialise(network, theta, "glorot-uniform", stream.split("init"), 10 ** (row.log / 2));
          row.radius += Math.sqrt(dot(theta, theta)) / starts;
          const { signal } = options;
          const plane = await planeHessian(data.train, theta, columns, { signal });
          row.starts.push(DIMENSIONS.map((d) => planeMeasures(leadingPlane(plane, d))));
          const few = weights.slice(0, WEIGHTS_ONLY);
          row.weights.push(planeMeasures(await planeHessian(data.train, theta, few, { signal })));
          options.onProgress?.((start + (k + 1) / rows.length) / starts);
        }
        releaseVector(...columns, ...weights);
      }
    } finally {
      releaseVector(theta);
    }
    folder.writeJson("curvature", rows);
  });
  return RunFolder.open(path).readJson("curvature") as Measured[];
}

/** Accuracies after training on planes and on spheres, by dimension and radius; a part of the study that resumes run by run. */
async function trainings(context: StudyContext): Promise<Record<"plane" | "sphere", number[][]>> {
  const { hidden, epochs, trained } = SETTINGS[context.scale];
  const { seed, options } = context;
  const dataset = await studyData(context);
  const fit = denseRecipe(context, epochs, 1e-3);
  const found = { plane: [] as number[][], sphere: [] as number[][] };
  const spec = { hidden, fit, trained, radii: TRAINED };
  await context.part("training", { spec, seed, dataset }, async (folder) => {
    const network = denseNetwork(hidden);
    using data = openDense(dataset, network, seed);
    const rng = Rng.fromSeed(seed).split("goldilocks training");
    for (const surface of ["plane", "sphere"] as const) {
      for (const dimension of trained) {
        const row: number[] = [];
        for (const [k, log] of TRAINED.entries()) {
          options.onStage?.(`training on a ${surface} of ${dimension} dimensions, r² / r_X² = 10^${log}`);
          const scale = 10 ** (log / 2);
          const setup = {
            network,
            init: "glorot-uniform",
            fit,
            data,
            scale,
            sphere: surface === "sphere",
          } as const;
          const subspace = { projection: "sparse", dimension } as const;
          row.push(
            await trainInSubspace(
              folder,
              `${surface}-${dimension}-${k}`,
              setup,
              subspace,
              rng.foldIn(dimension),
              options,
            ),
          );
        }
        found[surface].push(row);
      }
    }
    folder.writeJson("training", found);
  });
  return RunFolder.open(`${context.folder.path}/runs/training`).readJson("training") as typeof found;
}

/** The Goldilocks zone of initialisations (Fort and Scherlis 2019). */
export const goldilocks: Study = {
  id: "wedges/goldilocks",
  title: "The Goldilocks zone",
  question: "At which distance from zero does a network start best, and is its curvature positive there?",
  source: "Fort and Scherlis 2019; digitised from their figures",
  minutes: { quick: 2, paper: 240 },
  async run(context) {
    const { hidden, images, starts, epochs, trained } = SETTINGS[context.scale];
    const rows = await curvatures(context);
    const accuracy = await trainings(context);
    const ratio = (row: Measured, k: number) => mean(row.starts.map((own) => own[k].traceRatio));
    const positive = (row: Measured, k: number) => mean(row.starts.map((own) => own[k].positive));
    const at = (log: number) => rows.find((row) => row.log === log)!;
    const xavier = at(0);
    const peaks = DIMENSIONS.map((_, k) => {
      const best = rows.reduce((a, b) => (ratio(b, k) > ratio(a, k) ? b : a));
      return { log: best.log, ratio: ratio(best, k) };
    });
    const ends = [at(-3), at(3)].flatMap((row) => DIMENSIONS.map((_, k) => Math.abs(ratio(row, k))));
    const inner = [-3, -2, 3];
    const weightsOnly = inner.map((log) => mean(at(log).weights.map(({ traceRatio }) => traceRatio)));
    const endsPositive = [at(-3), at(3)].map((row) => positive(row, 1));
    // T of the whole space from the largest plane, and what follows for the others.
    const whole = 1 / Math.sqrt(1 / ratio(xavier, 2) ** 2 - 1 / DIMENSIONS[2]);
    const expected = DIMENSIONS.map((d) => expectedTraceRatio(d, whole));
    const agreement = DIMENSIONS.map((_, k) => Math.abs(ratio(xavier, k) / expected[k] - 1));
    const most = trained.length - 1;
    const of = (surface: "plane" | "sphere", log: number) => accuracy[surface][most][TRAINED.indexOf(log)];
    const claims: Claim[] = [
      {
        name: "Tr(H)/‖H‖ of random planes has its peak within half a decade of r_X² (d = 10, 50, 100)",
        published: "at r_X",
        ours: peaks.map(({ log }, k) => `d = ${DIMENSIONS[k]}: 10^${log}`).join(", "),
        holds: peaks.every(({ log }) => Math.abs(log) <= 0.5),
      },
      {
        name: "the peak is about 3 at d = 10 and 5 to 6 at d = 50 and 100 (within 30 %)",
        published: PUBLISHED.ratio.join(", "),
        ours: peaks.map((peak) => two(peak.ratio)).join(", "),
        holds: peaks.every((peak, k) => Math.abs(peak.ratio / PUBLISHED.ratio[k] - 1) < 0.3),
      },
      {
        name: "far inside and far outside, at 10^±3 r_X², it is below 0.5 (all d)",
        published: "0",
        ours: `at most ${two(Math.max(...ends))}`,
        holds: Math.max(...ends) < 0.5,
      },
      {
        name: `so it is, and at 10^-2 r_X², on planes that leave the biases out (d = ${WEIGHTS_ONLY})`,
        published: "0",
        ours: inner.map((log, i) => `10^${log}: ${two(weightsOnly[i])}`).join(", "),
        holds: weightsOnly.every((x) => Math.abs(x) < 0.5),
      },
      {
        name: "at r_X most eigenvalues are positive, and fewer with d (within 0.15)",
        published: PUBLISHED.positive.join(", "),
        ours: DIMENSIONS.map((_, k) => two(positive(xavier, k))).join(", "),
        holds: PUBLISHED.positive.every((share, k) => Math.abs(positive(xavier, k) - share) < 0.15),
      },
      {
        name: "half of them are (0.4 to 0.6) at 10^±3 r_X² (d = 50)",
        published: "0.5",
        ours: endsPositive.map(two).join(" and "),
        holds: endsPositive.every((share) => share >= 0.4 && share <= 0.6),
      },
      {
        name: "at r_X the dependence on d is 1/√(1/d + 1/T²), within 15 %",
        published: "- (T² of 43 to 53 from their peaks)",
        ours: `T² = ${(whole ** 2).toFixed(0)}: expected ${expected.map(two).join(", ")}, found ${DIMENSIONS.map((_, k) => two(ratio(xavier, k))).join(", ")}`,
        holds: Math.max(...agreement) < 0.15,
      },
      {
        name: `training on planes of ${trained[most]} dimensions does well up to r_X and collapses outside (at 10 r_X less than half)`,
        published: "good for r ≤ r_X, below 20 % at 10 r_X (d = 100)",
        ours: TRAINED.map((log) => `10^${log}: ${percent(of("plane", log))}`).join(", "),
        holds: of("plane", 2) < 0.5 * of("plane", 0) && of("plane", -1) > 0.8 * of("plane", 0),
      },
      {
        name: `on spheres of ${trained[most]} dimensions only near r_X: at a tenth and at ten times of it less than half`,
        published: "good near r_X; below 20 % for r < 0.2 r_X or r > 35 r_X",
        ours: TRAINED.map((log) => `10^${log}: ${percent(of("sphere", log))}`).join(", "),
        holds: [-2, 2].every((log) => of("sphere", log) < 0.5 * of("sphere", 0)),
      },
    ];
    const logs = rows.map((row) => row.log);
    const { train } = await studyData(context);
    const name = `784-${hidden.join("-")}-10`;
    return {
      answer: `The curvature is most positive at r² = ${peaks.map(({ log }) => `10^${log}`).join(", ")} r_X² (d = ${DIMENSIONS.join(", ")}), where Tr(H)/‖H‖ is ${peaks.map((peak) => two(peak.ratio)).join(", ")}; training on planes collapses outside, on spheres on both sides.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "trace",
          `Tr(H)/‖H‖ of random starts of radius r on planes of d dimensions; bars: range of ${starts} starts.`,
          (document) =>
            profileFigure(
              {
                xLabel: "log₁₀ (r / r_X)²",
                yLabel: "Tr(H) / ‖H‖",
                series: [
                  ...DIMENSIONS.map((d, k) => ({
                    name: `d = ${d}`,
                    x: logs,
                    y: rows.map((row) => ratio(row, k)),
                    bars: rows.map((row) => rangeOf(row.starts.map((own) => own[k].traceRatio)) / 2),
                  })),
                  {
                    name: `d = ${WEIGHTS_ONLY}, no biases`,
                    x: logs,
                    y: rows.map((row) => mean(row.weights.map(({ traceRatio }) => traceRatio))),
                  },
                ],
              },
              document,
            ),
        ),
        saveFigure(
          context.folder,
          "positive",
          "Share of positive eigenvalues on the same planes.",
          (document) =>
            profileFigure(
              {
                xLabel: "log₁₀ (r / r_X)²",
                yLabel: "positive eigenvalues",
                percent: true,
                series: DIMENSIONS.map((d, k) => ({
                  name: `d = ${d}`,
                  x: logs,
                  y: rows.map((row) => positive(row, k)),
                })),
              },
              document,
            ),
        ),
        saveFigure(
          context.folder,
          "accuracy",
          `Test accuracy after ${epochs} epochs on planes and spheres through a start of radius r.`,
          (document) =>
            profileFigure(
              {
                xLabel: "log₁₀ (r / r_X)²",
                yLabel: "test accuracy",
                percent: true,
                series: (["plane", "sphere"] as const).flatMap((surface) =>
                  trained.map((d, k) => ({
                    name: `${surface}, d = ${d}`,
                    x: TRAINED,
                    y: accuracy[surface][k],
                  })),
                ),
              },
              document,
            ),
        ),
      ],
      tables: [
        {
          caption: `Curvature at each radius, means over ${starts} starts.`,
          columns: ["r / r_X", "r", ...DIMENSIONS.flatMap((d) => [`Tr/‖H‖, d = ${d}`, `positive, d = ${d}`])],
          rows: rows.map((row) => [
            (10 ** (row.log / 2)).toPrecision(3),
            row.radius.toPrecision(3),
            ...DIMENSIONS.flatMap((_, k) => [two(ratio(row, k)), two(positive(row, k))]),
          ]),
        },
      ],
      notes: [
        `${name}, ReLU, Glorot initialisation scaled as a whole, zero biases; curvature on ${images} images of Fashion-MNIST, training on ${train.count}, Adam with batches of 128. Sparse directions. The published network is 784-200-200-10 on MNIST, whose images are sparser, ${epochs} epochs on 60,000 images.`,
        "Near zero all logits are equal and only the biases of the last layer curve the loss, positively: planes that hold them see that curvature at any radius.",
        "The Hessian on a plane is Pᵀ H P; planes of fewer dimensions are parts of the largest one.",
        "On a sphere, points of the plane are scaled to the norm of the start.",
      ],
    };
  },
};

const rangeOf = (xs: readonly number[]) => Math.max(...xs) - Math.min(...xs);
