import type { EpochMetrics, FitState } from "../fit/index.ts";
import { FormatError, type NdArray, readSafetensors, writeSafetensors } from "../format/index.ts";
import { isMarked, jsonEntry, markedMetadata } from "./checkpoint-kind.ts";

/** The state of a training whose history has lines of numbers of its own kind. */
export type TrainingState<Line> = Omit<FitState, "history"> & { history: Line[] };

/** A state from a file, with vectors outside of the vector memory. */
export type SavedFitState<Line = EpochMetrics> = TrainingState<Line> & {
  /** Seconds of training until then. */
  seconds: number;
};

/**
 * The safetensors file of all that the next step of a training depends on: the flat float32 vectors `anchor.i`, `best.i`
 * and `moment.i.j` of each free anchor i, with the history in the metadata. Decoding gives the same bits.
 *
 * @param seconds of training until now
 */
export function encodeFitState(state: TrainingState<object>, seconds = 0): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, NdArray> = {};
  const add = (name: string, data: Float32Array) => {
    tensors[name] = { shape: [data.length], data };
  };
  state.anchors.forEach((vector, i) => {
    add(`anchor.${i}`, vector);
  });
  state.bestAnchors.forEach((vector, i) => {
    add(`best.${i}`, vector);
  });
  state.moments.forEach((moments, i) => {
    moments.forEach((vector, j) => {
      add(`moment.${i}.${j}`, vector);
    });
  });
  const own = {
    history: JSON.stringify(state.history, exactNumber),
    bestEpoch: String(state.bestEpoch),
    seconds: String(seconds),
  };
  return writeSafetensors(tensors, markedMetadata("fit-state", own, {}));
}

/**
 * The state in a file of `encodeFitState`, to resume from.
 *
 * @param file name for messages
 * @throws FormatError for a file that is damaged or holds something else
 */
export function decodeFitState<Line = EpochMetrics>(bytes: Uint8Array, file: string): SavedFitState<Line> {
  const { tensors, metadata } = readSafetensors(bytes, file);
  if (!isMarked(metadata, "fit-state", file))
    throw new FormatError(
      file,
      "metadata",
      "expected a state of training written by isthmus, found other tensors",
    );
  const vectors = (prefix: string): Float32Array[] => {
    const found: Float32Array[] = [];
    while (Object.hasOwn(tensors, `${prefix}.${found.length}`))
      found.push(tensors[`${prefix}.${found.length}`].data as Float32Array);
    return found;
  };
  const history = jsonEntry(metadata, "history", file);
  if (!Array.isArray(history))
    throw new FormatError(file, "metadata", "expected a list in the entry history");
  const anchors = vectors("anchor");
  return {
    history: history.map(
      (entry) =>
        Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, Number(value)])) as Line,
    ),
    bestEpoch: Number(metadata.bestEpoch),
    anchors,
    bestAnchors: vectors("best"),
    moments: anchors.map((_, i) => vectors(`moment.${i}`)),
    seconds: Number(metadata.seconds),
  };
}

/** JSON keeps every finite float64 but -0; the others are written as texts, which `Number` understands. */
function exactNumber(_: string, value: unknown): unknown {
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return Object.is(value, -0) ? "-0" : String(value);
}
