import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "../data/index.ts";
import { Rng } from "../engine/index.ts";
import { type Landscape, WedgeLandscape } from "../landscape/index.ts";
import { type Layout, type Network, networkOf } from "../model/index.ts";
import { wedgeLayout } from "../run/index.ts";
import { openRunData, type RunData } from "../run/node.ts";
import type { Span } from "../subspace/index.ts";
import { checkpointFile, type Loaded, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import type { Io } from "./io.ts";
import { type DataSpec, openData } from "./spec-data.ts";
import { networkSpecOf } from "./spec-model.ts";
import { UsageError } from "./verb.ts";

/** What a command that takes any landscape asks of its flags. */
export type LandscapeFlags = DataSpec & {
  seed: number;
  network: string;
  activation?: Parameters<typeof networkSpecOf>[0]["activation"];
};

/** A landscape and what was given in it. Owns native memory: dispose of it. */
export interface OpenedLandscape<S> extends Disposable {
  /** The flags, with the data and the seed of the run that was given. */
  spec: S;
  /** The loss of a network on the training examples, or wedges. */
  landscape: Landscape;
  layout: Layout;
  /** What was given, each a span in the vector memory: one anchor of an optimum. */
  given: { loaded: Loaded; span: Span }[];
  /** Of a network. */
  network?: Network;
  data?: RunData;
  /** Of wedges. */
  wedges?: WedgeLandscape;
  /** What the run folder is named after. */
  subject: Dataset | { name: string };
}

/**
 * The optima that an operand names: a file; those of a run folder, such as optimum-1 and optimum-2 of two that were
 * connected, or all points of a run of `isthmus wedge`; or else its only checkpoint.
 */
export function optimumFiles(operand: string): string[] {
  if (existsSync(operand) && statSync(operand).isDirectory()) {
    const folder = join(operand, "checkpoints");
    const numberOf = (name: string) => Number(/^optimum-(\d+)\.safetensors$/.exec(name)?.[1]);
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => numberOf(name) > 0) : [];
    if (names.length > 0) {
      return names.sort((a, b) => numberOf(a) - numberOf(b)).map((name) => join(folder, name));
    }
  }
  return [checkpointFile(operand)];
}

/**
 * Opens the landscape that checkpoints belong to: of a network on its run's data (or on those of the flags), or of wedges.
 *
 * @param files checkpoints, such as those of `optimumFiles`
 * @param operand the first one, as the user gave it: its run says the data
 */
export async function openLandscape<S extends LandscapeFlags>(
  files: readonly string[],
  operand: string,
  flags: S,
  given: ReadonlySet<string>,
  io: Io,
): Promise<OpenedLandscape<S>> {
  const loaded = files.map((file) => loadCheckpoint(file));
  using cleanup = new DisposableStack();
  const first = loaded.find(({ wedges }) => wedges);
  const spansOf = (layout: Layout) =>
    loaded.map((one) => ({ loaded: one, span: cleanup.use(one.span({ layout })) }));
  if (first?.wedges) {
    checkAlike(loaded, "wedges");
    const noData = ["data", "network", "activation", "trainCount", "testCount"].find((key) => given.has(key));
    if (noData) {
      throw new UsageError(
        `${first.file} belongs to a landscape of wedges, which has no data; leave --${noData} out.`,
      );
    }
    const wedges = cleanup.use(new WedgeLandscape(first.wedges));
    const layout = wedgeLayout(first.wedges);
    const opened = { spec: flags, landscape: wedges, layout, wedges, given: spansOf(layout) };
    const owned = cleanup.move();
    return { ...opened, subject: { name: first.wedges.kind }, [Symbol.dispose]: () => owned.dispose() };
  }
  checkAlike(loaded, "spec");
  const { spec, validationCount } = setupOf(operand, flags, given);
  const dataset = await openData(spec, spec.seed, io);
  const network = networkOfCheckpoints(loaded, () => networkSpecOf({ ...spec, dropout: 0 }, dataset));
  const rng = Rng.fromSeed(spec.seed).split("split");
  const data = cleanup.use(openRunData(dataset, networkOf(network.spec), validationCount(dataset), rng));
  const opened = {
    spec,
    landscape: data.train,
    layout: network.layout,
    network,
    data,
    given: spansOf(network.layout),
  };
  const owned = cleanup.move();
  return { ...opened, subject: dataset, [Symbol.dispose]: () => owned.dispose() };
}

/** All must belong to the same landscape: distances between others mean nothing. */
function checkAlike(loaded: readonly Loaded[], key: "spec" | "wedges"): void {
  const [first, ...rest] = loaded.filter((one) => one[key] !== undefined || key === "wedges");
  const shape = (one: Loaded) =>
    JSON.stringify(one[key], (name, value) => (name === "dropout" ? undefined : value));
  const other = rest.find((one) => shape(one) !== shape(first));
  if (other) {
    throw new UsageError(
      `${first.file} and ${other.file} belong to different ${key === "spec" ? "networks" : "landscapes"}; give checkpoints of one.`,
    );
  }
}
