import { join } from "node:path";
import { expect, it } from "vitest";
import { toyRegression } from "../data/index.ts";
import { Examples, NetworkLandscape, squaredError } from "../landscape/index.ts";
import { leafViews } from "../model/index.ts";
import { commandFolder } from "./command.reference.ts";
import { loadPath } from "./path-run.ts";

const { folder, isthmus } = commandFolder("path-run");

it("as published, a path of ordered biases runs through the same networks, with biases that increase", async () => {
  const flags = "--ordered-biases --network 5-4 --degree 2 --steps 3 --seed 2 --out ordered".split(" ");
  expect(isthmus("path", ...flags).code).toBe(0);
  const dataset = await toyRegression({ seed: 2 });
  using examples = new Examples(dataset, dataset.test);
  const lossOf = async (asPublished: boolean, point: number) => {
    const { network, span: open } = loadPath(join(folder, "ordered"), asPublished);
    using span = open();
    using landscape = new NetworkLandscape(network, examples, squaredError);
    const { loss } = await landscape.evaluate(span.anchors[point]);
    return { loss, kind: network.spec.kind, leaves: leafViews(network.layout, span.anchors[point].slice()) };
  };
  const [trained, published] = [await lossOf(false, 1), await lossOf(true, 1)];
  expect([trained.kind, published.kind]).toEqual(["ordered-biases", "mlp"]);
  expect(published.loss / trained.loss).toBeCloseTo(1, 5);
  for (const bias of [published.leaves[1], published.leaves[3]]) {
    expect([...bias]).toEqual([...bias].toSorted((a, b) => a - b));
  }
});
