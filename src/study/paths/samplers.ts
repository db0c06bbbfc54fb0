import { profileFigure } from "../../report/index.ts";
import { saveFigure } from "../../report/node.ts";
import type { SampleResult, SampleSpec } from "../../run/node.ts";
import type { Claim, Scale, Study, StudyContext } from "../study.ts";
import { meanSd } from "./comparison.ts";
import { sampledPath, trainedPath } from "./context-node.ts";
import { published, toyFit, toyPlan } from "./plans.ts";

interface Setting {
  degrees: number[];
  temperatures: number[];
  seeds: number;
  steps: number;
  chains: number;
  draws: number;
  /** Gradients a draw of MCLMC and of the random walk. */
  gradients: number;
}

const SETTINGS: Record<Scale, Setting> = {
  quick: {
    degrees: [5, 20],
    temperatures: [3],
    seeds: 2,
    steps: 3000,
    chains: 6,
    draws: 150,
    gradients: 40,
  },
  paper: {
    degrees: [5, 10, 20, 30],
    temperatures: [1, 3],
    seeds: 5,
    steps: 100_000,
    chains: 10,
    draws: 1000,
    gradients: 100,
  },
};

const KINDS = ["mclmc", "nuts", "random-walk"] as const;
type Kind = (typeof KINDS)[number];
const NAMES: Record<Kind, string> = { mclmc: "MCLMC", nuts: "NUTS", "random-walk": "random walk" };
const SPACES = ["tunnel", "volume"] as const;
type Space = (typeof SPACES)[number];
/** Width of the tube in the published figures (the volume has none), and of one that is compared with it, for MCLMC. */
const TUBE = 0.1;
const WIDE = 1;

/** Published effective draws at K = 5 and 30, T = 3, ReLU. */
const PUBLISHED: Record<Kind, string> = {
  mclmc: "100 to 800 in the tunnel, down to 16 in the volume",
  nuts: "600 to 60 in the tunnel, 250 to 13 in the volume",
  "random-walk": "170 to 14 in the tunnel, 10 in the volume",
};

/** What the seeds found with one sampler in one space. */
interface Cell {
  kind: Kind;
  space: Space;
  tube: number;
  degree: number;
  temperature: number;
  results: SampleResult[];
}

function specOf({ kind, space, tube, temperature }: Omit<Cell, "results">, setting: Setting): SampleSpec {
  const { chains, draws, gradients } = setting;
  const spec = published(space, {
    temperatures: [temperature],
    chains,
    draws,
    gradients,
    priorScale: 1,
  });
  const sampler = { ...spec.sampler, kind, stepSizes: [0.15, space === "volume" ? 0.15 : 0.001] as const };
  if (kind === "mclmc") return { ...spec, tube, sampler };
  if (kind === "nuts") return { ...spec, tube, sampler: { ...sampler, warmup: draws }, thin: 1 };
  return { ...spec, tube, sampler: { ...sampler, warmup: draws * gradients }, thin: gradients };
}

async function cellOf(context: StudyContext, about: Omit<Cell, "results">): Promise<Cell> {
  const setting = SETTINGS[context.scale];
  const { kind, space, tube, degree, temperature } = about;
  const results: SampleResult[] = [];
  for (let i = 0; i < setting.seeds; i++) {
    const seed = 10 + i;
    const toy = { depth: 3, width: 16, activation: "relu" as const };
    const plan = await toyPlan(toy, seed, toyFit(degree, setting.steps));
    const name = `degree-${degree}-seed-${seed}`;
    const path = await trainedPath(context, name, plan);
    const part = `${name}-${space}-${tube}-${kind}-${temperature}`;
    results.push(await sampledPath(context, part, plan, path, specOf(about, setting)));
  }
  return { ...about, results };
}

async function allCells(context: StudyContext): Promise<Cell[]> {
  const { degrees, temperatures } = SETTINGS[context.scale];
  const cells: Cell[] = [];
  for (const degree of degrees) {
    for (const temperature of temperatures) {
      for (const kind of KINDS) {
        const about = { kind, degree, temperature };
        cells.push(await cellOf(context, { ...about, space: "volume", tube: TUBE }));
        cells.push(await cellOf(context, { ...about, space: "tunnel", tube: TUBE }));
      }
      const wide = { kind: "mclmc", degree, temperature } as const;
      cells.push(await cellOf(context, { ...wide, space: "tunnel", tube: WIDE }));
    }
  }
  return cells;
}

const mean = ({ results }: Cell, of: (result: SampleResult) => number) => meanSd(results.map(of)).mean;
const effective = (cell: Cell) => mean(cell, ({ temperatures: [t] }) => t.convergence.essBulkMean);
const rHat = (cell: Cell) => mean(cell, ({ temperatures: [t] }) => t.convergence.rHatMean);
/** An example that no draw explains has a density of 0, so that the sum is −∞ or NaN. */
const elpd = (cell: Cell) =>
  mean(cell, ({ loo }) => (Number.isNaN(loo.elpd) ? Number.NEGATIVE_INFINITY : loo.elpd));
/** Effective draws of a thousand gradients, those of the warm-up among them. */
const efficiency = (cell: Cell) =>
  mean(cell, ({ temperatures: [t] }) => (1000 * t.convergence.essBulkMean) / t.evaluations);

function claimsOf(cells: readonly Cell[], degree: number, temperature: number): Claim[] {
  const find = (kind: Kind, space: Space, tube = TUBE) =>
    cells.find(
      (cell) =>
        cell.kind === kind &&
        cell.space === space &&
        cell.tube === tube &&
        cell.degree === degree &&
        cell.temperature === temperature,
    )!;
  const where = `K = ${degree}, T = ${temperature}`;
  const [tunnel, volume] = [find("mclmc", "tunnel"), find("mclmc", "volume")];
  const inTunnel = KINDS.map((kind) => efficiency(find(kind, "tunnel")));
  return [
    ...KINDS.map((kind) => {
      const [inside, outside] = SPACES.map((space) => efficiency(find(kind, space)));
      return {
        name: `${where}: ${NAMES[kind]} has more effective draws in the tunnel than in the volume (per 1,000 gradients)`,
        published: PUBLISHED[kind],
        ours: `${inside.toPrecision(2)} against ${outside.toPrecision(2)}`,
        holds: inside > outside,
      };
    }),
    {
      name: `${where}: in the tunnel the random walk is the worst (effective draws per 1,000 gradients of MCLMC, NUTS, random walk)`,
      published: "random walk",
      ours: inTunnel.map((x) => x.toPrecision(2)).join(", "),
      holds: inTunnel[2] < Math.min(inTunnel[0], inTunnel[1]),
    },
    {
      name: `${where}: R-hat of MCLMC is lower in the tunnel than in the volume (mean)`,
      published: "1.05 to 1.15 against 1.0 to 1.78",
      ours: `${rHat(tunnel).toFixed(3)} against ${rHat(volume).toFixed(3)}`,
      holds: rHat(tunnel) < rHat(volume),
    },
    {
      name: `${where}: ELPD-LOO of MCLMC is higher in the tunnel than in the volume`,
      published: "104 to 84 against 102 to 70",
      ours: `${elpd(tunnel).toFixed(1)} against ${elpd(volume).toFixed(1)}`,
      holds: elpd(tunnel) > elpd(volume),
    },
    {
      name: `${where}: ELPD-LOO of MCLMC is higher in a tube of ${TUBE} than in one of ${WIDE}`,
      published: "90.2 against 70.1 (K = 30, T = 3)",
      ours: `${elpd(tunnel).toFixed(1)} against ${elpd(find("mclmc", "tunnel", WIDE)).toFixed(1)}`,
      holds: elpd(tunnel) > elpd(find("mclmc", "tunnel", WIDE)),
    },
  ];
}

/** The comparison of samplers in section 9.3 of the research on "Paths and Ambient Spaces in Neural Loss Landscapes". */
export const samplerComparison: Study = {
  id: "paths/samplers",
  title: "Samplers in tunnel and volume",
  question: "Which sampler mixes best around a path, and in which space?",
  source: "Dold et al. 2025, notebook space_temperature_sampler_compare (toy data, ReLU)",
  minutes: { quick: 8, paper: 3000 },
  async run(context) {
    const { degrees, temperatures, seeds, chains, draws, gradients } = SETTINGS[context.scale];
    const cells = await allCells(context);
    const hottest = Math.max(...temperatures);
    const claims = degrees.flatMap((degree) => claimsOf(cells, degree, hottest));
    const held = claims.filter(({ holds }) => holds).length;
    const drawn = cells.filter(({ tube, temperature }) => tube === TUBE && temperature === hottest);
    return {
      answer: `${held} of ${claims.length} published orderings hold at T = ${hottest}; at K = ${degrees.at(-1)} there are in the tunnel ${KINDS.map(
        (kind) => {
          const own = drawn.filter((cell) => cell.kind === kind && cell.degree === degrees.at(-1));
          const [inside, outside] = SPACES.map((space) => own.find((cell) => cell.space === space)!);
          return `${(efficiency(inside) / efficiency(outside)).toFixed(1)} (${NAMES[kind]})`;
        },
      ).join(", ")} times the effective draws of the volume.`,
      claims,
      figures: [
        saveFigure(
          context.folder,
          "effective-draws",
          `Mean bulk effective draws of the coordinates of the span per 1,000 gradients, T = ${hottest}, tube ${TUBE}.`,
          (document) =>
            profileFigure(
              {
                xLabel: "degree K",
                yLabel: "effective draws per 1,000 gradients",
                xLog: true,
                yLog: true,
                series: KINDS.flatMap((kind) =>
                  SPACES.map((space) => {
                    const own = drawn.filter((cell) => cell.kind === kind && cell.space === space);
                    return {
                      name: `${NAMES[kind]}, ${space}`,
                      x: own.map(({ degree }) => degree),
                      y: own.map(efficiency),
                      emphasis: space === "tunnel",
                    };
                  }),
                ),
              },
              document,
            ),
        ),
      ],
      tables: [
        {
          caption: `Means over ${seeds} seeds. ${chains} chains of ${draws} draws; ${gradients} gradients a draw with MCLMC and the random walk, as many as the trajectory needs with NUTS; the warm-up has as many steps. ESS and R-hat are of the coordinates of the span.`,
          columns: [
            "K",
            "T",
            "sampler",
            "space",
            "tube",
            "ESS",
            "ESS per 1,000 gradients",
            "R-hat",
            "ELPD-LOO",
          ],
          rows: cells.map((cell) => [
            String(cell.degree),
            String(cell.temperature),
            NAMES[cell.kind],
            cell.space,
            cell.space === "tunnel" ? String(cell.tube) : "-",
            effective(cell).toFixed(0),
            efficiency(cell).toPrecision(3),
            rHat(cell).toFixed(3),
            elpd(cell).toFixed(1),
          ]),
        },
      ],
      notes: [
        "Per gradient, because NUTS takes as many as a trajectory needs. A random walk needs no gradients, only the density: it is counted as if it did.",
      ],
    };
  },
};
