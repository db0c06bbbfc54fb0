import { z } from "zod";
import { Rng } from "../engine/index.ts";
import type { Network } from "../model/index.ts";
import { planeAnswer, planeReport } from "../report/node.ts";
import {
  type PlaneScene,
  type PlaneSize,
  sceneOfComponents,
  sceneOfDirections,
  sceneOfPath,
  sceneOfVertices,
  sceneThrough,
  sceneWithOptimum,
  subjectOf,
} from "../run/index.ts";
import { evaluatePlane, openRunData } from "../run/node.ts";
import { isPath, Span } from "../subspace/index.ts";
import { checkpointFile, type Loaded, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkFlags, networkSpecOf, runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  ...dataFlags,
  network: networkFlags.network,
  activation: networkFlags.activation,
  through: z
    .enum(["ends", "optimum", "bend", "vertices", "pca", "random"])
    .optional()
    .describe(
      "ends and middle of a path, or three checkpoints (ends, the default; bend is the same); ends and an independent optimum; three vertices of a simplex (its default); two principal components; two random directions (the default of an optimum)",
    ),
  vertices: z.string().default("0,1,2").describe("three vertices of a simplex, counted from 0"),
  extent: z
    .number()
    .positive()
    .default(1)
    .describe("of random directions, in lengths of the filter-normalised directions"),
  points: z.number().int().min(3).default(51).describe("grid nodes along each axis"),
  split: z.enum(["both", "train", "test"]).default("both").describe("examples to evaluate"),
  margin: z
    .number()
    .min(0)
    .default(0.2)
    .describe("margin on all sides, as a fraction of the distance of the first and last point"),
  adaptive: z
    .boolean()
    .default(true)
    .describe("evaluate the nodes that the drawn loss needs, and interpolate the others"),
  standardErrors: z
    .boolean()
    .default(false)
    .describe("standard errors of loss and error at every node, over the examples"),
  scale: z.enum(["perceptual", "published"]).default("perceptual").describe("colours"),
  seed: runFlags.seed,
  out: runFlags.out,
});

type Spec = z.output<typeof schema>;
type Through = NonNullable<Spec["through"]>;

/** Which plane: as asked for, or what suits the operands. */
function kindOf({ through }: Spec, loaded: readonly Loaded[], given: ReadonlySet<string>): Through {
  const [{ map, file }] = loaded;
  const kind =
    through ?? (loaded.length === 3 || isPath(map) ? "ends" : map.dimension > 0 ? "vertices" : "random");
  const isOptimum = ({ map }: Loaded) => map.dimension === 0;
  const wanted = { ends: [1, 3], bend: [1], optimum: [2], vertices: [1], pca: [1], random: [1] }[kind];
  if (!wanted.includes(loaded.length)) {
    const what = {
      ends: "a curve, or three checkpoints",
      bend: "a curve",
      optimum: "a curve and an independent optimum",
      vertices: "a simplex",
      pca: "a subspace",
      random: "an optimum, or a subspace, whose middle is taken",
    }[kind];
    throw new UsageError(
      `${loaded.length} operands were given; a plane through ${kind === "random" ? "random directions" : kind} takes ${what}${loaded.length === 2 && !through ? "; for a curve and an optimum add --through optimum" : ""}.`,
    );
  }
  if (loaded.length === 3 && !loaded.every(isOptimum)) {
    throw new UsageError(
      "the three operands of a plane must be optima; give one curve, or three checkpoints of one network each.",
    );
  }
  if (kind === "optimum" && !isOptimum(loaded[1])) {
    throw new UsageError(
      `${loaded[1].file} holds a subspace; the second operand must be an optimum, a checkpoint of one network.`,
    );
  }
  const curve = kind === "bend" || kind === "optimum" || (kind === "ends" && loaded.length === 1);
  if (curve && !isPath(map)) {
    throw new UsageError(
      `${file} holds no curve but ${isOptimum(loaded[0]) ? "an optimum" : `a ${map.kind}`}; give a curve, ${kind === "optimum" ? "then the optimum" : "three checkpoints, or another --through"}.`,
    );
  }
  if ((kind === "ends" || kind === "bend") && map.kind === "line") {
    throw new UsageError(
      "the middle of a straight line lies on it and makes no plane; add an independent optimum (--through optimum), or use --through random.",
    );
  }
  if (kind === "pca" && isOptimum(loaded[0])) {
    throw new UsageError(
      `${file} holds a single optimum, which has no principal components; give a subspace.`,
    );
  }
  for (const [flag, owner] of [
    ["vertices", "vertices"],
    ["extent", "random"],
  ] as const) {
    if (given.has(flag) && kind !== owner) {
      throw new UsageError(
        `--${flag} has no effect on a plane through ${kind}; it needs --through ${owner}.`,
      );
    }
  }
  return kind;
}

/** The three vertices that the flag names. */
function verticesOf(text: string, { map, file }: Loaded): number[] {
  if (map.domain !== "simplex" && map.domain !== "complex") {
    throw new UsageError(`${file} holds no simplex; give one, or another --through.`);
  }
  const count = map.anchors;
  if (count < 3) {
    throw new UsageError(
      `${file} has ${count} ${count === 1 ? "vertex" : "vertices"}, and a plane needs three; use --through random.`,
    );
  }
  const vertices = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const known = vertices.every((v) => Number.isInteger(v) && v >= 0 && v < count);
  if (vertices.length !== 3 || !known || new Set(vertices).size < 3) {
    throw new UsageError(
      `--vertices "${text}" is not possible: give three different whole numbers from 0 to ${count - 1}, such as 0,1,2.`,
    );
  }
  return vertices;
}

/** The plane that was asked for, over the operands' vectors. */
function sceneOf(kind: Through, spec: Spec, loaded: readonly Loaded[], network: Network): PlaneScene {
  const size: PlaneSize = { points: spec.points, margin: spec.margin };
  if (loaded.length === 3) {
    const span = new Span(loaded.flatMap((l) => l.span(network).anchors));
    const unit = (i: number) => Float64Array.from({ length: 3 }, (_, j) => (i === j ? 1 : 0));
    const labels = loaded.map(({ file }) => file);
    return sceneThrough({ span, gram: span.gram(0) }, [unit(0), unit(1), unit(2)], labels, size);
  }
  const [first, second] = loaded;
  const subject = subjectOf(first.span(network), first.map);
  const { span, map } = subject;
  const labels = first.joins
    ? ["optimum 1", "middle of the curve", "optimum 2"]
    : ["end 0", "middle", "end 1"];
  if (kind === "vertices") return sceneOfVertices(subject, verticesOf(spec.vertices, first), size);
  if (kind === "pca") return sceneOfComponents(subject, labels, size);
  if (kind === "random") {
    const rng = Rng.fromSeed(spec.seed).split("plane");
    return sceneOfDirections(subject, map.dimension === 0 ? "optimum" : "middle", {
      layout: network.layout,
      rng,
      extent: spec.extent,
      points: spec.points,
    });
  }
  if (!isPath(map)) throw new Error("A plane through ends is one of a path.");
  if (kind === "optimum") {
    const [optimum] = second.span(network).anchors;
    const names = [labels[0], "independent optimum", labels[2]];
    return sceneWithOptimum({ span, map }, optimum, names, size);
  }
  return sceneOfPath(span, map, labels, size);
}

export default verb({
  name: "plane",
  summary:
    "Loss and error in a plane: through a curve's ends and middle, three checkpoints w0 w1 w2 (x goes from w0 to w2), a curve and an independent optimum, the vertices of a simplex, principal components or random directions.",
  operands: "curve|run [optimum] | w0 w1 w2",
  schema,
  example: "isthmus plane runs/connect-fashion-mnist-small-1 --points 51",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length < 1 || operands.length > 3) {
      throw new UsageError(
        `${operands.length} operands were given; give a curve (or the run that found it), a curve and an optimum, or three checkpoints.`,
      );
    }
    const loaded = operands.map((operand) => loadCheckpoint(checkpointFile(operand)));
    const kind = kindOf(flags, loaded, given);
    if (kind === "vertices") verticesOf(flags.vertices, loaded[0]);
    const { spec, validationCount } = setupOf(operands[0], flags, given);
    const dataset = await openData(spec, spec.seed, io);
    const network = networkOfCheckpoints(loaded, () => networkSpecOf({ ...spec, dropout: 0 }, dataset));
    await inRunFolder("plane", spec, dataset, commandLine, io, async (folder) => {
      const scene = sceneOf(kind, spec, loaded, network);
      using _ = scene.span;
      const validation = validationCount(dataset);
      using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
      const options = jobOptions(io);
      options.onStage?.(`evaluating ${spec.points} x ${spec.points} points`);
      const splits = spec.split === "both" ? undefined : [spec.split];
      const { adaptive, standardErrors } = spec;
      const plane = await evaluatePlane(folder, scene, { data, splits, adaptive, standardErrors }, options);
      options.finish();
      folder.writeJson("plane", plane);
      const report = planeReport(folder);
      const answer = planeAnswer(folder, plane);
      const { points, paths, samples, evaluated } = plane;
      const overlays = [...paths, ...samples].map(({ name, offPlane }) => ({ name, offPlane }));
      io.result(
        { folder: folder.path, report, answer, through: kind, points, overlays, evaluated },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus evaluate ${operands[0]}, for the numbers of the points themselves`,
      );
    });
  },
});
