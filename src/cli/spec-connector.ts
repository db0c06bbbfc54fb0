import { z } from "zod";
import { AUTO_NEB, type Cycle, QUICK_AUTO_NEB } from "../fit/index.ts";
import { CONNECTOR_METHODS, type ConnectorSpec } from "../run/node.ts";
import { UsageError } from "./verb.ts";

const whole = (least: number) => z.number().int().min(least);

export const METHODS = ["bezier", "polychain", "hyperplane", "neb", "all"] as const;

/** Cycles that are worth a name of their own. */
const NAMED_CYCLES = { quick: QUICK_AUTO_NEB.cycles, published: AUTO_NEB.cycles };

/** Flags of the hyperplane method, of elastic bands, and of methods that are compared. */
export const connectorFlags = {
  method: z
    .enum(METHODS)
    .default("bezier")
    .describe(
      "a Bézier curve or a polygonal chain between two optima (Garipov et al. 2018); points optimised in hyperplanes (Fort and Jastrzebski 2019), of two optima or more; AutoNEB (Draxler et al. 2018), of more than two along a spanning tree; or all of these on one pair",
    ),
  optima: whole(2).max(11).default(2).describe("optima to train where none are given"),
  nodes: whole(1)
    .max(99)
    .optional()
    .describe("hyperplanes between two optima, or from each of more to their centre; 10 and 2 by default"),
  nodeSteps: whole(1).optional().describe("steps in each hyperplane, at most; 200, on wedges 3000"),
  nodeOptimiser: z.enum(["adam", "sgd"]).optional().describe("adam, on wedges sgd"),
  nodeRate: z
    .number()
    .positive()
    .optional()
    .describe("learning rate, falling as a cosine; 0.003, on wedges a constant 0.3"),
  nodeBatch: whole(0).default(128).describe("examples in a step of a connector; 0 for all"),
  tolerance: z
    .number()
    .min(0)
    .optional()
    .describe(
      "a point is low where its loss is no more than this above the mean of the optima; 0.01, on wedges 1e-9",
    ),
  insertions: whole(0).default(5).describe("nodes that are put into high legs of the hyperplane method"),
  cycles: z
    .string()
    .default("quick")
    .describe("of AutoNEB: quick, published, or STEPS:RATE of each, such as 100:0.1,100:0.1,50:0.01"),
  pivots: whole(1).default(AUTO_NEB.pivots).describe("pivots of AutoNEB at the start"),
  pairs: whole(1)
    .optional()
    .describe("paths that are looked for between three or more optima; all by default"),
  curveSteps: whole(1)
    .optional()
    .describe("steps of the curves, where several methods are compared or on wedges; 2000"),
  legPoints: whole(2).default(10).describe("points at which the loss of each leg of a chain is taken"),
};

type Flags = z.output<z.ZodObject<typeof connectorFlags>> & { bends: number };

function cyclesOf(text: string): readonly Cycle[] {
  if (Object.hasOwn(NAMED_CYCLES, text)) return NAMED_CYCLES[text as keyof typeof NAMED_CYCLES];
  return text.split(",").map((part) => {
    const [steps, rate, ...more] = part.split(":").map(Number);
    if (!Number.isInteger(steps) || steps < 1 || !(rate > 0) || more.length > 0) {
      throw new UsageError(
        `--cycles "${text}" is not possible: give quick, published, or steps and rates such as 100:0.1,50:0.01.`,
      );
    }
    return { steps, rate };
  });
}

/** What the flags ask of the jobs; wedges have curvature 1 and no batches, so that plain descent does for them. */
export function connectorSpecOf(flags: Flags, optima: number, onWedges: boolean): ConnectorSpec {
  const { method, nodeSteps, nodeOptimiser, nodeRate, nodeBatch } = flags;
  return {
    methods: method === "all" ? CONNECTOR_METHODS : [method],
    nodes: flags.nodes ?? (optima > 2 ? 2 : 10),
    descent: {
      kind: nodeOptimiser ?? (onWedges ? "sgd" : "adam"),
      momentum: 0,
      rate: nodeRate ?? (onWedges ? 0.3 : 3e-3),
      schedule: onWedges ? "constant" : "cosine",
      steps: nodeSteps ?? (onWedges ? 3000 : 200),
      batch: onWedges ? 0 : nodeBatch,
    },
    tolerance: flags.tolerance ?? (onWedges ? 1e-9 : 0.01),
    insertions: flags.insertions,
    neb: { ...AUTO_NEB, cycles: cyclesOf(flags.cycles), pivots: flags.pivots },
    bends: flags.bends,
    curveSteps: flags.curveSteps ?? 2000,
    perLeg: flags.legPoints,
  };
}

/** Flags that only some methods take. */
const ONLY: Partial<Record<keyof typeof connectorFlags, readonly (typeof METHODS)[number][]>> = {
  nodes: ["hyperplane", "all"],
  tolerance: ["hyperplane", "all"],
  insertions: ["hyperplane", "all"],
  cycles: ["neb", "all"],
  pivots: ["neb", "all"],
  pairs: ["neb"],
};

/** Refuses flags that would have no effect. */
export function checkConnectorFlags({ method }: Flags, given: ReadonlySet<string>): void {
  for (const [key, methods] of Object.entries(ONLY)) {
    if (given.has(key) && !methods.includes(method)) {
      throw new UsageError(
        `--${key} has no effect with --method ${method}; it is for ${methods.map((m) => `--method ${m}`).join(" and ")}.`,
      );
    }
  }
}
