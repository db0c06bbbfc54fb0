import { comparePaired, compareSeeds } from "../../geometry/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { PathShape } from "../../run/index.ts";
import type { Claim, Study } from "../study.ts";
import { withSubspaces } from "./context-node.ts";
import { errorsAlong, repelledCurve, tanhCurves } from "./curves.ts";

/** Positions along the curve and its chord; at least 41, since neighbouring ones are much alike. */
const POSITIONS = { quick: 41, paper: 81 };

const percent = (x: number, digits = 2) => `${(100 * x).toFixed(digits)} %`;
const meanOf = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;

/** The comparison of a nonlinear subspace with the straight line between its ends, section 4 of Chen and Saidi. */
export const linearNonlinear: Study = {
  id: "subspaces/linear-nonlinear",
  title: "A neural curve against its chord",
  question: "Does a learnt neural curve do better than the straight line between its ends?",
  source: "Chen and Saidi 2023, comparison of linear and nonlinear subspaces",
  minutes: { quick: 2, paper: 60 },
  run: withSubspaces(async (context) => {
    const tanh = await tanhCurves(context);
    const repelled = await repelledCurve(context);
    const positions = POSITIONS[context.scale];
    const profiles: Awaited<ReturnType<typeof errorsAlong>>[] = [];
    for (const curve of [...tanh, repelled]) profiles.push(await errorsAlong(context, curve, positions));
    const accuracy = (errors: Float64Array) => errors.map((e) => 1 - e);
    const compared = profiles.map(({ ts, curve, chord }) =>
      comparePaired(ts, accuracy(curve), accuracy(chord)),
    );
    const plain = compareSeeds(compared.slice(0, tanh.length));
    const last = profiles[tanh.length];
    const gap = compared[tanh.length].difference.mean;
    const straightness = (repelled.result.shape as PathShape).straightness;
    const points = (x: number) => `${(100 * x).toFixed(3)} points`;
    const claims: Claim[] = [
      {
        name: `plain curves (${tanh.length} seeds): the chord does as well, mean accuracy of curve minus chord within 0.15 points`,
        published: "-0.012 points (one seed)",
        ours: `${compared
          .slice(0, tanh.length)
          .map(({ difference }) => points(difference.mean))
          .join(
            "; ",
          )}; mean ${points(plain.mean)}, 95 % interval ${plain.interval.map((x) => points(x)).join(" to ")}`,
        holds: compared.slice(0, tanh.length).every(({ difference }) => Math.abs(difference.mean) < 0.0015),
      },
      {
        name: "with the chord repelled, the curve is better by 15 points or more",
        published: "-",
        ours: `${percent(meanOf(accuracy(last.curve)))} against ${percent(meanOf(accuracy(last.chord)))} on average`,
        holds: gap >= 0.15,
      },
      {
        name: "with the chord repelled, the curve is bent: length over chord at least 1.04",
        published: "-",
        ours: straightness.toFixed(3),
        holds: straightness >= 1.04,
      },
    ];
    const draw = (id: string, caption: string, i: number) =>
      saveFigure(context.folder, id, caption, (document) =>
        profileFigure(
          {
            xLabel: "t",
            yLabel: "test error",
            percent: true,
            series: [
              { name: "curve", x: profiles[i].ts, y: profiles[i].curve, emphasis: true },
              { name: "chord", x: profiles[i].ts, y: profiles[i].chord, dashed: true },
            ],
          },
          document,
        ),
      );
    const figures = [
      draw("plain", "Test error along the tanh curve of the first seed and along its chord.", 0),
      draw("repelled", "The same for a curve trained with its chord repelled.", tanh.length),
    ];
    const rows = profiles.map(({ curve, chord }, i) => [
      i < tanh.length ? `tanh, seed ${context.seed + i}` : "repelled chord",
      percent(meanOf(accuracy(curve))),
      percent(meanOf(accuracy(chord))),
      percent(compared[i].minima.first.value),
      percent(compared[i].minima.second.value),
      points(compared[i].largest.difference),
    ]);
    for (const curve of [...tanh, repelled]) curve[Symbol.dispose]();
    return {
      answer: `Over ${tanh.length} seeds the curve's mean test accuracy differs from its chord's by ${points(plain.mean)}: trained as published, the curve need not bend. Trained to avoid its chord, it reaches ${percent(meanOf(accuracy(last.curve)))} where the chord has ${percent(meanOf(accuracy(last.chord)))}.`,
      claims,
      figures,
      tables: [
        {
          caption: `Test accuracy at ${positions} even positions: mean and least, and the largest difference.`,
          columns: [
            "curve",
            "curve, mean",
            "chord, mean",
            "curve, least",
            "chord, least",
            "largest difference",
          ],
          rows,
        },
      ],
      notes: [
        "Positions on one curve are much alike, so the interval is over seeds. The published comparison used images that were partly trained on; these are the test images.",
        "The repelling loss is −0.75 times the loss at a random place in the middle half of the chord, while that is below 2.5. Without the limit, as in the authors' later code, training diverges.",
      ],
    };
  }),
};
