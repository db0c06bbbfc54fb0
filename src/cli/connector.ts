import type { Dataset } from "../data/index.ts";
import { Rng, releaseVector } from "../engine/index.ts";
import { Hull } from "../fit/index.ts";
import { networkOf } from "../model/index.ts";
import { connectorAnswer, connectRunReport, mConnectorAnswer, minimaGraphAnswer } from "../report/node.ts";
import {
  type ConnectorSetup,
  connectorJob,
  dataOf,
  mConnectorJob,
  minimaGraphJob,
  openRunData,
  optimaLosses,
  type RunFolder,
  trainOptimum,
} from "../run/node.ts";
import type { ConnectFlags } from "./connect.ts";
import type { Io } from "./io.ts";
import { openLandscape, optimumFiles } from "./landscape.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { connectorSpecOf } from "./spec-connector.ts";
import { openData } from "./spec-data.ts";
import { fitSpecOf, networkSpecOf, validationCountOf } from "./spec-model.ts";
import { UsageError } from "./verb.ts";

/** Connects optima of any landscape in a run folder and says where the report is. */
export async function runConnector(
  flags: ConnectFlags,
  given: ReadonlySet<string>,
  io: Io,
  commandLine: string,
): Promise<void> {
  if (!flags.endpoints) {
    await trainedConnector(flags, io, commandLine);
    return;
  }
  const files = flags.endpoints.flatMap(optimumFiles);
  using opened = await openLandscape(files, flags.endpoints[0], flags, given, io);
  const subspace = opened.given.find(({ loaded }) => loaded.map.dimension > 0);
  if (subspace) {
    throw new UsageError(
      `${subspace.loaded.file} holds a subspace; give optima, checkpoints of one network each.`,
    );
  }
  const { landscape, layout, network, data, wedges, spec, subject } = opened;
  const setup: ConnectorSetup = {
    landscape,
    layout,
    owner: wedges?.spec ?? network!.spec,
    optima: opened.given.map(({ span }) => span.anchors[0]),
    names: files,
    ...(data && dataOf(data)),
    ...(wedges && { wedges }),
    spec: connectorSpecOf(flags, files.length, !!wedges),
    rng: Rng.fromSeed(spec.seed).split("connector"),
  };
  if (spec.dryRun) {
    planned(setup, files.length, io);
    return;
  }
  try {
    new Hull(setup.optima)[Symbol.dispose]();
    await optimaLosses(setup, io.signal);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
  await inRunFolder("connect", spec, subject, commandLine, io, (folder) =>
    connected(folder, setup, spec, io),
  );
}

/** The same with networks that are trained on the spot. */
async function trainedConnector(flags: ConnectFlags, io: Io, commandLine: string): Promise<void> {
  const dataset: Dataset = await openData(flags, flags.seed, io);
  const network = networkOf(networkSpecOf(flags, dataset));
  const validation = validationCountOf(flags, dataset);
  const spec = connectorSpecOf(flags, flags.optima, false);
  const fit = fitSpecOf(flags, validation > 0 || !!dataset.validation);
  if (flags.dryRun) {
    planned({ layout: network.layout, spec }, flags.optima, io, fit.epochs);
    return;
  }
  await inRunFolder("connect", flags, dataset, commandLine, io, async (folder) => {
    const rng = Rng.fromSeed(flags.seed);
    using data = openRunData(dataset, network, validation, rng.split("split"));
    using cleanup = new DisposableStack();
    const options = jobOptions(io);
    const optima: Float32Array[] = [];
    for (let i = 1; i <= flags.optima; i++) {
      options.onStage?.(`training optimum ${i} of ${flags.optima}`);
      const stage = `optimum-${i}`;
      const setup = { network, init: flags.init, spec: fit, data, rng: rng.split(stage) };
      const theta = await trainOptimum(folder, stage, setup, options);
      cleanup.defer(() => releaseVector(theta));
      optima.push(theta);
    }
    options.finish();
    const setup: ConnectorSetup = {
      landscape: data.train,
      layout: network.layout,
      owner: network.spec,
      optima,
      names: optima.map((_, i) => `optimum ${i + 1}`),
      ...dataOf(data),
      spec,
      rng: rng.split("connector"),
    };
    await connected(folder, setup, flags, io);
  });
}

/** Runs the job that the method and the number of optima ask for, and says what it found. */
async function connected(
  folder: RunFolder,
  setup: ConnectorSetup,
  { method, pairs }: ConnectFlags,
  io: Io,
): Promise<void> {
  const options = jobOptions(io);
  let answer: string;
  let result: object;
  if (setup.optima.length === 2) {
    const found = await connectorJob(folder, setup, options);
    [answer, result] = [connectorAnswer(found), found];
  } else if (method === "hyperplane") {
    const found = await mConnectorJob(folder, setup, options);
    [answer, result] = [mConnectorAnswer(found), found];
  } else {
    const found = await minimaGraphJob(folder, setup, pairs ?? Number.POSITIVE_INFINITY, options);
    [answer, result] = [minimaGraphAnswer(found), found];
  }
  options.finish();
  const report = connectRunReport(folder);
  const next = setup.wedges ? "hessian" : "geometry";
  io.result(
    { folder: folder.path, report, answer, ...result },
    `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus ${next} ${folder.path}`,
  );
}

/** Refuses a number of optima that the method cannot join. */
export function checkCount(optima: number, { method, pairs }: ConnectFlags): void {
  if (optima < 2) {
    throw new UsageError(`${optima} checkpoints were given; give two or more, or none to train them.`);
  }
  if (optima > 2 && method !== "hyperplane" && method !== "neb") {
    throw new UsageError(
      `--method ${method} joins two optima, not ${optima}; give two, or take --method hyperplane or neb.`,
    );
  }
  if (optima > 11 && method === "hyperplane") {
    throw new UsageError(`A connector of ${optima} optima was asked for; give at most 11.`);
  }
  if (pairs !== undefined && pairs < optima - 1) {
    throw new UsageError(`--pairs ${pairs} paths do not join ${optima} optima; give at least ${optima - 1}.`);
  }
}

/** Says what a run would do: gradients of each method. */
function planned(
  { layout, spec }: Pick<ConnectorSetup, "layout" | "spec">,
  optima: number,
  io: Io,
  epochs?: number,
): void {
  const points = optima > 2 ? 1 + optima * spec.nodes : spec.nodes + spec.insertions;
  const cycleSteps = spec.neb.cycles.reduce((sum, { steps }) => sum + steps, 0);
  const rows = spec.methods.map((method) => {
    if (method === "hyperplane") return { method, gradients: points * spec.descent.steps };
    if (method === "neb") return { method, gradients: cycleSteps * spec.neb.pivots };
    return { method, gradients: spec.curveSteps };
  });
  const size = layout.size;
  io.result(
    { parameters: size, optima, epochs, batch: spec.descent.batch, methods: rows },
    [
      `${size} parameters; ${optima} optima${epochs === undefined ? "" : `, each trained for up to ${epochs} epochs`}`,
      ...rows.map(
        ({ method, gradients }) =>
          `  ${method}: ${method === "neb" ? "from" : "at most"} ${gradients} gradients of ${spec.descent.batch || "all"} examples${method === "neb" && optima > 2 ? " a pair" : ""}`,
      ),
    ].join("\n"),
  );
}
