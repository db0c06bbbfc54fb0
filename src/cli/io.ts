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

export function terminalIo(signal: AbortSignal, json: boolean): Io {
  return {
    signal,
    json,
    result: (value, text) => {
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    say: (text) => {
      process.stderr.write(`${text}\n`);
    },
    progress: (label) => (process.stderr.isTTY ? bar(label) : { update: () => {}, stop: () => {} }),
  };
}

function bar(label: string): Progress {
  const start = performance.now();
  let shown: cliProgress.SingleBar | undefined;
  return {
    update(done, note = "") {
      if (!shown && performance.now() - start > SILENT) {
        const format = `${label} {bar} {percentage} % · {eta_formatted} left {note}`;
        shown = new cliProgress.SingleBar({
          format,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
        });
        shown.start(1000, 0, { note });
      }
      shown?.update(Math.round(1000 * done), { note });
    },
    stop() {
      shown?.stop();
    },
  };
}
