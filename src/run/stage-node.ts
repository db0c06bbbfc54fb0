import { DivergenceError, type EpochMetrics, type FitOptions, type FitState } from "../fit/index.ts";
import { decodeFitState, encodeFitState } from "./fit-state.ts";
import type { RunFolder } from "./folder-node.ts";

/** The options of `fit` that make it save its state and go on from it; pass them on. */
export type FitStageOptions = Required<Pick<FitOptions, "onEpoch">> & Pick<FitOptions, "resume">;

/** A kind of training that logs lines of numbers and whose state can be saved with each. */
export interface Training<State, Line> {
  /** The entry of a line that counts: it grows from line to line. */
  counter: keyof Line & string;
  encode(state: State, seconds: number): Uint8Array;
  decode(bytes: Uint8Array, file: string): State & { seconds: number };
}

/** What makes a training save its state and go on from it. */
export interface Saving<State, Line> {
  /** The state to go on from. */
  resume?: State;
  /** To be called with each line of the history, or with the last of several: all that are not written yet are. */
  save: (line: Line, state: State) => void;
}

const FIT: Training<FitState, EpochMetrics> = {
  counter: "epoch",
  encode: encodeFitState,
  decode: decodeFitState,
};

/**
 * Runs a fit as a stage of a run, with its state saved after each epoch; see `trainingStage`.
 *
 * @param run calls `fit` with the options given (and others), and returns its state
 * @param finish writes the final checkpoint. By then `fit` has given back the memory of the best anchors and of the
 *   optimiser: use `anchors` and `history` only
 */
export function fitStage(
  folder: RunFolder,
  stage: string,
  run: (options: FitStageOptions) => Promise<FitState>,
  finish: (state: FitState) => Promise<void> | void,
): Promise<boolean> {
  return trainingStage(folder, stage, FIT, ({ resume, save }) => run({ resume, onEpoch: save }), finish);
}

/**
 * Runs a training as a stage of a run that survives a crash: its state is saved with each line of its history, and a
 * stage that was interrupted goes on after the last state saved and ends with the same bytes.
 *
 * A state is saved before its line of metrics is written. It holds the whole history, so that lines that a crash has
 * kept from being written are made up for when the stage goes on. What was saved is deleted only once `finish` has put
 * the result in place and the stage is noted as finished.
 *
 * @param stage its name, which is also the name of its file: checkpoints/STAGE.resume.safetensors
 * @param run trains, saving as it goes, and returns the state
 * @param finish writes the final checkpoint; it may run twice, with the same state
 * @returns false where the stage had been finished before and nothing was done
 * @throws DivergenceError that names the last state saved; RunError, and whatever `run` and `finish` throw
 */
export async function trainingStage<State extends { history: readonly Line[] }, Line extends object>(
  folder: RunFolder,
  stage: string,
  { counter, encode, decode }: Training<State, Line>,
  run: (saving: Saving<State, Line>) => Promise<State>,
  finish: (state: State) => Promise<void> | void,
): Promise<boolean> {
  const file = `checkpoints/${stage}.resume.safetensors`;
  folder.lock();
  if (folder.isFinished(stage)) {
    folder.remove(file);
    return false;
  }
  const resume = folder.has(file) ? decode(folder.readBytes(file), folder.pathOf(file)) : undefined;
  restoreMetrics(folder, stage, resume?.history ?? [], counter);
  const start = performance.now() - 1000 * (resume?.seconds ?? 0);
  const seconds = () => (performance.now() - start) / 1000;
  let written = resume?.history.length ?? 0;
  let saved = Number(resume?.history.at(-1)?.[counter] ?? 0);
  try {
    const state = await run({
      resume,
      save: (line, state) => {
        folder.writeBytes(file, encode(state, seconds()));
        saved = Number(line[counter]);
        for (const next of state.history.slice(written)) folder.appendMetrics(stage, next);
        written = state.history.length;
      },
    });
    await finish(state);
  } catch (error) {
    if (error instanceof DivergenceError) {
      error.message +=
        saved > 0
          ? ` The last good state, after ${counter} ${saved}, is in ${folder.pathOf(file)}.`
          : " Until then no state was saved.";
    }
    throw error;
  }
  folder.finishStage(stage, seconds());
  folder.remove(file);
  return true;
}

/** Makes the metrics of a stage those of its history: lines that are too many are dropped, missing ones are added. */
function restoreMetrics<Line extends object>(
  folder: RunFolder,
  stage: string,
  history: readonly Line[],
  counter: keyof Line & string,
): void {
  folder.trimMetrics(stage, Number(history.at(-1)?.[counter] ?? 0), counter);
  const written = folder.readMetrics().filter((line) => line.stage === stage && counter in line).length;
  for (const line of history.slice(written)) folder.appendMetrics(stage, line);
}
