import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FitState } from "../fit/index.ts";
import { writeSafetensors } from "../format/index.ts";
import { decodeFitState, encodeFitState } from "./fit-state.ts";

const number = fc.double();
const metrics = fc.record(
  {
    epoch: fc.nat(),
    step: fc.nat(),
    rate: number,
    trainLoss: number,
    validationLoss: number,
    validationError: number,
  },
  { requiredKeys: ["epoch", "step", "rate", "trainLoss"] },
);
const vector = fc.float32Array({ minLength: 5, maxLength: 5 });
/** Up to 12 free anchors, so that their numbers have one or two digits. */
const state: fc.Arbitrary<FitState> = fc
  .record({ free: fc.integer({ min: 1, max: 12 }), each: fc.constantFrom(1, 2), keepBest: fc.boolean() })
  .chain(({ free, each, keepBest }) => {
    const vectors = (count: number) => fc.array(vector, { minLength: count, maxLength: count });
    return fc.record({
      history: fc.array(metrics),
      bestEpoch: fc.nat(),
      anchors: vectors(free),
      bestAnchors: vectors(keepBest ? free : 0),
      moments: fc.array(vectors(each), { minLength: free, maxLength: free }),
    });
  });

test("a state is the same after a round trip, bit by bit, whatever its numbers", () => {
  fc.assert(
    fc.property(state, fc.double({ min: 0, noNaN: true, max: 1e9 }), (state, seconds) => {
      const decoded = decodeFitState(encodeFitState(state, seconds), "state");
      // toEqual tells 0 from -0, and takes NaN for equal to itself.
      expect(decoded).toEqual({ ...state, seconds: seconds + 0 });
    }),
  );
});

describe("another file is refused, and it is said what it is", () => {
  for (const [what, metadata, message] of [
    ["tensors from elsewhere", {}, /a\.resume, metadata: expected a state of training written by isthmus/],
    ["an optimum", { isthmus: "1", kind: "optimum" }, /expected the state of a training .* holds an optimum/],
    ["a later format", { isthmus: "2", kind: "fit-state" }, /format 2, expected 1; use the version/],
    ["no history", { isthmus: "1", kind: "fit-state" }, /expected JSON in the entry history, found none/],
    ["a damaged history", { isthmus: "1", kind: "fit-state", history: "3" }, /expected a list/],
  ] as [string, Record<string, string>, RegExp][])
    test(what, () =>
      expect(() => decodeFitState(writeSafetensors({}, metadata), "a.resume")).toThrow(message),
    );
});
