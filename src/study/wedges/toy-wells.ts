import { allocateVector, axpy, dot, Rng, releaseVector } from "../../engine/index.ts";
import {
  type DirectionKind,
  directionProfiles,
  probeDirections,
  wedgeWell,
  wedgeWellWidth,
  wellAround,
} from "../../geometry/index.ts";
import { WedgeLandscape, type WedgeSpec } from "../../landscape/index.ts";
import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { Claim, Scale, Study, StudyContext, StudyOutcome } from "../study.ts";

/** Directions from each point. */
const COUNT: Record<Scale, number> = { quick: 1000, paper: 10_000 };
const D = 1000;
/** Some explicit wedges: short directions, distance of the point from its wedge, and where the loss is looked at. */
const FEW = { short: 50, wedges: 20, L0: 0.571, at: [0, 0.5, 1, 2, 4, 8, 12, 16, 20, 24] };
/** All tuples. */
const ALL = { short: 100, L0: 0.213, at: [0, 0.25, 0.5, 1, 2, 4, 8, 12, 16] };
/** Numbers of short directions whose wells are compared, and the loss at which they end. */
const SHORTS = [25, 50, 100, 200];
const END = 2;

const distances = (spec: Omit<WedgeSpec, "dimension" | "objective">): WedgeLandscape =>
  new WedgeLandscape({ ...spec, dimension: D, objective: "distance" });

/** A random point, taken towards the nearest wedge until it is L0 away. */
async function near(landscape: WedgeLandscape, L0: number, rng: Rng): Promise<Float32Array> {
  const [theta, gradient] = [allocateVector(D), allocateVector(D)];
  theta.set(rng.normal(D));
  const loss = await landscape.gradient(theta, gradient);
  axpy(theta, L0 - loss, gradient);
  releaseVector(gradient);
  return theta;
}

const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
const shown = (x: number) => x.toFixed(3);

/** Section 3.3 of "Large Scale Structure": wedges look like round tunnels to random directions. */
export const toyWells: Study = {
  id: "wedges/toy-wells",
  title: "Wells in landscapes of wedges",
  question: "Do flat wedges look like round tunnels along random directions?",
  source: "Fort and Jastrzebski 2019, section 3.3",
  minutes: { quick: 1, paper: 5 },
  async run(context: StudyContext): Promise<StudyOutcome> {
    const { scale, seed, options } = context;
    const count = COUNT[scale];
    const rng = Rng.fromSeed(seed).split("wells");
    const claims: Claim[] = [];

    options.onStage?.("a few wedges");
    using few = distances({ kind: "axes", short: FEW.short, wedges: FEW.wedges, seed });
    const share = FEW.short / D;
    const theta = await near(few, FEW.L0, rng.split("few"));
    const directions = probeDirections("random", count, theta, rng);
    const well = await directionProfiles(few, theta, directions, FEW.at, options);
    const theory = FEW.at.map((a) => wedgeWell(FEW.L0, a, share));
    const off = Math.max(...theory.map((L, i) => Math.abs(well.mean[i] / L - 1)));
    const risen = (i: number) =>
      directions.filter((_, j) => well.losses[j * FEW.at.length + i] > FEW.L0).length / count;
    const [nearby, rising] = [risen(FEW.at.indexOf(1)), risen(FEW.at.indexOf(4))];
    const spread = FEW.at.slice(4).map((_, i) => well.sd[i + 4] / well.mean[i + 4]);
    claims.push(
      {
        name: `the loss rises along random directions (${count} at a distance of 4)`,
        published: "increasing",
        ours: `${percent(rising)}; already at 1 ${percent(nearby)}`,
        holds: rising > 0.99,
      },
      {
        name: "and by nearly the same along all: standard deviation over the mean, from a distance of 4",
        published: "nearly independent of the direction",
        ours: `${percent(Math.min(...spread))} to ${percent(Math.max(...spread))}`,
        holds: Math.max(...spread) < 0.15,
      },
      {
        name: "it is √(L0² + a² s/D), within 3 %",
        published: "-",
        ours: `at most ${percent(off)} off up to ${FEW.at[FEW.at.length - 1]}`,
        holds: off < 0.03,
      },
    );
    releaseVector(...directions);

    options.onStage?.("directions along the wedge and across it");
    const on = await near(few, 0, rng.split("on"));
    const radius = Math.sqrt(dot(theta, theta));
    const along = async (kind: DirectionKind, from: Float32Array, a: number) => {
      const own = probeDirections(kind, 100, from, rng, few.shortSpace(from));
      const { mean } = await directionProfiles(few, from, own, [a], options);
      releaseVector(...own);
      return mean[0];
    };
    const [flat, steep, outward] = [
      await along("long", on, 2),
      await along("short", on, 2),
      await along("radial", theta, radius),
    ];
    claims.push({
      name: "from a point on a wedge the loss is flat along long directions and has slope 1 across; outwards it grows as the radius",
      published: "wedges extend without end",
      ours: `at a distance of 2: ${flat.toExponential(1)} and ${shown(steep)}; at twice the radius ${shown(outward / FEW.L0)} times`,
      holds: flat < 1e-4 && Math.abs(steep - 2) < 1e-3 && Math.abs(outward / FEW.L0 - 2) < 1e-3,
    });

    options.onStage?.("wedges with more short directions");
    const widths: { short: number; mean: number; sd: number; theory: number }[] = [];
    for (const short of SHORTS) {
      using wedges = distances({ kind: "axes", short, wedges: FEW.wedges, seed });
      const from = await near(wedges, 0, rng.split("widths").foldIn(short));
      const own = probeDirections("random", count, from, rng);
      const { mean, sd } = await wellAround(wedges, from, own, { threshold: { loss: END }, ...options });
      widths.push({ short, mean: mean!, sd: sd!, theory: wedgeWellWidth(0, END, short / D) });
      releaseVector(from, ...own);
    }
    const wrong = Math.max(...widths.map(({ mean, theory }) => Math.abs(mean / theory - 1)));
    claims.push({
      name: `more short directions make a narrower tunnel: it ends at ${END} after ${END} √(D/s), within 3 %`,
      published: "-",
      ours: widths.map(({ short, mean }) => `s = ${short}: ${mean.toFixed(2)}`).join(", "),
      holds: wrong < 0.03,
    });

    options.onStage?.("all tuples");
    using all = distances({ kind: "all-tuples", short: ALL.short, seed });
    const point = await near(all, ALL.L0, rng.split("all"));
    const own = probeDirections("random", count, point, rng);
    const saturated = await directionProfiles(all, point, own, ALL.at, options);
    const one = ALL.at.map((a) => wedgeWell(ALL.L0, a, ALL.short / D));
    const last = ALL.at.length - 1;
    const upward = own.filter((_, j) => saturated.losses[j * ALL.at.length + 2] > ALL.L0).length / count;
    claims.push({
      name: "all tuples: every direction rises at a distance of 0.5, as in theory; far away other wedges are nearer",
      published: "looks like a tunnel near the point",
      ours: `${percent(upward)}; ${shown(saturated.mean[2])} (${shown(one[2])}); at ${ALL.at[last]} ${shown(saturated.mean[last])} instead of ${shown(one[last])}`,
      holds:
        upward > 0.99 &&
        Math.abs(saturated.mean[2] / one[2] - 1) < 0.03 &&
        saturated.mean[last] < one[last] / 2,
    });
    releaseVector(theta, on, point, ...own);

    const draw = (id: string, caption: string, at: number[], found: typeof well, line: number[]) =>
      saveFigure(context.folder, id, caption, (document) =>
        profileFigure(
          {
            xLabel: "distance along a random direction",
            yLabel: "loss",
            series: [
              { name: `mean of ${count} directions`, x: at, y: found.mean, bars: found.sd },
              { name: "√(L0² + a² s/D)", x: at, y: line, dashed: true },
            ],
          },
          document,
        ),
      );
    return {
      answer: `To random directions a wedge looks like the bottom of a round well: the loss rises along ${percent(rising)} of them, with a spread of ${percent(Math.max(...spread))} at most, although it is flat along ${D - FEW.short} of ${D} directions.`,
      claims,
      figures: [
        draw(
          "few",
          `${FEW.wedges} wedges with ${FEW.short} short directions of ${D}: loss along random directions from a point ${FEW.L0} away from its wedge; bars are standard deviations over the directions.`,
          FEW.at,
          well,
          theory,
        ),
        draw(
          "all",
          `All tuples with ${ALL.short} short directions of ${D}, from a point ${ALL.L0} away: the well ends where another wedge is nearer.`,
          ALL.at,
          saturated,
          one,
        ),
      ],
      tables: [
        {
          caption: `Loss along random directions from a point near one of ${FEW.wedges} wedges.`,
          columns: ["distance", "mean", "standard deviation", "√(L0² + a² s/D)"],
          rows: FEW.at.map((a, i) => [
            a.toFixed(1),
            shown(well.mean[i]),
            shown(well.sd[i]),
            shown(theory[i]),
          ]),
        },
        {
          caption: `Where the loss has reached ${END} along random directions from a point on a wedge.`,
          columns: ["short directions", "mean distance", "standard deviation", "in theory"],
          rows: widths.map(({ short, mean, sd, theory }) => [
            short,
            mean.toFixed(2),
            sd.toFixed(2),
            theory.toFixed(2),
          ]),
        },
      ],
      notes: [
        "The paper gives no numbers for its toy; dimensions, short directions and distances are ours, and so is the formula, which holds while the nearest wedge stays the same.",
      ],
    };
  },
};
