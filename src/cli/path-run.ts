import { readFileSync } from "node:fs";
import { readSafetensorsMetadata } from "../format/index.ts";
import { type Network, networkOf, orderedParameters } from "../model/index.ts";
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

/**
 * The path of a run folder or a checkpoint, as an operand names it.
 *
 * @param asPublished whether a path of ordered biases becomes one of the plain network, through its control points with
 *   their biases in order: the published code interpolates raw biases in training, but ordered ones in sampling
 */
export function loadPath(operand: string, asPublished = false): LoadedPath {
  const file = checkpointFile(operand);
  const loaded = loadCheckpoint(file);
  if (!isPath(loaded.map) || loaded.map.anchors < 2) {
    throw new UsageError(`${file} holds a ${loaded.map.kind}; give a path, such as that of isthmus path.`);
  }
  const trained = networkOfCheckpoints([loaded], () => {
    throw new UsageError(`${file} does not say which network it is of; give a checkpoint of isthmus.`);
  });
  const ordered = asPublished && trained.spec.kind === "ordered-biases" ? trained.spec : undefined;
  const network = ordered ? networkOf(ordered.of) : trained;
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
      if (ordered) for (const anchor of span.anchors) orderedParameters(network.layout, anchor);
      return span;
    },
  };
}
