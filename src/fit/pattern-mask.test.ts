import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patternMask, SMILEY } from "./index.ts";

/** A picture from lines of # (1) and . (0). */
function picture(...lines: string[]) {
  const values = [...lines.join("")].map((sign) => (sign === "#" ? 1 : 0));
  return { rows: lines.length, columns: lines[0].length, values };
}

/** The mask as lines of + (good), - (bad) and a blank (ignored). */
function drawn({ rows, columns, cells }: ReturnType<typeof patternMask>): string[] {
  return Array.from({ length: rows }, (_, r) =>
    [...cells.subarray(r * columns, (r + 1) * columns)].map((c) => (c === 1 ? "+" : c ? "-" : " ")).join(""),
  );
}

describe("the mask of a picture", () => {
  it("keeps the band along the boundary and ignores the inside and the far outside", () => {
    const mask = patternMask(
      picture(".......", ".......", "..#####", "..#####", "..#####", "..#####", "..#####"),
    );
    expect(drawn(mask)).toEqual([
      "       ",
      " ------",
      " -+++++",
      " -+    ",
      " -+    ",
      " -+    ",
      " -+    ",
    ]);
  });

  it("counts diagonal neighbours", () => {
    expect(drawn(patternMask(picture("#...", "....", "....", "....")))).toEqual([
      "+-  ",
      "--  ",
      "    ",
      "    ",
    ]);
  });

  it("has one row and any shape, too", () => {
    expect(drawn(patternMask(picture("##...")))).toEqual([" +-  "]);
  });

  it("of the negative is the negative of the mask", () => {
    const bits = fc.array(fc.constantFrom(0, 1), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(bits, (values) => {
        fc.pre(values.includes(0) && values.includes(1));
        const cells = patternMask({ rows: 4, columns: 5, values }).cells;
        const negative = patternMask({ rows: 4, columns: 5, values: values.map((v) => 1 - v) }).cells;
        expect([...negative]).toEqual([...cells].map((c) => 0 - c || 0));
      }),
    );
  });

  it("of the built-in face has about the cells of the research run: 40 good, 78 bad", () => {
    const { cells, rows, columns } = patternMask(SMILEY);
    expect([rows, columns]).toEqual([14, 14]);
    expect(cells.filter((c) => c === 1)).toHaveLength(40);
    expect(Math.abs(cells.filter((c) => c === -1).length - 78)).toBeLessThan(4);
    // A face looks the same in a mirror, but not upside down.
    const image = patternMask(SMILEY).image;
    image.forEach((v, i) => {
      expect(v).toBe(image[Math.floor(i / 14) * 14 + 13 - (i % 14)]);
    });
  });

  it("needs a boundary, zeros and ones, and as many values as cells", () => {
    expect(() => patternMask(picture("###", "###"))).toThrow(/no boundary/);
    expect(() => patternMask({ rows: 1, columns: 2, values: [0, 0.5] })).toThrow(/Cell 1 .* is 0.5/);
    expect(() => patternMask({ rows: 2, columns: 2, values: [0, 1] })).toThrow(
      /2 values; 2 rows of 2 need 4/,
    );
  });
});
