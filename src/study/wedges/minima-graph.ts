import { minimaGraphFigure } from "../../report/node.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { connectorRecipe, graphOfMinima } from "./connectors.ts";
import { withNetwork } from "./context-node.ts";

const SIZE: Record<Scale, { minima: number; pairs: number }> = {
  quick: { minima: 4, pairs: 4 },
  paper: { minima: 10, pairs: 25 },
};

const three = (x: number) => x.toFixed(3);

/** The graph of minima of Draxler et al. 2018: their lowest saddles, by AutoNEB along the spanning tree. */
export const minimaGraph: Study = {
  id: "wedges/minima-graph",
  title: "A graph of minima",
  question: "How high are the saddles between independently trained networks?",
  source: "Draxler et al. 2018, sections 2.3 and 3",
  minutes: { quick: 13, paper: 600 },
  run: withNetwork(async (context) => {
    const { scale, seed } = context;
    const { minima: count, pairs } = SIZE[scale];
    const spec = connectorRecipe(scale);
    const result = await graphOfMinima(context, "graph", { seed, count, pairs, spec });
    const { edges, tree, saddles, minima } = result;
    const losses = minima.map(({ loss }) => loss);
    const inTree = tree.map((e) => edges[e].saddle);
    const triples = minima.flatMap((_, i) =>
      minima.flatMap((_, j) => minima.flatMap((_, k) => (new Set([i, j, k]).size === 3 ? [[i, j, k]] : []))),
    );
    const ratios = edges.map(({ lengthRatio }) => lengthRatio);
    const claims: Claim[] = [
      {
        name: "saddles are far below the straight lines: at least 10 times less above the highest minimum",
        published: "0.0324 against minima of 0.0162 (ResNet-20)",
        ours: `at most ${three(Math.max(...inTree))}; minima ${losses.map(three).join(", ")}; lines ${three(Math.min(...edges.map(({ line }) => line)))} to ${three(Math.max(...edges.map(({ line }) => line)))}`,
        holds: edges.every(
          ({ line, saddle }) => saddle - Math.max(...losses) <= (line - Math.max(...losses)) / 10,
        ),
      },
      {
        name: "no way through the spanning tree is above the direct path",
        published: "by construction",
        ours: edges.map(({ a, b, saddle }) => `${three(saddles[a][b]!)} of ${three(saddle)}`).join(", "),
        holds: edges.every(({ a, b, saddle }) => saddles[a][b]! <= saddle),
      },
      {
        name: "the saddles are an ultrametric",
        published: "L*_AC ≤ max(L_AB, L_BC)",
        ours: `${triples.length} triples`,
        holds: triples.every(([i, j, k]) => saddles[i][j]! <= Math.max(saddles[i][k]!, saddles[k][j]!)),
      },
      {
        name: "paths are 1.5 to 2.5 times as long as the line",
        published: "1.5 to 2.5",
        ours: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
        holds: ratios.every((ratio) => ratio >= 1.5 && ratio <= 2.5),
      },
    ];
    return {
      answer: `${count} networks of training loss ${losses.map(three).join(", ")} are joined over saddles of ${inTree.map(three).join(", ")}.`,
      claims,
      figures: [minimaGraphFigure(context.folder, result)],
      tables: [
        {
          caption: "Paths that were looked for.",
          columns: ["minima", "largest on the line", "saddle", "length / distance"],
          rows: edges.map(({ a, b, line, saddle, lengthRatio }) => [
            `${a + 1} and ${b + 1}`,
            three(line),
            three(saddle),
            lengthRatio.toFixed(2),
          ]),
        },
      ],
      notes: [
        `Published with 14 cycles of 1,000 and 2,000 steps on batches of 512; here ${spec.neb.cycles.length} cycles of ${spec.neb.cycles.map(({ steps }) => steps).join(", ")} on batches of ${spec.descent.batch} of ${context.data.train.examples.count} images.`,
      ],
    };
  }),
};
