import { dot, releaseVector } from "../../engine/index.ts";
import { alongAxes, angle, axisFrame } from "../../geometry/index.ts";
import { octantFigure, profileFigure, sectorFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { octantMap, sectorMap } from "../../run/index.ts";
import { Span } from "../../subspace/index.ts";
import type { Claim, Scale, Study } from "../study.ts";
import { withNetwork } from "./context-node.ts";
import { fewImages } from "./states-node.ts";

/** Images on which maps are drawn, and nodes of a map along each coordinate. */
const SIZE: Record<Scale, { images: number; nodes: number }> = {
  quick: { images: 400, nodes: 17 },
  paper: { images: 5000, nodes: 41 },
};
/** Radii of the spheres, and where the sector and the rays end, in those of the optima. */
const SPHERES = [0.7, 1, 1.4, 2];
const REACH = 2;
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
    const { scale, seed, options } = context;
    const { images, nodes } = SIZE[scale];
    const names = ["optimum 1", "optimum 2", "optimum 3"];
    const optima: Float32Array[] = [];
    for (const [i, name] of names.entries()) {
      optima.push(await context.optimum(name.replace(" ", "-"), seed + i));
    }
    using data = fewImages(context, images);
    const landscapes = SPLITS.map((name) => ({ name, landscape: data[name] }));
    const radius = optima.reduce((sum, theta) => sum + Math.sqrt(dot(theta, theta)) / 3, 0);
    options.onStage?.("spheres through the three optima");
    const radii = SPHERES.map((factor) => factor * radius);
    const spheres = await octantMap(landscapes, optima, names, { points: nodes, radii }, options);

    options.onStage?.("the sector of two optima");
    const outer = REACH * radius;
    const pair = [optima[0], optima[1]] as const;
    const sector = await sectorMap(
      landscapes,
      pair,
      ["optimum 1", "optimum 2"],
      { points: Math.round(1.5 * nodes), outer },
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
    const directions = spheres.result.points.map(({ at }) => at.map((x) => x / Math.hypot(...at)));
    // At the radius of the optima, the middle of the great circle between two of them.
    const middles = directions.map((p, i) => {
      const sum = p.map((x, k) => x + directions[(i + 1) % 3][k]);
      return sum.map((x) => x / Math.hypot(...sum));
    });
    const between = await data.train.evaluateSpan(optima, alongAxes(frame, middles.flat(), radius));
    const ways = Float64Array.from({ length: RAY }, (_, i) => (outer * i) / (RAY - 1));
    const rays = alongAxes(
      frame,
      directions.flatMap((v) => [...ways].flatMap((r) => v.map((x) => r * x))),
    );
    const along: Record<string, ArrayLike<number>> = {};
    for (const split of SPLITS) along[split] = (await data[split].evaluateSpan(optima, rays)).loss;
    const ray = (split: (typeof SPLITS)[number], i: number) =>
      Array.from(ways, (_, k) => along[split][i * RAY + k]);
    const low = (split: (typeof SPLITS)[number], i: number) => {
      const own = ray(split, i);
      const inside = [...ways].filter((_, k) => own[k] < HIGH);
      return inside.length > 0 ? Math.max(...inside) : 0;
    };
    const reached = SPLITS.map((split) => names.map((_, i) => low(split, i)));
    releaseVector(...optima);

    const list = (xs: ArrayLike<number>, digits = 1) => Array.from(xs, (x) => x.toFixed(digits)).join(", ");
    const ends = names.map(
      (_, i) => spheres.arrays[`train_${SPHERES.indexOf(1)}`].data[cornerOf(i, nodes)] as number,
    );
    const claims: Claim[] = [
      {
        name: "optima lie at right angles, within 5°",
        published: "approximately orthogonal",
        ours: angles.map((x) => `${x.toFixed(1)}°`).join(", "),
        holds: angles.every((x) => Math.abs(x - 90) < 5),
      },
      {
        name: "between them the training loss is high: in the middle of the great circles at least twice that at the corners",
        published: "straight lines leave the basins",
        ours: `${list(between.loss, 2)}; corners ${list(ends, 2)}`,
        holds: Math.min(...between.loss) > 2 * Math.max(...ends),
      },
      {
        name: `outwards the training loss stays below ${HIGH} beyond the radius of the optima (${radius.toFixed(1)})`,
        published: "to the end of the picture, 80, the optima at 78",
        ours: `to ${list(reached[0])}`,
        holds: reached[0].every((r) => r > radius),
      },
      {
        name: "and the test loss less far",
        published: "to 45",
        ours: `to ${list(reached[1])}`,
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
          `Loss on octants of spheres with radii ${list(radii)} around the origin, in the directions of three optima of radius ${radius.toFixed(1)}; smaller spheres over larger ones.`,
          (document) =>
            octantFigure(
              {
                valueLabel: "loss",
                vmax: HIGH,
                panels: SPLITS.map((split) => ({
                  title: split === "train" ? "training loss" : "test loss",
                  azimuths: spheres.arrays.azimuths.data as Float64Array,
                  polars: spheres.arrays.polars.data as Float64Array,
                  spheres: radii.map((r, k) => ({
                    radius: r,
                    values: spheres.arrays[`${split}_${k}`].data as Float64Array,
                  })),
                  radius,
                  points: spheres.result.points,
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
                  ...names.map((name, i) => ({ name: `training, ${name}`, x: ways, y: ray("train", i) })),
                  ...names.map((name, i) => ({
                    name: `test, ${name}`,
                    x: ways,
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
        `Maps are of ${data.dataset.train.count} training and ${data.dataset.test.count} test images, at ${nodes} by ${nodes} nodes. The optima are made orthonormal one after the other; colours end at a loss of ${HIGH}, as in the paper. The published spheres have the radii of four epochs, which differ by more than in so short a training; these are multiples of the radius of the optima.`,
      ],
    };
  }),
};

/** The node of an octant grid at the corner on its first, second or third axis. */
const cornerOf = (axis: number, nodes: number) =>
  axis === 2 ? 0 : nodes * (nodes - 1) + (axis === 1 ? nodes - 1 : 0);
