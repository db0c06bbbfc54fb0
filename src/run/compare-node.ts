import { Rng, releaseVector } from "../engine/index.ts";
import { spanLikelihood } from "../inference/index.ts";
import { fullSpaceObstacle, inFullSpace } from "./compare-full-node.ts";
import { ensembleOf, laplace } from "./compare-optima-node.ts";
import { pointsOfPath, sampled, variational } from "./compare-path-node.ts";
import type {
  CompareContext,
  ComparedMethod,
  CompareResult,
  CompareSetup,
  Found,
  Method,
} from "./compare-spec.ts";
import { inSubspace } from "./compare-subspaces-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { spaceOf } from "./sample-node.ts";
import { type JobOptions, trainOptimum } from "./train-node.ts";

const COMPARED: Record<Method, (context: CompareContext) => Promise<Found>> = {
  optimum: (context) => ensembleOf(context, 1),
  ensemble: (context) => ensembleOf(context, context.setup.spec.members),
  laplace,
  random: (context) => inSubspace(context, "random"),
  principal: (context) => inSubspace(context, "principal"),
  curve: (context) => inSubspace(context, "curve"),
  path: pointsOfPath,
  line: (context) => sampled(context, "line"),
  tunnel: (context) => sampled(context, "tunnel"),
  volume: (context) => sampled(context, "volume"),
  variational,
  full: inFullSpace,
};

/**
 * The job of `isthmus compare`: what several methods predict from the same data, and what each costs. Each is a part of the
 * run, which is not done again when the run is resumed. Writes results/compare.json.
 */
export async function compareJob(
  folder: RunFolder,
  setup: CompareSetup,
  options: JobOptions,
): Promise<CompareResult> {
  const { network, span, spec, seed, data } = setup;
  const rng = Rng.fromSeed(seed).split("compare");
  if (spec.temperatures.length > 1 && !data.validation) {
    throw new RangeError(
      "Several temperatures are compared on validation examples, and there are none; set some aside, or give one temperature.",
    );
  }
  const members = new Map<number, Awaited<ReturnType<CompareContext["member"]>>>();
  using likelihood = await spanLikelihood(data.train, span.anchors, spec.chains, options.signal);
  using cleanup = new DisposableStack();
  cleanup.defer(() => releaseVector(...[...members.values()].map(({ theta }) => theta)));
  const member: CompareContext["member"] = async (number) => {
    const known = members.get(number);
    if (known) return known;
    options.onStage?.(`training optimum ${number + 1} of ${spec.members}`);
    const stage = `member-${number + 1}`;
    const theta = await trainOptimum(
      folder,
      stage,
      { network, init: spec.init, spec: spec.training, data, rng: rng.split(stage) },
      options,
    );
    const epochs = folder.readMetrics().filter((line) => line.stage === stage).length;
    // The maximum likelihood of σ, on examples that the optimum was not fitted to where there are such.
    const { error } = await (data.validation ?? data.train).evaluate(theta);
    const made = { theta, epochs, scale: error };
    members.set(number, made);
    return made;
  };
  const context = { folder, setup, likelihood, member, rng, options };
  const rows: ComparedMethod[] = [];
  const left: CompareResult["left"] = [];
  for (const method of spec.methods) {
    const reason = obstacle(method, setup);
    if (reason) {
      left.push({ method, reason });
      continue;
    }
    const stage = `compare-${method}`;
    if (!folder.isFinished(stage)) {
      const begun = performance.now();
      folder.writeJson(stage, await COMPARED[method](context));
      folder.finishStage(stage, (performance.now() - begun) / 1000);
    }
    rows.push({ method, ...(folder.readJson(stage) as Omit<ComparedMethod, "method">) });
  }
  if (rows.length === 0) throw new RangeError(`Nothing is left to compare: ${left[0].reason}.`);
  const dimension = spaceOf(span.gram(0), setup.path, { ...spec, space: "volume" }).dimension;
  const result: CompareResult = { parameters: network.layout.size, dimension, rows, left };
  folder.writeJson("compare", result);
  return result;
}

/** Why a method is not possible, if it is not. */
function obstacle(method: Method, setup: CompareSetup): string | undefined {
  const { data, path, scale } = setup;
  if (method === "path" && data.loss.task === "regression" && scale === undefined) {
    return "the path has no noise scale of its own";
  }
  if (method === "curve" && path.anchors < 3) return "a straight path has no plane";
  return method === "full" ? fullSpaceObstacle(setup) : undefined;
}
