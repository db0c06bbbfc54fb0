import type { PatternMask } from "./pattern-mask.ts";

/** How well a plane shows a pattern. */
export interface PatternScore {
  /** Mean accuracies over the good and over the bad trained cells, in [0, 1]. */
  good: number;
  bad: number;
  /** good - bad; the paper's measure of a pattern's visibility. */
  difference: number;
  /** Halfway between good and bad: cells above it count as part of the picture. */
  threshold: number;
  /** Intersection over union of those cells and the picture, over all cells of the mask, those not trained included. */
  iou: number;
  /** The same over the trained cells alone. */
  trainedIou: number;
}

/**
 * Compares an accuracy map with the pattern that it should show (Skorokhodov and Burtsev 2019).
 *
 * @param accuracy of every cell, in [0, 1], in the order of `cellCoordinates`: 1 minus the errors of `evaluateSpan`
 * @param padding cells around the mask that the map has and that do not count
 * @throws RangeError where the map does not have the size of the mask with its padding
 */
export function patternScore(mask: PatternMask, accuracy: ArrayLike<number>, padding = 0): PatternScore {
  const { rows, columns, image, cells } = mask;
  const [height, width] = [rows + 2 * padding, columns + 2 * padding];
  if (accuracy.length !== height * width) {
    throw new RangeError(
      `The accuracy map has ${accuracy.length} cells; a mask of ${rows} x ${columns} with a padding of ${padding} has ${height * width}.`,
    );
  }
  const inner = Float64Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns) + padding, (i % columns) + padding];
    return accuracy[row * width + column];
  });
  const meanOf = (kind: 1 | -1) => {
    const values = inner.filter((_, i) => cells[i] === kind);
    return values.reduce((sum, v) => sum + v, 0) / values.length;
  };
  const [good, bad] = [meanOf(1), meanOf(-1)];
  const threshold = (good + bad) / 2;
  const iou = (counts: (cell: number) => boolean) => {
    let [both, either] = [0, 0];
    inner.forEach((value, i) => {
      if (!counts(i)) return;
      const [shown, wanted] = [value > threshold, image[i] === 1];
      if (shown && wanted) both++;
      if (shown || wanted) either++;
    });
    return both / either;
  };
  return {
    good,
    bad,
    difference: good - bad,
    threshold,
    iou: iou(() => true),
    trainedIou: iou((i) => cells[i] !== 0),
  };
}
