import { DivergenceError, type FitOptions, type FitState } from "../fit/index.ts";
import { decodeFitState, encodeFitState } from "./fit-state.ts";
import type { RunFolder } from "./folder-node.ts";

/** The options of `fit` that make it save its state and go on from it; pass them on. */
export type FitStageOptions = Required<Pick<FitOptions, "onEpoch">> & Pick<FitOptions, "resume">;

/**
 * Runs a fit as a stage of a run that survives a crash: its state is saved after each epoch, and a stage that was
 * interrupted goes on after the last epoch saved and ends with the same bytes.
 *
 * An epoch's state is saved before its line of metrics is written. The state holds the whole history, so that lines
 * that a crash has kept from being written are made up for when the stage goes on. What was saved is deleted only
 * once `finish` has put the result in place and the stage is noted as finished.
 *
 * @param stage its name, which is also the name of its file: checkpoints/STAGE.resume.safetensors
 * @param run calls `fit` with the options given (and others), and returns its state
 * @param finish writes the final checkpoint; it may run twice, with the same state. By then `fit` has given back the
 *   memory of the best anchors and of the optimiser: use `anchors` and `history` only
 * @returns false where the stage had been finished before and nothing was done
 * @throws DivergenceError that names the last state saved; RunError, and whatever `run` and `finish` throw
 */
export async function fitStage(
  folder: RunFolder,
  stage: string,
  run: (options: FitStageOptions) => Promise<FitState>,
  finish: (state: FitState) => Promise<void> | void,
): Promise<boolean> {
  const file = `checkpoints/${stage}.resume.safetensors`;
  folder.lock();
  if (folder.isFinished(stage)) {
    folder.remove(file);
    return false;
  }
  const resume = folder.has(file) ? decodeFitState(folder.readBytes(file), folder.pathOf(file)) : undefined;
  restoreMetrics(folder, stage, resume?.history ?? []);
  const start = performance.now() - 1000 * (resume?.seconds ?? 0);
  const seconds = () => (performance.now() - start) / 1000;
  let saved = resume?.history.length ?? 0;
  try {
    const state = await run({
      resume,
      onEpoch: (metrics, state) => {
        folder.writeBytes(file, encodeFitState(state, seconds()));
        saved = metrics.epoch;
        folder.appendMetrics(stage, metrics);
      },
    });
    await finish(state);
  } catch (error) {
    if (error instanceof DivergenceError) {
      error.message +=
        saved > 0
          ? ` The last good state, after epoch ${saved}, is in ${folder.pathOf(file)}.`
          : " No epoch was finished, so no state was saved.";
    }
    throw error;
  }
  folder.finishStage(stage, seconds());
  folder.remove(file);
  return true;
}

/** Makes the metrics of a stage those of its history: lines that are too many are dropped, missing ones are added. */
function restoreMetrics(folder: RunFolder, stage: string, history: FitState["history"]): void {
  folder.trimMetrics(stage, history.length);
  const written = folder.readMetrics().filter((line) => line.stage === stage && "epoch" in line).length;
  for (const metrics of history.slice(written)) folder.appendMetrics(stage, metrics);
}
