/** A run folder that cannot be used as asked. The message is one sentence: which file, what is wrong, what to do. */
export class RunError extends Error {
  override name = "RunError";
}
