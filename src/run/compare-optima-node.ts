import { diagonalLaplace, predictDraws } from "../inference/index.ts";
import { atBestTemperature, type CompareContext, type Found, PREDICTING } from "./compare-spec.ts";
import { scoreOutputs, scorePoints } from "./posterior-scores.ts";

/** Among which that of the prior of Laplace is chosen. */
const PRECISIONS = [1, 10, 100, 1000, 10_000, 100_000];

/** Optima that were trained apart. */
export async function ensembleOf(
  { setup, member, folder, options }: CompareContext,
  count: number,
): Promise<Found> {
  const members: Awaited<ReturnType<typeof member>>[] = [];
  for (let i = 0; i < count; i++) members.push(await member(i));
  const { test } = setup.data;
  const points = {
    anchors: members.map(({ theta }) => theta),
    coefficients: Float64Array.from({ length: count * count }, (_, at) => (at % (count + 1) === 0 ? 1 : 0)),
    scales: Float64Array.from(members, ({ scale }) => scale),
  };
  const { scores } = await scorePoints(test, setup.data.dataset.test.targets, points, options);
  const { timings } = folder.record;
  return {
    networks: count,
    scores,
    evaluations: members.reduce((sum, { epochs }) => sum + epochs, 0),
    seconds: members.reduce((sum, _, i) => sum + timings[`member-${i + 1}`], 0),
  };
}

/** Diagonal Laplace approximation around the first optimum; the prior that validates best. */
export async function laplace({ setup, member, rng, folder, options }: CompareContext): Promise<Found> {
  const { data, spec } = setup;
  const { theta, scale, epochs } = await member(0);
  const regression = data.loss.task === "regression";
  const split = data.validation ? "validation" : "train";
  const found = await atBestTemperature(spec.temperatures, async (temperature) => {
    options.onStage?.(`approximating by Laplace at temperature ${temperature}`);
    const begun = performance.now();
    using gaussian = await diagonalLaplace(data.train, theta, {
      priorPrecision: PRECISIONS[0],
      noiseScale: regression ? scale : undefined,
      temperature,
      signal: options.signal,
      onProgress: options.onProgress,
    });
    const scored = async (priorPrecision: number, on: "validation" | "train" | "test") => {
      gaussian.setPriorPrecision(priorPrecision);
      const landscape = data[on] ?? data.train;
      const targets = (data.dataset[on] ?? data.dataset.train).targets;
      const outputs = await predictDraws(landscape, gaussian, PREDICTING, rng.split("laplace"), options);
      return scoreOutputs(landscape, targets, outputs, new Float64Array(PREDICTING).fill(scale)).scores;
    };
    let [best, bestLppd] = [PRECISIONS[0], Number.NEGATIVE_INFINITY];
    for (const precision of PRECISIONS) {
      const { lppd } = await scored(precision, split);
      if (lppd > bestLppd) [best, bestLppd] = [precision, lppd];
    }
    return {
      found: {
        networks: PREDICTING,
        temperature,
        scores: await scored(best, "test"),
        priorPrecision: best,
        // The curvature at the optimum costs about one more gradient for each output.
        evaluations: regression ? 1 : setup.network.outputs,
        seconds: (performance.now() - begun) / 1000,
      },
      validation: bestLppd,
    };
  });
  return {
    ...found,
    evaluations: epochs + (found.evaluations ?? 0),
    seconds: folder.record.timings["member-1"] + found.seconds,
  };
}
