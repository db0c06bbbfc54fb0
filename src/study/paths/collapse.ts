import { powerLaw } from "./regression.ts";

/** A quantity of one setting, at the same steps as those of the others. */
export interface Curve {
  /** Time, in some unit that depends on the setting. */
  time: number[];
  values: number[];
}

/** How well the curves of several settings fall together on one power law. */
export interface Collapse {
  /** R² of ln value on ln time, over the points of all settings. */
  explained: number;
  /** Exponent of the common law. */
  slope: number;
  /** How far points are off it: the standard deviation of ln value − law, as a factor. */
  scatter: number;
  /** Share of all assignments of the settings' times to each other under which values grow as surely with time. */
  chance: number;
}

/**
 * Measures the collapse of curves under a definition of time. One that is the same for all settings has a chance of 1, the
 * best of m different ones 1 / m! at least.
 *
 * @param curves at most ten or so: all assignments are tried
 */
export function collapse(curves: readonly Curve[]): Collapse {
  const { slope, explained } = powerLaw(
    curves.flatMap(({ time }) => time),
    curves.flatMap(({ values }) => values),
  );
  const logs = curves.flatMap(({ values }) => values.map(Math.log));
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  const variance = logs.reduce((sum, y) => sum + (y - mean) ** 2, 0) / logs.length;
  return {
    explained,
    slope,
    scatter: Math.exp(Math.sqrt((1 - explained) * variance)),
    chance: chanceOf(curves),
  };
}

/** R² grows with the covariance, where that is above 0; of it each pair of a time and a curve has a share. */
function chanceOf(curves: readonly Curve[]): number {
  const centred = (of: (curve: Curve) => number[]) => {
    const logs = curves.map((curve) => of(curve).map(Math.log));
    const all = logs.flat();
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    return logs.map((own) => own.map((x) => x - mean));
  };
  const [times, values] = [centred(({ time }) => time), centred(({ values }) => values)];
  const shares = times.map((u) => values.map((v) => u.reduce((sum, x, i) => sum + x * v[i], 0)));
  const own = shares.reduce((sum, row, i) => sum + row[i], 0);
  const size = shares.flat().reduce((sum, x) => sum + Math.abs(x), 0);
  let [asGood, all] = [0, 0];
  const assign = (time: number, free: readonly number[], covariance: number) => {
    if (free.length === 0) {
      all++;
      // Sums in another order are rounded differently.
      if (covariance >= own - 1e-9 * size) asGood++;
    }
    for (const curve of free) {
      const others = free.filter((other) => other !== curve);
      assign(time + 1, others, covariance + shares[time][curve]);
    }
  };
  assign(
    0,
    curves.map((_, i) => i),
    0,
  );
  return asGood / all;
}
