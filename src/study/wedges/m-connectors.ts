import { profileFigure } from "../../report/index.ts";
import { saveFigure, spokesFigure } from "../../report/node.ts";
import type { MConnectorResult } from "../../run/node.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { connectorRecipe, joinedOptima } from "./connectors.ts";
import { withNetwork } from "./context-node.ts";

/** Numbers of optima that are joined. */
const JOINED: Record<Scale, number[]> = { quick: [2, 3, 4, 5], paper: [2, 3, 4, 5, 6, 8, 11] };

const three = (x: number) => x.toFixed(3);
const highest = (values: readonly number[]) => Math.max(...values);
const peak = ({ spokes }: MConnectorResult) => highest(spokes.map((spoke) => spoke.peak));

/** m-connectors of real networks ("Large Scale Structure", section 4.3). */
export const mConnectors: Study = {
  id: "wedges/m-connectors",
  title: "Connectors of several networks",
  question:
    "Is there a point of low loss in the middle between three or more optima, and ways from all of them to it?",
  source: "Fort and Jastrzebski 2019, section 4.3",
  minutes: { quick: 18, paper: 300 },
  run: withNetwork(async (context) => {
    const { scale, seed } = context;
    const counts = JOINED[scale];
    const recipe = connectorRecipe(scale);
    // The centre of more optima lies farther off: it sees more examples than a point between two.
    const spec = {
      ...recipe,
      nodes: 1,
      descent: { ...recipe.descent, batch: 2 * recipe.descent.batch },
    };
    const results: MConnectorResult[] = [];
    for (const count of counts) {
      const own = { seed, count, spec };
      results.push(await joinedOptima(context, `connector-of-${count}`, own));
    }
    const last = results[results.length - 1];
    const excess = results.map(({ centre, optima }) => centre.loss - highest(optima));
    const claims: Claim[] = [
      {
        name: `centres of ${counts.join(", ")} optima have a training loss near theirs: at least 10 times less above the highest optimum than the centre of the hull`,
        published: "verified up to m = 10 (11 optima)",
        ours: results.map(({ centre }) => `${three(centre.startLoss)} to ${three(centre.loss)}`).join(", "),
        holds: results.every(
          ({ centre, optima }, i) => excess[i] <= (centre.startLoss - highest(optima)) / 10,
        ),
      },
      {
        name: "ways from the optima to the centre stay low: below half of the centre of the hull",
        published: "-",
        ours: results
          .map((result) => `${three(peak(result))} (hull ${three(result.centre.startLoss)})`)
          .join(", "),
        holds: results.every((result) => peak(result) < result.centre.startLoss / 2),
      },
      {
        name: "points stay in their hyperplanes of dimension D − m (distance over norm)",
        published: "by construction",
        ours: highest(results.map(({ offPlane }) => offPlane)).toExponential(1),
        holds: results.every(({ offPlane }) => offPlane < 1e-6),
      },
    ];
    const series = (name: string, of: (result: MConnectorResult) => number, dashed = false) => ({
      name,
      x: counts,
      y: results.map(of),
      dashed,
    });
    return {
      answer: `In the middle of the hull of ${counts.join(", ")} optima the training loss is ${results.map(({ centre }) => centre.startLoss.toFixed(2)).join(", ")}; at right angles to it there are points of ${results.map(({ centre }) => centre.loss.toFixed(2)).join(", ")}.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "centres",
          "Training loss in the middle of the hull of several optima, at the optimised centre, and on the ways to it.",
          (document) =>
            profileFigure(
              {
                xLabel: "number of optima",
                yLabel: "training loss",
                series: [
                  series("centre of the hull", ({ centre }) => centre.startLoss, true),
                  series("optimised centre", ({ centre }) => centre.loss),
                  series("largest on the way from an optimum", peak),
                  series("highest optimum", ({ optima }) => highest(optima)),
                ],
              },
              document,
            ),
        ),
        spokesFigure(context.folder, last),
      ],
      tables: [
        {
          caption: "Connectors of m + 1 optima.",
          columns: [
            "optima",
            "m",
            "centre of the hull",
            "centre",
            "on the way",
            "straight to the centre",
            "highest optimum",
            "test error of the centre",
          ],
          rows: results.map((result, i) => [
            String(counts[i]),
            String(counts[i] - 1),
            three(result.centre.startLoss),
            three(result.centre.loss),
            three(peak(result)),
            three(highest(result.spokes.map(({ straightPeak }) => straightPeak))),
            three(highest(result.optima)),
            three(result.centre.testError!),
          ]),
        },
      ],
      notes: [
        `An m-connector joins m + 1 optima, as in the text of the paper. The sheet between them is not flat: each way to the centre has a point of its own, optimised in its hyperplane. ${context.data.train.examples.count} images of Fashion-MNIST.`,
      ],
    };
  }),
};
