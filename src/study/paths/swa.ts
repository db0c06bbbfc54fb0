import { EigenvalueDecomposition, Matrix, solve } from "ml-matrix";
import { allocateVector, gram, Rng, releaseVector } from "../../engine/index.ts";
import { type FitSpec, fit, principalSubspace, Trajectory } from "../../fit/index.ts";
import { initialise } from "../../model/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { openRunData, RunFolder, readPath } from "../../run/node.ts";
import { bezier, Span, simplex } from "../../subspace/index.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { type PathPlan, type StudyPath, trainedPath } from "./context-node.ts";
import { toyFit, toyPlan } from "./plans.ts";

const SETTINGS: Record<Scale, { degree: number; steps: number; epochs: number }> = {
  quick: { degree: 20, steps: 4000, epochs: 1000 },
  paper: { degree: 20, steps: 100_000, epochs: 1000 },
};

/** Deviations of the trajectory that count, as in SWAG. */
const DEVIATIONS = 20;
/** Epochs at which an average is looked at. */
const LOOKS = 50;

/** The cosine of a vector with the linear span of others: |projection| / |vector|. */
function cosineWithSpan(vector: Float32Array, vectors: readonly Float32Array[]): number {
  const n = vectors.length;
  const all = Matrix.from1DArray(n + 1, n + 1, gram([...vectors, vector]));
  const products = all.subMatrix(0, n - 1, n, n);
  const projection = solve(all.subMatrix(0, n - 1, 0, n - 1), products, true);
  return Math.sqrt(products.dot(projection) / all.get(n, n));
}

/** What an averaged training found. */
interface Averaged {
  epochs: number[];
  /** Of the running average with the span of the control points. */
  cosines: number[];
  /** Of the mean of the control points with the span of the average and the principal components of the training. */
  principal: number;
}

/** Averages the weights of a training from a start on, as a part of the study. */
async function averaged(
  context: StudyContext,
  name: string,
  plan: PathPlan,
  path: StudyPath,
  start: "path" | "fresh",
): Promise<Averaged> {
  const { epochs } = SETTINGS[context.scale];
  const { dataset, network, seed } = plan;
  const spec: FitSpec = {
    kind: "adam",
    momentum: 0,
    weightDecay: 0,
    epochs,
    batch: 10,
    rate: plan.fit.rate,
    schedule: "constant",
    samples: 1,
    reduction: "mean",
    beta: 0,
    pointDecay: 0,
    keepBest: false,
    patience: 0,
  };
  const folder = await context.part(
    name,
    { spec: { start, training: spec }, seed, dataset },
    async (part) => {
      using data = openRunData(dataset, network, 0, Rng.fromSeed(seed));
      using span = readPath(path.folder).span;
      const theta = allocateVector(network.layout.size);
      using own = new Span([theta]);
      const rng = Rng.fromSeed(seed).split(name);
      if (start === "path") span.point(bezier(plan.fit.degree).at([0.5]), theta);
      else initialise(network, theta, "lecun-normal", rng.split("init"));
      using trajectory = new Trajectory(theta.length, { from: 1, most: DEVIATIONS });
      const found: Averaged = { epochs: [], cosines: [], principal: Number.NaN };
      const { train } = data;
      await fit(
        {
          network,
          loss: data.loss,
          map: simplex(0),
          anchors: own.anchors,
          fixed: [false],
          train: train.examples,
        },
        spec,
        rng.split("training"),
        {
          ...context.options,
          onEpoch(metrics, state) {
            trajectory.onEpoch(metrics, state);
            if (metrics.epoch % Math.ceil(epochs / LOOKS) !== 0) return;
            found.epochs.push(metrics.epoch);
            found.cosines.push(cosineWithSpan(trajectory.mean, span.anchors));
          },
        },
      );
      using principal = principalSubspace(trajectory, DEVIATIONS);
      const centre = allocateVector(theta.length);
      span.point(new Array(span.terms).fill(1 / span.terms), centre);
      found.principal = cosineWithSpan(centre, [principal.mean, ...principal.directions]);
      releaseVector(centre);
      part.writeJson("swa", found);
    },
  );
  return RunFolder.open(folder).readJson("swa") as Averaged;
}

/** Section 9.3 ("SWA path") of the research on "Paths and Ambient Spaces in Neural Loss Landscapes". */
export const averagedWeights: Study = {
  id: "paths/swa",
  title: "The span of a path and averaged weights",
  question:
    "Does the average of a training lie in the span of a path, and are the control points at right angles?",
  source: "Dold et al. 2025, notebook train_swa_path",
  minutes: { quick: 1, paper: 25 },
  async run(context) {
    const { degree, steps, epochs } = SETTINGS[context.scale];
    const plan = await toyPlan({ depth: 3, width: 16, activation: "relu" }, 10, toyFit(degree, steps));
    const path = await trainedPath(context, `degree-${degree}`, plan);
    const values = singularValues(path);
    const [largest, smallest] = [values[0], values[values.length - 1]];
    const near = await averaged(context, "swa-from-path", plan, path, "path");
    const far = await averaged(context, "swa-fresh", plan, path, "fresh");
    const last = ({ cosines }: Averaged) => cosines[cosines.length - 1];
    const chance = Math.sqrt((degree + 1) / plan.network.layout.size);
    const claims: Claim[] = [
      {
        name: "the control points are almost at right angles and of equal length: the largest singular value is at most 1.25 times the smallest",
        published: "7.34 / 6.57 = 1.12",
        ours: `${largest.toFixed(2)} / ${smallest.toFixed(2)} = ${(largest / smallest).toFixed(2)}`,
        holds: largest <= 1.25 * smallest,
      },
      {
        name: `averaged weights lie almost in the span of the path (cosine at least 0.9), ${epochs} epochs from its middle on`,
        published: "0.925",
        ours: last(near).toFixed(3),
        holds: last(near) >= 0.9,
      },
      {
        name: "the centre of the path lies almost in the span of the average and the principal components of that training (cosine at least 0.9)",
        published: "0.923",
        ours: near.principal.toFixed(3),
        holds: near.principal >= 0.9,
      },
      {
        name: "averaged weights of a training from scratch do not (cosine below 0.5)",
        published: "-",
        ours: `${last(far).toFixed(3)}, of a random vector ${chance.toFixed(3)}`,
        holds: last(far) < 0.5,
      },
    ];
    return {
      answer: `The average of ${epochs} epochs of training that start on the path has a cosine of ${last(near).toFixed(3)} with its span (it falls from 1 with the epochs), one from scratch ${last(far).toFixed(3)}; the singular values of the control points are ${largest.toFixed(2)} to ${smallest.toFixed(2)}.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "cosine",
          "Cosine of averaged weights with the span of the control points.",
          (document) =>
            profileFigure(
              {
                xLabel: "epochs averaged",
                yLabel: "cosine",
                series: [
                  { name: "from the middle of the path", x: near.epochs, y: near.cosines, emphasis: true },
                  { name: "from scratch", x: far.epochs, y: far.cosines },
                  {
                    name: "random vector",
                    x: [near.epochs[0], near.epochs[near.epochs.length - 1]],
                    y: [chance, chance],
                    dashed: true,
                  },
                ],
              },
              document,
            ),
        ),
      ],
      tables: [
        {
          caption: "Singular values of the control points, not centred.",
          columns: values.map((_, i) => String(i + 1)),
          rows: [values.map((value) => value.toFixed(2))],
        },
      ],
      notes: [
        "Only the two published cosines are known, not where the training of the average started, how long it was, nor which vector was compared with the span of its principal components: what is chosen here is said in the claims. Since a training from the path leaves its span little by little, each cosine below 1 is met at some length.",
      ],
    };
  },
};

/** Of the control points, falling. */
function singularValues({ folder }: StudyPath): number[] {
  using span = readPath(folder).span;
  const { values, size } = span.gram();
  const products = Matrix.from1DArray(size, size, values);
  const { realEigenvalues } = new EigenvalueDecomposition(products, { assumeSymmetric: true });
  return realEigenvalues.map(Math.sqrt).sort((a, b) => b - a);
}
