import { z } from "zod";
import { type DatasetInfo, listDatasets } from "../data/index.ts";
import { cacheDirectory, loadDataset, verifyDataset } from "../data/node.ts";
import type { Io } from "./io.ts";
import { knownDataset } from "./spec-data.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  dataDir: z.string().optional().describe("folder with data files; ISTHMUS_DATA by default"),
  cacheDir: z
    .string()
    .optional()
    .describe("where downloads are kept; ISTHMUS_CACHE or the user's cache by default"),
  offline: z.boolean().default(false).describe("never download"),
});

const VERBS = ["list", "info", "get", "verify"];

export default verb({
  name: "data",
  summary: "Lists, describes, gets and verifies data sets.",
  operands: "list | info NAME | get NAME | verify NAME",
  schema,
  example: "isthmus data info fashion-mnist",
  async run(spec, { operands: [what, name, ...rest] }, io) {
    if (!VERBS.includes(what))
      throw new UsageError(`"data ${what ?? ""}" is not a command; give list, info, get or verify.`);
    if (rest.length > 0) throw new UsageError(`"${rest.join(" ")}" is too much; give one data set.`);
    if (what === "list") {
      list(io);
      return;
    }
    if (!name)
      throw new UsageError(`data ${what} needs the name of a data set; isthmus data list shows them.`);
    const dataset = knownDataset(name);
    if (what === "info") info(dataset, io);
    else if (what === "get") await get(name, spec, io);
    else await verify(name, spec, io);
  },
});

function list(io: Io): void {
  const all = listDatasets();
  io.result(
    all,
    all
      .map(
        (d) =>
          `${d.name.padEnd(20)} ${d.task.padEnd(15)} ${`[${d.shape}]`.padEnd(9)} ${Object.entries(d.splits)
            .map(([split, n]) => `${split} ${n}`)
            .join(", ")}`,
      )
      .join("\n"),
  );
}

function info(d: DatasetInfo, io: Io): void {
  const lines = Object.entries(d)
    .filter(([key]) => key !== "files")
    .map(([key, value]) => `${key.padEnd(10)} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  const files = d.files.map((f) => `           ${f.name}  sha256 ${f.sha256}`);
  io.result(d, [...lines, "files", ...files].join("\n"));
}

async function get(name: string, spec: z.output<typeof schema>, io: Io): Promise<void> {
  const progress = io.progress(`getting ${name}`);
  const dataset = await loadDataset(name, {
    ...spec,
    signal: io.signal,
    onProgress: ({ file, bytesDone, bytesTotal }) =>
      progress.update(
        bytesTotal ? bytesDone / bytesTotal : 0,
        `${file}, ${(bytesDone / 2 ** 20).toFixed(1)} MiB`,
      ),
  });
  progress.stop();
  const { train, test, checksum, source } = dataset;
  io.result(
    {
      name,
      train: train.count,
      test: test.count,
      shape: dataset.shape,
      checksum,
      source,
      cache: cacheDirectory(spec),
    },
    `${name}: ${train.count} training and ${test.count} test examples of shape [${dataset.shape}], from ${source}\nchecksum ${checksum}`,
  );
}

async function verify(name: string, spec: z.output<typeof schema>, io: Io): Promise<void> {
  const files = await verifyDataset(name, spec);
  const table = files.map((f) => `${f.status.padEnd(8)} ${f.file}${f.path ? `  ${f.path}` : ""}`).join("\n");
  const failed = files.some((f) => f.status !== "ok");
  // With --json the error says it all, in one line.
  if (!(failed && io.json)) io.result(files, table);
  // A damaged file stands in the way of a download, so it comes first, with its own remedy.
  const damaged = files.find((f) => f.status === "damaged");
  if (damaged) throw new Error(damaged.problem);
  const missing = files.filter((f) => f.status === "missing");
  if (missing.length > 0) {
    throw new Error(
      `${missing.length} of ${files.length} files of ${name} are missing; get them with: isthmus data get ${name}`,
    );
  }
}
