import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateBytes, allocateIntegers, allocateVector, releaseVector } from "./memory.ts";

const end = (v: ArrayBufferView) => v.byteOffset + v.byteLength;

describe("the vector memory", () => {
  it("gives out zeros that start at multiples of 64 bytes, in one buffer", () => {
    const views = [
      allocateVector(3),
      allocateIntegers(17),
      allocateBytes(1),
      allocateVector(0),
      allocateBytes(65),
    ];
    expect(views.map((v) => v.length)).toEqual([3, 17, 1, 0, 65]);
    expect(new Set(views.map((v) => v.buffer)).size).toBe(1);
    for (const view of views) {
      expect(view.byteOffset % 64).toBe(0);
      expect(view.every((x) => x === 0)).toBe(true);
    }
    releaseVector(...views);
  });

  it("never gives out the same bytes twice, and zeroes what it gives out again", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ allocate: fc.integer({ min: 0, max: 200 }) }),
        fc.record({ release: fc.nat({ max: 20 }) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const live: Float32Array[] = [];
        for (const step of list) {
          if ("allocate" in step) {
            const vector = allocateVector(step.allocate);
            expect(vector.every((x) => x === 0)).toBe(true);
            live.push(vector.fill(live.length + 1));
          } else if (step.release < live.length) releaseVector(...live.splice(step.release, 1));
          const sorted = live.toSorted((a, b) => a.byteOffset - b.byteOffset);
          for (let i = 1; i < sorted.length; i++) {
            expect(sorted[i].byteOffset).toBeGreaterThanOrEqual(end(sorted[i - 1]));
            expect(sorted[i].byteOffset).not.toBe(sorted[i - 1].byteOffset);
          }
        }
        releaseVector(...live);
      }),
    );
  });

  it("joins released neighbours, in whatever order they come back", () => {
    const count = 6;
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: count });
    fc.assert(
      fc.property(order, (places) => {
        const vectors = Array.from({ length: count }, () => allocateVector(1000));
        const wall = allocateVector(1);
        const first = vectors[0].byteOffset;
        for (const place of places) releaseVector(vectors[place]);
        // 1000 floats take 63 units of 64 bytes; only if all six are one block, all of them fit before the wall.
        const whole = allocateVector((count * 63 * 64) / 4);
        expect(whole.byteOffset).toBe(first);
        expect(end(whole)).toBe(wall.byteOffset);
        releaseVector(whole, wall);
      }),
    );
  });

  it("ignores what it did not give out, and what came back before", () => {
    const vector = allocateVector(8);
    releaseVector(vector.subarray(4), new Float32Array(3));
    const other = allocateVector(8);
    expect(other.byteOffset).not.toBe(vector.byteOffset);
    releaseVector(vector, vector, other);
  });

  it("says what was asked for when it is full, and goes on", () => {
    expect(() => allocateVector(2 ** 30)).toThrow(
      /Out of vector memory: 4294967296 bytes asked for, \d+ MiB reserved; use fewer anchors/,
    );
    expect(() => releaseVector(allocateVector(4))).not.toThrow();
  });
});
