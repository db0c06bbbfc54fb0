import { wedgeWell } from "../geometry/index.ts";
import type { ProbedWell, ProbeResult, TrainingRow } from "../run/index.ts";
import type { RunFolder } from "../run/node.ts";
import type { Series } from "./chart.ts";
import type { ReportFigure, ReportTable } from "./html.ts";
import { degrees, significant } from "./numbers.ts";
import { octantFigure } from "./octant.ts";
import { panelsFigure } from "./panels.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { sectorFigure } from "./sector.ts";

const SPLITS: Record<string, string> = { train: "training loss", test: "test loss", loss: "loss" };
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const WAYS: Record<ProbedWell["kind"], string> = {
  random: "random directions",
  orthogonal: "random directions at right angles to the point",
  radial: "the radial direction",
  long: "random long directions of the wedge",
  short: "random short directions of the wedge",
};
/** Where the colours of a map end ("Large Scale Structure", figure 2). */
const VMAX = 1;

function wellAnswer({ kind, well }: ProbedWell): string {
  const { mean, sd, meanAngle, unreached, distances, threshold, largest } = well;
  const level = `a loss of ${significant(threshold)}`;
  if (mean === null) return `Along ${WAYS[kind]} ${level} is not reached within ${significant(largest)}.`;
  const spread = sd === null ? "" : ` ± ${significant(sd)}`;
  const angle = kind === "radial" || meanAngle === null ? "" : `, ${degrees(meanAngle)}`;
  const rest = unreached > 0 ? ` (${unreached} of ${distances.length} directions stay below)` : "";
  return `Along ${WAYS[kind]} ${level} is reached at a distance of ${significant(mean)}${spread}${angle}${rest}.`;
}

/** What a probe has found, in a sentence or two. */
export function probeAnswer({ wells, pairs, training, octant }: ProbeResult): string {
  if (training) {
    const [first, last] = [training[0], training[training.length - 1]];
    const wide = last.well?.mean ? `, and the well there is ${significant(last.well.mean)} wide` : "";
    return `In training the radius goes from ${significant(first.radius)} to ${significant(last.radius)}; the end lies at ${degrees(last.angleFromFirst)} to the initialisation${wide}.`;
  }
  if (pairs.length > 0) {
    const each = pairs.map(({ labels, angle, distance, disagreement }) => {
      const differ = disagreement
        ? `, name different classes of ${Object.entries(disagreement)
            .map(
              ([split, share]) =>
                `${percent(share)} of the ${split === "train" ? "training" : split} examples`,
            )
            .join(" and ")}`
        : "";
      return `${labels.join(" and ")} lie at ${degrees(angle)}, ${significant(distance)} apart${differ}`;
    });
    const radii = octant ? ` The spheres have radii of ${octant.radii.map(significant).join(", ")}.` : "";
    return `${each.join("; ")}.${radii}`;
  }
  return wells.map(wellAnswer).join(" ");
}

/** Draws the figures of a `probe` run and writes its report; returns the report's path. */
export function probeReport(folder: RunFolder): string {
  const result = folder.readJson("probe") as ProbeResult;
  const { points, wells, pairs, training, octant, sector, losses } = result;
  const line = folder.has("results/line.npz");
  return saveReport(folder, {
    title: training ? "The landscape along a training" : "Probes of a landscape",
    question: training
      ? "How do radius, angle and the width of the tunnel change in training?"
      : points.length === 1
        ? "How far can one go from this point until the loss is high?"
        : "What lies between these points?",
    answer: probeAnswer(result),
    facts: points.map(({ label, radius, loss }) => ({
      label: `radius of ${label}`,
      value: significant(radius),
      note: losses.map((name) => `${SPLITS[name]} ${significant(loss[name])}`).join(", "),
    })),
    figures: [
      ...(wells.length > 0 ? [...wellProfiles(folder, result), ...widths(folder, wells)] : []),
      ...(training ? trainingFigures(folder, training, losses) : []),
      ...(line ? [lineFigure(folder, result)] : []),
      ...(sector ? [sectorOf(folder, result)] : []),
      ...(octant ? [octantOf(folder, result)] : []),
    ],
    tables: [
      ...(wells.length > 0 ? [wellTable(wells)] : []),
      ...(pairs.length > 0 ? [pairTable(result)] : []),
      ...(training ? [trainingTable(training, losses)] : []),
    ],
    notes: [
      ...(wells.length > 0 || training
        ? [
            "A well ends at the smallest distance, as far as doubling steps show it, at which the loss has reached the threshold; then it is found by bisection, to 0.1 % on wedges and to 1 % of networks.",
          ]
        : []),
      ...(octant
        ? [
            "The three points are made orthonormal one after the other and span the axes; every direction is scaled to the radius of its sphere, so that the loss is not that of the points themselves unless they have that radius.",
          ]
        : []),
    ],
  });
}

function wellProfiles(folder: RunFolder, { wells, parameters, short }: ProbeResult): ReportFigure[] {
  const arrays = folder.readArrays("profiles");
  const drawn = wells.filter(({ kind }) => arrays[`${kind}_a`]);
  if (drawn.length === 0) return [];
  const series: Series[] = drawn.map(({ kind }) => ({
    name: kind,
    x: arrays[`${kind}_a`].data as Float64Array,
    y: arrays[`${kind}_mean`].data as Float64Array,
    bars: arrays[`${kind}_sd`].data as Float64Array,
  }));
  const random = drawn.find(({ kind }) => kind === "random");
  if (short !== undefined && random) {
    // Losses of a landscape of wedges are half squared distances here.
    const L0 = Math.sqrt(2 * random.well.centre);
    const x = arrays.random_a.data as Float64Array;
    const y = Array.from(x, (a) => wedgeWell(L0, a, short / parameters) ** 2 / 2);
    series.push({ name: "in theory, of one wedge", x, y, dashed: true });
  }
  const caption = `The loss along ${drawn.map(({ kind }) => WAYS[kind]).join(", ")}: mean over some of the directions, with their standard deviation.`;
  return [
    saveFigure(folder, "directions", caption, (document) =>
      profileFigure({ xLabel: "distance in weight space", yLabel: "loss", series }, document),
    ),
  ];
}

/** Sorted widths, where they differ. */
function widths(folder: RunFolder, wells: readonly ProbedWell[]): ReportFigure[] {
  // Along the short directions of one wedge all are the same.
  const several = wells.filter(({ well: { sd, mean } }) => sd !== null && sd > 0.01 * mean!);
  if (several.length === 0) return [];
  const series = several.map(({ kind, well }) => {
    const sorted = well.distances.filter((a) => a !== null).sort((a, b) => a - b);
    return { name: kind, x: sorted, y: sorted.map((_, i) => (i + 1) / well.distances.length) };
  });
  return [
    saveFigure(
      folder,
      "widths",
      "Share of directions along which the well has ended by a distance.",
      (document) =>
        profileFigure(
          { xLabel: "distance in weight space", yLabel: "share of directions", percent: true, series },
          document,
        ),
    ),
  ];
}

function lineFigure(folder: RunFolder, { losses, points, training }: ProbeResult): ReportFigure {
  const arrays = folder.readArrays("line");
  const ends = training
    ? ["the initialisation", "the end of the training"]
    : points.map(({ label }) => label);
  return saveFigure(
    folder,
    "line",
    `The loss on the straight line from ${ends[0]} (α = 0) to ${ends[1]} (α = 1), and beyond.`,
    (document) =>
      profileFigure(
        {
          xLabel: "α",
          yLabel: "loss",
          series: losses.map((name) => ({
            name: SPLITS[name],
            x: arrays.alpha.data as Float64Array,
            y: arrays[name].data as Float64Array,
          })),
        },
        document,
      ),
  );
}

function sectorOf(folder: RunFolder, { losses, sector }: ProbeResult): ReportFigure {
  const arrays = folder.readArrays("sector");
  return saveFigure(
    folder,
    "sector",
    "The loss in the plane of the origin and both points; the first axis lies between them.",
    (document) =>
      sectorFigure(
        {
          valueLabel: "loss",
          vmax: VMAX,
          panels: losses.map((name) => ({
            title: SPLITS[name],
            radii: arrays.radii.data as Float64Array,
            angles: arrays.angles.data as Float64Array,
            values: arrays[name].data as Float64Array,
            points: sector!.points,
          })),
        },
        document,
      ),
  );
}

function octantOf(folder: RunFolder, { losses, octant, points }: ProbeResult): ReportFigure {
  const arrays = folder.readArrays("octant");
  const { radii } = octant!;
  const marked = octant!.points;
  return saveFigure(
    folder,
    "octant",
    `The loss on ${radii.length > 1 ? `octants of spheres with radii ${radii.map(significant).join(", ")}` : `an octant of the sphere with radius ${significant(radii[0])}`} around the origin; green: the straight lines between ${points.map(({ label }) => label).join(", ")}, scaled to the sphere.`,
    (document) =>
      octantFigure(
        {
          valueLabel: "loss",
          vmax: VMAX,
          panels: losses.map((name) => ({
            title: SPLITS[name],
            azimuths: arrays.azimuths.data as Float64Array,
            polars: arrays.polars.data as Float64Array,
            spheres: radii.map((radius, k) => ({
              radius,
              values: arrays[`${name}_${k}`].data as Float64Array,
            })),
            points: marked,
            arcs: marked.map((from, i) => ({
              name: "straight line",
              from: from.at,
              to: marked[(i + 1) % marked.length].at,
            })),
          })),
        },
        document,
      ),
  );
}

function trainingFigures(
  folder: RunFolder,
  rows: readonly TrainingRow[],
  losses: readonly string[],
): ReportFigure[] {
  const x = rows.map(({ epoch }) => epoch);
  const chart = (yLabel: string, series: Series[], percentages = false) =>
    ({ xLabel: "epoch", yLabel, series, percent: percentages }) as const;
  const figures = [
    saveFigure(folder, "radius", "The norm of the weights in training.", (document) =>
      profileFigure(
        chart("radius R", [{ name: "radius", x, y: rows.map(({ radius }) => radius) }]),
        document,
      ),
    ),
    saveFigure(folder, "angles", "Angles between weight vectors, seen from the origin.", (document) =>
      profileFigure(
        chart("angle (degrees)", [
          {
            name: "to the initialisation",
            x,
            y: rows.map(({ angleFromFirst }) => (180 / Math.PI) * angleFromFirst),
          },
          { name: "to the end", x, y: rows.map(({ angleToLast }) => (180 / Math.PI) * angleToLast) },
        ]),
        document,
      ),
    ),
    saveFigure(folder, "losses", "The loss of the states.", (document) =>
      profileFigure(
        chart(
          "loss",
          losses.map((name) => ({ name: SPLITS[name], x, y: rows.map(({ loss }) => loss[name]) })),
        ),
        document,
      ),
    ),
  ];
  if (rows[0].disagreementWithLast !== undefined) {
    const y = rows.map((row) => row.disagreementWithLast!);
    figures.push(
      saveFigure(
        folder,
        "disagreement",
        "Share of examples that get another class than at the end.",
        (document) =>
          profileFigure(chart("other class", [{ name: "than at the end", x, y }], true), document),
      ),
    );
  }
  const measured = rows.filter(({ well }) => typeof well?.mean === "number");
  if (measured.length > 1) {
    const series = (name: string, at: number[]): Series => ({
      name,
      x: at,
      y: measured.map(({ well }) => well!.mean!),
      bars: measured.map(({ well }) => well!.sd ?? 0),
    });
    figures.push(
      saveFigure(
        folder,
        "widths",
        "Width of the tunnel: distance along random directions at right angles to the weights, until the loss is high; mean and standard deviation over the directions.",
        (document) =>
          panelsFigure(
            [
              {
                ...chart("tunnel width", [
                  series(
                    "width",
                    measured.map(({ epoch }) => epoch),
                  ),
                ]),
              },
              {
                xLabel: "radius R",
                yLabel: "tunnel width",
                series: [
                  series(
                    "width",
                    measured.map(({ radius }) => radius),
                  ),
                ],
              },
            ],
            document,
          ),
      ),
    );
  }
  return figures;
}

function wellTable(wells: readonly ProbedWell[]): ReportTable {
  return {
    caption: "Wells by kind of direction: distance and angle at which the loss has reached the threshold.",
    columns: [
      "directions",
      "number",
      "loss at the centre",
      "threshold",
      "mean distance",
      "sd",
      "mean angle",
      "stay below",
    ],
    rows: wells.map(({ kind, well }) => [
      kind,
      well.distances.length,
      well.centre,
      well.threshold,
      well.mean === null ? "–" : significant(well.mean),
      well.sd === null ? "–" : significant(well.sd),
      well.meanAngle === null ? "–" : degrees(well.meanAngle),
      well.unreached,
    ]),
  };
}

function pairTable({ pairs }: ProbeResult): ReportTable {
  const splits = Object.keys(pairs[0].disagreement ?? {});
  return {
    caption: "How the points differ.",
    columns: ["points", "distance", "angle", ...splits.map((split) => `different classes, ${split}`)],
    rows: pairs.map(({ labels, distance, angle, disagreement }) => [
      labels.join(" – "),
      significant(distance),
      degrees(angle),
      ...splits.map((split) => percent(disagreement![split])),
    ]),
  };
}

function trainingTable(rows: readonly TrainingRow[], losses: readonly string[]): ReportTable {
  const errors = Object.keys(rows[0].error);
  return {
    caption: "The states of the training.",
    columns: [
      "epoch",
      "radius",
      "angle from start",
      "angle to end",
      ...losses.map((name) => SPLITS[name]),
      ...errors.map((name) => `${name} error`),
      "tunnel width",
      "as an angle",
    ],
    rows: rows.map((row) => [
      row.epoch,
      significant(row.radius),
      degrees(row.angleFromFirst),
      degrees(row.angleToLast),
      ...losses.map((name) => significant(row.loss[name])),
      ...errors.map((name) => percent(row.error[name])),
      row.well?.mean ? `${significant(row.well.mean)} ± ${significant(row.well.sd ?? 0)}` : "–",
      row.well?.meanAngle ? degrees(row.well.meanAngle) : "–",
    ]),
  };
}
