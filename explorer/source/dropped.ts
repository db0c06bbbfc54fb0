import { droppedRun, type RunFiles } from "./run-files.ts";

/** What was dropped on the page. */
export type Dropped = { kind: "run"; run: RunFiles } | { kind: "table"; file: File };

/** All files of what was dropped, by their paths; folders are walked through. */
async function filesOf(transfer: DataTransfer): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  const walk = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      files.set(path + entry.name, file);
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A reader gives some of the entries at a time, and none at the end.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) return;
      for (const inside of some) await walk(inside, `${path}${entry.name}/`);
    }
  };
  // Both must be asked for at once: the list is empty after the first wait.
  const given = [...transfer.items].map((item) => ({
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
  for (const { entry, file } of given) {
    if (entry) await walk(entry, "");
    else if (file) files.set(file.name, file);
  }
  return files;
}

/** A run whose only file is a checkpoint from elsewhere. */
function runOfCheckpoint(file: File): RunFiles {
  const record = JSON.stringify({ command: "", spec: {} });
  return droppedRun(
    file.name,
    new Map([
      ["checkpoints/curve.safetensors", file],
      ["run.json", new File([record], "run.json")],
    ]),
  );
}

/**
 * Understands what was dropped: a run folder, a checkpoint of a path, or a table of examples. Nothing leaves the machine.
 *
 * @throws Error, in one sentence, for anything else
 */
export async function understand(transfer: DataTransfer): Promise<Dropped> {
  const files = await filesOf(transfer);
  const record = [...files.keys()]
    .filter((path) => path === "run.json" || path.endsWith("/run.json"))
    .sort((a, b) => a.length - b.length)[0];
  if (record !== undefined) {
    const folder = record.slice(0, -"run.json".length);
    const inside = new Map(
      [...files]
        .filter(([path]) => path.startsWith(folder))
        .map(([path, file]) => [path.slice(folder.length), file]),
    );
    return { kind: "run", run: droppedRun(folder.replace(/\/$/, "") || "dropped run", inside) };
  }
  const [file] = files.values();
  if (files.size === 1 && file.name.endsWith(".safetensors"))
    return { kind: "run", run: runOfCheckpoint(file) };
  if (files.size === 1 && /\.(csv|tsv|txt)$/.test(file.name)) return { kind: "table", file };
  const what = files.size === 1 ? file.name : `${files.size} files without a run.json`;
  throw new Error(
    `${what} cannot be shown; drop a run folder, a checkpoint (.safetensors) or a table (.csv).`,
  );
}
