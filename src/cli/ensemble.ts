import { z } from "zod";
import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import type { Network } from "../model/index.ts";
import { ensembleAnswer, ensembleReport } from "../report/node.ts";
import {
  type Averages,
  averagesOf,
  DIVERSITY_DEFAULTS,
  type DiversityResult,
  diversityOf,
  encodeOptimum,
} from "../run/index.ts";
import {
  type EnsembleSource,
  ensembleJob,
  type JobOptions,
  openRunData,
  type RunData,
  type RunFolder,
} from "../run/node.ts";
import { type CoefficientMap, isPath, middleOf, sampleCoordinates } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import { type CollectedStates, statesOf } from "./collected.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkFlags, networkSpecOf, runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  ...dataFlags,
  network: networkFlags.network,
  activation: networkFlags.activation,
  at: z.string().optional().describe("positions of the members along paths; 0.2,0.8 by default"),
  members: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe("random members of each subspace instead; 5 of a simplex by default"),
  snapshots: z
    .boolean()
    .default(false)
    .describe("of runs of train: all states that --save-every kept; those of cycles are taken anyway"),
  averageFrom: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      "average the networks of a training from this one on, as weights (kept as swa.safetensors) and as predictions; 1 by default",
    ),
  diversity: z
    .boolean()
    .default(false)
    .describe(
      "place the others by accuracy and disagreement with the first optimum, beside networks drawn around it (random, dropout, and Gaussians of its saved states)",
    ),
  draws: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe("networks drawn around the optimum by each sampler; 20 by default"),
  corruptions: z.boolean().default(false).describe("predict corrupted test images, too"),
  seed: runFlags.seed,
  out: runFlags.out,
});

/** Coordinates of the members of one operand. */
function membersOf(map: CoefficientMap, spec: z.output<typeof schema>, rng: Rng): number[][] {
  if (map.dimension === 0) return [[]];
  if (isPath(map) && spec.members === undefined) {
    const ts = (spec.at ?? "0.2,0.8").split(",").map(Number);
    if (ts.some((t) => !Number.isFinite(t))) {
      throw new UsageError(
        `--at "${spec.at}" is not possible: give positions along a path, such as 0.2,0.8.`,
      );
    }
    return ts.map((t) => [t]);
  }
  const count = spec.members ?? 5;
  const zs = sampleCoordinates(map, rng, count);
  const k = map.dimension;
  return Array.from({ length: count }, (_, i) => [...zs.subarray(i * k, (i + 1) * k)]);
}

/** epoch-8.safetensors of a run is called epoch 8. */
function stateName(file: string): string {
  const epoch = /epoch-(\d+)\.safetensors$/.exec(file)?.[1];
  return epoch ? `epoch ${epoch}` : file;
}

/** The mean of the weights of the networks of a training (stochastic weight averaging). */
const AVERAGE = "swa.safetensors";

interface Around {
  spec: z.output<typeof schema>;
  sources: readonly EnsembleSource[];
  several: boolean;
  data: RunData;
  network: Network;
  states: readonly CollectedStates[];
  operands: readonly string[];
  rng: Rng;
}

/** Averages along a training, and the plane of diversity, where they were asked for or make sense. */
async function lookAround(
  folder: RunFolder,
  { spec, sources, several, data, network, states, operands, rng }: Around,
  options: JobOptions,
): Promise<{ averages?: Averages; diversity?: DiversityResult }> {
  const labels = data.dataset.test.targets;
  const found: { averages?: Averages; diversity?: DiversityResult } = {};
  if (several) {
    options.onStage?.("averaging weights and predictions");
    const thetas = sources.map(({ span }) => span.anchors[0]);
    const mean = allocateVector(network.layout.size);
    try {
      found.averages = await averagesOf(data.test, labels, thetas, spec.averageFrom ?? 1, mean, options);
      folder.writeBytes(`checkpoints/${AVERAGE}`, encodeOptimum(network.spec, network.layout, mean));
    } finally {
      releaseVector(mean);
    }
    folder.writeJson("averages", found.averages);
  }
  if (spec.diversity) {
    options.onStage?.("drawing networks around the optimum");
    using optima = new DisposableStack();
    const open = (file: string) => optima.use(loadCheckpoint(file).span(network)).anchors[0];
    const [base, ...independent] = operands.map((operand) => open(checkpointFile(operand)));
    // Of the second half of the training: the first half is still on its way.
    const { saved } = states[0];
    const late = saved.slice(Math.floor(saved.length / 2)).map(({ file }) => open(file));
    const draws = { ...DIVERSITY_DEFAULTS, ...(spec.draws ? { draws: spec.draws } : {}) };
    found.diversity = await diversityOf(
      { measured: data.test, selection: data.validation ?? data.train },
      labels,
      base,
      { independent, states: late },
      draws,
      rng.split("diversity"),
      options,
    );
    folder.writeJson("diversity", found.diversity);
  }
  return found;
}

export default verb({
  name: "ensemble",
  summary:
    "Predicts with several members of subspaces and optima together: accuracy, likelihood, calibration, how much they differ, corrupted images.",
  operands: "checkpoint|run …",
  schema,
  example: "isthmus ensemble runs/subspace-fashion-mnist-small-1 --at 0.2,0.8 --corruptions",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length === 0)
      throw new UsageError("no checkpoint was given; give files (.safetensors) or run folders.");
    if (flags.at !== undefined && flags.members !== undefined)
      throw new UsageError("--at and --members both choose the members; give one of them.");
    if (flags.draws !== undefined && !flags.diversity)
      throw new UsageError("--draws is about the networks drawn around an optimum; add --diversity.");
    const states = operands.map(statesOf);
    const filesOf = (operand: string, i: number) => {
      const { saved, collected } = states[i];
      if (flags.snapshots && saved.length === 0) {
        throw new UsageError(`${operand} has kept no states; train it with --save-every or --cycle.`);
      }
      const kept = flags.snapshots ? saved.map(({ file }) => file) : collected;
      return kept.length > 0 ? kept : [checkpointFile(operand)];
    };
    const files = operands.map(filesOf);
    const names = files.flat();
    const several = files.length === 1 && names.length > 1;
    if (flags.averageFrom !== undefined && !several) {
      throw new UsageError(
        "--average-from is about the networks of one training; give one run of train with --cycle or --save-every.",
      );
    }
    if (several && (flags.averageFrom ?? 1) > names.length) {
      throw new UsageError(
        `--average-from ${flags.averageFrom} is beyond the ${names.length} networks that were kept.`,
      );
    }
    const loaded = names.map((file) => loadCheckpoint(file));
    if (flags.diversity && loaded.some(({ map }) => map.dimension > 0)) {
      throw new UsageError(
        "--diversity places optima; give checkpoints of single networks, or runs of train.",
      );
    }
    const { spec, validationCount } = setupOf(operands[0], flags, given);
    const dataset = await openData(spec, spec.seed, io);
    if (dataset.classes === 0)
      throw new UsageError(
        `ensembles are assessed by their class probabilities; ${dataset.name} has no classes.`,
      );
    const network = networkOfCheckpoints(loaded, () => networkSpecOf({ ...spec, dropout: 0 }, dataset));
    const split = validationCount(dataset);
    // The averaged weights in this run are evaluated on the same split.
    const saved = dataset.validation ? spec : { ...spec, validationCount: split };
    await inRunFolder("ensemble", saved, dataset, commandLine, io, async (folder) => {
      const rng = Rng.fromSeed(spec.seed);
      using data = openRunData(dataset, network, split, rng.split("split"));
      const sources: EnsembleSource[] = loaded.map(({ map, span }, i) => ({
        name: several || operands.length !== loaded.length ? stateName(names[i]) : operands[i],
        span: span(network),
        middle: map.dimension === 0 ? map.at([]) : map.at(middleOf(map)),
        members: membersOf(map, spec, rng.split(`members ${i}`)).map((at) => ({
          at,
          coefficients: map.at(at),
        })),
      }));
      const options = jobOptions(io);
      const setup = { sources, data, corrupt: spec.corruptions, rng: rng.split("corruptions") };
      const result = await ensembleJob(folder, setup, options);
      const more = await lookAround(
        folder,
        { spec, sources, several, data, network, states, operands, rng },
        options,
      );
      options.finish();
      const report = ensembleReport(folder);
      const answer = ensembleAnswer(result);
      io.result(
        { folder: folder.path, report, answer, ...result, ...more },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   ${several ? `isthmus evaluate ${folder.path}, for the average of the weights` : `isthmus evaluate ${operands[0]}, for its members one by one`}`,
      );
    });
  },
});
