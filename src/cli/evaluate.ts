import { z } from "zod";
import { dot, Rng } from "../engine/index.ts";
import { evaluatePoints } from "../landscape/index.ts";
import { openRunData } from "../run/node.ts";
import { coefficientMatrix, evenly, isPath, middleOf } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import { inRunFolder } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkFlags, networkSpecOf, runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  ...dataFlags,
  network: networkFlags.network,
  activation: networkFlags.activation,
  at: z
    .string()
    .optional()
    .describe(
      "positions such as 0,0.5,1 along a curve or 0:0,2.5:-1 in a plane; by default 11 even ones of a curve, the middle and vertices of a simplex, the origin of a plane",
    ),
  seed: runFlags.seed,
  out: runFlags.out,
});

/** Coordinates to evaluate, one row of k numbers each. */
function positions(at: string | undefined, map: ReturnType<typeof loadCheckpoint>["map"]): number[][] {
  if (map.dimension === 0) return [[]];
  if (at !== undefined) {
    const rows = at.split(",").map((point) => point.split(":").map(Number));
    if (rows.some((row) => row.length !== map.dimension || !row.every(Number.isFinite))) {
      const example = isPath(map)
        ? "positions along the curve, such as 0,0.5,1"
        : `positions of ${map.dimension} coordinates each, such as ${new Array(map.dimension).fill("0").join(":")}`;
      throw new UsageError(`--at "${at}" is not possible: give ${example}.`);
    }
    if (isPath(map) && rows.some(([t]) => t < 0 || t > 1)) {
      throw new UsageError(`--at "${at}" is beyond the ends of the curve: give positions from 0 to 1.`);
    }
    return rows;
  }
  if (map.domain === "unbounded") return [new Array(map.dimension).fill(0)];
  const flat = evenly(map, isPath(map) ? 11 : 2);
  const rows = Array.from({ length: flat.length / map.dimension }, (_, i) => [
    ...flat.subarray(i * map.dimension, (i + 1) * map.dimension),
  ]);
  return isPath(map) ? rows : [[...middleOf(map)], ...rows];
}

export default verb({
  name: "evaluate",
  summary: "Loss and error of checkpoints on every split; of a curve or simplex, at several points.",
  operands: "checkpoint|run …",
  schema,
  example: "isthmus evaluate runs/connect-fashion-mnist-small-1 --at 0,0.25,0.5,0.75,1",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length === 0)
      throw new UsageError("no checkpoint was given; give files (.safetensors) or run folders.");
    const loaded = operands.map((operand) => loadCheckpoint(checkpointFile(operand)));
    const { spec, validationCount } = setupOf(operands[0], flags, given);
    const dataset = await openData(spec, spec.seed, io);
    const validation = validationCount(dataset);
    const network = networkOfCheckpoints(loaded, () => networkSpecOf({ ...spec, dropout: 0 }, dataset));
    await inRunFolder("evaluate", spec, dataset, commandLine, io, async (folder) => {
      using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
      const rows: { file: string; at: number[]; split: string; loss: number; error: number }[] = [];
      for (const { file, map, span: open } of loaded) {
        using span = open(network);
        if (!span.anchors.every((anchor) => Number.isFinite(dot(anchor, anchor)))) {
          throw new RangeError(
            `${file} holds weights that are not finite; give a checkpoint of a training that has not diverged.`,
          );
        }
        const zs = positions(spec.at, map);
        const c = map.dimension === 0 ? map.at([]) : coefficientMatrix(map, zs.flat());
        for (const split of ["train", "validation", "test"] as const) {
          if (!data[split]) continue;
          const { loss, error } = await evaluatePoints(data[split], span, c, { signal: io.signal });
          zs.forEach((at, p) => {
            rows.push({ file, at, split, loss: loss[p], error: error[p] });
          });
        }
      }
      folder.writeJson("evaluate", rows);
      const error = dataset.classes > 0 ? "error" : "rmse";
      const lines = rows.map(({ file, at, split, loss, error: e }) =>
        [file, at.map((v) => v.toFixed(3)).join(",") || "-", split, loss.toFixed(5), e.toFixed(4)].join("\t"),
      );
      const table = [["file", "at", "split", "loss", error].join("\t"), ...lines].join("\n");
      io.result(
        { folder: folder.path, rows },
        `${table}\n\nRun:    ${folder.path}\nNext:   isthmus plane, to see the landscape around them`,
      );
    });
  },
});
