import type { DimensionResult, RunFolder } from "../run/node.ts";
import { estimatesFigure } from "./estimates.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const two = (x: number) => x.toFixed(2);

/** The answer of a `dimension` run in one sentence. */
export function dimensionAnswer({ rows, what, dimension }: DimensionResult): string {
  const found = rows.flatMap(({ estimate }) => (estimate === undefined ? [] : [estimate]));
  if (found.length === 0) return `No estimator could use these points of ${what}.`;
  const sorted = found.toSorted((a, b) => a - b);
  const known =
    dimension === undefined ? "" : `; the subspace has ${dimension} coordinate${dimension === 1 ? "" : "s"}`;
  return `${found.length} estimates of the intrinsic dimension of ${what} lie between ${two(sorted[0])} and ${two(sorted[sorted.length - 1])}, their median is ${two(sorted[sorted.length >> 1])}${known}.`;
}

/** Draws the figure of a `dimension` run and writes its report; returns the report's path. */
export function dimensionReport(folder: RunFolder): string {
  const result = folder.readJson("dimension") as DimensionResult;
  const { rows, points, sampling, dimension } = result;
  const found = rows.flatMap(({ estimator, estimate, interval }) =>
    estimate === undefined ? [] : [{ name: estimator as string, estimate, interval }],
  );
  return saveReport(folder, {
    title: "Intrinsic dimension",
    question: `What is the intrinsic dimension of ${result.what}?`,
    answer: dimensionAnswer(result),
    facts: [{ label: "Points", value: String(points), note: `${sampling} sampling` }],
    figures:
      found.length > 0
        ? [
            saveFigure(
              folder,
              "estimates",
              "Estimates, with 95 % intervals where an estimator gives one; the line is the number of coordinates.",
              (document) => estimatesFigure({ estimates: found, truth: dimension }, document),
            ),
          ]
        : [],
    tables: [
      {
        caption: "Every estimator, with the standard deviation of its estimates at single points.",
        columns: ["estimator", "estimate", "95 % interval", "spread", "remark"],
        rows: rows.map(({ estimator, estimate, interval, spread, problem }) => [
          estimator,
          estimate === undefined ? "-" : estimate.toFixed(4),
          interval ? `${two(interval[0])} to ${two(interval[1])}` : "-",
          spread === undefined ? "-" : two(spread),
          problem ?? "",
        ]),
      },
    ],
    notes: [
      "Distances between points of a subspace come from its Gram matrix; nothing depends on the number of parameters, but the published rank.",
      ...(sampling === "even" || sampling === "authors-tiling"
        ? [
            "Even points raise some estimates, such as maximum likelihood, and defeat others, such as TwoNN: they assume random points.",
          ]
        : []),
    ],
  });
}
