import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../src/engine/index.ts";
import { affineSpan, gramOf, spanPositions, tunnelSpace } from "../../src/geometry/index.ts";
import { bezier } from "../../src/subspace/index.ts";
import { nearestCoordinates } from "./draw-coordinates.ts";
import { binCounts, DrawsByPosition } from "./draw-window.ts";
import { Playback } from "./playback.ts";

test("the draws of a window are those that a look at all of them finds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -10, max: 30 }), { maxLength: 60 }),
      fc.integer({ min: -15, max: 35 }),
      fc.integer({ min: 0, max: 8 }),
      (numbers, at, half) => {
        const found = new DrawsByPosition(numbers);
        const { from, to } = found.window(at, half);
        const expected = numbers.flatMap((t, i) => (Math.abs(t - at) <= half ? [i] : []));
        expect([...found.order.subarray(from, to)].sort((a, b) => a - b)).toEqual(expected);
      },
    ),
  );
});

test("bins are even, and what lies outside is left out", () => {
  const values = [-1, -0.51, -0.49, 0, 0.99, 1, -1.01, 7];
  expect([...binCounts((i) => values[i], [0, 1, 2, 3, 4, 5, 6, 7], 1, 4)]).toEqual([2, 1, 1, 1]);
});

test("draws from elsewhere get the coordinates of the tunnel, where it is one to one", () => {
  const numbers = Rng.fromSeed(3).normal(4 * 20);
  const anchors = Array.from({ length: 4 }, (_, i) => Array.from(numbers.subarray(20 * i, 20 * i + 20)));
  const tunnel = tunnelSpace(affineSpan(gramOf(anchors)), bezier(3));
  const lambda = Float64Array.of(0.1, 0.5, -0.3, 0.52, -1, 0.4, 0.9, 0, 0.8);
  const found = nearestCoordinates(tunnel, spanPositions(tunnel, lambda));
  // One step from the nearest node errs by the square of what is between nodes.
  lambda.forEach((value, at) => {
    expect(found[at]).toBeCloseTo(value, at % 3 === 0 ? 4 : 2);
  });
});

describe("the play of chains", () => {
  test("moves by speed times time, and rests at the last draw", () => {
    const playback = new Playback(10, 4);
    playback.advance(1000);
    expect(playback.position).toBe(0);
    playback.play();
    playback.advance(1000);
    playback.advance(125);
    expect(playback.position).toBeCloseTo(4.5, 12);
    expect(playback.draw).toBe(4);
    playback.advance(60_000);
    expect(playback.position).toBe(9);
    expect(playback.playing).toBe(false);
    playback.play();
    expect(playback.position).toBe(0);
  });

  test("does not play one draw, and stays among the draws", () => {
    const one = new Playback(1);
    one.play();
    expect(one.playing).toBe(false);
    const playback = new Playback(5);
    playback.seek(77);
    expect(playback.draw).toBe(4);
    playback.seek(-1);
    expect(playback.draw).toBe(0);
  });
});
