import { rankCounts } from "../inference/index.ts";
import type { PosteriorScores } from "../run/index.ts";
import type { RunFolder, SampleResult } from "../run/node.ts";
import { profileFigure } from "./profile.ts";
import { rankFigure } from "./ranks.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { scatterFigure } from "./scatter.ts";

const SPACES = { tunnel: "tunnel along the path", volume: "span of its control points", line: "path itself" };

/** A score that matters beside the LPPD, in words. */
const quality = ({ rmse, accuracy }: PosteriorScores) =>
  rmse !== undefined
    ? `root mean squared error ${rmse.toFixed(4)}`
    : `accuracy ${(100 * (accuracy ?? Number.NaN)).toFixed(2)} %`;

/** The answer of a `sample` run in one sentence. */
export function sampleAnswer(result: SampleResult): string {
  const { temperatures, best, chains, draws, space } = result;
  const { temperature, splits, convergence, divergences } = temperatures[best];
  const chosen = temperatures.length > 1 ? ` (the best of ${temperatures.length} by validation)` : "";
  return `${chains} chains of ${draws} draws in the ${SPACES[space]}, temperature ${temperature}${chosen}: test LPPD ${splits.test.lppd.toFixed(3)}, ${quality(splits.test)}; R-hat at most ${convergence.rHatMax.toFixed(3)}, effective draws ${convergence.essBulkMin.toFixed(0)} or more (mean ${convergence.essBulkMean.toFixed(0)}), ${divergences} divergences.`;
}

/** Draws the figures of a `sample` run and writes its report; returns the report's path. */
export function sampleReport(folder: RunFolder): string {
  const result = folder.readJson("sample") as SampleResult;
  const { temperatures, best, space, loo, injectivity } = result;
  const chosen = temperatures[best];
  const several = temperatures.length > 1;
  const number = (x: number | undefined, digits: number) => (x === undefined ? "-" : x.toFixed(digits));
  return saveReport(folder, {
    title: `A posterior in the ${SPACES[space]}`,
    question: "What do networks around the path predict together, and how well do the chains mix?",
    answer: sampleAnswer(result),
    facts: [
      {
        label: "Test LPPD",
        value: chosen.splits.test.lppd.toFixed(3),
        note: `standard error ${chosen.splits.test.lppdError.toFixed(3)}; ${quality(chosen.splits.test)}`,
      },
      {
        label: "R-hat",
        value: chosen.convergence.rHatMax.toFixed(3),
        note: "the largest over the coordinates of the span; 1.01 or less is converged",
      },
      {
        label: "Effective draws",
        value: chosen.convergence.essBulkMean.toFixed(0),
        note: `on average, ${(chosen.convergence.essBulkMean / chosen.seconds).toFixed(1)} a second; at least ${chosen.convergence.essBulkMin.toFixed(0)}`,
      },
      {
        label: "PSIS-LOO",
        value: loo.elpd.toFixed(1),
        note: `± ${loo.standardError.toFixed(1)}, ${loo.effectiveParameters.toFixed(1)} effective parameters, ${loo.unreliable} unreliable examples`,
      },
      ...(injectivity
        ? [
            {
              label: "Radius of injectivity",
              value: injectivity.radius.toPrecision(3),
              note: `${(100 * injectivity.massBeyond).toFixed(1)} % of the prior lies beyond, where the tunnel folds over or meets itself`,
            },
          ]
        : []),
    ],
    figures: [
      ...(several ? [temperatureFigure(folder, result)] : []),
      traceFigure(folder, result),
      ranksFigure(folder, result),
      ...(space === "line" ? [] : drawsFigures(folder, result)),
      ...(space === "volume" ? [] : [positionFigure(folder, result)]),
    ],
    tables: [
      {
        caption: "Temperatures of the likelihood; R-hat and effective draws of the coordinates of the span.",
        columns: [
          "temperature",
          "validation LPPD",
          "test LPPD",
          "RMSE or accuracy",
          "R-hat, largest",
          "mean",
          "effective draws, least",
          "mean",
          "a second",
          "divergences",
          "seconds",
        ],
        rows: temperatures.map(({ temperature, splits, convergence: c, divergences, seconds }) => [
          String(temperature),
          number(splits.validation?.lppd, 3),
          splits.test.lppd.toFixed(3),
          number(splits.test.rmse ?? splits.test.accuracy, 4),
          c.rHatMax.toFixed(3),
          c.rHatMean.toFixed(3),
          c.essBulkMin.toFixed(0),
          c.essBulkMean.toFixed(0),
          (c.essBulkMean / seconds).toFixed(1),
          String(divergences),
          seconds.toFixed(1),
        ]),
      },
    ],
    notes: [
      "LPPD is the mean log predictive density of the untempered likelihood, whatever the temperature. Seconds are those of sampling, without the warm-up.",
    ],
  });
}

function temperatureFigure(folder: RunFolder, { temperatures }: SampleResult) {
  return saveFigure(folder, "temperature", "Predictive density by temperature.", (document) =>
    profileFigure(
      {
        xLabel: "temperature",
        yLabel: "LPPD",
        xLog: true,
        series: (["validation", "test"] as const).flatMap((split) =>
          temperatures[0].splits[split]
            ? [
                {
                  name: split,
                  x: temperatures.map(({ temperature }) => temperature),
                  y: temperatures.map(({ splits }) => splits[split].lppd),
                  emphasis: split === "test",
                },
              ]
            : [],
        ),
      },
      document,
    ),
  );
}

/** Draws of a coordinate that a trace shows at most. */
const TRACED = 500;

function traceFigure(folder: RunFolder, { temperatures, best, space }: SampleResult) {
  const { lambda } = folder.readArrays(`draws-${temperatures[best].temperature}`);
  const [C, S, k] = lambda.shape;
  const step = Math.max(1, Math.ceil(S / TRACED));
  const x = Array.from({ length: Math.ceil(S / step) }, (_, i) => i * step);
  const what = space === "volume" ? "first coordinate of the span" : "position t on the path";
  return saveFigure(folder, "trace", `Trace of the ${what}, a line a chain.`, (document) =>
    profileFigure(
      {
        xLabel: "draw",
        yLabel: space === "volume" ? "φ₁" : "t",
        series: Array.from({ length: C }, (_, c) => ({
          name: `chain ${c + 1}`,
          x,
          y: x.map((s) => Number(lambda.data[(c * S + s) * k])),
        })),
      },
      document,
    ),
  );
}

/** As many bins of ranks as leave 20 draws of each chain in each, at most 20. */
const rankBins = (draws: number) => Math.max(5, Math.min(20, Math.floor(draws / 20)));

function ranksFigure(folder: RunFolder, { temperatures, best, space }: SampleResult) {
  const { lambda } = folder.readArrays(`draws-${temperatures[best].temperature}`);
  const [C, S, k] = lambda.shape;
  const first = (lambda.data as Float64Array).filter((_, i) => i % k === 0);
  const counts = rankCounts(first, C, rankBins(S));
  const variable = space === "volume" ? "φ₁" : "t";
  return saveFigure(
    folder,
    "ranks",
    `Ranks of ${variable} by chain; flat where the chains explore the same distribution (Vehtari et al. 2021).`,
    (document) => rankFigure({ counts, chains: C, variable }, document),
  );
}

/** Draws of all chains together that a picture shows at most. */
const SHOWN = 3000;

/** Draws in the first two coordinates, where there are two. */
function drawsFigures(folder: RunFolder, { temperatures, best, space }: SampleResult) {
  const { lambda } = folder.readArrays(`draws-${temperatures[best].temperature}`);
  const [C, S, k] = lambda.shape;
  if (k < 2) return [];
  const step = Math.max(1, Math.ceil((C * S) / SHOWN));
  const coordinate = (chain: number, j: number) =>
    Array.from({ length: Math.ceil(S / step) }, (_, i) =>
      Number(lambda.data[(chain * S + i * step) * k + j]),
    );
  const [xLabel, yLabel] = space === "volume" ? ["φ₁", "φ₂"] : ["t", "ξ₁"];
  const thinned = step > 1 ? `, every ${step}th of them` : "";
  return [
    saveFigure(folder, "draws", `Draws in the first two coordinates of the ${space}${thinned}.`, (document) =>
      scatterFigure(
        {
          xLabel,
          yLabel,
          series: Array.from({ length: C }, (_, c) => ({
            name: `chain ${c + 1}`,
            x: coordinate(c, 0),
            y: coordinate(c, 1),
          })),
          line: space === "volume" ? undefined : { name: "path", y: 0 },
        },
        document,
      ),
    ),
  ];
}

const BINS = 40;

/** The marginal of t, as shares of the draws in bins, of all chains together. */
function positionFigure(folder: RunFolder, { temperatures, best }: SampleResult) {
  const { lambda } = folder.readArrays(`draws-${temperatures[best].temperature}`);
  const k = lambda.shape[2];
  const ts = Array.from(lambda.data as Float64Array).filter((_, i) => i % k === 0);
  const [low, high] = [-0.1, 1.1];
  const counts = new Array<number>(BINS).fill(0);
  for (const t of ts) counts[Math.min(BINS - 1, Math.floor(((t - low) / (high - low)) * BINS))]++;
  const width = (high - low) / BINS;
  return saveFigure(folder, "position", "Where on the path the posterior lies.", (document) =>
    profileFigure(
      {
        xLabel: "t",
        yLabel: "density",
        series: [
          {
            name: "posterior",
            x: counts.map((_, b) => low + (b + 0.5) * width),
            y: counts.map((count) => count / (ts.length * width)),
            emphasis: true,
          },
        ],
      },
      document,
    ),
  );
}
