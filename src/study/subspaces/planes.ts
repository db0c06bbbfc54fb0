import { planeThrough } from "../../geometry/index.ts";
import { evaluatePoints } from "../../landscape/index.ts";
import { planeFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { type PlaneResult, planeOf } from "../../run/node.ts";
import { line, Span } from "../../subspace/index.ts";
import type { SubspaceContext } from "./context-node.ts";

/** A plane through three parameter vectors, evaluated; `plane.npz` holds the last one made in a folder. */
export interface StudyPlane {
  result: PlaneResult;
  /** Test errors at the nodes, [y, x] row-major. */
  testError: Float64Array;
  trainLoss: Float64Array;
}

const NODES = { quick: 21, paper: 21 };

/** Evaluates the published plane: w0 at the origin, w2 on the first axis, w1 above it. */
export async function threePointPlane(
  context: SubspaceContext,
  anchors: readonly Float32Array[],
  labels: readonly string[],
): Promise<StudyPlane> {
  const span = new Span(anchors);
  const gram = span.gram(0);
  const { folder, data, options, scale } = context;
  const result = await planeOf(
    folder,
    { span, gram, labels, data, points: NODES[scale], margin: 0.2 },
    options,
  );
  const arrays = folder.readArrays("plane");
  return {
    result,
    testError: arrays.test_error.data as Float64Array,
    trainLoss: arrays.train_loss.data as Float64Array,
  };
}

/** Draws training loss and test error of a plane with the published limits. */
export function planeFigures(
  context: SubspaceContext,
  id: string,
  { result, testError, trainLoss }: StudyPlane,
) {
  const draw =
    (values: Float64Array, valueLabel: string, percent: boolean, vmax: number) => (document: Document) =>
      planeFigure({ ...result, values, valueLabel, percent, vmax }, document);
  const through = result.points.map(({ label }) => label).join(", ");
  return [
    saveFigure(
      context.folder,
      `${id}-loss`,
      `Training loss in the plane through ${through}.`,
      draw(trainLoss, "training loss", false, 5),
    ),
    saveFigure(
      context.folder,
      `${id}-error`,
      `Test error in the same plane.`,
      draw(testError, "test error", true, 0.4),
    ),
  ];
}

/** The largest test error on the straight segment between two parameter vectors, and those of its ends. */
export async function ridge(
  context: SubspaceContext,
  from: Float32Array,
  to: Float32Array,
): Promise<{ ends: [number, number]; top: number }> {
  const n = 21;
  const path = line();
  const c = Float64Array.from({ length: 2 * n }, (_, i) => path.at(Math.floor(i / 2) / (n - 1))[i % 2]);
  const { error } = await evaluatePoints(context.data.test, new Span([from, to]), c, context.options);
  return { ends: [error[0], error[n - 1]], top: Math.max(...error) };
}

/** How far the node with the lowest test error is from the first axis, as a share of the plane's height. */
export function heightOfBest({ result, testError }: StudyPlane, gram: ReturnType<Span["gram"]>): number {
  const best = testError.indexOf(Math.min(...testError));
  const { dy } = planeThrough(gram, [1, 0, 0], [0, 1, 0], [0, 0, 1]);
  return result.ys[Math.floor(best / result.xs.length)] / dy;
}
