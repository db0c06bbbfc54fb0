import { DIMENSION_ESTIMATORS } from "../geometry/index.ts";
import type { DimensionResult } from "../run/index.ts";
import type { RunFolder } from "../run/node.ts";
import { estimatesFigure } from "./estimates.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const two = (x: number) => x.toFixed(2);

/** The answer of a `dimension` run in one sentence. */
export function dimensionAnswer({ rows, what, dimension }: DimensionResult): string {
  const found = rows.flatMap(({ estimator, estimate }) =>
    estimate === undefined ? [] : [{ estimator, estimate }],
  );
  const known =
    dimension === undefined ? "" : `; the subspace has ${dimension} coordinate${dimension === 1 ? "" : "s"}`;
  if (found.length === 0) return `No estimator could use these points of ${what}${known}.`;
  if (found.length <= 3) {
    const each = found.map(({ estimator, estimate }) => `${two(estimate)} (${estimator})`).join(", ");
    return `The intrinsic dimension of ${what} is estimated at ${each}${known}.`;
  }
  const sorted = found.map(({ estimate }) => estimate).sort((a, b) => a - b);
  const half = sorted.length / 2;
  const median = (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
  return `${found.length} estimates of the intrinsic dimension of ${what} lie between ${two(sorted[0])} and ${two(sorted[sorted.length - 1])}, their median is ${two(median)}${known}.`;
}

/** Draws the figure of a `dimension` run and writes its report; returns the report's path. */
export function dimensionReport(folder: RunFolder): string {
  const result = folder.readJson("dimension") as DimensionResult;
  const { rows, points, sampling, dimension, parameters, standIns } = result;
  const found = rows.flatMap(({ estimator, estimate, interval, spread }) =>
    estimate === undefined ? [] : [{ name: estimator as string, estimate, interval, spread }],
  );
  const truth =
    dimension === undefined
      ? undefined
      : { value: dimension, label: `coordinates of the subspace (${dimension})` };
  const troubled = rows.some(({ problem }) => problem);
  return saveReport(folder, {
    title: "Intrinsic dimension",
    question: `What is the intrinsic dimension of ${result.what}?`,
    answer: dimensionAnswer(result),
    facts: [
      {
        label: "Points",
        value: String(points),
        note: `${sampling.replace("-", " ")}${sampling === "given" ? "" : " sampling"}`,
      },
      { label: dimension === undefined ? "Numbers a point" : "Parameters", value: String(parameters) },
      ...(dimension === undefined ? [] : [{ label: "Coordinates", value: String(dimension) }]),
    ],
    figures:
      found.length > 0
        ? [
            saveFigure(
              folder,
              "estimates",
              "Estimates of the dimension, with the 95 % interval of an estimator that has one, and the standard deviation of the estimates at single points of one that is local.",
              (document) => estimatesFigure({ estimates: found, truth }, document),
            ),
          ]
        : [],
    tables: [
      {
        caption: "Every estimator, with the standard deviation of its estimates at single points.",
        columns: ["estimator", "estimate", "95 % interval", "spread", ...(troubled ? ["remark"] : [])],
        rows: rows.map(({ estimator, estimate, interval, spread, problem }) => [
          estimator,
          estimate === undefined ? "–" : estimate.toFixed(4),
          interval ? `${two(interval[0])} to ${two(interval[1])}` : "–",
          spread === undefined ? "–" : two(spread),
          ...(troubled ? [problem ?? ""] : []),
        ]),
      },
      {
        caption: "What each estimator goes by.",
        columns: ["estimator", "method", "source"],
        rows: rows.map(({ estimator }) => {
          const { summary, source } = DIMENSION_ESTIMATORS[estimator];
          return [estimator, summary, source];
        }),
      },
    ],
    notes: [
      ...(dimension === undefined
        ? []
        : [
            "Distances between points of a subspace come from its Gram matrix; nothing depends on the number of parameters, but the published rank.",
          ]),
      ...(standIns === undefined
        ? []
        : [
            `The curve leaves the span of its anchors; the chain through ${standIns} of its points stands for it.`,
          ]),
      ...(sampling === "even" || sampling === "authors-tiling"
        ? [
            "Even points raise some estimates, such as maximum likelihood, and defeat others, such as TwoNN: they assume random points.",
          ]
        : []),
    ],
  });
}
