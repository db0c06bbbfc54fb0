import { z } from "zod";
import { SCALES, STUDIES } from "../study/index.ts";
import { studyContext, studyReport } from "../study/node.ts";
import { nearest } from "./flags.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { dataFlags } from "./spec-data.ts";
import { runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  scale: z.enum(SCALES).default("quick").describe("minutes on embedded data, or the published setting"),
  list: z.boolean().default(false).describe("name all studies"),
  dataDir: dataFlags.dataDir,
  id: z.string().optional().describe("the study, as the operand gives it"),
  seed: runFlags.seed,
  out: runFlags.out,
  resume: runFlags.resume,
});

export default verb({
  name: "reproduce",
  summary: "Does a published figure, table or claim again, and says which of its claims hold.",
  operands: "study",
  schema,
  example: "isthmus reproduce subspaces/table-1",
  async run(flags, { operands, given, commandLine }, io) {
    if (flags.list) {
      const rows = Object.entries(STUDIES).map(([id, { title }]) => ({ id, title }));
      io.result(rows, rows.map(({ id, title }) => `${id.padEnd(32)} ${title}`).join("\n"));
      return;
    }
    const spec = resumedSpec("reproduce", { ...flags, id: operands[0] ?? flags.id }, given);
    if (operands.length > 1 || spec.id === undefined) {
      throw new UsageError("give one study; isthmus reproduce --list names them.");
    }
    const { id, scale, seed } = spec;
    if (!Object.hasOwn(STUDIES, id)) {
      throw new UsageError(
        `there is no study "${id}"; did you mean "${nearest(id, Object.keys(STUDIES))}"? isthmus reproduce --list names all.`,
      );
    }
    const study = await STUDIES[id].load();
    const { dataDir } = spec;
    await inRunFolder(
      "reproduce",
      spec,
      { name: id.replaceAll("/", "-") },
      commandLine,
      io,
      async (folder) => {
        const options = jobOptions(io);
        io.say(`${study.title}: about ${study.minutes[scale]} minutes on two cores.`);
        const outcome = await study.run(studyContext(folder, { scale, seed, dataDir }, options));
        options.finish();
        const { claims, answer } = outcome;
        folder.writeJson("study", { id, scale, answer, claims });
        const report = studyReport(folder, study, outcome);
        const rows = claims.map(
          (c) => `${c.holds ? "holds" : "FAILS"}  ${c.name}: published ${c.published}, ours ${c.ours}`,
        );
        io.result(
          { id, scale, claims, folder: folder.path, report },
          `${answer}\n\n${rows.join("\n")}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus reproduce --list, for the other studies`,
        );
      },
    );
  },
});
