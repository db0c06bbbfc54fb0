import type { Alignment, ConnectResult, RunFolder } from "../run/node.ts";
import { planeFigures } from "./plane-report-node.ts";
import { profileFigure } from "./profile.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { trainingCurves } from "./train-report-node.ts";

const percent = (x: number, digits = 2) => `${(100 * x).toFixed(digits)} %`;
const fixed = (x: number, digits = 3) => x.toFixed(digits);

/** The value at the middle position of a profile. */
const middle = (values: number[]) => values[(values.length - 1) >> 1];

/** What aligning the optima did, in one sentence. */
function alignmentSentence({ alignment, line }: ConnectResult): string {
  if (!alignment) return "";
  const { distanceBefore, distanceAfter, barrierBefore } = alignment;
  return ` Renumbering the units of the second optimum brought it from ${distanceBefore.toFixed(1)} to ${distanceAfter.toFixed(1)} of the first and took the barrier of the line from ${fixed(barrierBefore.aboveMean)} to ${fixed(line.barrier.aboveMean)}.`;
}

/** The answer of a `connect` run in a few sentences. */
export function connectAnswer(result: ConnectResult, classification: boolean): string {
  const { line, curve, ends } = result;
  const worse = Math.max(ends[0].train.loss, ends[1].train.loss);
  const peak = curve.statistics.trainLoss.max;
  const joined = peak <= 1.1 * worse;
  const test = classification
    ? ` Test accuracy falls to ${percent(1 - line.statistics.testError.max)} on the line and never below ${percent(1 - curve.statistics.testError.max)} on the curve.`
    : ` The test error rises to ${fixed(line.statistics.testError.max)} on the line and to ${fixed(curve.statistics.testError.max)} on the curve.`;
  const top = line.statistics.trainLoss.max;
  const climb =
    fixed(top) === fixed(worse)
      ? `does not climb above its ends, ${fixed(worse)}`
      : `climbs from ${fixed(worse)} to ${fixed(top)}`;
  const barrier = `On the straight line the training loss ${climb} (a barrier of ${fixed(line.barrier.aboveMean)})`;
  const path = `a ${curve.kind === "bezier" ? "Bézier curve" : "polygonal chain"} ${fixed(curve.lengthRatio, 2)} times as long`;
  const verdict = joined
    ? `; ${path} joins the two optima at no more than ${fixed(peak)} (mean ${fixed(curve.statistics.trainLoss.lengthMean)}).`
    : `; ${path} lowers that to ${fixed(peak)} (mean ${fixed(curve.statistics.trainLoss.lengthMean)}), which is still above the ends: train it longer, or with more bends.`;
  return barrier + verdict + test + alignmentSentence(result);
}

/** Draws the figures of a `connect` run and writes its report; returns the report's path. */
export function connectReport(folder: RunFolder): string {
  const result = folder.readJson("connect") as ConnectResult;
  const spec = folder.record.spec as { classes?: number };
  const classification = (spec.classes ?? 0) > 0;
  const { line, curve, ends, plane, alignment } = result;
  const error = classification ? "error" : "root mean squared error";
  const curveName = curve.kind === "bezier" ? "Bézier curve" : "polygonal chain";
  const profile =
    (y: "trainLoss" | "testError", yLabel: string, isPercent: boolean) => (document: Document) =>
      profileFigure(
        {
          xLabel: "t",
          yLabel,
          percent: isPercent,
          series: [
            { name: "straight line", x: line.t, y: line[y], dashed: true },
            { name: curveName, x: curve.t, y: curve[y], emphasis: true },
          ],
        },
        document,
      );
  const worseLoss = Math.max(...ends.map((e) => e.train.loss));
  const worseError = Math.max(...ends.map((e) => e.test.error));
  const figures = [
    saveFigure(
      folder,
      "loss-along-paths",
      `Training loss along the straight line and the ${curveName} between the two optima, dropout off, over all ${count(folder)} training examples.`,
      profile("trainLoss", "training loss", false),
    ),
    saveFigure(
      folder,
      "error-along-paths",
      `Test ${error} along the same paths.`,
      profile("testError", `test ${error}`, classification),
    ),
    ...planeFigures(folder, plane, {
      classification,
      scale: "perceptual",
      vmaxLoss: 1.5 * line.statistics.trainLoss.max,
      vmaxError: classification ? Math.min(0.6, 1.5 * line.statistics.testError.max) : 4 * worseError,
    }),
    trainingCurves(folder),
  ];
  const accuracy = (e: number) => (classification ? percent(1 - e) : fixed(e));
  const measure = classification ? "test accuracy" : `test ${error}`;
  return saveReport(folder, {
    title: "Joining two optima",
    question:
      "Two networks of the same architecture were trained from different random starts. Is there a path of low loss between them?",
    answer: connectAnswer(result, classification),
    facts: [
      {
        label: "Barrier of the line",
        value: fixed(line.barrier.aboveMean),
        note: `largest training loss ${fixed(line.statistics.trainLoss.max)}, ${(line.statistics.trainLoss.max / worseLoss).toFixed(1)} times the worse end${alignment ? `; ${fixed(alignment.barrierBefore.aboveMean)} before the alignment` : ""}`,
      },
      {
        label: "Largest loss on the curve",
        value: fixed(curve.statistics.trainLoss.max),
        note: `${(curve.statistics.trainLoss.max / worseLoss).toFixed(2)} times the worse end; mean over its length ${fixed(curve.statistics.trainLoss.lengthMean)}`,
      },
      {
        label: "Distance of the optima",
        value: result.distance.toFixed(1),
        note: `cosine ${fixed(result.cosine)}${alignment ? `; ${alignment.distanceBefore.toFixed(1)} before the alignment` : ""}`,
      },
      {
        label: "Length of the curve",
        value: curve.length.toFixed(1),
        note: `${curve.lengthRatio.toFixed(2)} times the distance; ${curve.maxDeviationFromChord.toFixed(1)} off the line`,
      },
    ],
    figures,
    tables: [
      {
        caption: "The two optima, and the middle of the line and of the curve (dropout off).",
        columns: ["point", "training loss", measure, "norm"],
        rows: [
          ...ends.map((e, i) => [
            `optimum ${i + 1}`,
            fixed(e.train.loss, 4),
            accuracy(e.test.error),
            e.norm.toFixed(1),
          ]),
          ["middle of the line", fixed(middle(line.trainLoss), 4), accuracy(middle(line.testError)), ""],
          ["middle of the curve", fixed(middle(curve.trainLoss), 4), accuracy(middle(curve.testError)), ""],
        ],
      },
      {
        caption: "Along the paths, at evenly spaced t; the mean is weighted by length.",
        columns: ["quantity", "path", "start", "end", "min", "max", "mean"],
        rows: (["trainLoss", "testLoss", "testError"] as const).flatMap((quantity) =>
          [line, curve].map((path) => {
            const s = path.statistics[quantity];
            const name = { trainLoss: "training loss", testLoss: "test loss", testError: `test ${error}` }[
              quantity
            ];
            const cells = [s.start, s.end, s.min, s.max, s.lengthMean].map((v) => fixed(v, 4));
            return [name, path === line ? "line" : "curve", ...cells];
          }),
        ),
      },
    ],
    notes: [
      "Losses are means of the cross-entropy in nats, or of the squared error. An example counts as right if its class alone has the highest output.",
      ...(alignment ? [alignmentNote(alignment)] : []),
      "Where a path leaves the plane, the colours under it are the plane's and not its own; the legend says how far it leaves it.",
    ],
  });
}

function alignmentNote({ layers, outputDeviation, largestOutput }: Alignment): string {
  const moved = layers.map(({ name, units, moved }) => `${moved} of ${units} in ${name}`).join(", ");
  return `The hidden units of the second optimum were renumbered by weight matching (Ainsworth et al. 2023): ${moved}. It computes the same: on random inputs no output changed by more than ${outputDeviation.toExponential(1)}, of ${fixed(largestOutput, 1)} at most.`;
}

const count = (folder: RunFolder) =>
  (folder.record.spec as { trainExamples?: number }).trainExamples ?? "the";
