import { Rng, releaseVector } from "../../engine/index.ts";
import { AUTO_NEB, QUICK_AUTO_NEB } from "../../fit/index.ts";
import {
  type ConnectorResult,
  type ConnectorSetup,
  type ConnectorSpec,
  connectorJob,
  dataOf,
  type MConnectorResult,
  type MinimaGraphResult,
  mConnectorJob,
  minimaGraphJob,
  RunFolder,
} from "../../run/node.ts";
import type { Scale } from "../study.ts";
import type { NetworkContext } from "./context-node.ts";

/** The published cycles at a fifth of the rates: at those a network without batch normalisation diverges. */
const SLOWED = {
  ...AUTO_NEB,
  cycles: AUTO_NEB.cycles.map(({ steps, rate }) => ({ steps, rate: rate / 5 })),
};

/** How networks are connected in studies: ten hyperplanes, as published; Adam on batches. */
export const connectorRecipe = (scale: Scale): ConnectorSpec => ({
  methods: ["hyperplane"],
  nodes: 10,
  descent: {
    kind: "adam",
    momentum: 0,
    rate: 3e-3,
    schedule: "cosine",
    // More steps of smaller batches reach lower in the same time.
    steps: scale === "paper" ? 1000 : 400,
    batch: scale === "paper" ? 512 : 32,
  },
  tolerance: 0.01,
  insertions: scale === "paper" ? 10 : 3,
  neb: scale === "paper" ? SLOWED : { ...QUICK_AUTO_NEB, between: 4 },
  bends: 1,
  curveSteps: scale === "paper" ? 10_000 : 1500,
  perLeg: scale === "paper" ? 20 : 3,
});

/**
 * Epochs of the optima: where these have much to learn still, all points move alike as they learn it, and deviations of
 * different wedges are alike.
 */
const EPOCHS: Record<Scale, number> = { quick: 60, paper: 40 };

/** Seeds of the optima of one landscape, apart from those of other pairs. */
const seedOf = (seed: number, i: number) => 100 * seed + i;

/** What all jobs of connectors do, as a part of a study: with optima that are trained once for the study. */
async function connectedPart<R>(
  context: NetworkContext,
  name: string,
  { count, seed, spec, result }: { count: number; seed: number; spec: ConnectorSpec; result: string },
  job: (folder: RunFolder, setup: ConnectorSetup) => Promise<R>,
): Promise<R> {
  const { network, data, scale } = context;
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const optima: Float32Array[] = [];
  try {
    for (const i of numbers) {
      optima.push(await context.optimum(`optimum-${seed}-${i}`, seedOf(seed, i), { epochs: EPOCHS[scale] }));
    }
    const about = { spec: { connector: spec, count, recipe: context.recipe }, seed, dataset: data.dataset };
    const path = await context.part(name, about, async (folder) => {
      const setup: ConnectorSetup = {
        landscape: data.train,
        owner: network.spec,
        layout: network.layout,
        optima,
        names: numbers.map((i) => `optimum ${i}`),
        ...dataOf(data),
        spec,
        rng: Rng.fromSeed(seed).split("connector"),
      };
      await job(folder, setup);
    });
    return RunFolder.open(path).readJson(result) as R;
  } finally {
    releaseVector(...optima);
  }
}

/** Paths between the first two optima of a seed. */
export const connectedPair = (context: NetworkContext, name: string, seed: number, spec: ConnectorSpec) =>
  connectedPart<ConnectorResult>(
    context,
    name,
    { count: 2, seed, spec, result: "connector" },
    (folder, setup) => connectorJob(folder, setup, context.options),
  );

/** A connector of the first few optima of a seed. */
export const joinedOptima = (
  context: NetworkContext,
  name: string,
  { seed, count, spec }: { seed: number; count: number; spec: ConnectorSpec },
) =>
  connectedPart<MConnectorResult>(
    context,
    name,
    { count, seed, spec, result: "m-connector" },
    (folder, setup) => mConnectorJob(folder, setup, context.options),
  );

/** The graph of the first few optima of a seed. */
export const graphOfMinima = (
  context: NetworkContext,
  name: string,
  { seed, count, pairs, spec }: { seed: number; count: number; pairs: number; spec: ConnectorSpec },
) =>
  connectedPart<MinimaGraphResult>(
    context,
    name,
    { count, seed, spec, result: "minima-graph" },
    (folder, setup) => minimaGraphJob(folder, setup, pairs, context.options),
  );
