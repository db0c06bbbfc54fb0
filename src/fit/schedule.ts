export const SCHEDULES = ["constant", "step", "cosine", "linear"] as const;
export type Schedule = (typeof SCHEDULES)[number];

/**
 * Factor of the learning rate in an epoch.
 * - `constant`: 1
 * - `step`: 1, then 0.1 after half and 0.01 after three quarters of the epochs
 * - `cosine`: ½(1 + cos(π e / E))
 * - `linear`: 1 until half of the epochs, then linear to 0.01 at nine tenths (Garipov et al. 2018, authors' code)
 * @param epoch from 0
 */
export function rateFactor(schedule: Schedule, epoch: number, epochs: number): number {
  const done = epoch / epochs;
  switch (schedule) {
    case "constant":
      return 1;
    case "step":
      return done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01;
    case "cosine":
      return 0.5 * (1 + Math.cos(Math.PI * done));
    case "linear":
      if (done <= 0.5) return 1;
      return done <= 0.9 ? 1 - (0.99 * (done - 0.5)) / 0.4 : 0.01;
  }
}
