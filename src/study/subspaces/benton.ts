import { releaseVector } from "../../engine/index.ts";
import { meanPrediction, type Predictions, softmax } from "../../inference/index.ts";
import { evaluatePoints } from "../../landscape/index.ts";
import { assess, memberLogits, type VerticesShape } from "../../run/index.ts";
import type { SubspaceSpec } from "../../run/node.ts";
import { coefficientMatrix, Span, sampleCoordinates } from "../../subspace/index.ts";
import type { Claim, Study } from "../study.ts";
import { type StudySubspace, type SubspaceContext, withSubspaces } from "./context-node.ts";
import { studyRng } from "./curves.ts";
import { planeFigures, threePointPlane } from "./planes.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
/** Weights of the volume term that are compared. */
const VOLUMES = [0, 0.01, 0.1];
/** Random members of each simplex in an ensemble. */
const MEMBERS = 5;

/** A simplex grown from the named optima, by vertices of a few epochs each. */
function grown(
  context: SubspaceContext,
  optima: readonly string[],
  vertices: number,
  volume: number,
): SubspaceSpec {
  const { recipe, folder } = context;
  const fit = {
    ...recipe,
    epochs: 3,
    weightDecay: 0,
    reduction: "mean" as const,
    keepBest: false,
    patience: 0,
    volume,
  };
  return {
    kind: "grown",
    files: optima.map((name) => folder.pathOf(`runs/${name}/checkpoints/optimum.safetensors`)),
    modes: optima.length,
    vertices,
    init: "pytorch",
    optimum: recipe,
    fit,
  };
}

const shapeOf = ({ result }: StudySubspace) => result.shape as VerticesShape;

/** Test error of the best and the worst lattice point of a subspace. */
const worst = ({ result }: StudySubspace) => Math.max(...result.splits.test.error);

/** Mean probabilities of random members of a simplex. */
async function members(
  context: SubspaceContext,
  { span, map }: StudySubspace,
  name: string,
): Promise<Predictions> {
  const zs = sampleCoordinates(map, studyRng(context, `members of ${name}`), MEMBERS);
  const c = coefficientMatrix(map, zs);
  const rows = Array.from({ length: MEMBERS }, (_, i) => c.subarray(i * span.terms, (i + 1) * span.terms));
  const logits = await memberLogits(context.data.test, span, rows, context.options);
  return meanPrediction(logits.map(softmax));
}

/** Headline claims of "Loss Surface Simplexes for Mode Connecting Volumes and Fast Ensembling" on this network. */
export const benton: Study = {
  id: "subspaces/benton",
  title: "Simplexes grown from optima",
  question:
    "Do optima lie in simplexes of low loss, and are those simplexes better ensembles than single optima?",
  source: "Benton et al. 2021, SPRO, mode-connecting complexes and ESPRO",
  minutes: { quick: 1, paper: 15 },
  run: withSubspaces(async (context) => {
    const { seed, data, scale } = context;
    const components = scale === "paper" ? 3 : 2;
    const names = Array.from({ length: components }, (_, i) => `optimum-${seed + i}`);
    const optima: Float32Array[] = [];
    for (const [i, name] of names.entries()) optima.push(await context.optimum(name, seed + i));
    const alone = (await data.test.evaluate(optima[0])).error;

    const simplexes: StudySubspace[] = [];
    for (const volume of VOLUMES) {
      simplexes.push(await context.subspace(`spro-${volume}`, grown(context, names.slice(0, 1), 2, volume)));
    }
    using complex = await context.subspace("complex", grown(context, names.slice(0, 2), 2, 0.01));
    const modes = new Span(optima.slice(0, 2));
    const between = Float64Array.from({ length: 2 * 21 }, (_, i) =>
      i % 2 === 0 ? 1 - (i >> 1) / 20 : (i >> 1) / 20,
    );
    const straight = Math.max(...(await evaluatePoints(data.test, modes, between, context.options)).error);

    const labels = data.dataset.test.targets;
    const logits = await memberLogits(
      data.test,
      new Span(optima),
      optima.map((_, i) => optima.map((__, j) => (i === j ? 1 : 0))),
      context.options,
    );
    const deep = assess(meanPrediction(logits.map(softmax)), labels);
    const parts: Predictions[] = [];
    for (const [i, name] of names.entries()) {
      using part =
        i === 0
          ? await context.subspace("spro-0.01", grown(context, [name], 2, 0.01))
          : await context.subspace(`espro-${seed + i}`, grown(context, [name], 2, 0.01));
      parts.push(await members(context, part, name));
    }
    const espro = assess(meanPrediction(parts), labels);
    releaseVector(...optima);

    const areas = simplexes.map((s) => shapeOf(s).volume);
    const [plain, some, large] = simplexes;
    const claims: Claim[] = [
      {
        name: "the volume term makes simplexes larger: areas of a triangle for weights 0, 0.01, 0.1",
        published: "larger",
        ours: areas.map((v) => v.toFixed(0)).join(", "),
        holds: areas[1] > 2 * areas[0] && areas[2] > areas[1],
      },
      {
        name: "an optimum lies in a triangle of low loss: test error of the centroid at most 1 point above the optimum",
        published: "low loss all over it",
        ours: `${percent(some.result.middle.test.error)} against ${percent(alone)}; worst lattice point ${percent(worst(some))}`,
        holds: some.result.middle.test.error <= alone + 0.01,
      },
      {
        name: "two optima lie in one complex of low loss: its worst lattice point is better than the line between them",
        published: "volumes connect modes",
        ours: `${percent(worst(complex))} against ${percent(straight)}`,
        holds: worst(complex) < straight,
      },
      {
        name: `${components} simplexes with ${MEMBERS} members each do no worse than ${components} networks (test error, one standard error)`,
        published: "better for any number of components",
        ours: `${percent(1 - espro.accuracy.value)} against ${percent(1 - deep.accuracy.value)}`,
        holds: espro.accuracy.value >= deep.accuracy.value - deep.accuracy.standardError,
      },
    ];
    const [v0, v1, v2] = some.span.anchors;
    const plane = await threePointPlane(context, [v0, v2, v1], ["optimum", "vertex 2", "vertex 1"]);
    const outcome = {
      answer: `Grown from one optimum (test error ${percent(alone)}), a triangle of area ${areas[1].toFixed(0)} has ${percent(some.result.middle.test.error)} at its centroid; a complex joins two optima with at most ${percent(worst(complex))}, where the line between them reaches ${percent(straight)}.`,
      claims,
      figures: planeFigures(context, "plane-triangle", plane),
      tables: [
        {
          caption: "Triangles grown from one optimum, 3 epochs a vertex.",
          columns: ["volume term", "sides", "area", "centroid", "vertices", "worst lattice point"],
          rows: simplexes.map((s, i) => [
            String(VOLUMES[i]),
            shapeOf(s)
              .sides.flatMap((row, j) => row.slice(j + 1))
              .map((side) => side.toFixed(1))
              .join(", "),
            areas[i].toFixed(0),
            percent(s.result.middle.test.error),
            s.result.coordinates
              .flatMap((z, p) => (isVertex(z) ? [percent(s.result.splits.test.error[p])] : []))
              .join(", "),
            percent(worst(s)),
          ]),
        },
        {
          caption: "Ensembles, mean probability, on the test images.",
          columns: ["ensemble", "accuracy", "NLL", "ECE"],
          rows: [
            [`${components} networks`, deep] as const,
            [`${components} simplexes, ${MEMBERS} members each`, espro] as const,
          ].map(([name, x]) => [
            name,
            percent(x.accuracy.value),
            x.negativeLogLikelihood.value.toFixed(4),
            x.calibration.expectedError.toFixed(4),
          ]),
        },
      ],
      notes: [
        "Each vertex is trained for 3 epochs with AdamW; the published ones for 10 to 20 with SGD on larger networks.",
      ],
    };
    for (const s of [plain, some, large]) s[Symbol.dispose]();
    return outcome;
  }),
};

const isVertex = (z: readonly number[]) => Math.max(...z, 1 - z.reduce((a, b) => a + b, 0)) > 1 - 1e-9;
