import { loadDataset } from "../../data/node.ts";
import { Rng } from "../../engine/index.ts";
import { affineSpan, type Tunnel, tunnelSpace } from "../../geometry/index.ts";
import { posterior, priorDraws, spanLikelihood, toInterval } from "../../inference/index.ts";
import { Examples, NetworkLandscape, squaredError } from "../../landscape/index.ts";
import { mlp } from "../../model/index.ts";
import { bandFigure, planeFigure, profileFigure, type ReportFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import { openRunData, readPath } from "../../run/node.ts";
import { bezier } from "../../subspace/index.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { trainedPath } from "./context-node.ts";
import { toyFit, toyPlan } from "./plans.ts";

const SETTINGS: Record<Scale, { steps: number; toySteps: number }> = {
  quick: { steps: 2000, toySteps: 3000 },
  paper: { steps: 100_000, toySteps: 100_000 },
};
const ACTIVATIONS = ["elu", "relu"] as const;
const NAMES = { elu: "ELU", relu: "ReLU" };
/** Of the yacht paths, and of the toy path whose prior is drawn from. */
const DEGREES = { yacht: 20, toy: 10 };
const PRIOR = { scale: 0.5, weight: "arc-length" } as const;
const TUBE = 0.1;
/** Nodes of the maps along t and ξ, and the normals that ξ is along. */
const NODES = { t: 481, xi: 61 };
const EXTENT = 0.15;
const NORMALS = [1, 2, 3];
/** Positions whose posterior is evaluated at once. */
const AT_ONCE = 128;
const PREDICTIVE = { draws: 2000, from: -3, to: 3, nodes: 241 };

const even = (from: number, to: number, n: number) =>
  Float64Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
const TS = even(0, 1, NODES.t);
const XI = even(-EXTENT, EXTENT, NODES.xi);

/** The log-posterior of a trained path over (t, ξ_i), [ξ, t], for several i. */
async function surfaces(
  context: StudyContext,
  activation: (typeof ACTIVATIONS)[number],
): Promise<Float64Array[]> {
  const { dataDir, options, scale, seed } = context;
  const dataset = await loadDataset("yacht", { dataDir, signal: options.signal, seed });
  const network = mlp([dataset.shape[0], 16, 16, 16, 1], activation);
  const fit = toyFit(DEGREES.yacht, SETTINGS[scale].steps, { rate: 5e-3, samples: 10 });
  const path = await trainedPath(context, `yacht-${activation}`, { dataset, network, fit, seed });
  using data = openRunData(dataset, network, 0, Rng.fromSeed(seed));
  const { span, scale: noise } = readPath(path.folder);
  using own = span;
  const space = tunnelSpace(affineSpan(own.gram(0)), bezier(DEGREES.yacht), { scale: TUBE });
  using likelihood = await spanLikelihood(data.train, own.anchors, AT_ONCE);
  const target = posterior({
    space,
    prior: PRIOR,
    likelihood,
    noise: { kind: "fixed", scale: noise! },
    temperature: 1,
  });
  const all: Float64Array[] = [];
  for (const normal of NORMALS) {
    const count = NODES.t * NODES.xi;
    const lambda = new Float64Array(count * space.dimension);
    for (let i = 0; i < count; i++) {
      lambda[i * space.dimension] = TS[i % NODES.t];
      lambda[i * space.dimension + normal] = XI[Math.floor(i / NODES.t)];
    }
    const positions = target.unconstrain(lambda, new Float64Array(count));
    const values = new Float64Array(count);
    await target.evaluate(positions, values, new Float64Array(positions.length));
    // Of (t, ξ) instead of the unbounded positions.
    all.push(
      values.map((value, i) => value - toInterval(positions[i * space.dimension], ...space.range).logSlope),
    );
  }
  return all;
}

/** How a function bends along the lines of maps, from its second differences on the nodes. */
interface Bending {
  /** The largest second difference, over the range of the values. */
  largest: number;
  /**
   * Root mean square of how second differences change from one node to the next, over that of the differences: of the order of
   * a step where the function is smooth; where it has kinks, shorter steps do not make it small.
   */
  jumps: number;
}

function bending(maps: readonly Float64Array[], along: "t" | "xi"): Bending {
  const [step, lines, nodes] = along === "t" ? [1, NODES.xi, NODES.t] : [NODES.t, NODES.t, NODES.xi];
  let [largest, squares, changes] = [0, 0, 0];
  for (const map of maps) {
    const range = Math.max(...map) - Math.min(...map);
    for (let line = 0; line < lines; line++) {
      const first = along === "t" ? line * NODES.t : line;
      let before = Number.NaN;
      for (let i = 1; i < nodes - 1; i++) {
        const at = first + i * step;
        const second = map[at + step] - 2 * map[at] + map[at - step];
        largest = Math.max(largest, Math.abs(second) / range);
        squares += second ** 2;
        if (i > 1) changes += (second - before) ** 2;
        before = second;
      }
    }
  }
  return { largest, jumps: Math.sqrt(changes / squares) };
}

function mapFigure(context: StudyContext, name: string, map: Float64Array): ReportFigure {
  const best = Math.max(...map);
  const below = map.map((value) => best - value);
  const shown = below.toSorted()[Math.floor(0.95 * below.length)];
  return saveFigure(
    context.folder,
    `posterior-${name.toLowerCase()}`,
    `${name}: log-posterior over (t, ξ₁) around a path of degree ${DEGREES.yacht} on yacht, below its largest value.`,
    (document) =>
      planeFigure(
        {
          xs: TS,
          ys: XI,
          values: below,
          valueLabel: "nats below the largest",
          xLabel: "t",
          yLabel: "ξ₁",
          stretch: true,
          vmax: shown,
          logAlpha: Math.log(shown / 60),
          bands: 10,
          points: [],
          paths: [{ name: "path", x: TS, y: new Float64Array(NODES.t) }],
        },
        document,
      ),
  );
}

/** Second derivatives in ξ₁ in the middle of the path, each over its root mean square. */
function curvatureFigure(context: StudyContext, maps: readonly Float64Array[]): ReportFigure {
  const column = (NODES.t - 1) / 2;
  const seconds = (map: Float64Array) => {
    const at = (i: number) => map[i * NODES.t + column];
    const own = Array.from({ length: NODES.xi - 2 }, (_, i) => at(i + 2) - 2 * at(i + 1) + at(i));
    const size = Math.sqrt(own.reduce((sum, x) => sum + x * x, 0) / own.length);
    return own.map((x) => x / size);
  };
  return saveFigure(
    context.folder,
    "second-differences",
    "Second differences of the log-posterior in ξ₁ at t = 0.5, each in units of its root mean square.",
    (document) =>
      profileFigure(
        {
          xLabel: "ξ₁",
          yLabel: "second difference",
          series: ACTIVATIONS.map((activation, i) => ({
            name: NAMES[activation],
            x: XI.subarray(1, -1),
            y: seconds(maps[i]),
          })),
        },
        document,
      ),
  );
}

/** Functions of networks that are drawn from the prior of a tunnel on toy data, [draws, nodes], how many are beyond the ends, and the data. */
async function priorFunctions(context: StudyContext) {
  const fit = toyFit(DEGREES.toy, SETTINGS[context.scale].toySteps);
  const plan = await toyPlan({ depth: 3, width: 16, activation: "relu" }, 10, fit);
  const path = await trainedPath(context, "toy", plan);
  const { span } = readPath(path.folder);
  using own = span;
  const tunnel: Tunnel = tunnelSpace(affineSpan(own.gram(0)), bezier(DEGREES.toy), { scale: TUBE });
  const { draws, from, to, nodes } = PREDICTIVE;
  const lambda = priorDraws(tunnel, PRIOR, draws, Rng.fromSeed(context.seed).split("prior"));
  const coefficients = new Float64Array(draws * own.terms);
  tunnel.lifting().lift(lambda, coefficients);
  const inputs = Float32Array.from(even(from, to, nodes));
  using examples = new Examples(plan.dataset, { count: nodes, inputs, targets: new Float32Array(nodes) });
  using landscape = new NetworkLandscape(plan.network, examples, squaredError);
  return {
    x: Float64Array.from(inputs),
    functions: await landscape.predictSpan(own.anchors, coefficients, context.options),
    beyondEnds: lambda.filter((t, at) => at % tunnel.dimension === 0 && (t < 0 || t > 1)).length / draws,
    train: plan.dataset.train,
  };
}

/** Quantiles over the draws at each node. */
function quantiles(functions: Float32Array, levels: readonly number[]): Float64Array[] {
  const { draws, nodes } = PREDICTIVE;
  const all = levels.map(() => new Float64Array(nodes));
  const own = new Float64Array(draws);
  for (let i = 0; i < nodes; i++) {
    for (let s = 0; s < draws; s++) own[s] = functions[s * nodes + i];
    own.sort();
    levels.forEach((level, k) => {
      all[k][i] = own[Math.round(level * (draws - 1))];
    });
  }
  return all;
}

/** The notebook grid_activation_smoothness of "Paths and Ambient Spaces in Neural Loss Landscapes", and the prior predictive. */
export const activationSmoothness: Study = {
  id: "paths/smoothness",
  title: "Posteriors of smooth and of kinked networks",
  question: "How smooth is the posterior that a sampler walks on, and which functions does its prior hold?",
  source: "Dold et al. 2025, notebook grid_activation_smoothness, and the prior predictive of the toy runs",
  minutes: { quick: 2, paper: 150 },
  async run(context) {
    const maps: Float64Array[][] = [];
    for (const activation of ACTIVATIONS) maps.push(await surfaces(context, activation));
    const rows = (["xi", "t"] as const).map((along) => ({
      along: along === "xi" ? "ξ" : "t",
      found: maps.map((own) => bending(own, along)),
    }));
    const { x, functions, beyondEnds, train } = await priorFunctions(context);
    const [q05, q25, middle, q75, q95] = quantiles(functions, [0.05, 0.25, 0.5, 0.75, 0.95]);
    const width = (where: (x: number) => boolean) => {
      const widths = Array.from(x, (at, i) => (where(at) ? q75[i] - q25[i] : Number.NaN)).filter(
        Number.isFinite,
      );
      return widths.reduce((a, b) => a + b, 0) / widths.length;
    };
    const [within, beyond] = [
      width((at) => Math.abs(at) > 0.6 && Math.abs(at) <= 2),
      width((at) => Math.abs(at) > 2),
    ];
    const claims: Claim[] = [
      ...rows.map(({ along, found: [elu, relu] }) => ({
        name: `along ${along} the log-posterior of ReLU has kinks, that of ELU none: second differences change from node to node at least twice as much (share of their size)`,
        published: "ELU smooth, ReLU kinked",
        ours: `${relu.jumps.toPrecision(2)} ReLU, ${elu.jumps.toPrecision(2)} ELU`,
        holds: relu.jumps >= 2 * elu.jumps,
      })),
      {
        name: "functions of the prior differ more beyond the training data than among them (width of the 50 % band)",
        published: "diverse outside of the data",
        ours: `${beyond.toFixed(3)} against ${within.toFixed(3)}`,
        holds: beyond > within,
      },
    ];
    const [across, alongT] = rows.map(({ found: [elu, relu] }) => relu.jumps / elu.jumps);
    return {
      answer: `From node to node, second differences of the log-posterior change ${across.toFixed(1)} times as much with ReLU as with ELU across the path, ${alongT.toFixed(1)} times along it.`,
      claims,
      figures: [
        ...ACTIVATIONS.map((activation, i) => mapFigure(context, NAMES[activation], maps[i][0])),
        curvatureFigure(
          context,
          maps.map(([first]) => first),
        ),
        saveFigure(
          context.folder,
          "prior-predictive",
          `Functions of ${PREDICTIVE.draws.toLocaleString("en")} draws from the prior of the tunnel along a path of degree ${DEGREES.toy} on toy data.`,
          (document) =>
            bandFigure(
              {
                xLabel: "x",
                yLabel: "y",
                x,
                middle: { name: "median", y: middle },
                bands: [
                  { name: "90 % band", low: q05, high: q95 },
                  { name: "50 % band", low: q25, high: q75 },
                ],
                points: [
                  {
                    name: "training data",
                    x: Float64Array.from(train.inputs),
                    y: Float64Array.from(train.targets),
                  },
                ],
              },
              document,
            ),
        ),
      ],
      tables: [
        {
          caption: `Second differences of the log-posterior on ${NODES.t} positions t and ${NODES.xi} of ξ (to ±${EXTENT}), over normals ${NORMALS.join(", ")}.`,
          columns: [
            "along",
            "activation",
            "largest, over the range",
            "change from node to node, over their size",
          ],
          rows: rows.flatMap(({ along, found }) =>
            found.map(({ largest, jumps }, i) => [
              along,
              NAMES[ACTIVATIONS[i]],
              largest.toPrecision(2),
              jumps.toFixed(3),
            ]),
          ),
        },
      ],
      notes: [
        "Where a function is smooth the change is of the order of a step; a kink is in two second differences at most, however short the steps.",
        `${(100 * beyondEnds).toFixed(0)} % of the draws from the prior lie beyond the ends of the path, at t below 0 or above 1, where a polynomial of high degree is fast; their functions make the 90 % band wide.`,
      ],
    };
  },
};
