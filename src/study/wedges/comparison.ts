import { connectorFigures, connectorTables } from "../../report/node.ts";
import { CONNECTOR_METHODS, type ConnectorPath } from "../../run/node.ts";
import type { Claim, Study } from "../study.ts";
import { connectedPair, connectorRecipe } from "./connectors.ts";
import { withNetwork } from "./context-node.ts";

const NAMES = { hyperplane: "hyperplanes", neb: "AutoNEB", bezier: "Bézier", polychain: "chain" };

const each = (paths: readonly ConnectorPath[], of: (path: ConnectorPath) => string) =>
  paths.map((path) => `${NAMES[path.method as keyof typeof NAMES]} ${of(path)}`).join(", ");

/** Four ways to connect the same two networks. */
export const connectorComparison: Study = {
  id: "wedges/comparison",
  title: "Four connectors of one pair",
  question:
    "Which way of connecting two optima finds the lowest path, how long is it, and what does it cost?",
  source: "Fort and Jastrzebski 2019, section 4.2; Draxler et al. 2018; Garipov et al. 2018, table 2",
  minutes: { quick: 8, paper: 300 },
  run: withNetwork(async (context) => {
    const spec = { ...connectorRecipe(context.scale), methods: CONNECTOR_METHODS };
    const result = await connectedPair(context, "connectors", context.seed, spec);
    const { line, paths, ends } = result;
    const trained = paths.filter(({ method }) => method === "bezier" || method === "polychain");
    const tenth = line.barrier.aboveMean / 10;
    const claims: Claim[] = [
      {
        name: "every method finds a path that rises above its ends at least 10 times less than the line",
        published: "all find paths of low loss",
        ours:
          each(paths, (path) => path.barrier.aboveMean.toFixed(3)) +
          `; line ${line.barrier.aboveMean.toFixed(3)}`,
        holds: paths.every((path) => path.barrier.aboveMean <= tenth),
      },
      {
        name: "curves are 1.3 to 2.5 times as long as the distance",
        published: "1.30 to 2.13 (Bézier), 1.67 to 3.48 (chains)",
        ours: each(trained, (path) => path.lengthRatio.toFixed(2)),
        holds: trained.every(({ lengthRatio }) => lengthRatio >= 1.3 && lengthRatio <= 2.5),
      },
      {
        name: "AutoNEB's path is 1.5 to 2.5 times as long",
        published: "1.5 to 2.5",
        ours: each(
          paths.filter(({ method }) => method === "neb"),
          (path) => path.lengthRatio.toFixed(2),
        ),
        holds: paths.some(
          ({ method, lengthRatio }) => method === "neb" && lengthRatio >= 1.5 && lengthRatio <= 2.5,
        ),
      },
    ];
    return {
      answer: `Between optima of training loss ${ends.map(({ loss }) => loss.toFixed(3)).join(" and ")} the line rises to ${line.statistics.max.toFixed(3)}; paths rise to ${each(paths, (path) => `${path.statistics.max.toFixed(3)} for ${path.passes.toFixed(0)} passes over the data`)}.`,
      claims,
      figures: connectorFigures(context.folder, result),
      tables: connectorTables(result),
      notes: [
        `All methods take gradients of batches of ${spec.descent.batch} of ${context.data.train.examples.count} images. Numbers of steps are the recipe's and not tuned to each other: compare cost with that in mind.`,
      ],
    };
  }),
};
