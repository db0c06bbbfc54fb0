/**
 * A small real training as a process of its own, which ends itself as `kill -9` would at a given place:
 * `node tiny-fit.reference.ts FOLDER [PLACE EPOCH]`. It goes on with the run where the folder holds one.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEmbedded, subset } from "../data/index.ts";
import { allocateVector, Rng } from "../engine/index.ts";
import { type FitSpec, fit } from "../fit/index.ts";
import { crossEntropy, Examples, NetworkLandscape } from "../landscape/index.ts";
import { initialise, mlp } from "../model/index.ts";
import { simplex } from "../subspace/index.ts";
import { encodeOptimum } from "./checkpoint.ts";
import { RunFolder } from "./folder-node.ts";
import { metricsLine } from "./metrics.ts";
import { fitStage } from "./stage-node.ts";

const [path, place, epochText] = process.argv.slice(2);
const killEpoch = Number(epochText);
const die = () => process.kill(process.pid, "SIGKILL");

const assets = join(import.meta.dirname, "../../assets/fashion-mnist-small");
const bytes = (name: string) => readFileSync(join(assets, name));
const dataset = subset(
  await parseEmbedded({
    trainImages: bytes("train-images-idx3-ubyte.gz"),
    trainLabels: bytes("train-labels-idx1-ubyte.gz"),
    testImages: bytes("t10k-images-idx3-ubyte.gz"),
    testLabels: bytes("t10k-labels-idx1-ubyte.gz"),
  }),
  { train: 200, test: 100 },
);

const seed = 5;
const spec: FitSpec = {
  kind: "adam",
  momentum: 0,
  weightDecay: 1e-4,
  epochs: 6,
  batch: 64,
  rate: 0.01,
  schedule: "cosine",
  samples: 1,
  reduction: "mean",
  beta: 0,
  pointDecay: 0,
  keepBest: true,
  patience: 0,
};

const map = simplex(0);

using folder = existsSync(join(path, "run.json"))
  ? RunFolder.open(path)
  : RunFolder.create(path, {
      command: "tiny-fit",
      spec,
      seed,
      threads: 1,
      versions: { isthmus: "0", node: process.version, onnxruntime: "0", jax: "0" },
      data: { name: dataset.name, checksum: dataset.checksum, note: dataset.note },
    });
const { appendMetrics, remove, writeBytes } = folder;
let epoch = 1;
const here = (name: string) => name === place && epoch === killEpoch;
folder.writeBytes = (file, content) => {
  if (here("half of the state written")) {
    mkdirSync(folder.pathOf("checkpoints"), { recursive: true });
    writeFileSync(`${folder.pathOf(file)}.1-1.tmp`, content.subarray(0, content.length / 2));
    die();
  }
  writeBytes.call(folder, file, content);
};
folder.appendMetrics = (stage, values) => {
  if (here("state saved")) die();
  if (here("half of the metrics written")) {
    appendFileSync(folder.pathOf("metrics.jsonl"), metricsLine(stage, values).slice(0, 40));
    die();
  }
  appendMetrics.call(folder, stage, values);
};
folder.remove = (file) => {
  if (place === "stage finished") die();
  remove.call(folder, file);
};

const network = mlp([784, 8, 10], "relu", 0.1);
const rng = Rng.fromSeed(seed);
const theta = allocateVector(network.layout.size);
initialise(network, theta, "pytorch", rng.split("initialise"));
const validation = new NetworkLandscape(network, new Examples(dataset, dataset.test), crossEntropy);
const problem = {
  network,
  loss: crossEntropy,
  map,
  anchors: [theta],
  fixed: [false],
  train: new Examples(dataset, dataset.train),
  validation,
};
const fitted = await fitStage(
  folder,
  "optimum",
  ({ resume, onEpoch }) => {
    epoch = (resume?.history.length ?? 0) + 1;
    return fit(problem, spec, rng.split("fit"), {
      resume,
      onEpoch: async (metrics, state) => {
        await onEpoch(metrics, state);
        epoch++;
      },
      onProgress: (done) => {
        if (here("middle of the epoch") && done > (epoch - 0.5) / spec.epochs) die();
      },
    });
  },
  ({ history }) => {
    if (place === "fit finished") die();
    folder.writeBytes(
      "checkpoints/optimum.safetensors",
      encodeOptimum(network.spec, network.layout, theta, { epochs: String(history.length) }),
    );
    if (place === "result written") die();
  },
);
folder.update({ status: "done" });
console.log(fitted ? "fitted" : "skipped");
