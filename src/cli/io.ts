import cliProgress from "cli-progress";

/** How a command speaks: results on standard output, everything else on standard error. */
export interface Io {
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Whether results are to be machine-readable. */
  json: boolean;
  /** Prints the result: as JSON with --json, else as text. */
  result(value: unknown, text: string): void;
  /** Says something on the way. */
  say(text: string): void;
  /** A progress bar; on a terminal only, and only once the work has lasted two seconds. */
  progress(label: string): Progress;
}

export interface Progress {
  /** @param done fraction, in [0, 1] @param note such as the loss */
  update(done: number, note?: string): void;
  stop(): void;
}

/** Work shorter than this, in milliseconds, shows no bar. */
const SILENT = 2000;

/** Disposing of it takes down a bar that failed work has left, which would else keep the cursor hidden. */
export function terminalIo(signal: AbortSignal, json: boolean): Io & Disposable {
  const bars = new Set<Progress>();
  return {
    signal,
    json,
    result: (value, text) => {
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    say: (text) => {
      process.stderr.write(`${text}\n`);
    },
    progress: (label) => {
      if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
      const shown = bar(label);
      bars.add(shown);
      return shown;
    },
    [Symbol.dispose]: () => {
      for (const shown of bars) shown.stop();
    },
  };
}

function bar(label: string): Progress {
  const start = performance.now();
  let shown: cliProgress.SingleBar | undefined;
  let first = { done: 0, time: start };
  let last = Number.POSITIVE_INFINITY;
  return {
    update(done, note = "") {
      // The pace counts from the first update, since resumed work does not begin at 0, and anew with each file of a
      // download.
      if (done < last) first = { done, time: performance.now() };
      last = done;
      const left = timeLeft(done - first.done, 1 - done, performance.now() - first.time);
      if (!shown && performance.now() - start > SILENT) {
        const format = `${label} {bar} {percentage} % · {left} {note}`;
        shown = new cliProgress.SingleBar({
          format,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
        });
        shown.start(1000, Math.round(1000 * done), { left, note });
      }
      shown?.update(Math.round(1000 * done), { left, note });
    },
    stop() {
      shown?.stop();
    },
  };
}

/**
 * How long the rest of the work takes at the pace so far, in words; "" while nothing is known.
 * @param done fraction of the work done in `elapsed` milliseconds
 * @param rest fraction still to do
 */
export function timeLeft(done: number, rest: number, elapsed: number): string {
  if (done <= 0) return "";
  const seconds = Math.ceil((elapsed * rest) / done / 1000);
  if (seconds < 100) return `${seconds} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min left` : `${(minutes / 60).toFixed(1)} h left`;
}
