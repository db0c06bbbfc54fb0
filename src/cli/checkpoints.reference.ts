/** Checkpoints of subspaces whose geometry is known, for the tests of commands that measure. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { networkOf } from "../model/index.ts";
import { encodeSubspace } from "../run/index.ts";
import type { MapSpec } from "../subspace/index.ts";

/**
 * Writes NAME.safetensors with anchors made of a few numbers each, the rest 0.
 *
 * @param widths of an MLP with enough parameters
 */
export function writeSubspace(
  folder: string,
  name: string,
  map: MapSpec,
  coordinates: readonly ArrayLike<number>[],
  widths = [4, 5, 3],
): string {
  const spec = { kind: "mlp", widths, activation: "relu", dropout: 0 } as const;
  const { layout } = networkOf(spec);
  const anchors = coordinates.map((own) => {
    const theta = new Float32Array(layout.size);
    theta.set(own);
    return theta;
  });
  const file = `${name}.safetensors`;
  const fixed = anchors.map(() => false);
  writeFileSync(join(folder, file), encodeSubspace(spec, layout, anchors, map, fixed));
  return file;
}
