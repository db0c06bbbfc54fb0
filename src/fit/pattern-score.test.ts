import { describe, expect, it } from "vitest";
import { patternMask, patternScore } from "./index.ts";

//  # . . .        good  bad  -  -
const mask = patternMask({ rows: 1, columns: 4, values: [1, 0, 0, 0] });

describe("the score of an accuracy map", () => {
  it("is the difference over trained cells, and the overlap of what lies above the middle with the picture", () => {
    // Threshold 0.6: the first cell is shown, and the last, which was not trained.
    const score = patternScore(mask, [0.9, 0.3, 0.1, 0.7]);
    expect(score).toEqual({
      good: 0.9,
      bad: 0.3,
      difference: expect.closeTo(0.6, 12),
      threshold: expect.closeTo(0.6, 12),
      iou: 1 / 2,
      trainedIou: 1,
    });
  });

  it("is 1 for a map that is the picture, and small for its negative", () => {
    expect(patternScore(mask, mask.image).iou).toBe(1);
    const negative = Float64Array.from(mask.image, (v) => 1 - v);
    expect(patternScore(mask, negative).difference).toBe(-1);
  });

  it("leaves the padding out", () => {
    const padded = new Float64Array(3 * 6).fill(1);
    padded.set([0.9, 0.3, 0.1, 0.7], 6 + 1);
    expect(patternScore(mask, padded, 1)).toEqual(patternScore(mask, [0.9, 0.3, 0.1, 0.7]));
  });

  it("needs a value for every cell", () => {
    expect(() => patternScore(mask, [1, 2, 3])).toThrow(/3 cells; a mask of 1 x 4 with a padding of 0 has 4/);
  });
});
