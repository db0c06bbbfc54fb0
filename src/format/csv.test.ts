import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCsv } from "./csv.ts";

describe("separators", () => {
  const truth = [1, -2.5, 3e-4, 4, 5, 6];
  for (const [name, text] of [
    ["comma", "1,-2.5,3e-4\n4,5,6\n"],
    ["semicolon", "1;-2.5;3e-4\n4;5;6"],
    ["tab", "1\t-2.5\t3e-4\r\n4\t5\t6\r\n"],
    ["spaces", "  1   -2.5 3e-4\n\n4 5 6"],
    ["with comments and a byte order mark", "\uFEFF# made by numpy.savetxt\n1, -2.5, 3e-4\n4, 5, 6"],
  ])
    test(name, () => {
      const table = parseCsv(text);
      expect(table.shape).toEqual([2, 3]);
      expect([...table.data]).toEqual(truth);
      expect(table.header).toBeUndefined();
    });
});

test("a header, quoted or not", () => {
  const table = parseCsv('"speed","lift"\n1,2\n');
  expect(table.header).toEqual(["speed", "lift"]);
  expect([...table.data]).toEqual([1, 2]);
});

test("every float64 survives", () => {
  const rows = fc.array(fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), {
    minLength: 1,
  });
  fc.assert(
    fc.property(rows, (rows) => {
      const table = parseCsv(rows.map((row) => row.join(",")).join("\n"));
      expect(table.shape).toEqual([rows.length, 2]);
      // + 0 because text has no negative zero
      expect(Array.from(table.data, (x) => x + 0)).toEqual(rows.flat().map((x) => x + 0));
    }),
  );
});

test("what is wrong is named with its line", () => {
  expect(() => parseCsv("1 2 3\n4 5\n", "yacht.data")).toThrow(
    "yacht.data, line 2: expected 3 columns as in the first line, found 2.",
  );
  expect(() => parseCsv("a,b\n1,2\n3,oops\n", "t.csv")).toThrow(
    't.csv, line 3: column 2 is "oops", expected a finite number.',
  );
  expect(() => parseCsv("1,2\n3,\n", "t.csv")).toThrow("t.csv, line 2: column 2 is empty");
  expect(() => parseCsv("1,2\n3,inf\n")).toThrow(/line 2: column 2 is "inf"/);
  expect(() => parseCsv("nan,2\n")).toThrow(/line 1: column 1 is "nan"/);
  expect(() => parseCsv("1,1e999\n")).toThrow(/line 1: column 2 is "1e999"/);
  expect(() => parseCsv("a,b\n")).toThrow(/no rows/);
  expect(() => parseCsv("")).toThrow(/no rows/);
});
