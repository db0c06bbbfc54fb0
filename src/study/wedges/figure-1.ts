import { allocateVector, Rng, releaseVector } from "../../engine/index.ts";
import { hyperplaneNodes } from "../../fit/index.ts";
import { alongAxes, axisFrame, interpolationPositions, probeDirections } from "../../geometry/index.ts";
import { BatchSlope, WedgeLandscape } from "../../landscape/index.ts";
import { type OctantPanel, octantFigure, wedgePictureFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { encodeOptimum, octantMap } from "../../run/index.ts";
import { readOptimum } from "../../run/node.ts";
import { Span } from "../../subspace/index.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { type NetworkContext, withNetwork } from "./context-node.ts";
import { fewImages } from "./states-node.ts";

/** Images on which maps are drawn, nodes of a map along each angle, and Adam steps of the point in the middle. */
const SIZE: Record<Scale, { images: number; nodes: number; steps: number }> = {
  quick: { images: 500, nodes: 21, steps: 300 },
  paper: { images: 10_000, nodes: 61, steps: 3000 },
};
/** Where the colours of the published maps end. */
const HIGH = 1;
/** The 2-wedges of the picture: two optima on different ones, and a point where both meet. */
const PICTURE = {
  halfWidth: 0.06,
  optima: [
    [0.75, -0.6, 0.06],
    [0.06, -0.6, 0.75],
  ],
  via: [0.06, -0.6, 0.06],
} as const;

/** Distances to the wedges of the picture along a line in it. */
async function pictureLosses(points: readonly (readonly number[])[]): Promise<number> {
  using wedges = new WedgeLandscape({
    kind: "all-tuples",
    dimension: 3,
    short: 1,
    halfWidth: PICTURE.halfWidth,
    objective: "distance",
    seed: 0,
  });
  const vectors = points.map((point) => {
    const vector = allocateVector(3);
    vector.set(point);
    return vector;
  });
  const losses: number[] = [];
  for (let leg = 1; leg < vectors.length; leg++) {
    const c = Float64Array.from({ length: 2 * 101 }, (_, i) => {
      const t = Math.floor(i / 2) / 100;
      return i % 2 === 0 ? 1 - t : t;
    });
    losses.push(...(await wedges.evaluateSpan([vectors[leg - 1], vectors[leg]], c)).loss);
  }
  releaseVector(...vectors);
  return Math.max(...losses);
}

/** The point in the middle of two optima, optimised at right angles to the line between them; made once. */
async function optimisedMiddle(
  context: NetworkContext,
  optima: readonly [Float32Array, Float32Array],
  steps: number,
): Promise<Float32Array> {
  const { data, network, recipe, seed, options } = context;
  const spec = {
    kind: "adam",
    momentum: 0,
    rate: recipe.rate,
    schedule: "cosine",
    steps,
    target: 0,
  } as const;
  const file = "checkpoints/optimum.safetensors";
  const about = { spec: { middle: spec }, seed, dataset: data.dataset };
  const path = await context.part("middle", about, async (folder) => {
    options.onStage?.("the point in the middle");
    const rng = Rng.fromSeed(seed).split("middle");
    using slope = await BatchSlope.of(data.train, recipe.batch, rng);
    const { nodes } = await hyperplaneNodes(data.train, optima, [[0.5, 0.5]], spec, { ...options, slope });
    folder.writeBytes(file, encodeOptimum(network.spec, network.layout, nodes[0]));
    releaseVector(...nodes);
  });
  return readOptimum(`${path}/${file}`, network);
}

/** Figure 1 of "Large Scale Structure": the straight line between optima meets a wall, and there is a way around. */
export const figureOne: Study = {
  id: "wedges/figure-1",
  title: "A wall between two optima, and the way around it",
  question: "Are two optima joined by low loss, although the straight line between them meets a wall?",
  source: "Fort and Jastrzebski 2019, figure 1",
  minutes: { quick: 5, paper: 120 },
  run: withNetwork(async (context) => {
    const { scale, seed, options, network } = context;
    const { images, nodes, steps } = SIZE[scale];
    const optima = [
      await context.optimum("optimum-1", seed),
      await context.optimum("optimum-2", seed + 1),
    ] as const;
    const middle = await optimisedMiddle(context, optima, steps);
    const rng = Rng.fromSeed(seed).split("third axis");
    const [random] = probeDirections("random", 1, middle, rng);
    using data = fewImages(context, images);
    const landscapes = [{ name: "test", landscape: data.test }];
    const labels = ["optimum 1", "optimum 2"];
    const size = { points: nodes };
    options.onStage?.("the sphere through both optima and a random direction");
    const wall = await octantMap(landscapes, [...optima, random], labels, size, options);
    options.onStage?.("the sphere through both optima and the point in the middle");
    const [radius] = wall.result.radii;
    const around = await octantMap(
      landscapes,
      [...optima, middle],
      [...labels, "optimised midpoint"],
      { ...size, radii: [radius] },
      options,
    );

    // Losses along great circles at the radius of the optima, from the same coordinates as the maps.
    const span = new Span([...optima, middle]);
    const frame = axisFrame(
      span.gram(),
      [0, 1, 2].map((i) => [0, 1, 2].map((j) => Number(i === j))),
    );
    const t = Array.from(interpolationPositions(41), (_, i) => i / 40);
    const arc = async (a: number, b: number) => {
      const [p, q] = [around.result.points[a].at, around.result.points[b].at];
      const at = t.flatMap((s) => {
        const v = p.map((x, k) => (1 - s) * (x / Math.hypot(...p)) + s * (q[k] / Math.hypot(...q)));
        const length = Math.hypot(...v);
        return v.map((x) => x / length);
      });
      const c = alongAxes(frame, at, radius);
      const [train, test] = [
        await data.train.evaluateSpan(span.anchors, c, { signal: options.signal }),
        await data.test.evaluateSpan(span.anchors, c, { signal: options.signal }),
      ];
      return { train: [...train.loss], test: [...test.loss] };
    };
    options.onStage?.("great circles");
    const straight = await arc(0, 1);
    const legs = [await arc(0, 2), await arc(2, 1)];
    const highest = (losses: readonly number[]) => Math.max(...losses);
    const [line, path] = [
      straight,
      { train: legs.flatMap((l) => l.train), test: legs.flatMap((l) => l.test) },
    ].map(({ train, test }) => ({ train: highest(train), test: highest(test) }));
    const ends = [straight.test[0], straight.test[straight.test.length - 1]];
    const toy = {
      straight: await pictureLosses(PICTURE.optima),
      over: await pictureLosses([PICTURE.optima[0], PICTURE.via, PICTURE.optima[1]]),
    };
    const middleAt = around.result.points[2].at;
    releaseVector(...optima, middle, random);

    const shown = (x: number) => x.toFixed(3);
    const claims: Claim[] = [
      {
        name: "wedges in three dimensions: the straight line leaves them, the path over their axis does not",
        published: "high loss; low loss",
        ours: `largest loss ${shown(toy.straight)}; ${toy.over.toExponential(0)}`,
        holds: toy.straight > 0.1 && toy.over < 1e-6,
      },
      {
        name: "the optima lie in basins with a wall between them: on the great circle the test loss passes the end of the published colours, 1.0",
        published: "above 1.0",
        ours: `${shown(line.test)}; ends ${ends.map(shown).join(", ")}`,
        holds: line.test > 1 && highest(ends) < 1,
      },
      {
        name: "with the optimised midpoint the basins are joined: on the arcs over it the test loss rises by less than a quarter of the wall",
        published: "joined by dark arcs",
        ours: `at most ${shown(path.test)}`,
        holds: path.test - highest(ends) < (line.test - highest(ends)) / 4,
      },
      {
        name: "training loss on the arcs over the midpoint is below half of that on the straight way",
        published: "-",
        ours: `at most ${shown(path.train)}, on the straight way ${shown(line.train)}`,
        holds: path.train < line.train / 2,
      },
    ];
    const panel = (title: string, map: typeof wall, arcs: OctantPanel["arcs"]): OctantPanel => ({
      title,
      azimuths: map.arrays.azimuths.data as Float64Array,
      polars: map.arrays.polars.data as Float64Array,
      spheres: [{ radius, values: map.arrays.test_0.data as Float64Array }],
      points: map.result.points,
      arcs,
    });
    const [one, two] = around.result.points.map(({ at }) => at);
    const straightArc = { name: "straight line between the optima", from: one, to: two };
    const overMiddle = (from: number[], to: number[]) => ({
      name: "over the midpoint",
      from,
      to,
      dashed: true,
    });
    return {
      answer: `The test loss reaches ${shown(line.test)} on the straight way between two optima, and ${shown(path.test)} on the way over the optimised midpoint.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "wedges",
          "The 2-wedges of three dimensions: a straight line between points on two of them leaves the low-loss set; a path over the axis where they meet does not.",
          (document) => wedgePictureFigure(PICTURE, document),
        ),
        saveFigure(
          context.folder,
          "octants",
          `Test loss of SimpleCNN on octants of the sphere with the radius of the optima, ${radius.toFixed(1)}: through two optima and a random direction, and through the same optima and the optimised midpoint.`,
          (document) =>
            octantFigure(
              {
                valueLabel: "test loss",
                vmax: HIGH,
                panels: [
                  panel("two optima, a random direction", wall, [straightArc]),
                  panel("two optima, the optimised midpoint", around, [
                    straightArc,
                    overMiddle(one, middleAt),
                    overMiddle(middleAt, two),
                  ]),
                ],
              },
              document,
            ),
        ),
      ],
      tables: [],
      notes: [
        `Maps are of ${Math.min(images, context.data.dataset.test.count)} test images, at ${nodes} by ${nodes} nodes; vectors are made orthonormal one after the other and every point is scaled to the radius of the optima. The paper does not say how its axes are made.`,
        `The midpoint is optimised for ${steps} Adam steps on batches of ${context.recipe.batch}, at right angles to the line, and then scaled to the sphere; ${network.layout.size} parameters.`,
      ],
    };
  }),
};
