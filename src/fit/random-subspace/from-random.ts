import { allocateVector, type Rng, releaseVector } from "../../engine/index.ts";
import type { Landscape, WorkOptions } from "../../landscape/index.ts";
import { type ProjectionKind, randomProjection } from "../../subspace/index.ts";
import { descendInSubspace, type SubspaceDescent, type SubspaceDescentSpec } from "./descent.ts";
import { RandomSubspace } from "./subspace.ts";

/**
 * Goes down in a random plane through a normal point ("Large Scale Structure", section 3.3).
 *
 * @param scale standard deviation of the coordinates of the point
 */
export async function descendFromRandom(
  landscape: Landscape,
  { projection: kind, dimension }: { projection: ProjectionKind; dimension: number },
  descent: SubspaceDescentSpec,
  rng: Rng,
  options: WorkOptions = {},
  scale = 1,
): Promise<SubspaceDescent> {
  const origin = allocateVector(landscape.size);
  origin.set(
    rng
      .split("origin")
      .normal(landscape.size)
      .map((x) => scale * x),
  );
  const z = allocateVector(dimension);
  using projection = randomProjection(kind, landscape.size, dimension, rng.split("projection"));
  using subspace = new RandomSubspace(origin, projection);
  try {
    return await descendInSubspace(landscape, subspace, z, descent, options);
  } finally {
    releaseVector(origin, z);
  }
}
