import { DivergenceError } from "../../fit/index.ts";
import { openRunData, RunFolder, trainPaths } from "../../run/node.ts";
import type { StudyContext } from "../study.ts";
import { validationSplit } from "./context-node.ts";
import { toyFit, toyPlan } from "./plans.ts";

/** How long the paths are trained whose spreading is followed, and how many beside each other. */
export interface SpreadingSize {
  steps: number;
  /** Independent starts, on the same data. */
  starts: number;
  /** Positions t in one step. */
  samples: number;
}

/** A training of toy networks of width 10 with ELU (Dold et al. 2025, configuration files). */
export interface SpreadingSetting {
  /** Hidden layers. */
  depth: number;
  kind: "adamw" | "sgd";
  /** K */
  degree: number;
  /** η */
  rate: number;
  /** Standard deviation of the likelihood. */
  sigma: number;
  /** Factor of the LeCun normal initialisation. */
  initScale: number;
  decay: number;
}

/** A logged quantity, and others that follow from them. */
export type Line = Record<string, number>;

/** Paths of one setting while they were trained. */
export interface Spreading {
  setting: SpreadingSetting;
  /** The lines that the training of each start has logged; none where it diverged. */
  histories: Line[][];
  /** The step at which the first of them diverged. */
  diverged?: number;
}

/** D of the network of depth 10. */
export const PARAMETERS = 1041;

/** Trains the paths of a setting beside each other as a part of a study, or reads their lines back. */
export async function spreadingPaths(
  context: StudyContext,
  setting: SpreadingSetting,
  { steps, starts, samples }: SpreadingSize,
): Promise<Spreading> {
  const { depth, kind, degree, rate, sigma, initScale, decay } = setting;
  const fit = toyFit(degree, steps, {
    kind,
    momentum: 0,
    weightDecay: decay,
    rate,
    samples,
    uniform: "t",
    scale: sigma,
    learnScale: false,
    validateEvery: steps,
  });
  const { dataset, network, seed } = await toyPlan(
    { depth, width: 10, activation: "elu" },
    context.seed,
    fit,
  );
  const name = `${kind}-depth-${depth}-degree-${degree}-rate-${rate}-sigma-${sigma}-init-${initScale}-decay-${decay}`;
  const about = { spec: { path: fit, network: network.spec, initScale, starts }, seed, dataset };
  const folder = await context.part(name, about, async (part) => {
    using data = openRunData(dataset, network, 0, validationSplit(seed));
    const setup = { network, init: "lecun-normal" as const, initScale, spec: fit, data, seed };
    try {
      await trainPaths(part, setup, starts, context.options);
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      part.writeJson("diverged", error.step);
    }
  });
  const part = RunFolder.open(folder);
  if (part.has("results/diverged.json")) {
    return { setting, histories: [], diverged: part.readJson("diverged") as number };
  }
  const lines = part.readMetrics() as unknown as Line[];
  const histories = Array.from({ length: starts }, (_, r) => lines.filter(({ path }) => path === r + 1));
  return { setting, histories };
}

/** Mean over the starts at each line from a step on. */
export function meanOver({ histories }: Spreading, of: (line: Line) => number, from = 0): number[] {
  const values = histories.map((history) => history.filter(({ step }) => step >= from).map(of));
  return values[0].map((_, i) => values.reduce((sum, own) => sum + own[i] / values.length, 0));
}

/** Steps of the lines from a step on. */
export const stepsOf = ({ histories: [first] }: Spreading, from = 0): number[] =>
  first.map(({ step }) => step).filter((step) => step >= from);

/** The last line of each start. */
export const finalLines = ({ histories }: Spreading): Line[] =>
  histories.map((history) => history[history.length - 1]);
