import type { MetricsLine } from "../run/index.ts";
import type { TrainingRun } from "./training.ts";

/** The training curves in a run's metrics, one for each stage, in order of appearance. */
export function trainingRuns(lines: MetricsLine[]): TrainingRun[] {
  const stages = [...new Set(lines.map((line) => line.stage))];
  return stages.map((stage) => {
    const own = lines.filter((line) => line.stage === stage);
    const validated = own.some((line) => typeof line.validationError === "number");
    return {
      name: stage.replace("-", " "),
      epoch: own.map((line) => Number(line.epoch)),
      trainLoss: own.map((line) => Number(line.trainLoss)),
      ...(validated ? { validationError: own.map((line) => Number(line.validationError)) } : {}),
    };
  });
}
