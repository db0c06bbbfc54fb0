import type { RunFolder, TunnelResult } from "../run/node.ts";
import type { ReportFigure } from "./html.ts";
import { injectivityWarning, priorShare, radiusText } from "./injectivity.ts";
import { planeFigure } from "./plane.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const FRAMES = {
  "rotation-minimising": "rotation-minimising",
  published: "published (piecewise)",
  frenet: "Frenet–Serret",
};
const SPLITS = { train: "training", test: "test" };
const degrees = (radians: number) => `${((180 / Math.PI) * radians).toFixed(radians < 0.1 ? 2 : 0)}°`;
/** The warning that a tunnel is too wide, or nothing. */
export const tunnelWarning = ({ massBeyond, injectivity }: TunnelResult): string | undefined =>
  injectivityWarning(injectivity.radius, massBeyond);

/** The answer of a `tunnel` run in one sentence. */
export function tunnelAnswer(result: TunnelResult): string {
  const { dimension, injectivity, massBeyond, frames } = result;
  const frenet = frames.find(({ name }) => name === "frenet")!;
  const published = frames.find(({ name }) => name === "published")!;
  return `A tunnel of ${dimension} dimension${dimension === 1 ? "" : "s"} along a path ${result.arcLength.toFixed(2)} long (in the metric of the tunnel): radius of injectivity ${radiusText(injectivity.radius)}, with ${priorShare(massBeyond)} of the prior beyond; over the path the published frame spins by ${degrees(published.spin)}, the Frenet–Serret frame by ${degrees(frenet.spin)} with ${frenet.flips.length} flips.`;
}

/** Draws the figures of a `tunnel` run and writes its report; returns the report's path. */
export function tunnelReport(folder: RunFolder): string {
  const result = folder.readJson("tunnel") as TunnelResult;
  const { frames, injectivity, maps, split, tube, priorScale } = result;
  const warning = tunnelWarning(result);
  const at = (ts: readonly (number | null)[]) => ts.map((t) => (t === null ? "-" : t.toFixed(3))).join(", ");
  return saveReport(folder, {
    title: "The tunnel along a path",
    question: "How good are networks around the path, and how wide may the tunnel be?",
    answer: tunnelAnswer(result),
    facts: [
      {
        label: "Radius of injectivity",
        value: radiusText(injectivity.radius),
        note: `curvature ${radiusText(injectivity.curvature.radius)} (t = ${at([injectivity.curvature.at])}), closest approach ${radiusText(injectivity.approach.radius)}, ends ${radiusText(injectivity.ends.radius)}`,
      },
      {
        label: "Prior beyond",
        value: priorShare(result.massBeyond),
        note: `with a tube of ${tube} and a standard deviation of ${priorScale} of ξ in ${result.dimension - 1} directions`,
      },
      {
        label: "Length",
        value: result.arcLength.toFixed(2),
        note: `for t from ${result.range[0]} to ${result.range[1]}, in the ${result.metric} metric`,
      },
    ],
    figures: [
      ...maps.map(({ normal }) => mapFigure(folder, result, normal)),
      ...(result.priors ? priorFigures(folder, folder.readArrays("tunnel")) : []),
      ...(result.dimension > 2 ? [spinFigure(folder, result)] : []),
    ],
    tables: [
      {
        caption:
          "Frames along the path. Spin is how much the normals turn about the path; a flip is a normal that jumps to the other side.",
        columns: ["frame", "stored at", "spin", "flips", "at t", "undefined"],
        rows: frames.map(({ name, stored, spin, flips, undefinedShare }) => [
          FRAMES[name],
          stored === undefined ? "-" : String(stored),
          degrees(spin),
          String(flips.length),
          flips.length > 8 ? `${at(flips.slice(0, 8))}, …` : at(flips) || "-",
          priorShare(undefinedShare),
        ]),
      },
      ...(maps.length > 0
        ? [
            {
              caption: `Mean over t of what the maps show (${SPLITS[split]} examples), on the path and one standard deviation of the prior aside.`,
              columns: ["normal", "on the path", "aside"],
              rows: maps.map(({ normal, onPath, aside }) => [String(normal), onPath, aside]),
            },
          ]
        : []),
    ],
    notes: [
      ...(warning ? [warning] : []),
      ...(result.measure === "squared-error"
        ? ["The path has no noise scale, so maps show the mean squared error."]
        : []),
      ...(result.priors
        ? []
        : ["Pictures of the priors are drawn for paths of degree 2, whose span is a plane."]),
    ],
  });
}

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const subscript = (n: number) => [...String(n)].map((d) => SUBSCRIPTS[Number(d)]).join("");

function mapFigure(folder: RunFolder, result: TunnelResult, normal: number): ReportFigure {
  const { t, xi, [`map_${normal}`]: map } = folder.readArrays("tunnel");
  const values = map.data as Float64Array;
  // Beyond its ends a path of high degree soon explodes; what is between them sets the colours.
  const ts = t.data as Float64Array;
  const inner = values.filter((_, at) => ts[at % ts.length] >= 0 && ts[at % ts.length] <= 1);
  const { split, measure } = result;
  const what = measure === "likelihood" ? "negative log-likelihood" : "mean squared error";
  return saveFigure(
    folder,
    `map-${normal}`,
    `The ${what} of the ${SPLITS[split]} examples in the tunnel, across the path along its normal ${normal}. One unit of ξ${subscript(normal)} is ${result.tube} long.`,
    (document) =>
      planeFigure(
        {
          xs: t.data as Float64Array,
          ys: xi.data as Float64Array,
          values,
          valueLabel: `${what} per example`,
          xLabel: "t",
          yLabel: `ξ${subscript(normal)}`,
          stretch: true,
          vmax: quantile(inner, 0.95),
          logAlpha: logAlphaOf(inner),
          points: [0, 1].map((end) => ({ x: end, y: 0, label: `t = ${end}`, shape: "circle" as const })),
          paths: [{ name: "path", x: t.data as Float64Array, y: new Float64Array(t.data.length) }],
        },
        document,
      ),
  );
}

function quantile(values: Float64Array, share: number): number {
  const finite = values.filter(Number.isFinite).sort();
  return finite[Math.min(finite.length - 1, Math.floor(share * finite.length))];
}

/** The first level a thirtieth of the shown range above the minimum. */
function logAlphaOf(values: Float64Array): number {
  const range = quantile(values, 0.95) - quantile(values, 0);
  return range > 0 ? Math.log(range / 30) : -5;
}

const PRIORS = [
  ["volume", "of the volume: φ normal"],
  ["position", "of a tunnel, uniform in t"],
  ["arc_length", "of a tunnel, uniform in arc length"],
] as const;

/** Draws the priors that a `tunnel` run has left in its arrays, into a run folder. */
export function priorFigures(folder: RunFolder, arrays: ReturnType<RunFolder["readArrays"]>): ReportFigure[] {
  const path = arrays.path.data as Float64Array;
  return PRIORS.map(([name, words]) => {
    const values = arrays[`prior_${name}`].data as Float64Array;
    return saveFigure(
      folder,
      `prior-${name.replace("_", "-")}`,
      `The prior ${words}: its density in the plane of the path.`,
      (document) =>
        planeFigure(
          {
            xs: arrays.phi_1.data as Float64Array,
            ys: arrays.phi_2.data as Float64Array,
            values,
            valueLabel: "density",
            xLabel: "φ₁",
            yLabel: "φ₂",
            vmax: quantile(values, 0.995),
            // Above every range: equal steps, for what is high matters here.
            logAlpha: Number.POSITIVE_INFINITY,
            points: [],
            paths: [
              {
                name: "path",
                x: path.filter((_, at) => at % 2 === 0),
                y: path.filter((_, at) => at % 2 === 1),
              },
            ],
          },
          document,
        ),
    );
  });
}

function spinFigure(folder: RunFolder, { frames }: TunnelResult): ReportFigure {
  const arrays = folder.readArrays("tunnel");
  return saveFigure(
    folder,
    "spin",
    "How far the normals of each frame have turned about the path.",
    (document) =>
      profileFigure(
        {
          xLabel: "t",
          yLabel: "angle turned (degrees)",
          series: frames.map(({ name }) => ({
            name: FRAMES[name],
            x: arrays.frame_t.data as Float64Array,
            y: (arrays[`turned_${name}`].data as Float64Array).map((angle) => (180 / Math.PI) * angle),
            emphasis: name === "rotation-minimising",
          })),
        },
        document,
      ),
  );
}
