import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { networkOf } from "../model/index.ts";
import { subspaceAnswer, subspaceReport } from "../report/node.ts";
import { openRunData, type SubspaceSpec, subspaceJob } from "../run/node.ts";
import { storedAnchors } from "../subspace/index.ts";
import { type PlannedFit, plan } from "./plan.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkFlags, networkSpecOf, runFlags, trainingFlags, validationCountOf } from "./spec-model.ts";
import { subspaceFlags, subspaceSpecOf } from "./spec-subspace.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  ...dataFlags,
  ...networkFlags,
  ...subspaceFlags,
  ...trainingFlags,
  ...runFlags,
});

/** What will be trained, for a dry run. */
function planned(spec: SubspaceSpec): PlannedFit[] {
  if (spec.kind === "map") {
    const anchors = storedAnchors(spec.map);
    return [{ label: spec.map.kind, fit: spec.fit, anchors, free: anchors }];
  }
  if (spec.kind === "neural") {
    const anchors = spec.fit.widths[spec.fit.widths.length - 1] + 1;
    const fit = { ...spec.fit, kind: "adamw" as const, samples: 1 };
    return [{ label: "neural curve", fit, anchors, free: anchors }];
  }
  const optima = spec.files
    ? []
    : [{ label: `${spec.modes} optima`, fit: spec.optimum, anchors: spec.modes, free: 1 }];
  const vertices = Array.from({ length: spec.vertices }, (_, v) => {
    const anchors = (spec.files?.length ?? spec.modes) + v + 1;
    return { label: `vertex ${v + 1}`, fit: spec.fit, anchors, free: 1 };
  });
  return [...optima, ...vertices];
}

export default verb({
  name: "subspace",
  summary:
    "Learns a subspace of good networks: a line, simplex or Bézier curve from scratch (Wortsman et al. 2021), a neural curve (Chen and Saidi 2023), or simplexes grown from optima, the operands or trained on the spot (Benton et al. 2021).",
  operands: "[checkpoint …]",
  schema,
  example: "isthmus subspace --kind triangle --data fashion-mnist-small --network 64 --epochs 15",
  async run(flags, { operands, given, commandLine }, io) {
    const files = operands.length > 0 ? operands : undefined;
    if (files && !flags.resume && !flags.kind.startsWith("grown")) {
      throw new UsageError(
        `checkpoints were given, but a ${flags.kind} is learnt from scratch; leave them out, or grow simplexes from them with --kind grown:VERTICES.`,
      );
    }
    const spec = resumedSpec("subspace", files ? { ...flags, files } : flags, given);
    const dataset = await openData(spec, spec.seed, io);
    const network = networkOf(networkSpecOf(spec, dataset));
    const validation = validationCountOf(spec, dataset);
    const job = subspaceSpecOf(spec, validation > 0 || !!dataset.validation);
    if (spec.dryRun) {
      plan(io, network, planned(job), dataset, validation);
      return;
    }
    await inRunFolder("subspace", spec, dataset, commandLine, io, async (folder) => {
      using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
      const options = jobOptions(io);
      const result = await subspaceJob(folder, { network, spec: job, data, seed: spec.seed }, options);
      options.finish();
      const report = subspaceReport(folder);
      const answer = subspaceAnswer(result, dataset.classes > 0);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus geometry ${folder.path}`,
      );
    });
  },
});
