import { readNpz } from "../../src/format/index.ts";
import { type RunFiles, readJson } from "../source/run-files.ts";
import type { GridField } from "./field.ts";

export type Split = "train" | "test";
export type Quantity = "loss" | "error";

/** A path drawn in the plane; values along it where the run has them. */
export interface PlanePath {
  name: string;
  x: number[];
  y: number[];
  /** Largest distance of one of its points from the plane. */
  offPlane: number;
  /** Distance of each point from the plane; older runs do not say. */
  distances?: number[];
  /** Drawn thin: the straight line that the curve is compared with. */
  dashed: boolean;
}

export interface PlanePoint {
  label: string;
  x: number;
  y: number;
  offPlane: number;
  values: Partial<Record<Split, Record<Quantity, number>>>;
}

/** Loss and error at positions t of a path. */
export interface AlongPath {
  name: string;
  t: number[];
  values: Record<Split, Record<Quantity, number[]>>;
}

/** A plane of the landscape and what lies in it, as a run of connect or plane has left it. */
export interface LandscapeModel {
  name: string;
  /** How to make the run again. */
  command: string;
  /** Whether errors are rates; else they are root mean squared errors. */
  classification: boolean;
  field(quantity: Quantity, split: Split): GridField | undefined;
  splits: Split[];
  /** Values above are drawn alike where the scale is clipped. */
  limit: Record<Quantity, number | null>;
  paths: PlanePath[];
  points: PlanePoint[];
  along: AlongPath[];
}

interface SavedPlane {
  xs: number[];
  ys: number[];
  points: { label: string; x: number; y: number; offPlane: number; splits: PlanePoint["values"] }[];
  paths: PlanePath[];
  vmax: Record<Quantity, number | null>;
}
type SavedPath = { t: number[] } & Record<"trainLoss" | "trainError" | "testLoss" | "testError", number[]>;

/** Reads what a landscape view shows. @throws Error where the run has no plane */
export async function readLandscape(files: RunFiles): Promise<LandscapeModel> {
  const has = (path: string) => files.paths.includes(path);
  if (!has("run.json") || !has("results/plane.npz")) {
    throw new Error(`${files.name} has no plane; give a run of isthmus connect or isthmus plane.`);
  }
  const record = (await readJson(files, "run.json")) as { command: string; spec: { classes?: number } };
  const connected = has("results/connect.json");
  const result = (await readJson(files, connected ? "results/connect.json" : "results/plane.json")) as Record<
    string,
    unknown
  >;
  const plane = (connected ? result.plane : result) as SavedPlane;
  const arrays = readNpz(await files.read("results/plane.npz"), `${files.name}/results/plane.npz`);
  const fieldOf = (quantity: Quantity, split: Split): GridField | undefined => {
    const array = arrays[`${split}_${quantity}`];
    return (
      array && { xs: plane.xs, ys: plane.ys, values: Float64Array.from(array.data as ArrayLike<number>) }
    );
  };
  const along = (["line", "curve"] as const).flatMap((name) => {
    const path = connected ? (result[name] as SavedPath) : undefined;
    return path
      ? [
          {
            name: name === "line" ? "straight line" : "curve",
            t: path.t,
            values: {
              train: { loss: path.trainLoss, error: path.trainError },
              test: { loss: path.testLoss, error: path.testError },
            },
          },
        ]
      : [];
  });
  return {
    name: files.name,
    command: record.command,
    classification: (record.spec.classes ?? 0) > 0,
    field: fieldOf,
    splits: (["train", "test"] as const).filter((split) => fieldOf("loss", split)),
    limit: plane.vmax,
    paths: plane.paths,
    points: plane.points.map(({ splits, ...point }) => ({ ...point, values: splits })),
    along,
  };
}
