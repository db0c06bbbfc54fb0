import fc from "fast-check";
import { expect, test } from "vitest";
import { decodePlain, encodePlain } from "./plain-data.ts";

test("arrays keep their bits, other data their values", () => {
  fc.assert(
    fc.property(
      fc.array(fc.float64Array({ maxLength: 40 })),
      fc.record({ text: fc.string(), number: fc.integer(), nothing: fc.constant(null), flag: fc.boolean() }),
      (arrays, rest) => {
        const read = decodePlain(encodePlain({ ...rest, nested: { arrays } })) as typeof rest & {
          nested: { arrays: Float64Array[] };
        };
        expect(read).toEqual({ ...rest, nested: { arrays } });
        read.nested.arrays.forEach((array, i) => {
          expect(new BigUint64Array(array.buffer)).toEqual(new BigUint64Array(arrays[i].slice().buffer));
        });
      },
    ),
  );
  // Longer than what one call makes of characters.
  const long = Float64Array.from({ length: 5000 }, (_, i) => Math.sin(i));
  expect(decodePlain(encodePlain(long))).toEqual(long);
});
