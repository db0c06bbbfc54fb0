import { z } from "zod";
import { dot } from "../engine/index.ts";
import type { HessianSpec } from "../geometry/index.ts";
import { hessianAnswer, hessianReport } from "../report/node.ts";
import { type HessianPlace, hessianJob } from "../run/node.ts";
import { coefficientMatrix, evenly, isPath, middleOf } from "../subspace/index.ts";
import { checkpointFile } from "./checkpoints.ts";
import { type OpenedLandscape, openLandscape, optimumFiles } from "./landscape.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags } from "./spec-data.ts";
import { networkFlags, runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const whole = (least: number, most: number) => z.number().int().min(least).max(most);
/** Positions of figure 4 (left) of the paper. */
const ALONG = [0, 1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6, 1];

const schema = z.object({
  ...dataFlags,
  network: networkFlags.network,
  activation: networkFlags.activation,
  thresholds: z
    .string()
    .default("0.01,0.02,0.03,0.05,0.1")
    .describe("curvatures above which a direction counts as short"),
  steps: whole(2, 2000)
    .default(60)
    .describe(
      "steps of Lanczos's iteration from each random start; as many as parameters find all eigenvalues",
    ),
  probes: whole(1, 100).default(3).describe("random starts, for counts and the density"),
  traceProbes: whole(2, 1000).default(10).describe("random vectors for the trace and the norm"),
  top: whole(1, 2000).default(10).describe("how many of the largest eigenvalues to list"),
  along: z
    .string()
    .optional()
    .describe(
      "positions along a curve, such as 0,0.5,1; by default 0, 1/6, … 1, and the vertices and middle of a simplex",
    ),
  seed: runFlags.seed,
  out: runFlags.out,
});

type Spec = z.output<typeof schema>;

function numbersOf(flag: string, text: string, from: number, to: number, example: string): number[] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.some((x) => !(x >= from && x <= to))) {
    throw new UsageError(`--${flag} "${text}" is not possible: give ${example}.`);
  }
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function hessianSpec({ thresholds, steps, probes, traceProbes, top }: Spec): HessianSpec {
  if (top > steps) {
    throw new UsageError(`--top ${top} needs at least as many --steps; ${steps} were given.`);
  }
  const example = "positive curvatures, such as 0.01,0.1";
  return {
    thresholds: numbersOf("thresholds", thresholds, Number.MIN_VALUE, Number.MAX_VALUE, example),
    steps,
    probes,
    traceProbes,
    top,
  };
}

/** The points to look at: optima, positions along paths, vertices and middles of simplexes. */
function placesOf(opened: OpenedLandscape<Spec>, along: string | undefined): HessianPlace[] {
  return opened.given.flatMap(({ loaded: { map, file }, span }) => {
    if (!span.anchors.every((anchor) => Number.isFinite(dot(anchor, anchor)))) {
      throw new UsageError(
        `${file} holds weights that are not finite; give a checkpoint of a training that has not diverged.`,
      );
    }
    const name = opened.given.length > 1 ? `${shortName(file)}` : "";
    const joined = (label: string) => [name, label].filter((part) => part !== "").join(", ");
    if (map.domain === "unbounded") {
      throw new UsageError(`${file} holds a plane; give an optimum, a simplex or a path.`);
    }
    const positions = isPath(map)
      ? along === undefined
        ? ALONG
        : numbersOf("along", along, 0, 1, "positions from 0 to 1, such as 0,0.5,1")
      : [];
    if (!isPath(map) && along !== undefined) {
      throw new UsageError(
        `--along is for paths; ${file} holds ${map.dimension === 0 ? "an optimum" : "a simplex"}.`,
      );
    }
    if (map.dimension === 0) return [{ label: name || "the optimum", place: placer(span, map.at([])) }];
    if (isPath(map)) {
      return positions.map((t) => ({
        label: joined(`t = ${Number(t.toFixed(3))}`),
        ...(opened.given.length === 1 ? { t } : {}),
        place: placer(span, coefficientMatrix(map, [t])),
      }));
    }
    const corners = evenly(map, 2);
    const k = map.dimension;
    const places = Array.from({ length: corners.length / k }, (_, i) => ({
      label: joined(`vertex ${i + 1}`),
      place: placer(span, coefficientMatrix(map, corners.subarray(i * k, (i + 1) * k))),
    }));
    return [
      ...places,
      { label: joined("the middle"), place: placer(span, coefficientMatrix(map, middleOf(map))) },
    ];
  });
}

const placer =
  (span: OpenedLandscape<Spec>["given"][number]["span"], coefficients: Float64Array) =>
  (theta: Float32Array) =>
    span.point(coefficients, theta);

/** The file's name without its folders and its ending. */
const shortName = (file: string) => file.replace(/^.*[/\\]/, "").replace(/\.safetensors$/, "");

export default verb({
  name: "hessian",
  summary:
    "Curvature at optima or along a path: largest eigenvalues and density of the Hessian, its trace, and how many directions are short, by products with vectors.",
  operands: "checkpoint|run …",
  schema,
  example: "isthmus hessian runs/connect-fashion-mnist-small-1 --train-count 500 --along 0,0.5,1",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length === 0) {
      throw new UsageError("no checkpoint was given; give files (.safetensors) or run folders.");
    }
    const spec = hessianSpec(flags);
    using opened = await openLandscape(operands.flatMap(filesOf), operands[0], flags, given, io);
    const places = placesOf(opened, flags.along);
    await inRunFolder("hessian", opened.spec, opened.subject, commandLine, io, async (folder) => {
      const options = jobOptions(io);
      const { landscape, data } = opened;
      const setup = { landscape, examples: data?.train.examples.count, places, spec, seed: opened.spec.seed };
      const result = await hessianJob(folder, setup, options);
      options.finish();
      const report = hessianReport(folder);
      const answer = hessianAnswer(result);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus perturb ${operands[0]}, to go along random directions`,
      );
    });
  },
});

/** The path or subspace that a run has found, or else its optima. */
function filesOf(operand: string): string[] {
  const file = checkpointFile(operand);
  return /(curve|path|subspace)\.safetensors$/.test(file) ? [file] : optimumFiles(operand);
}
