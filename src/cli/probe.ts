import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DIRECTION_KINDS, type DirectionKind, type WellThreshold } from "../geometry/index.ts";
import { probeAnswer, probeReport } from "../report/node.ts";
import type { ProbeSpec } from "../run/index.ts";
import { probeJob } from "../run/node.ts";
import { kebab } from "./flags.ts";
import { type OpenedLandscape, openLandscape, optimumFiles } from "./landscape.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags } from "./spec-data.ts";
import { networkFlags, runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  ...dataFlags,
  network: networkFlags.network,
  activation: networkFlags.activation,
  directions: z
    .string()
    .optional()
    .describe(
      `kinds of directions from one point, such as orthogonal,radial: ${DIRECTION_KINDS.join(", ")}; long and short are of wedges; by default orthogonal, and random,radial,long,short on wedges`,
    ),
  count: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe("directions of each kind; 20 by default, 1000 on wedges"),
  threshold: z.number().optional().describe("loss at which a well ends; 1 by default"),
  above: z
    .number()
    .positive()
    .optional()
    .describe("a well ends so much above the loss at the point, instead"),
  sphere: z
    .boolean()
    .default(false)
    .describe("go along great circles at the radius of the point, instead of straight on"),
  largest: z
    .number()
    .positive()
    .optional()
    .describe(
      "largest distance from the point; by default twice its radius, on the sphere a quarter of the circle",
    ),
  alongTraining: z
    .boolean()
    .default(false)
    .describe("of a run of train --save-every: radius, angles, predictions and wells of all its states"),
  radii: z
    .string()
    .optional()
    .describe("radii of the octants through three points, such as 10,15,20; their mean radius by default"),
  split: z.enum(["train", "test"]).default("train").describe("examples on which wells are measured"),
  linePoints: z.number().int().min(3).default(51).describe("positions on the line between two points"),
  mapPoints: z.number().int().min(3).default(25).describe("nodes along each coordinate of a map"),
  seed: runFlags.seed,
  out: runFlags.out,
});

type Spec = z.output<typeof schema>;

/** The files to probe: of all operands, or the states of one training. */
function filesOf(operands: readonly string[], spec: Spec): { files: string[]; epochs?: number[] } {
  if (!spec.alongTraining) {
    const files = operands.flatMap((operand) => optimumFiles(operand).slice(0, operands.length > 1 ? 1 : 3));
    if (files.length < 1 || files.length > 3) {
      throw new UsageError(
        `${files.length} points were given; give one for its wells, two for what lies between them, or three for a sphere through them.`,
      );
    }
    return { files };
  }
  if (operands.length !== 1) {
    throw new UsageError(
      `${operands.length} operands were given; --along-training takes one run of isthmus train.`,
    );
  }
  const folder = join(operands[0], "checkpoints");
  const names = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const epochs = names
    .flatMap((name) => /^epoch-(\d+)\.safetensors$/.exec(name)?.slice(1).map(Number) ?? [])
    .sort((a, b) => a - b);
  if (epochs.length < 2) {
    throw new UsageError(
      `${operands[0]} keeps no states of its training; train with --save-every 1, and give that run.`,
    );
  }
  return { files: epochs.map((epoch) => join(folder, `epoch-${epoch}.safetensors`)), epochs };
}

function kindsOf({ directions, sphere }: Spec, wedges: boolean): DirectionKind[] {
  if (directions === undefined) {
    return wedges && !sphere ? ["random", "radial", "long", "short"] : ["orthogonal"];
  }
  const kinds = [...new Set(directions.split(",").map((kind) => kind.trim()))];
  const known = kinds.every((kind) => (DIRECTION_KINDS as readonly string[]).includes(kind));
  if (!known) {
    throw new UsageError(
      `--directions "${directions}" is not possible: give some of ${DIRECTION_KINDS.join(", ")}.`,
    );
  }
  if (!wedges && (kinds.includes("long") || kinds.includes("short"))) {
    throw new UsageError("long and short directions are those of wedges; a network has none that are known.");
  }
  if (sphere && kinds.some((kind) => kind !== "orthogonal")) {
    throw new UsageError("--sphere keeps the radius, so that it takes orthogonal directions only.");
  }
  return kinds as DirectionKind[];
}

function radiiOf(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const radii = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (radii.some((r) => !(r > 0 && r < Number.POSITIVE_INFINITY))) {
    throw new UsageError(`--radii "${text}" is not possible: give radii above 0, such as 10,15,20.`);
  }
  return radii;
}

/** Refuses flags that would have no effect. */
function check(points: number, spec: Spec, given: ReadonlySet<string>): void {
  if (spec.threshold !== undefined && spec.above !== undefined) {
    throw new UsageError("--threshold and --above both say where a well ends; give one of them.");
  }
  const wells = ["directions", "count", "threshold", "above", "sphere", "largest"];
  const uses: Record<string, boolean> = {
    ...Object.fromEntries(wells.map((key) => [key, points === 1 || spec.alongTraining])),
    directions: points === 1 && !spec.alongTraining,
    radii: points === 3 && !spec.alongTraining,
    linePoints: points === 2 || spec.alongTraining,
    mapPoints: (points === 2 || points === 3) && !spec.alongTraining,
  };
  const idle = Object.keys(uses).find((key) => given.has(key) && !uses[key]);
  if (idle) {
    const what = spec.alongTraining ? "a training" : `${points} ${points === 1 ? "point" : "points"}`;
    throw new UsageError(`--${kebab(idle)} has no effect on ${what}; leave it out.`);
  }
}

function jobSpecOf(spec: Spec, { wedges }: OpenedLandscape<Spec>): ProbeSpec {
  const threshold: WellThreshold =
    spec.above === undefined ? { loss: spec.threshold ?? 1 } : { above: spec.above };
  return {
    directions: kindsOf(spec, wedges !== undefined),
    count: spec.count ?? (wedges ? 1000 : 20),
    threshold,
    sphere: spec.sphere,
    largest: spec.largest,
    precision: wedges ? 0.001 : 0.01,
    linePoints: spec.linePoints,
    mapPoints: spec.mapPoints,
    radii: radiiOf(spec.radii),
  };
}

export default verb({
  name: "probe",
  summary:
    "Probes the landscape around one point (wells along many directions), between two (angle, line, sector), on spheres through three, or along a training.",
  operands: "checkpoint|run [checkpoint|run [checkpoint|run]]",
  schema,
  example: "isthmus probe runs/train-fashion-mnist-small-1 --directions orthogonal,radial",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length === 0) {
      throw new UsageError("no operand was given; give one to three checkpoints or run folders.");
    }
    const { files, epochs } = filesOf(operands, flags);
    check(files.length, flags, given);
    radiiOf(flags.radii);
    using opened = await openLandscape(files, operands[0], flags, given, io);
    const subspace = opened.given.find(({ loaded }) => loaded.map.dimension > 0);
    if (subspace) {
      throw new UsageError(`${subspace.loaded.file} holds a subspace; give checkpoints of single optima.`);
    }
    const { spec, data, wedges, landscape } = opened;
    const job = jobSpecOf(spec, opened);
    await inRunFolder("probe", spec, opened.subject, commandLine, io, async (folder) => {
      const options = jobOptions(io);
      const splits = spec.split === "train" ? (["train", "test"] as const) : (["test", "train"] as const);
      const classifier = data?.dataset.task === "classification";
      const setup = {
        thetas: opened.given.map(({ span }) => span.anchors[0]),
        labels: files.length === 1 ? ["the point"] : files.map((_, i) => `point ${i + 1}`),
        landscapes: data
          ? splits.map((name) => ({ name, landscape: data[name] }))
          : [{ name: "loss", landscape }],
        classifiers: classifier ? { train: data.train, test: data.test } : undefined,
        wedges,
        epochs,
        spec: job,
        seed: spec.seed,
      };
      const result = await probeJob(folder, setup, options);
      options.finish();
      const report = probeReport(folder);
      const answer = probeAnswer(result);
      const next =
        files.length === 1
          ? `isthmus probe ${operands[0]} OTHER, for what lies between two optima`
          : `isthmus connect ${operands.join(" ")}, for a path of low loss`;
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   ${next}`,
      );
    });
  },
});
