/** Loss (mean over the examples) and error (rate in [0, 1], or root mean squared error) of one point. */
export interface PointMetrics {
  loss: number;
  error: number;
  /**
   * Standard errors of both as estimates from so many examples, where they were asked for: the standard deviation over
   * the examples (with n − 1) over √n; of a root mean squared error r, that of r² over 2 r.
   */
  lossStandardError?: number;
  errorStandardError?: number;
}

/** Losses and errors of P points. */
export interface SpanMetrics {
  loss: Float64Array;
  error: Float64Array;
  lossStandardError?: Float64Array;
  errorStandardError?: Float64Array;
}

/** The metrics of several points as lists. */
export function columns(points: readonly PointMetrics[]): SpanMetrics {
  const column = (key: keyof PointMetrics) => Float64Array.from(points, (point) => point[key] as number);
  const metrics: SpanMetrics = { loss: column("loss"), error: column("error") };
  if (points[0]?.lossStandardError === undefined) return metrics;
  const standardErrors = {
    lossStandardError: column("lossStandardError"),
    errorStandardError: column("errorStandardError"),
  };
  return { ...metrics, ...standardErrors };
}

/** Losses and errors of P points, gathered from batches of examples in float64. */
export class Tally {
  /** Examples of the batches so far; raise it after a batch has been added at all points. */
  count = 0;
  private readonly task: "classification" | "regression";
  private readonly spread: boolean;
  /** Sums of losses and of errors, then their squared deviations from their means. */
  private readonly totals: Float64Array[];

  constructor(points: number, task: "classification" | "regression", spread: boolean) {
    this.task = task;
    this.spread = spread;
    this.totals = Array.from({ length: 4 }, () => new Float64Array(points));
  }

  /**
   * Adds a batch of n examples at the points from `first` on, `number` of them.
   *
   * @param sums the outputs of an evaluation program: sums of losses and errors, and their squared deviations
   */
  add(first: number, number: number, sums: readonly ArrayLike<number>[], n: number): void {
    for (let i = 0; i < number; i++) {
      const p = first + i;
      for (const k of [0, 1]) {
        const sum = sums[k][i];
        if (this.spread) {
          // Two means that differ add to the deviations of the union (Chan, Golub and LeVeque 1979).
          const gap = this.count > 0 ? sum / n - this.totals[k][p] / this.count : 0;
          const between = (gap * gap * this.count * n) / (this.count + n);
          this.totals[k + 2][p] += sums[k + 2][i] + between;
        }
        this.totals[k][p] += sum;
      }
    }
  }

  /** The metrics of point p. */
  point(p: number): PointMetrics {
    const n = this.count;
    const [loss, error, lossDeviations, errorDeviations] = this.totals.map((total) => total[p]);
    const rooted = this.task === "regression";
    const metrics: PointMetrics = { loss: loss / n, error: rooted ? Math.sqrt(error / n) : error / n };
    if (!this.spread) return metrics;
    const ofMean = (deviations: number) => Math.sqrt(deviations / (n - 1) / n);
    const errorOfMean = ofMean(errorDeviations);
    metrics.lossStandardError = ofMean(lossDeviations);
    metrics.errorStandardError = rooted ? errorOfMean / (2 * metrics.error) : errorOfMean;
    return metrics;
  }
}
