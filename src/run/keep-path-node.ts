import type { Network } from "../model/index.ts";
import type { PathMap, Span } from "../subspace/index.ts";
import { encodeSubspace } from "./checkpoint.ts";
import type { RunFolder } from "./folder-node.ts";

/** The path that a run is around, as it was used. */
export interface KeptPath {
  network: Network;
  span: Span;
  path: PathMap;
  /** Of a regression: the standard deviation of the noise of the trained path. */
  scale?: number;
}

/**
 * Keeps the path that a run is around as its checkpoints/path.safetensors. Coordinates of draws and maps mean nothing without
 * it, and the run folder is what people move, drop on a page or put on a web server; the path's own run may be elsewhere or
 * be made anew.
 */
export function keepPath(folder: RunFolder, { network, span, path, scale }: KeptPath): void {
  const fixed = span.anchors.map(() => false);
  const metadata: Record<string, string> = scale === undefined ? {} : { scale: String(scale) };
  const bytes = encodeSubspace(network.spec, network.layout, span.anchors, path.spec, fixed, metadata);
  folder.writeBytes("checkpoints/path.safetensors", bytes);
}
