import { disconnectivity } from "../fit/index.ts";
import type { MinimaGraphResult, RunFolder } from "../run/node.ts";
import { disconnectivityFigure } from "./disconnectivity.ts";
import type { ReportFigure } from "./html.ts";
import { significant } from "./numbers.ts";
import { saveFigure, saveReport } from "./save-node.ts";

const measureName = ({ measure }: MinimaGraphResult) =>
  measure === "loss" ? "training loss" : "distance to the nearest wedge";

/** The answer of a run over a graph of minima in one sentence. */
export function minimaGraphAnswer(result: MinimaGraphResult): string {
  const { minima, edges, tree } = result;
  const saddles = tree.map((e) => edges[e].saddle);
  const lines = edges.map(({ line }) => line);
  return `${minima.length} minima of ${significant(Math.min(...minima.map(({ loss }) => loss)))} to ${significant(Math.max(...minima.map(({ loss }) => loss)))} are joined over saddles of at most ${significant(Math.max(...saddles))} (${measureName(result)}); on the straight lines it rises to ${significant(Math.max(...lines))}.`;
}

/** Draws the figures of a run over a graph of minima and writes its report; returns the report's path. */
export function minimaGraphReport(folder: RunFolder): string {
  const result = folder.readJson("minima-graph") as MinimaGraphResult;
  const { minima, edges, tree, saddles, complete } = result;
  const inTree = new Set(tree);
  return saveReport(folder, {
    title: `A graph of ${minima.length} minima`,
    question: "How high must one climb from one minimum to another?",
    answer: minimaGraphAnswer(result),
    facts: [
      { label: "Paths looked for", value: String(edges.length) },
      {
        label: "Highest saddle of the spanning tree",
        value: significant(Math.max(...tree.map((e) => edges[e].saddle))),
      },
      {
        label: "Length of the paths",
        value: `${Math.min(...edges.map(({ lengthRatio }) => lengthRatio)).toFixed(2)} to ${Math.max(...edges.map(({ lengthRatio }) => lengthRatio)).toFixed(2)} times the distance`,
      },
    ],
    figures: [minimaGraphFigure(folder, result)],
    tables: [
      {
        caption: "Minima.",
        columns: ["minimum", "value", "file"],
        rows: minima.map(({ name, loss }, i) => [String(i + 1), significant(loss), name]),
      },
      {
        caption: "Paths found by AutoNEB, in the order in which they were looked for.",
        columns: ["minima", "largest on the line", "saddle", "in the tree", "length / distance", "gradients"],
        rows: edges.map((edge, e) => [
          `${edge.a + 1} and ${edge.b + 1}`,
          significant(edge.line),
          significant(edge.saddle),
          inTree.has(e) ? "yes" : "no",
          edge.lengthRatio.toFixed(2),
          String(edge.gradients),
        ]),
      },
      {
        caption: "The lowest saddle known between every two minima; on the diagonal the minimum itself.",
        columns: ["minimum", ...minima.map((_, i) => String(i + 1))],
        rows: saddles.map((row, i) => [String(i + 1), ...row.map(significant)]),
      },
    ],
    notes: [
      complete
        ? "Every pair that could lower the tree has been tried."
        : "Not every pair that could lower the tree has been tried: more --pairs may find lower saddles.",
    ],
  });
}

/** The disconnectivity graph; also for studies. */
export function minimaGraphFigure(folder: RunFolder, result: MinimaGraphResult): ReportFigure {
  const { minima, edges } = result;
  const losses = minima.map(({ loss }) => loss);
  return saveFigure(
    folder,
    "disconnectivity",
    "Disconnectivity graph: each minimum is the foot of a line, and lines meet at the lowest saddle that was found between their minima.",
    (document) =>
      disconnectivityFigure(
        { trunks: disconnectivity(losses, edges), yLabel: measureName(result) },
        document,
      ),
  );
}
