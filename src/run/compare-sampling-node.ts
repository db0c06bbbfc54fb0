import { atBestTemperature, type Found, foundBy } from "./compare-spec.ts";
import type { RunFolder } from "./folder-node.ts";
import { type Sampled, sampleAt } from "./sample-node.ts";
import type { SampleSetup } from "./sample-spec.ts";
import type { JobOptions } from "./train-node.ts";

/** Samples a space at every temperature of a spec, each as a stage of its own, and shows the one that validates best. */
export function sampledTempered(
  { folder, setup, options }: { folder: RunFolder; setup: SampleSetup; options: JobOptions },
  name: string,
  where: Sampled,
  label: string,
): Promise<Found> {
  const { temperatures } = setup.spec;
  return atBestTemperature(temperatures, async (temperature) => {
    options.onStage?.(temperatures.length > 1 ? `${label} at temperature ${temperature}` : label);
    const stage = `draws-${name}-${temperature}`;
    const rng = where.rng.split(`temperature ${temperature}`);
    const sampled = await sampleAt(folder, stage, temperature, { ...where, rng }, setup, options);
    const { evaluations } = sampled;
    const seconds = folder.record.timings[stage];
    return {
      found: { ...foundBy(sampled, setup.spec), evaluations, seconds },
      validation: sampled.splits.validation?.lppd,
    };
  });
}
