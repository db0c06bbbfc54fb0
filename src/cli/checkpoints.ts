import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "../data/index.ts";
import { allocateVector } from "../engine/index.ts";
import { readSafetensorsMetadata } from "../format/index.ts";
import type { WedgeSpec } from "../landscape/index.ts";
import { importParameters, type Network, type NetworkSpec, networkOf } from "../model/index.ts";
import { decodeOptimum, decodeSubspace } from "../run/index.ts";
import { RunFolder } from "../run/node.ts";
import { type CoefficientMap, fromSpec, Span, simplex, spanFor } from "../subspace/index.ts";
import { type DataSpec, dataFlags } from "./spec-data.ts";
import { validationCountOf } from "./spec-model.ts";
import { UsageError } from "./verb.ts";

/** A checkpoint of an optimum (one anchor) or of a subspace. */
export interface Loaded {
  file: string;
  /** Missing where the file comes from elsewhere and says nothing of its network, and where it has none. */
  spec?: NetworkSpec;
  /** Of points of a landscape of wedges. */
  wedges?: WedgeSpec;
  map: CoefficientMap;
  /** Whether it is a curve between ends that were given to it. */
  joins: boolean;
  /** The span in the vector memory, for the layout of a network or of wedges; it owns the anchors, so ask once. */
  span(owner: Pick<Network, "layout">): Span;
}

/** The checkpoints that an operand names: a file, or those of a run folder (its curve, its optimum, or its average). */
export function checkpointFile(operand: string): string {
  if (!existsSync(operand)) {
    throw new UsageError(
      `there is no file or run folder ${operand}; give a checkpoint (.safetensors) or a run folder.`,
    );
  }
  if (!statSync(operand).isDirectory()) return operand;
  for (const name of ["curve", "path", "subspace", "optimum", "optimum-1", "swa"]) {
    const file = join(operand, "checkpoints", `${name}.safetensors`);
    if (existsSync(file)) return file;
  }
  throw new UsageError(
    `the run folder ${operand} has no finished checkpoint; resume it, or give a checkpoint file.`,
  );
}

/**
 * The spec of a command that looks at what a run has found: the run's data and seed, unless the user names data or a
 * seed. With the run's own data its validation split is drawn again, so that no example changes sides.
 */
export function setupOf<S extends DataSpec & { seed: number }>(
  operand: string,
  flags: S,
  given: ReadonlySet<string>,
): { spec: S; validationCount: (dataset: Dataset) => number } {
  if (!statSync(operand).isDirectory()) return { spec: flags, validationCount: () => 0 };
  const saved = RunFolder.open(operand).record.spec as Record<string, unknown>;
  const dataKeys = Object.keys(dataFlags);
  const isCount = (key: string) => key === "trainCount" || key === "testCount";
  const otherData = dataKeys.some((key) => given.has(key) && !isCount(key));
  const kept = (otherData ? ["seed"] : [...dataKeys, "seed"]).filter(
    (key) => saved[key] !== undefined && !given.has(key),
  );
  const sameTraining = !otherData && !given.has("seed") && !given.has("trainCount");
  return {
    spec: { ...flags, ...Object.fromEntries(kept.map((key) => [key, saved[key]])) },
    // A data set with a validation split of its own has none drawn from its training examples.
    validationCount: (dataset) =>
      sameTraining && !dataset.validation
        ? validationCountOf(saved as { validationCount?: number }, dataset)
        : 0,
  };
}

/** Reads a checkpoint of either kind. */
export function loadCheckpoint(file: string): Loaded {
  const bytes = readFileSync(file);
  if (readSafetensorsMetadata(bytes, file).kind === "subspace") {
    const { network: spec, wedges, map, anchors, fixed } = decodeSubspace(bytes, file, allocateVector);
    return {
      file,
      spec,
      wedges,
      map: fromSpec(map),
      joins: fixed[0] && fixed[fixed.length - 1],
      span: ({ layout }) => spanFor(layout, map, anchors),
    };
  }
  const { network: spec, wedges, arrays } = decodeOptimum(bytes, file);
  const span = ({ layout }: Pick<Network, "layout">) => {
    const theta = allocateVector(layout.size);
    importParameters(layout, arrays, theta);
    return new Span([theta]);
  };
  return { file, spec, wedges, map: simplex(0), joins: false, span };
}

/** The network of the checkpoints: what they say, or else what the flags say. */
export function networkOfCheckpoints(loaded: readonly Loaded[], fallback: () => NetworkSpec): Network {
  const wedge = loaded.find(({ wedges }) => wedges);
  if (wedge) {
    throw new UsageError(
      `${wedge.file} holds points of a landscape of wedges, which has no network; take isthmus probe, connect, hessian or dimension for it.`,
    );
  }
  const specs = loaded.flatMap(({ spec }) => (spec ? [spec] : []));
  return networkOf(specs[0] ?? fallback());
}
