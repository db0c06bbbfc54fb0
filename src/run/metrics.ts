import { RunError } from "./run-error.ts";

/** One line of `metrics.jsonl`: which stage logged it, and what. */
export interface MetricsLine {
  stage: string;
  [name: string]: unknown;
}

/** The line of `metrics.jsonl` for an object, with its end of line. */
export function metricsLine(stage: string, values: object): string {
  return `${JSON.stringify({ stage, ...values })}\n`;
}

/** The whole lines of a text; what stands after the last end of line was torn by a crash and is left out. */
export function wholeLines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

/**
 * The objects of `metrics.jsonl`; a last line that a crash has torn is left out.
 *
 * @param file its path, for messages
 * @throws RunError for another line that is not one
 */
export function parseMetrics(text: string, file: string): MetricsLine[] {
  return wholeLines(text).map((line, i) => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new RunError(`${file}, line ${i + 1} is damaged: it is not JSON; delete this line.`, {
        cause: error,
      });
    }
  });
}
