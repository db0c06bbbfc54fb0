/** The files of one run folder, wherever they come from. */
export interface RunFiles {
  name: string;
  /** Paths inside the folder, such as results/plane.npz. */
  paths: readonly string[];
  read(path: string): Promise<Uint8Array>;
}

export async function readJson(files: RunFiles, path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await files.read(path));
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${files.name}/${path} is not JSON; give a run folder as isthmus wrote it.`);
  }
}

/** Runs that a server or a static site offers: runs/index.json lists them with their files. */
export async function servedRuns(): Promise<RunFiles[]> {
  const response = await fetch("runs/index.json");
  if (!response.ok) throw new Error(`The list of runs could not be read (${response.status}).`);
  const list = (await response.json()) as { name: string; base: string; paths: string[] }[];
  return list.map(({ name, base, paths }) => ({
    name,
    paths,
    read: async (path) => {
      const file = await fetch(`runs/${base}/${path}`);
      if (!file.ok) throw new Error(`${name}/${path} could not be read (${file.status}).`);
      return new Uint8Array(await file.arrayBuffer());
    },
  }));
}

/** A run folder that was dropped on the page: its files stay on this machine. */
export function droppedRun(name: string, files: ReadonlyMap<string, File>): RunFiles {
  return {
    name,
    paths: [...files.keys()],
    read: async (path) => {
      const file = files.get(path);
      if (!file) throw new Error(`${name} has no file ${path}.`);
      return new Uint8Array(await file.arrayBuffer());
    },
  };
}

/** Checkpoints of paths in a run, in the order in which they are looked for. */
export const PATH_CHECKPOINTS = ["curve", "path", "subspace"].map(
  (name) => `checkpoints/${name}.safetensors`,
);
