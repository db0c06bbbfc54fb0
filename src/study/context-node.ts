import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type JobOptions, RunFolder } from "../run/node.ts";
import type { Scale, StudyContext } from "./study.ts";

/** As a file keeps it. */
const asJson = (spec: unknown): unknown => JSON.parse(JSON.stringify(spec));

/** The context of a study in a run folder. */
export function studyContext(
  folder: RunFolder,
  { scale, seed, dataDir }: { scale: Scale; seed: number; dataDir?: string },
  options: JobOptions,
): StudyContext {
  return {
    scale,
    seed,
    folder,
    options,
    dataDir,
    async part(name, { spec, seed: ownSeed, dataset }, job) {
      const path = folder.pathOf(`runs/${name}`);
      const { command, versions, threads } = folder.record;
      const data = { name: dataset.name, checksum: dataset.checksum, note: dataset.note };
      const run = { command, spec: { part: name, ...spec }, seed: ownSeed, versions, threads, data };
      using part = existsSync(`${path}/run.json`) ? RunFolder.open(path) : RunFolder.create(path, run);
      part.lock();
      if (part.record.data?.checksum !== data.checksum) {
        throw new RangeError(`The data have changed since ${path} was begun; start a new run.`);
      }
      if (part.record.seed !== ownSeed || !isDeepStrictEqual(asJson(part.record.spec), asJson(run.spec))) {
        throw new RangeError(
          `The settings of the study have changed since ${path} was begun with others; start a new run.`,
        );
      }
      if (part.record.status !== "done") {
        await job(part);
        part.update({ status: "done", finished: new Date().toISOString() });
      }
      return path;
    },
  };
}
