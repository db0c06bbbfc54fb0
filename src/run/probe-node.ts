import { Rng, releaseVector } from "../engine/index.ts";
import {
  angle,
  directionProfiles,
  distance,
  interpolationPositions,
  probeDirections,
  wellAround,
} from "../geometry/index.ts";
import { disagreement } from "../inference/index.ts";
import type { NetworkLandscape, WedgeLandscape } from "../landscape/index.ts";
import { Span } from "../subspace/index.ts";
import { memberLogits } from "./ensemble.ts";
import type { RunFolder } from "./folder-node.ts";
import { type Arrays, lineProfile, type NamedLandscape, octantMap, sectorMap } from "./probe-maps.ts";
import type { ProbedPair, ProbedWell, ProbeResult, ProbeSpec, TrainingRow } from "./probe-spec.ts";
import type { JobOptions } from "./train-node.ts";

/** What is probed. */
export interface ProbeSetup {
  /** Vectors of D numbers in the vector memory; one to three, or the states of a training in their order. */
  thetas: readonly Float32Array[];
  labels: readonly string[];
  /** Wells are measured in the first. */
  landscapes: readonly NamedLandscape[];
  /** Of a classifier, by split: where predictions are compared. */
  classifiers?: Record<string, NetworkLandscape>;
  /** Where the landscape is one of wedges. */
  wedges?: WedgeLandscape;
  /** Epochs of the states, where they are those of a training. */
  epochs?: readonly number[];
  spec: ProbeSpec;
  seed: number;
}

/** Directions whose profile is drawn, at most, and the positions along each. */
const PROFILED = 10;
const POSITIONS = 17;
/** Profiles end so many widths of the well away. */
const BEYOND = 1.5;

/**
 * The job of `isthmus probe`. One point: how far it is to a high loss. Two: their angle, the line and the sector between
 * them. Three: octants of spheres through them. A training: all of it along the way. Writes results/probe.json, and
 * profiles.npz, line.npz, sector.npz or octant.npz.
 */
export async function probeJob(
  folder: RunFolder,
  setup: ProbeSetup,
  options: JobOptions,
): Promise<ProbeResult> {
  const { thetas, labels, landscapes, wedges, spec } = setup;
  const result: ProbeResult = {
    points: [],
    losses: landscapes.map(({ name }) => name),
    pairs: [],
    wells: [],
    parameters: thetas[0].length,
    ...(wedges && { short: wedges.spec.short }),
  };
  const gram = new Span(thetas).gram();
  const radii = thetas.map((_, i) => Math.sqrt(gram.values[i * gram.size + i]));
  if (setup.epochs) {
    result.training = await alongTraining(setup, setup.epochs, options);
    options.onStage?.("the line from the initialisation to the end");
    const ends = [thetas[0], thetas[thetas.length - 1]] as const;
    const alpha = interpolationPositions(spec.linePoints);
    folder.writeArrays("line", await lineProfile(landscapes, ends, alpha, options));
  } else {
    options.onStage?.("evaluating the points");
    const losses = await lossesAt(setup, options);
    result.points = labels.map((label, i) => ({ label, radius: radii[i], loss: losses[i] }));
    result.pairs = await pairsOf(setup, options);
  }
  if (thetas.length === 1) {
    const { wells, arrays } = await wellsOf(setup, options);
    result.wells = wells;
    folder.writeArrays("profiles", arrays);
  } else if (thetas.length === 2 && !setup.epochs) {
    options.onStage?.("the line and the sector between two points");
    const two = thetas as unknown as readonly [Float32Array, Float32Array];
    const alpha = interpolationPositions(spec.linePoints);
    folder.writeArrays("line", await lineProfile(landscapes, two, alpha, options));
    const names = labels as unknown as readonly [string, string];
    const { points, arrays } = await sectorMap(landscapes, two, names, { points: spec.mapPoints }, options);
    result.sector = { points };
    folder.writeArrays("sector", arrays);
  } else if (thetas.length === 3 && !setup.epochs) {
    options.onStage?.("octants of spheres through three points");
    const size = { radii: spec.radii, points: spec.mapPoints };
    const { result: octant, arrays } = await octantMap(landscapes, thetas, labels, size, options);
    result.octant = octant;
    folder.writeArrays("octant", arrays);
  }
  folder.writeJson("probe", result);
  return result;
}

/** Losses of each point, by name. */
async function lossesAt(
  { thetas, landscapes }: ProbeSetup,
  { signal }: JobOptions,
): Promise<Record<string, number>[]> {
  const found = thetas.map((): Record<string, number> => ({}));
  for (const { name, landscape } of landscapes) {
    const { loss } = await landscape.evaluateSeveral(thetas.length, (p, theta) => theta.set(thetas[p]), {
      signal,
    });
    loss.forEach((value, i) => {
      found[i][name] = value;
    });
  }
  return found;
}

const unit = (i: number, m: number) => Float64Array.from({ length: m }, (_, j) => Number(i === j));

async function pairsOf(
  { thetas, labels, classifiers = {} }: ProbeSetup,
  { signal }: JobOptions,
): Promise<ProbedPair[]> {
  const m = thetas.length;
  if (m === 1) return [];
  const span = new Span(thetas);
  const [gram, centred] = [span.gram(), span.gram(0)];
  const units = thetas.map((_, i) => unit(i, m));
  const predictions = await Promise.all(
    Object.entries(classifiers).map(
      async ([name, landscape]) => [name, await memberLogits(landscape, span, units, { signal })] as const,
    ),
  );
  return units.flatMap((a, i) =>
    units.slice(i + 1).map((b, k) => {
      const j = i + 1 + k;
      const shares = predictions.map(([name, p]) => [name, disagreement(p[i], p[j])]);
      return {
        labels: [labels[i], labels[j]] as [string, string],
        distance: distance(centred, a, b),
        angle: angle(gram, a, b),
        ...(shares.length > 0 && { disagreement: Object.fromEntries(shares) }),
      };
    }),
  );
}

/** Wells of a single point along each kind of directions, and the loss along some of them. */
async function wellsOf(
  { thetas: [theta], landscapes: [{ landscape }], wedges, spec, seed }: ProbeSetup,
  options: JobOptions,
): Promise<{ wells: ProbedWell[]; arrays: Arrays }> {
  const rng = Rng.fromSeed(seed).split("probe");
  using cleanup = new DisposableStack();
  const shortSpace = wedges?.shortSpace(theta);
  // That of an explicit wedge is the landscape's own.
  if (wedges?.spec.kind === "all-tuples") cleanup.use(shortSpace);
  const wells: ProbedWell[] = [];
  const drawn: Float32Array[][] = [];
  for (const kind of spec.directions) {
    options.onStage?.(`wells along ${kind} directions`);
    const directions = probeDirections(kind, spec.count, theta, rng, shortSpace);
    const few = directions.slice(0, PROFILED);
    cleanup.defer(() => releaseVector(...few));
    drawn.push(few);
    try {
      const well = await wellAround(landscape, theta, directions, { ...spec, ...options });
      wells.push({ kind, well });
    } finally {
      releaseVector(...directions.slice(PROFILED));
    }
  }
  const arrays: Arrays = {};
  if (spec.sphere) return { wells, arrays };
  options.onStage?.("the loss along the directions");
  const widest = Math.max(...wells.map(({ well }) => well.mean ?? 0)) || wells[0].well.largest;
  for (const [i, { kind, well }] of wells.entries()) {
    const end = BEYOND * (well.mean ?? widest);
    const positions = Float64Array.from({ length: POSITIONS }, (_, p) => (p * end) / (POSITIONS - 1));
    const { mean, sd } = await directionProfiles(landscape, theta, drawn[i], positions, options);
    const column = (data: Float64Array) => ({ shape: [POSITIONS], data });
    arrays[`${kind}_a`] = column(positions);
    arrays[`${kind}_mean`] = column(mean);
    arrays[`${kind}_sd`] = column(sd);
  }
  return { wells, arrays };
}

/** Radius, angles, predictions and wells of the states of a training. */
export async function alongTraining(
  setup: ProbeSetup,
  epochs: readonly number[],
  options: JobOptions,
): Promise<TrainingRow[]> {
  const { thetas, landscapes, classifiers = {}, spec, seed } = setup;
  const m = thetas.length;
  const span = new Span(thetas);
  const [gram, centred] = [span.gram(), span.gram(0)];
  const units = thetas.map((_, i) => unit(i, m));
  const last = units[m - 1];
  options.onStage?.("evaluating the states");
  const losses = await lossesAt(setup, options);
  const errors = thetas.map((): Record<string, number> => ({}));
  let predictions: Awaited<ReturnType<typeof memberLogits>> | undefined;
  for (const [name, landscape] of Object.entries(classifiers)) {
    for (const [i, theta] of thetas.entries())
      errors[i][name] = (await landscape.evaluate(theta, options)).error;
    predictions = await memberLogits(landscape, span, units, { signal: options.signal });
  }
  const rng = Rng.fromSeed(seed).split("probe");
  const { threshold, count } = spec;
  const rows: TrainingRow[] = [];
  for (const [i, theta] of thetas.entries()) {
    options.onStage?.(`the well after epoch ${epochs[i]}`);
    const row: TrainingRow = {
      epoch: epochs[i],
      radius: Math.sqrt(gram.values[i * m + i]),
      distanceFromFirst: distance(centred, units[0], units[i]),
      angleFromFirst: angle(gram, units[0], units[i]),
      angleToLast: angle(gram, units[i], last),
      ...(predictions && { disagreementWithLast: disagreement(predictions[i], predictions[m - 1]) }),
      loss: losses[i],
      error: errors[i],
    };
    // Early in training the loss may be as high everywhere.
    const above = "above" in threshold || losses[i][landscapes[0].name] < threshold.loss;
    if (above && count > 0) {
      const directions = probeDirections("orthogonal", count, theta, rng);
      row.well = await wellAround(landscapes[0].landscape, theta, directions, { ...spec, ...options });
      releaseVector(...directions);
    }
    rows.push(row);
  }
  return rows;
}
