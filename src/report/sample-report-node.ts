import { type Convergence, kernelDensity, rankCounts } from "../inference/index.ts";
import type { PosteriorScores } from "../run/index.ts";
import type { RunFolder, SampleResult } from "../run/node.ts";
import { injectivityWarning, priorShare, radiusText } from "./injectivity.ts";
import { planeFigure } from "./plane.ts";
import { profileFigure } from "./profile.ts";
import { projectionFigure } from "./projection.ts";
import { rankFigure } from "./ranks.ts";
import { saveFigure, saveReport } from "./save-node.ts";
import { scatterFigure } from "./scatter.ts";

const SPACES = {
  tunnel: "tunnel along the path",
  volume: "span of its control points",
  line: "path itself",
  full: "full space of all weights",
};

/** Numbers that are not finite are null in the results. */
const number = (x: number | null | undefined, digits: number) =>
  x === undefined || x === null ? "-" : x.toFixed(digits);

/** A score that matters beside the LPPD, in words. */
const quality = ({ rmse, accuracy }: PosteriorScores) =>
  rmse !== undefined
    ? `root mean squared error ${rmse.toFixed(4)}`
    : `accuracy ${(100 * (accuracy ?? Number.NaN)).toFixed(2)} %`;

/** R-hat up to which chains have converged (Vehtari et al. 2021). */
const CONVERGED = 1.01;

/** R-hat is NaN, or null in a file, where chains are stuck: then they have not. */
const verdict = ({ rHatMax }: Convergence) =>
  Number.isFinite(rHatMax) && rHatMax <= CONVERGED ? "converged" : "not converged";

/** Above it chains have not mixed (Vehtari et al. 2021 ask for 1.01; up to here more draws are all that is missing). */
const MIXED = 1.05;

/**
 * The warnings that chains of a `sample` run are stuck, that they do not agree (in the full space, in what they predict),
 * and that its tunnel is too wide, or nothing.
 */
export function sampleWarning({
  temperatures,
  best,
  space,
  chains,
  injectivity,
}: SampleResult): string | undefined {
  const { convergence, functions, stuck } = temperatures[best];
  const { rHatMax } = space === "full" ? functions : convergence;
  const standing =
    stuck > 0
      ? `${stuck} of ${chains} chains did not move or have left the finite numbers, so that their draws say nothing; take a smaller prior (--prior-scale), a narrower tube (--tube) or a longer warm-up (--warmup).`
      : undefined;
  const mixing =
    rHatMax > MIXED
      ? `The chains have not mixed (R-hat ${rHatMax.toFixed(2)}; 1.01 or less is converged): they show parts of the posterior, not how much each weighs; draw more (--draws, --thin), or raise the temperature.`
      : undefined;
  const width = injectivity && injectivityWarning(injectivity.radius, injectivity.massBeyond);
  return [standing, mixing, width].filter(Boolean).join(" ") || undefined;
}

/** The answer of a `sample` run in one sentence. */
export function sampleAnswer(result: SampleResult): string {
  const { temperatures, best, chains, draws, space } = result;
  const { temperature, splits, convergence, functions, divergences, stuck } = temperatures[best];
  const chosen = temperatures.length > 1 ? ` (the best of ${temperatures.length} by validation)` : "";
  return `${chains} chains of ${draws} draws in the ${SPACES[space]}, temperature ${temperature}${chosen}: test LPPD ${splits.test.lppd.toFixed(3)}, ${quality(splits.test)}; ${verdict(space === "full" ? functions : convergence)} (largest R-hat ${number(convergence.rHatMax, 3)}, of predictions ${number(functions.rHatMax, 3)}; effective draws ${number(convergence.essBulkMin, 0)} or more, ${number(convergence.essBulkMean, 0)} on average; ${divergences} divergences${stuck > 0 ? `; ${stuck} of the chains stuck` : ""}).`;
}

/** Draws the figures of a `sample` run and writes its report; returns the report's path. */
export function sampleReport(folder: RunFolder): string {
  const result = folder.readJson("sample") as SampleResult;
  const { temperatures, best, space, loo, injectivity } = result;
  if (!temperatures[best].functions || (space !== "full" && !folder.has("results/path.npz"))) {
    throw new RangeError(
      `The run in ${folder.path} was drawn by an earlier version of isthmus, which did not note all that the report shows; sample again.`,
    );
  }
  const chosen = temperatures[best];
  const several = temperatures.length > 1;
  const warning = sampleWarning(result);
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
        value: number(chosen.convergence.rHatMax, 3),
        note: `the largest over the coordinates of the span${space === "full" ? ", onto which draws are projected" : ""}; ${CONVERGED} or less is converged. Of predictions ${number(chosen.functions.rHatMax, 3)}`,
      },
      {
        label: "Effective draws",
        value: number(chosen.convergence.essBulkMean, 0),
        note: `on average, ${(chosen.convergence.essBulkMean / chosen.seconds).toFixed(1)} a second; at least ${number(chosen.convergence.essBulkMin, 0)}. Of predictions ${number(chosen.functions.essBulkMean, 0)}`,
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
              value: radiusText(injectivity.radius),
              note: `${priorShare(injectivity.massBeyond)} of the prior lies beyond, where the tunnel folds over or meets itself`,
            },
          ]
        : []),
    ],
    figures: [
      ...(several ? [temperatureFigure(folder, result)] : []),
      traceFigure(folder, result),
      ranksFigure(folder, result),
      ...(space === "line" ? [] : drawsFigures(folder, result)),
      ...(space === "line" || space === "full" ? [] : densityFigures(folder, result)),
      ...(space === "full" ? [] : [principalFigure(folder, result)]),
      ...(space === "volume" || space === "full" ? [] : [positionFigure(folder, result)]),
    ],
    tables: [
      {
        caption: `Temperatures of the likelihood; R-hat and effective draws of the coordinates of the span${space === "full" ? " (of the projections onto it)" : ""}, and of what the networks predict of up to 20 test examples.`,
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
          "of predictions: R-hat",
          "effective draws",
          "divergences",
          "stuck chains",
          "seconds",
        ],
        rows: temperatures.map(({ temperature, splits, convergence: c, functions: f, ...cost }) => [
          String(temperature),
          number(splits.validation?.lppd, 3),
          splits.test.lppd.toFixed(3),
          number(splits.test.rmse ?? splits.test.accuracy, 4),
          number(c.rHatMax, 3),
          number(c.rHatMean, 3),
          number(c.essBulkMin, 0),
          number(c.essBulkMean, 0),
          (c.essBulkMean / cost.seconds).toFixed(1),
          number(f.rHatMax, 3),
          number(f.essBulkMean, 0),
          String(cost.divergences),
          String(cost.stuck),
          cost.seconds.toFixed(1),
        ]),
      },
    ],
    notes: [
      ...(warning ? [warning] : []),
      "LPPD is the mean log predictive density of the untempered likelihood, whatever the temperature. Seconds are those of sampling, without the warm-up.",
      ...(space === "full"
        ? [
            "Networks whose units are permuted predict the same but lie far apart, so that R-hat of the weights says little of the full space: look at that of the predictions.",
          ]
        : []),
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

/** What the trace and the ranks show, [C, S]: t, the first coordinate of the volume, or the log-density in the full space. */
function shownQuantity(folder: RunFolder, { temperatures, best, space }: SampleResult) {
  const { lambda, log_density } = folder.readArrays(`draws-${temperatures[best].temperature}`);
  if (space === "full") {
    const [C, S] = log_density.shape;
    return { C, S, values: log_density.data as Float64Array, name: "log-density", label: "log-density" };
  }
  const [C, S, k] = lambda.shape;
  const values = (lambda.data as Float64Array).filter((_, i) => i % k === 0);
  return space === "volume"
    ? { C, S, values, name: "first coordinate of the span", label: "φ₁" }
    : { C, S, values, name: "position t on the path", label: "t" };
}

function traceFigure(folder: RunFolder, result: SampleResult) {
  const { C, S, values, name, label } = shownQuantity(folder, result);
  const step = Math.max(1, Math.ceil(S / TRACED));
  const x = Array.from({ length: Math.ceil(S / step) }, (_, i) => i * step);
  return saveFigure(folder, "trace", `Trace of the ${name}, a line a chain.`, (document) =>
    profileFigure(
      {
        xLabel: "draw",
        yLabel: label,
        series: Array.from({ length: C }, (_, c) => ({
          name: `chain ${c + 1}`,
          x,
          y: x.map((s) => values[c * S + s]),
        })),
      },
      document,
    ),
  );
}

/** As many bins of ranks as leave 20 draws of each chain in each, at most 20. */
const rankBins = (draws: number) => Math.max(5, Math.min(20, Math.floor(draws / 20)));

function ranksFigure(folder: RunFolder, result: SampleResult) {
  const { C, S, values, label } = shownQuantity(folder, result);
  const counts = rankCounts(values, C, rankBins(S));
  return saveFigure(
    folder,
    "ranks",
    `Ranks of ${label === "t" || label === "φ₁" ? label : `the ${label}`} by chain; flat where the chains explore the same distribution (Vehtari et al. 2021).`,
    (document) => rankFigure({ counts, chains: C, variable: label }, document),
  );
}

/** Draws of all chains together that a picture shows at most. */
const SHOWN = 3000;
/** Chains that have colours of their own. */
const COLOURS = 6;

/** Draws in the first two coordinates, where there are two. */
function drawsFigures(folder: RunFolder, { temperatures, best, space }: SampleResult) {
  const { lambda, phi } = folder.readArrays(`draws-${temperatures[best].temperature}`);
  const flat = space === "volume" || space === "full";
  const places = flat ? phi : lambda;
  const [C, S, k] = places.shape;
  if (k < 2) return [];
  const step = Math.max(1, Math.ceil((C * S) / SHOWN));
  const coordinate = (chain: number, j: number) =>
    Array.from({ length: Math.ceil(S / step) }, (_, i) =>
      Number(places.data[(chain * S + i * step) * k + j]),
    );
  const chains = Array.from({ length: C }, (_, c) => ({
    name: `chain ${c + 1}`,
    x: coordinate(c, 0),
    y: coordinate(c, 1),
  }));
  const together = {
    name: `draws of ${C} chains`,
    x: chains.flatMap(({ x }) => x),
    y: chains.flatMap(({ y }) => y),
  };
  const [xLabel, yLabel] = flat ? ["φ₁", "φ₂"] : ["t", "ξ₁"];
  const thinned = step > 1 ? `, every ${step}th of them` : "";
  return [
    saveFigure(
      folder,
      "draws",
      `${space === "full" ? "Draws projected onto the first two coordinates of the span of the path" : `Draws in the first two coordinates of the ${space}`}${thinned}.`,
      (document) =>
        scatterFigure(
          {
            xLabel,
            yLabel,
            series: C <= COLOURS ? chains : [together],
            line: flat ? undefined : { name: "path", y: 0 },
          },
          document,
        ),
    ),
  ];
}

/** Of a path in the coordinates of its tunnel. */
const ENDS = [0, 1].map((t) => ({ x: t, y: 0, label: `t = ${t}`, shape: "circle" as const }));

/** Nodes of the density along each axis. */
const DENSITY_NODES = { x: 81, y: 61 };

/** The density of the draws of all chains in the first two coordinates, where there are two. */
function densityFigures(folder: RunFolder, { temperatures, best, space }: SampleResult) {
  const { lambda } = folder.readArrays(`draws-${temperatures[best].temperature}`);
  const [C, S, k] = lambda.shape;
  if (k < 2) return [];
  const coordinate = (j: number) => (lambda.data as Float64Array).filter((_, at) => at % k === j);
  const [x, y] = [coordinate(0), coordinate(1)];
  // Chains that never move have no density.
  const moves = (values: Float64Array) => values.some((value, i) => value !== values[i - (i % S)]);
  if (!moves(x) || !moves(y)) return [];
  const { xs, ys, values } = kernelDensity(x, y, DENSITY_NODES, C);
  const tunnel = space === "tunnel";
  return [
    saveFigure(
      folder,
      "density",
      `The density of the posterior in the first two coordinates of the ${space}: ${C * S} draws of all chains, smoothed.`,
      (document) =>
        planeFigure(
          {
            xs,
            ys,
            values,
            valueLabel: "density",
            xLabel: tunnel ? "t" : "φ₁",
            yLabel: tunnel ? "ξ₁" : "φ₂",
            stretch: true,
            // Above every range: equal steps, for what is high matters here.
            logAlpha: Number.POSITIVE_INFINITY,
            points: tunnel ? ENDS : [],
            paths: tunnel ? [{ name: "path", x: [0, 1], y: [0, 0] }] : [],
          },
          document,
        ),
    ),
  ];
}

/** Draws and path in the principal axes of the control points, as distances in weight space. */
function principalFigure(folder: RunFolder, { temperatures, best }: SampleResult) {
  const { phi } = folder.readArrays(`draws-${temperatures[best].temperature}`);
  const path = folder.readArrays("path");
  const [unit, singularValues] = [path.unit.data, path.singular_values.data as Float64Array];
  const K = singularValues.length;
  const total = singularValues.reduce((sum, value) => sum + value * value, 0);
  const ratios = singularValues.subarray(0, 2).map((value) => value ** 2 / total);
  const scores = (places: ArrayLike<number>, step = 1) =>
    Array.from({ length: Math.ceil(places.length / K / step) }, (_, i) =>
      Array.from(ratios, (_, j) => Number(places[i * step * K + j]) * Number(unit[j])),
    );
  const along = scores(path.phi.data as Float64Array);
  const draws = scores(phi.data as Float64Array, Math.max(1, Math.ceil(phi.data.length / K / SHOWN)));
  return saveFigure(
    folder,
    "principal-axes",
    "Draws of all chains and the path in the first two principal axes of its control points.",
    (document) =>
      projectionFigure(
        {
          series: [
            { name: "draws", scores: draws.flat(), joined: false },
            { name: "path", scores: along.flat() },
          ],
          marks: [
            { label: "t = 0", scores: along[0] },
            { label: "t = 1", scores: along[along.length - 1] },
          ],
          ratios,
        },
        document,
      ),
  );
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
