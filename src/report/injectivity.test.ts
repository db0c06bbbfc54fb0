import { expect, test } from "vitest";
import { injectivityWarning } from "./injectivity.ts";

test("warns where more than a hundredth of the prior lies beyond the radius of injectivity, and only there", () => {
  expect(injectivityWarning(0.08, 0.314)).toContain(
    "31 % of the prior reaches past the radius of injectivity (0.0800)",
  );
  expect(injectivityWarning(0.08, 0.009)).toBeUndefined();
  // As JSON holds an infinite radius.
  expect(injectivityWarning(null, 0)).toBeUndefined();
});
