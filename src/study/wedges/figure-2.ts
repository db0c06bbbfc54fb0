import { releaseVector } from "../../engine/index.ts";
import { alongAxes, angle, axisFrame } from "../../geometry/index.ts";
import { octantFigure, profileFigure, sectorFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { type Arrays, type OctantResult, octantMap, sectorMap } from "../../run/index.ts";
import { Span } from "../../subspace/index.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { withNetwork } from "./context-node.ts";
import { fewImages, keptStates } from "./states-node.ts";

/** Images on which maps are drawn, and nodes of a map along each coordinate. */
const SIZE: Record<Scale, { images: number; nodes: number }> = {
  quick: { images: 400, nodes: 17 },
  paper: { images: 5000, nodes: 41 },
};
/** Epochs whose states the spheres go through, as fractions of the training. */
const STAGES = [0.1, 0.3, 0.6, 1];
/** The sector and the rays go out to so many radii of the optima; the published ones go to 80, little beyond the optima. */
const REACH = 3;
const RAY = 41;
const HIGH = 1;
const SPLITS = ["train", "test"] as const;

const unit = (i: number, m: number) => Array.from({ length: m }, (_, j) => Number(i === j));

/** Figure 2 of "Large Scale Structure": three optima, the spheres through them, the tunnels that they lie in. */
export const figureTwo: Study = {
  id: "wedges/figure-2",
  title: "Tunnels through three optima",
  question:
    "Do optima lie in radial tunnels at right angles to each other, and are those of the test loss shorter?",
  source: "Fort and Jastrzebski 2019, figure 2",
  minutes: { quick: 6, paper: 240 },
  run: withNetwork(async (context) => {
    const { scale, seed, options, recipe } = context;
    const { images, nodes } = SIZE[scale];
    const epochs = STAGES.map((share) => Math.round(share * recipe.epochs));
    const names = ["optimum 1", "optimum 2", "optimum 3"];
    // By optimum, then by epoch.
    const states: Float32Array[][] = [];
    for (const [i, name] of names.entries()) {
      states.push(await keptStates(context, { name: name.replace(" ", "-"), seed: seed + i, epochs }));
    }
    const optima = states.map((own) => own[own.length - 1]);
    using data = fewImages(context, images);
    const landscapes = SPLITS.map((name) => ({ name, landscape: data[name] }));
    const spheres: { radius: number; arrays: Arrays; result: OctantResult }[] = [];
    for (const [k, epoch] of epochs.entries()) {
      options.onStage?.(`the sphere through the three networks after epoch ${epoch}`);
      const own = states.map((list) => list[k]);
      const { result, arrays } = await octantMap(landscapes, own, names, { points: nodes }, options);
      spheres.push({ radius: result.radii[0], arrays, result });
    }
    const last = spheres[spheres.length - 1];

    options.onStage?.("the sector of two optima");
    const outer = REACH * last.radius;
    const pair = [optima[0], optima[1]] as const;
    const sector = await sectorMap(
      landscapes,
      pair,
      ["optimum 1", "optimum 2"],
      { points: nodes * 2, outer },
      options,
    );

    options.onStage?.("rays and great circles");
    const span = new Span(optima);
    const gram = span.gram();
    const units = [0, 1, 2].map((i) => unit(i, 3));
    const angles = [
      [0, 1],
      [0, 2],
      [1, 2],
    ].map(([i, j]) => (180 / Math.PI) * angle(gram, units[i], units[j]));
    const frame = axisFrame(gram, units);
    const directions = last.result.points.map(({ at }) => at.map((x) => x / Math.hypot(...at)));
    // At the radius of the optima, the middle of the great circle between two of them.
    const middles = directions.map((p, i) => {
      const sum = p.map((x, k) => x + directions[(i + 1) % 3][k]);
      return sum.map((x) => x / Math.hypot(...sum));
    });
    const between = await data.train.evaluateSpan(optima, alongAxes(frame, middles.flat(), last.radius));
    const radii = Float64Array.from({ length: RAY }, (_, i) => (outer * i) / (RAY - 1));
    const rays = alongAxes(
      frame,
      directions.flatMap((v) => [...radii].flatMap((r) => v.map((x) => r * x))),
    );
    const along: Record<string, ArrayLike<number>> = {};
    for (const split of SPLITS) along[split] = (await data[split].evaluateSpan(optima, rays)).loss;
    const ray = (split: (typeof SPLITS)[number], i: number) =>
      Array.from(radii, (_, k) => along[split][i * RAY + k]);
    const low = (split: (typeof SPLITS)[number], i: number) => {
      const own = ray(split, i);
      const inside = [...radii].filter((_, k) => own[k] < HIGH);
      return inside.length > 0 ? Math.max(...inside) : 0;
    };
    const reached = SPLITS.map((split) => names.map((_, i) => low(split, i)));
    releaseVector(...states.flat());

    const list = (xs: ArrayLike<number>, digits = 1) => Array.from(xs, (x) => x.toFixed(digits)).join(", ");
    const ends = names.map((_, i) => last.arrays.train_0.data[cornerOf(i, nodes)] as number);
    const claims: Claim[] = [
      {
        name: "optima lie at right angles, within 5°",
        published: "approximately orthogonal",
        ours: angles.map((x) => `${x.toFixed(1)}°`).join(", "),
        holds: angles.every((x) => Math.abs(x - 90) < 5),
      },
      {
        name: `between them the training loss is high: above ${HIGH} in the middle of the great circles, below at the corners`,
        published: "straight lines leave the basins",
        ours: `${list(between.loss, 2)}; corners ${list(ends, 2)}`,
        holds: between.loss.every((x) => x > HIGH) && ends.every((x) => x < HIGH),
      },
      {
        name: `outwards from an optimum the training loss stays low, to ${REACH} times its radius (${outer.toFixed(0)})`,
        published: "tunnels run the whole length",
        ours: `below ${HIGH} to ${list(reached[0])}`,
        holds: reached[0].every((r) => r > 0.99 * outer),
      },
      {
        name: "and the test loss less far",
        published: "the dark region ends by R = 45 of 80",
        ours: `below ${HIGH} to ${list(reached[1])}`,
        holds: reached[1].every((r, i) => r < reached[0][i]),
      },
    ];
    return {
      answer: `Three optima lie at ${angles.map((x) => `${x.toFixed(1)}°`).join(", ")} to each other; outwards the training loss stays below ${HIGH} to a radius of ${list(reached[0])}, the test loss to ${list(reached[1])}.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "octants",
          `Loss on octants of spheres through three networks after ${epochs.join(", ")} epochs, with radii ${list(spheres.map(({ radius }) => radius))}; smaller spheres over larger ones.`,
          (document) =>
            octantFigure(
              {
                valueLabel: "loss",
                vmax: HIGH,
                panels: SPLITS.map((split) => ({
                  title: split === "train" ? "training loss" : "test loss",
                  azimuths: last.arrays.azimuths.data as Float64Array,
                  polars: last.arrays.polars.data as Float64Array,
                  spheres: spheres.map(({ radius, arrays }) => ({
                    radius,
                    values: arrays[`${split}_0`].data as Float64Array,
                  })),
                  points: last.result.points,
                  arcs: directions.map((from, i) => ({
                    name: "straight lines between the optima",
                    from,
                    to: directions[(i + 1) % 3],
                  })),
                })),
              },
              document,
            ),
        ),
        saveFigure(
          context.folder,
          "sector",
          `Loss in the plane of the origin and two optima, out to ${REACH} times their radius.`,
          (document) =>
            sectorFigure(
              {
                valueLabel: "loss",
                vmax: HIGH,
                panels: SPLITS.map((split) => ({
                  title: split === "train" ? "training loss" : "test loss",
                  radii: sector.arrays.radii.data as Float64Array,
                  angles: sector.arrays.angles.data as Float64Array,
                  values: sector.arrays[split].data as Float64Array,
                  points: sector.points,
                })),
              },
              document,
            ),
        ),
        saveFigure(
          context.folder,
          "rays",
          "Loss from the origin outwards through each optimum: solid on training, dashed on test images.",
          (document) =>
            profileFigure(
              {
                xLabel: "radius",
                yLabel: "loss",
                series: [
                  ...names.map((name, i) => ({ name: `training, ${name}`, x: radii, y: ray("train", i) })),
                  ...names.map((name, i) => ({
                    name: `test, ${name}`,
                    x: radii,
                    y: ray("test", i),
                    dashed: true,
                  })),
                ],
              },
              document,
            ),
        ),
      ],
      tables: [],
      notes: [
        `Maps are of ${data.dataset.train.count} training and ${data.dataset.test.count} test images, at ${nodes} by ${nodes} nodes. Each sphere goes through the three networks of its epoch, made orthonormal one after the other; colours end at a loss of ${HIGH}, as in the paper.`,
      ],
    };
  }),
};

/** The node of an octant grid at the corner on its first, second or third axis. */
const cornerOf = (axis: number, nodes: number) =>
  axis === 2 ? 0 : nodes * (nodes - 1) + (axis === 1 ? nodes - 1 : 0);
