import { readFileSync } from "node:fs";
import { readSafetensorsMetadata } from "../format/index.ts";
import type { Network } from "../model/index.ts";
import { isPath, type PathMap, type Span } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints } from "./checkpoints.ts";
import { UsageError } from "./verb.ts";

/** A path to sample around. */
export interface LoadedPath {
  file: string;
  path: PathMap;
  network: Network;
  /** Of a regression: the standard deviation of its noise. */
  scale?: number;
  /** The span in the vector memory; it owns the anchors, so ask once. */
  span(): Span;
}

/** The path of a run folder or a checkpoint, as an operand names it. */
export function loadPath(operand: string): LoadedPath {
  const file = checkpointFile(operand);
  const loaded = loadCheckpoint(file);
  if (!isPath(loaded.map) || loaded.map.anchors < 2) {
    throw new UsageError(`${file} holds a ${loaded.map.kind}; give a path, such as that of isthmus path.`);
  }
  const network = networkOfCheckpoints([loaded], () => {
    throw new UsageError(`${file} does not say which network it is of; give a checkpoint of isthmus.`);
  });
  const { scale } = readSafetensorsMetadata(readFileSync(file), file);
  return {
    file,
    path: loaded.map,
    network,
    scale: scale === undefined ? undefined : Number(scale),
    span() {
      const span = loaded.span(network);
      if (span.parts) {
        span[Symbol.dispose]();
        throw new UsageError(
          `${file} holds a curve whose layers have coordinates of their own; give a Bézier path.`,
        );
      }
      return span;
    },
  };
}
