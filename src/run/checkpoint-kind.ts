import { FormatError } from "../format/index.ts";

/** What a safetensors file of this project holds. */
export type CheckpointKind = keyof typeof KINDS;

const KINDS = {
  optimum: "an optimum",
  subspace: "a subspace",
  "fit-state": "the state of a training that has not ended (continue that run with --resume)",
} as const;

/** Version of the layout of checkpoints, the metadata entry `isthmus`. */
const FORMAT = "1";

/** The metadata that mark a checkpoint of this project, and the texts of the caller. */
export function markedMetadata(
  kind: CheckpointKind,
  own: Record<string, string>,
  extra: Record<string, string>,
): Record<string, string> {
  const marks = { isthmus: FORMAT, kind, ...own };
  const taken = Object.keys(marks).find((key) => Object.hasOwn(extra, key));
  if (taken)
    throw new RangeError(
      `The metadata key "${taken}" has a meaning of its own; choose another name for yours.`,
    );
  return { ...marks, ...extra };
}

/**
 * Whether a file with these metadata is a checkpoint of this project, of the kind that is wanted.
 *
 * @throws FormatError for one of another kind, or of a later format
 */
export function isMarked(metadata: Record<string, string>, kind: CheckpointKind, file: string): boolean {
  if (metadata.isthmus === undefined) return false;
  if (metadata.isthmus !== FORMAT)
    throw new FormatError(
      file,
      "metadata",
      `the checkpoint has the format ${metadata.isthmus}, expected ${FORMAT}; use the version of isthmus that wrote it`,
    );
  if (metadata.kind !== kind)
    throw new FormatError(
      file,
      "metadata",
      `expected ${KINDS[kind]}, but the file holds ${KINDS[metadata.kind as CheckpointKind] ?? `"${metadata.kind}"`}`,
    );
  return true;
}

/** A metadata entry that is JSON; throws FormatError where it is missing or damaged. */
export function jsonEntry(metadata: Record<string, string>, key: string, file: string): unknown {
  try {
    return JSON.parse(metadata[key]);
  } catch {
    throw new FormatError(
      file,
      "metadata",
      `expected JSON in the entry ${key}, found ${metadata[key] ?? "none"}`,
    );
  }
}
