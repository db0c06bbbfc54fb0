import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { float32Artefact, median, type PathShape } from "../../run/index.ts";
import type { PathMap } from "../../subspace/index.ts";
import type { Claim, Study } from "../study.ts";
import { type StudySubspace, type SubspaceContext, withSubspaces } from "./context-node.ts";
import { tanhCurves } from "./curves.ts";
import { neuralCurveSpec } from "./recipe.ts";

/** Mean curvature in the first and the last tenth of a curve, relative to that in between. */
function edges({ curvature: { t, kappa } }: PathShape): [number, number] {
  const mean = (inside: (t: number) => boolean) => {
    const own = kappa.filter((_, i) => inside(t[i]));
    return own.reduce((a, b) => a + b, 0) / own.length;
  };
  const middle = mean((x) => x >= 0.1 && x <= 0.9);
  return [mean((x) => x < 0.1) / middle, mean((x) => x > 0.9) / middle];
}

const shapeOf = ({ result }: StudySubspace): PathShape => result.shape as PathShape;

async function learnAll(context: SubspaceContext) {
  const tanh = await tanhCurves(context);
  const shallow = await context.subspace(
    "shallow-relu",
    neuralCurveSpec(context.scale, context.recipe, { widths: [10], activation: "relu", rectified: true }),
  );
  return { tanh, shallow };
}

/** Figure 4 of "Examining the geometry of neural mode connecting loss subspaces": curvature along neural curves. */
export const figureFour: Study = {
  id: "subspaces/figure-4",
  title: "Curvature along neural curves",
  question: "Is the curvature of a learnt neural curve higher near its ends?",
  source: "Chen and Saidi 2023, figure 4",
  minutes: { quick: 2, paper: 60 },
  run: withSubspaces(async (context) => {
    const { tanh, shallow } = await learnAll(context);
    const claims: Claim[] = [];
    const ratios = tanh.map((curve) => edges(shapeOf(curve)));
    const shown = (x: number) => x.toFixed(2);
    claims.push({
      name: `tanh curves (${tanh.length} seeds): curvature is higher in the first and the last tenth than in between`,
      published: "at both ends, for several seeds",
      ours: ratios.map(([a, b]) => `${shown(a)} and ${shown(b)} times`).join("; "),
      holds: ratios.every(([a, b]) => a > 1 && b > 1),
    });
    const straight = tanh.map((curve) => shapeOf(curve).straightness);
    claims.push({
      name: "tanh curves are bent: length over chord",
      published: "non-zero curvature",
      ours: straight.map((s) => s.toFixed(5)).join("; "),
      holds: straight.every((s) => s > 1.01),
    });
    const relu = shapeOf(shallow);
    const reluRatio = edges(relu);
    claims.push({
      name: "shallow ReLU curve: curvature is higher near both ends",
      published: "at both ends",
      ours: `${shown(reluRatio[0])} and ${shown(reluRatio[1])} times`,
      holds: reluRatio.every((r) => r > 1),
    });
    const spike = Math.max(...relu.curvature.kappa) / median(relu.curvature.kappa);
    claims.push({
      name: "shallow ReLU curve: spikes, largest curvature over the median",
      published: "spikes",
      ours: `${spike.toFixed(0)} times`,
      holds: spike > 5,
    });
    const [few, many] = [200, 1000].map((samples) =>
      float32Artefact(tanh[0].span, tanh[0].map as PathMap, samples),
    );
    claims.push({
      name: "the published procedure, 1,000 samples in float32, measures the curvature (over that in float64)",
      published: "1 (assumed)",
      ours: `${shown(many)} times; with 200 samples ${shown(few)}`,
      holds: many < 1.2,
    });
    const figures = [
      saveFigure(
        context.folder,
        "curvature-tanh",
        "Closed-form curvature of tanh curves, in one over weight-space distance, float64.",
        (document) =>
          profileFigure(
            {
              xLabel: "t",
              yLabel: "curvature",
              series: tanh.map((curve, i) => {
                const { t, kappa } = shapeOf(curve).curvature;
                return { name: `seed ${context.seed + i}`, x: t, y: kappa };
              }),
            },
            document,
          ),
      ),
      saveFigure(
        context.folder,
        "curvature-relu",
        "Curvature of the shallow ReLU curve between 201 of its points, on a logarithmic axis.",
        (document) =>
          profileFigure(
            {
              xLabel: "t",
              yLabel: "curvature",
              yLog: true,
              series: [
                {
                  name: "shallow ReLU",
                  x: relu.curvature.t,
                  y: relu.curvature.kappa.map((k) => Math.max(k, 1e-9)),
                },
              ],
            },
            document,
          ),
      ),
    ];
    const rows = [...tanh, shallow].map((curve, i) => {
      const { length, straightness, totalTurning, maxDeviationFromChord, curvature } = shapeOf(curve);
      const kappa = curvature.kappa;
      return [
        i < tanh.length ? `tanh, seed ${context.seed + i}` : "shallow ReLU",
        length.toFixed(1),
        straightness.toFixed(5),
        `${((180 / Math.PI) * totalTurning).toFixed(2)}°`,
        maxDeviationFromChord.toFixed(2),
        ...[Math.min(...kappa), median(kappa), Math.max(...kappa)].map((k) => k.toExponential(2)),
      ];
    });
    for (const curve of [...tanh, shallow]) curve[Symbol.dispose]();
    const survives = claims[0].holds
      ? "tanh curves do bend more at their ends"
      : "tanh curves have no edge effect that all seeds share";
    return {
      answer: `In float64 ${survives} (${claims[0].ours}), and their length is ${straight.map((s) => s.toFixed(4)).join(", ")} times the chord; ${claims[2].holds ? "the shallow ReLU curve does have higher curvature at both ends, with spikes" : "nor has the shallow ReLU curve at both ends"}.`,
      claims,
      figures,
      tables: [
        {
          caption: "The shape of the curves.",
          columns: [
            "curve",
            "length",
            "length / chord",
            "turning",
            "off the chord",
            "curvature: least",
            "median",
            "largest",
          ],
          rows,
        },
      ],
      notes: [
        "The published curvature is a finite difference of 1,000 float32 points. Of a curve as straight as these its numerator is rounding, which grows as the square of the number of points.",
      ],
    };
  }),
};
