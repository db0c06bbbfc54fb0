import { Rng } from "../../engine/index.ts";
import { evaluatePoints } from "../../landscape/index.ts";
import type { PathMap } from "../../subspace/index.ts";
import { chord, coefficientMatrix, evenly } from "../../subspace/index.ts";
import type { StudySubspace, SubspaceContext } from "./context-node.ts";
import { neuralCurveSpec } from "./recipe.ts";

/** Seeds that the studies of neural curves look at: what one seed shows may be chance. */
export const SEEDS = 3;

/** The published tanh curves, one a seed; shared by the studies, each in its own run folder. */
export async function tanhCurves(context: SubspaceContext): Promise<StudySubspace[]> {
  const curves: StudySubspace[] = [];
  for (let i = 0; i < SEEDS; i++) {
    const seed = context.seed + i;
    curves.push(await context.subspace(`tanh-${seed}`, neuralCurveSpec(context.scale, context.recipe), seed));
  }
  return curves;
}

/** A tanh curve whose chord is made bad by the interpolation-repelling loss. */
export const repelledCurve = (context: SubspaceContext): Promise<StudySubspace> =>
  context.subspace(
    "repelled",
    neuralCurveSpec(context.scale, context.recipe, {
      repel: 0.75,
      ...(context.scale === "paper" ? { epochs: 16 } : {}),
    }),
  );

/** Test errors along a curve and along its chord, at the same positions. */
export async function errorsAlong(
  context: SubspaceContext,
  { span, map }: StudySubspace,
  positions: number,
): Promise<{ ts: Float64Array; curve: Float64Array; chord: Float64Array }> {
  const path = map as PathMap;
  const ts = evenly(path, positions);
  const both = Float64Array.from([...coefficientMatrix(path, ts), ...coefficientMatrix(chord(path), ts)]);
  const { error } = await evaluatePoints(context.data.test, span, both, context.options);
  return { ts, curve: error.subarray(0, positions), chord: error.subarray(positions) };
}

/** The stream of a study. */
export const studyRng = (context: SubspaceContext, name: string): Rng =>
  Rng.fromSeed(context.seed).split(name);
