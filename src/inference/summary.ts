import { type Draws, problemOf, type Trace, traceOf } from "./draws.ts";
import { essBulk, essMean, essTail } from "./effective-sample-size.ts";
import { momentsOf } from "./moments.ts";
import { mcseMean, mcseSd } from "./monte-carlo-error.ts";
import { highestDensityInterval, quantileOfSorted, sorted } from "./order-statistics.ts";
import { rHat } from "./rhat.ts";

/** What is to be known of one quantity of a posterior. Everything that cannot be estimated is NaN. */
export interface SummaryRow {
  name: string;
  mean: number;
  /** Standard deviation with n − 1. */
  sd: number;
  /** Lower and upper end of the interval asked for. */
  interval: [number, number];
  /** Monte Carlo standard errors of the mean and of the standard deviation. */
  mcseMean: number;
  mcseSd: number;
  essBulk: number;
  essTail: number;
  rHat: number;
  /** Why numbers of this row are NaN, in words; undefined where none is. */
  problem?: string;
}

export interface SummaryOptions {
  /** Names of the coordinates, [d]; default "0", "1", …. */
  names?: readonly string[];
  /** The shortest interval, or the one between quantiles that leaves equal tails; default "highest-density". */
  interval?: "highest-density" | "equal-tailed";
  /** Share of the draws in the interval, in (0, 1); default 0.94, as in ArviZ. */
  probability?: number;
}

/**
 * The table of a posterior's coordinates and of how well they were sampled (columns and conventions of
 * `arviz.summary`): one row for each coordinate.
 */
export function summaryOf(draws: Draws, options: SummaryOptions = {}): SummaryRow[] {
  const { names, interval = "highest-density", probability = 0.94 } = options;
  if (names && names.length !== draws.dimension) {
    throw new RangeError(
      `${names.length} names were given for draws in ${draws.dimension} dimensions; give one for each.`,
    );
  }
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`The interval's probability is ${probability}; give a number between 0 and 1.`);
  }
  return Array.from({ length: draws.dimension }, (_, j) => {
    const trace = traceOf(draws, j);
    const ascending = sorted(trace.values);
    const tail = (1 - probability) / 2;
    const ends: [number, number] =
      interval === "highest-density"
        ? highestDensityInterval(ascending, probability)
        : [quantileOfSorted(ascending, tail), quantileOfSorted(ascending, 1 - tail)];
    return { name: names?.[j] ?? `${j}`, ...statisticsOf(trace, ends) };
  });
}

function statisticsOf(trace: Trace, ends: [number, number]): Omit<SummaryRow, "name"> {
  const { mean, variance } = momentsOf(trace.values);
  const problem = problemOf(trace) ?? (trace.chains < 2 ? "one chain: R-hat compares chains" : undefined);
  return {
    mean,
    sd: Math.sqrt(variance),
    // Where a value is NaN the sorted values say nothing about where an interval lies.
    interval: Number.isNaN(mean) ? [Number.NaN, Number.NaN] : ends,
    mcseMean: mcseMean(trace),
    mcseSd: mcseSd(trace),
    essBulk: essBulk(trace),
    essTail: essTail(trace),
    rHat: rHat(trace),
    ...(problem && { problem }),
  };
}

/** The worst and the mean of a table's R̂ and bulk effective sample sizes; NaN where one of them is. */
export interface Convergence {
  rHatMax: number;
  rHatMean: number;
  essBulkMin: number;
  essBulkMean: number;
}

/** One line about all coordinates, the way Dold et al. 2025 report a run. */
export function convergenceOf(rows: readonly SummaryRow[]): Convergence {
  const rHats = rows.map((row) => row.rHat);
  const sizes = rows.map((row) => row.essBulk);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    rHatMax: Math.max(...rHats),
    rHatMean: mean(rHats),
    essBulkMin: Math.min(...sizes),
    essBulkMean: mean(sizes),
  };
}

/**
 * How much a draw is worth beside an independent one: the mean over coordinates of ESS/(C·S), for `psis` and `looOf`;
 * 1 for a single chain (ArviZ's `reff`). NaN where one of the effective sample sizes is.
 */
export function relativeEfficiency(draws: Draws): number {
  if (draws.chains === 1) return 1;
  const sizes = Array.from({ length: draws.dimension }, (_, j) => essMean(traceOf(draws, j)));
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length / (draws.chains * draws.draws);
}
