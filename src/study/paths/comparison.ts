import type { ReportTable } from "../../report/index.ts";
import type { SampledTemperature, SampleResult } from "../../run/node.ts";

/** What several seeds found with one space around paths of one degree, each at its temperature of best validation. */
export interface Cell {
  label: string;
  space: SampleResult["space"];
  degree: number;
  results: readonly SampleResult[];
}

export interface MeanSd {
  mean: number;
  /** With n − 1; NaN for one value. */
  sd: number;
}

export function meanSd(values: readonly number[]): MeanSd {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}

/** A quantity of every seed, at its best temperature. */
export const atBest = ({ results }: Cell, of: (found: SampledTemperature) => number): number[] =>
  results.map(({ temperatures, best }) => of(temperatures[best]));

export const lppd = (cell: Cell, split: "validation" | "test" = "test") =>
  meanSd(atBest(cell, ({ splits }) => splits[split].lppd));
export const rmse = (cell: Cell) => meanSd(atBest(cell, ({ splits }) => splits.test.rmse ?? Number.NaN));
export const meanSampleSize = (cell: Cell) => meanSd(atBest(cell, (t) => t.convergence.essBulkMean)).mean;
export const meanRHat = (cell: Cell) => meanSd(atBest(cell, (t) => t.convergence.rHatMean)).mean;

const shown = ({ mean, sd }: MeanSd, digits: number) =>
  Number.isNaN(sd) ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`;

/** The table of tables 9.2 and 9.3 of the research: a row a cell. */
export function comparisonTable(cells: readonly Cell[], caption: string): ReportTable {
  const each = (cell: Cell, of: (t: SampledTemperature) => number, digits: number) =>
    meanSd(atBest(cell, of)).mean.toFixed(digits);
  return {
    caption,
    columns: [
      "",
      "space",
      "K",
      "test LPPD",
      "test RMSE",
      "validation LPPD",
      "R-hat max",
      "R-hat mean",
      "ESS min",
      "ESS mean",
      "ESS a second",
      "seconds",
      "temperature",
    ],
    rows: cells.map((cell) => [
      cell.label,
      cell.space,
      String(cell.degree),
      shown(lppd(cell), 3),
      shown(rmse(cell), 3),
      lppd(cell, "validation").mean.toFixed(3),
      each(cell, (t) => t.convergence.rHatMax, 3),
      each(cell, (t) => t.convergence.rHatMean, 3),
      each(cell, (t) => t.convergence.essBulkMin, 0),
      each(cell, (t) => t.convergence.essBulkMean, 0),
      each(cell, (t) => t.convergence.essBulkMean / t.seconds, 1),
      each(cell, (t) => t.seconds, 1),
      cell.results.map(({ temperatures, best }) => temperatures[best].temperature).join(", "),
    ]),
  };
}
