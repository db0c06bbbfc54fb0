/** A file that is not what it should be. The message is one sentence: which file, where in it, what was expected. */
export class FormatError extends Error {
  override name = "FormatError";

  /**
   * @param file the file's name, as the user knows it
   * @param place where in the file: "byte 16", "line 3", "tensor w1"
   * @param problem what was found and what was expected
   */
  constructor(file: string, place: string, problem: string) {
    super(`${file}, ${place}: ${problem}.`);
  }
}
