import { principalComponents } from "../../geometry/index.ts";
import { projectionFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { PathShape } from "../../run/index.ts";
import { coefficientMatrix, evenly } from "../../subspace/index.ts";
import type { Claim, Study } from "../study.ts";
import { type StudySubspace, withSubspaces } from "./context-node.ts";
import { repelledCurve, tanhCurves } from "./curves.ts";

const POINTS = 201;

function components({ span, map }: StudySubspace) {
  return principalComponents(coefficientMatrix(map, evenly(map, POINTS)), span.differences());
}

/** Figure 5 of "Examining the geometry of neural mode connecting loss subspaces": PCA projections of neural curves. */
export const figureFive: Study = {
  id: "subspaces/figure-5",
  title: "Principal components of neural curves",
  question: "Does the projection of a learnt neural curve on its principal components show that it is bent?",
  source: "Chen and Saidi 2023, figure 5",
  minutes: { quick: 2, paper: 50 },
  run: withSubspaces(async (context) => {
    const tanh = await tanhCurves(context);
    const repelled = await repelledCurve(context);
    const all = [...tanh, repelled];
    const names = [...tanh.map((_, i) => `tanh, seed ${context.seed + i}`), "repelled chord"];
    const pcs = all.map(components);
    const second = pcs.map(({ ratios }) => ratios[1] ?? 0);
    const straightness = all.map(({ result }) => (result.shape as PathShape).straightness);
    const claims: Claim[] = [
      {
        name: "tanh curves: the second component carries at least 1 % of the variance, so that equal axes show a bend",
        published: "visibly bent (axes stretched)",
        ours: second
          .slice(0, tanh.length)
          .map((r) => r.toExponential(1))
          .join("; "),
        holds: second.slice(0, tanh.length).every((r) => r >= 0.01),
      },
      {
        name: "a curve whose chord is repelled is bent: share of the second component, length over chord",
        published: "-",
        ours: `${(100 * second[tanh.length]).toFixed(1)} %, ${straightness[tanh.length].toFixed(3)}`,
        holds: second[tanh.length] >= 0.01,
      },
    ];
    const figure = (id: string, caption: string, i: number, stretch: boolean) =>
      saveFigure(context.folder, id, caption, (document) =>
        projectionFigure(
          { ratios: pcs[i].ratios, series: [{ name: names[i], scores: pcs[i].scores }], stretch },
          document,
        ),
      );
    const figures = [
      figure(
        "pca-tanh",
        "The tanh curve of the first seed on its first two components, at equal scales.",
        0,
        false,
      ),
      figure("pca-tanh-stretched", "The same with the second axis stretched, as published.", 0, true),
      figure("pca-repelled", "The curve whose chord was repelled, at equal scales.", tanh.length, false),
    ];
    const rows = all.map((_, i) => [
      names[i],
      ...[0, 1, 2].map((k) => (pcs[i].ratios[k] ?? 0).toExponential(2)),
      straightness[i].toFixed(5),
    ]);
    for (const curve of all) curve[Symbol.dispose]();
    return {
      answer: `The second principal component of the tanh curves carries ${claims[0].ours} of the variance: at equal scales they are straight, and only stretched axes show a bend; a curve that has to avoid its chord has ${(100 * second[tanh.length]).toFixed(1)} % there.`,
      claims,
      figures,
      tables: [
        {
          caption: "Shares of the variance of 201 even points, and length over chord.",
          columns: ["curve", "component 1", "component 2", "component 3", "length / chord"],
          rows,
        },
      ],
      notes: [],
    };
  }),
};
