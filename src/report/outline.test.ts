import fc from "fast-check";
import { expect, test } from "vitest";
import { type Loop, outline } from "./outline.ts";

/** Area inside of a loop, positive anticlockwise: the shoelace formula. */
const area = (loop: Loop) =>
  loop.slice(1).reduce((sum, [x, y], i) => sum + (loop[i][0] * y - x * loop[i][1]) / 2, 0);

test("the loop of a cell goes around it, in coordinates from the middle", () => {
  // The upper right cell of 2 x 3.
  const [loop, ...others] = outline({ rows: 2, columns: 3, values: [0, 0, 1, 0, 0, 0] });
  expect(others).toEqual([]);
  expect(new Set(loop.map(String))).toEqual(new Set(["1.5,1", "0.5,1", "0.5,0", "1.5,0"]));
  expect(loop[4]).toEqual(loop[0]);
  expect(area(loop)).toBe(1);
});

test("cells that touch at a corner have loops of their own; a hole is a loop the other way round", () => {
  expect(outline({ rows: 2, columns: 2, values: [1, 0, 0, 1] }).map(area)).toEqual([1, 1]);
  const ring = outline({ rows: 3, columns: 3, values: [1, 1, 1, 1, 0, 1, 1, 1, 1] });
  expect(ring.map(area).sort((a, b) => a - b)).toEqual([-1, 9]);
});

test("loops are closed, enclose as many units as the picture has cells, and have each side of its boundary once", () => {
  const picture = fc
    .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
    .chain(({ rows, columns }) =>
      fc
        .array(fc.constantFrom(0, 1), { minLength: rows * columns, maxLength: rows * columns })
        .map((values) => ({ rows, columns, values })),
    );
  fc.assert(
    fc.property(picture, ({ rows, columns, values }) => {
      const loops = outline({ rows, columns, values });
      for (const loop of loops) expect(loop.at(-1)).toEqual(loop[0]);
      expect(loops.reduce((sum, loop) => sum + area(loop), 0)).toBe(values.filter((v) => v === 1).length);
      const at = (r: number, c: number) =>
        r < 0 || r >= rows || c < 0 || c >= columns ? 0 : values[r * columns + c];
      let boundary = 0;
      for (let r = -1; r < rows; r++) {
        for (let c = -1; c < columns; c++) {
          boundary += Number(at(r, c) !== at(r, c + 1)) + Number(at(r, c) !== at(r + 1, c));
        }
      }
      const sides = loops.flatMap((loop) => loop.slice(1).map((to, i) => `${loop[i]} ${to}`));
      expect(sides).toHaveLength(boundary);
      expect(new Set(sides).size).toBe(boundary);
    }),
  );
});
