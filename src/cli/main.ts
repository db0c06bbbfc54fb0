#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { terminalIo } from "./io.ts";
import { UsageError, type Verb } from "./verb.ts";

// Half of what a short command takes is compiling its modules; Node keeps them for the next one.
enableCompileCache();

/** Summaries stand here so that the overview need not load the verbs. */
const VERBS: Record<string, { summary: string; load: () => Promise<{ default: unknown }> }> = {
  demo: {
    summary: "join two optima on embedded data, with a report, in two minutes",
    load: () => import("./demo.ts"),
  },
  train: { summary: "train an optimum", load: () => import("./train.ts") },
  subspace: {
    summary: "learn a line, simplex, curve or neural curve of networks, or grow simplexes from optima",
    load: () => import("./subspace.ts"),
  },
  path: {
    summary: "train a low-loss Bézier path with all control points free",
    load: () => import("./path.ts"),
  },
  tunnel: {
    summary: "the tunnel along a path: its frame, how wide it may be, the loss in it, the priors",
    load: () => import("./tunnel.ts"),
  },
  sample: {
    summary: "sample the Bayesian posterior in a tunnel along a path, in its span, or of all weights",
    load: () => import("./sample.ts"),
  },
  predict: {
    summary: "predict with the draws of a posterior: mean and bands, or probabilities",
    load: () => import("./predict.ts"),
  },
  export: {
    summary: "write the draws of a posterior for ArviZ or NumPy",
    load: () => import("./export.ts"),
  },
  compare: {
    summary:
      "compare posteriors around a path with ensembles, Laplace, variational inference and all weights",
    load: () => import("./compare.ts"),
  },
  connect: { summary: "find the low-loss curve between two optima", load: () => import("./connect.ts") },
  evaluate: {
    summary: "loss and error of checkpoints, or along a curve",
    load: () => import("./evaluate.ts"),
  },
  pattern: {
    summary: "draw a picture with the low-loss set of a plane",
    load: () => import("./pattern.ts"),
  },
  geometry: { summary: "length, curvature, shape of a subspace", load: () => import("./geometry.ts") },
  dimension: {
    summary: "intrinsic dimension of an objective, of a subspace, or of points of your own",
    load: () => import("./dimension.ts"),
  },
  ensemble: {
    summary: "predict with several members together: accuracy, calibration, diversity",
    load: () => import("./ensemble.ts"),
  },
  plane: {
    summary: "loss and error in a plane: through points, components or random directions",
    load: () => import("./plane.ts"),
  },
  perturb: {
    summary: "noise on the vertices of a subspace or an optimum",
    load: () => import("./perturb.ts"),
  },
  hessian: {
    summary: "curvature: eigenvalues of the Hessian, short directions, along a path too",
    load: () => import("./hessian.ts"),
  },
  wedge: {
    summary: "make a toy landscape of wedges, and optima in it",
    load: () => import("./wedge.ts"),
  },
  probe: {
    summary: "wells around a point, lines and spheres through several, the way of a training",
    load: () => import("./probe.ts"),
  },
  view: {
    summary: "explore runs in a browser, and compute live",
    load: () => import("./view.ts"),
  },
  report: {
    summary: "draw the figures and write the report of a run again",
    load: () => import("./report.ts"),
  },
  reproduce: {
    summary: "do a published figure, table or claim again",
    load: () => import("./reproduce.ts"),
  },
  data: { summary: "list, describe, get and verify data sets", load: () => import("./data.ts") },
};

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
const INTERRUPTED = 130;

function overview(): string {
  const rows = Object.entries(VERBS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return [
    "isthmus: a laboratory for the loss landscapes of neural networks",
    "",
    "Usage: isthmus <verb> [flags]      isthmus <verb> --help",
    "",
    ...rows,
  ].join("\n");
}

async function main(args: string[]): Promise<number> {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 12)) {
    process.stderr.write(`isthmus: needs Node.js 22.12 or later; this is ${process.versions.node}.\n`);
    return FAILED;
  }
  // isthmus help train is isthmus train --help.
  const [name, ...rest] = args[0] === "help" && args.length > 1 ? [args[1], "--help"] : args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(`${overview()}\n`);
    return name === undefined ? WRONG_USAGE : DONE;
  }
  if (name === "--version") {
    const { versions } = await import("./versions.ts");
    process.stdout.write(`${versions().isthmus}\n`);
    return DONE;
  }
  const controller = new AbortController();
  let interrupts = 0;
  const interrupt = () => {
    if (++interrupts > 1) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const json = rest.includes("--json");
  try {
    const { nearest, parseFlags } = await import("./flags.ts");
    const entry = VERBS[name];
    if (name.startsWith("-")) {
      throw new UsageError(`"${name}" stands before any command; write isthmus <verb> ${name}.`);
    }
    if (!entry) {
      throw new UsageError(
        `there is no command "${name}"; did you mean "${nearest(name, Object.keys(VERBS))}"?`,
      );
    }
    const v = (await entry.load()).default as Verb;
    const parsed = parseFlags(v, rest);
    if (!parsed) return DONE;
    using io = terminalIo(controller.signal, parsed.json);
    // A second Ctrl-C ends the process at once.
    process.once("exit", () => io[Symbol.dispose]());
    await v.run(parsed.spec, { ...parsed, commandLine: commandLine(args) }, io);
    return DONE;
  } catch (error) {
    const message = controller.signal.aborted
      ? `interrupted.${(error as { hint?: string }).hint ?? ""}`
      : error instanceof Error
        ? error.message
        : String(error);
    process.stderr.write(`isthmus: ${message}\n`);
    if (Number(process.env.ISTHMUS_DEBUG)) console.error(error);
    if (json) process.stdout.write(`${JSON.stringify({ error: message })}\n`);
    if (controller.signal.aborted) return INTERRUPTED;
    return error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}

/** The command as a user would type it again. */
function commandLine(args: string[]): string {
  const quoted = args.map((a) => (/^[\w@%+=:,./-]+$/.test(a) ? a : `'${a.replaceAll("'", "'\\''")}'`));
  return ["isthmus", ...quoted].join(" ");
}

// A reader that closes the pipe early, such as head, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(DONE);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
// Worker threads of the runtime must not keep a finished command alive; what was printed is flushed first.
process.stdout.write("", () => process.exit());
