import type { Claim, Study } from "../study.ts";
import { withSubspaces } from "./context-node.ts";
import { planeFigures, threePointPlane } from "./planes.ts";
import { asPublished, learnt } from "./recipe.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

/** Figure 2 of "Examining the geometry of neural mode connecting loss subspaces": the landscape around a triangle. */
export const figureTwo: Study = {
  id: "subspaces/figure-2",
  title: "The landscape around a learnt triangle",
  question: "Does a triangle learnt from scratch lie in a flat, round region of low loss?",
  source: "Chen and Saidi 2023, figure 2",
  minutes: { quick: 1, paper: 15 },
  run: withSubspaces(async (context) => {
    const { recipe, scale } = context;
    const make = scale === "paper" ? asPublished : learnt;
    using triangle = await context.subspace("triangle", make({ kind: "simplex", dimension: 2 }, recipe));
    using line = await context.subspace("line", make({ kind: "line" }, recipe));
    const { span, result } = triangle;
    const plane = await threePointPlane(
      context,
      [span.anchors[0], span.anchors[2], span.anchors[1]],
      ["vertex 1", "vertex 3", "vertex 2"],
    );
    const errors = result.splits.test.error;
    const isVertex = (z: number[]) => Math.max(...z, 1 - z.reduce((a, b) => a + b, 0)) > 1 - 1e-9;
    const vertices = errors.filter((_, i) => isVertex(result.coordinates[i]));
    const inside = errors.filter((_, i) => !isVertex(result.coordinates[i]));
    const centroid = result.middle.test.error;
    const lineErrors = line.result.splits.test.error;
    const lineEnds = [lineErrors[0], lineErrors[lineErrors.length - 1]];
    const mean = (xs: number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
    const gain = Math.min(...vertices) - centroid;
    const shape = result.shape;
    const sides = shape.kind === "simplex" ? shape.sides.flatMap((row, i) => row.slice(i + 1)) : [];
    const claims: Claim[] = [
      {
        name: "the inside is flat: test errors at lattice points but the vertices within 3 points",
        published: "flat and round",
        ours: `${percent(Math.min(...inside))} to ${percent(Math.max(...inside))}`,
        holds: Math.max(...inside) - Math.min(...inside) < 0.03,
      },
      {
        name: `the centroid is better than every vertex${scale === "paper" ? " by 0.7 points or more" : ""}`,
        published: "midpoint best",
        ours: `centroid ${percent(centroid)}, vertices ${vertices.map(percent).join(", ")}`,
        holds: gain >= (scale === "paper" ? 0.007 : 0),
      },
      {
        name: "vertices of the triangle have higher error than the ends of a line",
        published: "higher",
        ours: `${percent(mean(vertices))} against ${percent(mean(lineEnds))} on average`,
        holds: mean(vertices) > mean(lineEnds),
      },
      {
        name: "the triangle is nearly equilateral: sides within 5 %",
        published: "-",
        ours: sides.map((s) => s.toFixed(1)).join(", "),
        holds: Math.max(...sides) < 1.05 * Math.min(...sides),
      },
    ];
    return {
      answer: `Test error is ${percent(centroid)} at the centroid, ${vertices.map(percent).join(", ")} at the vertices and at most ${percent(Math.max(...inside))} in between.`,
      claims,
      figures: planeFigures(context, "plane-triangle", plane),
      tables: [],
      notes: [
        "The published test error is that of images most of which were trained on; these are the official test images.",
      ],
    };
  }),
};
