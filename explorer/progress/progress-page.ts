import { LineChart } from "../chart.ts";
import { h, shown } from "../dom.ts";
import { type RunFiles, readJson } from "../source/run-files.ts";
import { csvExport, type Export, svgExport, type View } from "../take-away.ts";

/** Milliseconds between two looks at the files of a run. */
const PERIOD = 1500;
const COLOURS = ["var(--accent)", "var(--ink)", "var(--faint)"];

interface Line {
  stage: string;
  epoch?: number;
  step?: number;
  trainLoss?: number;
  loss?: number;
}

interface Stage {
  name: string;
  x: number[];
  y: number[];
}

/** The losses that a run has logged, by its stages. */
export function stagesOf(metrics: string): Stage[] {
  const stages = new Map<string, Stage>();
  for (const text of metrics.split("\n")) {
    let line: Line;
    try {
      line = JSON.parse(text);
    } catch {
      // An empty line, or the last one, which is being written.
      continue;
    }
    const loss = line.trainLoss ?? line.loss;
    const at = line.epoch ?? line.step;
    if (loss === undefined || at === undefined) continue;
    const stage = stages.get(line.stage) ?? { name: line.stage, x: [], y: [] };
    stages.set(line.stage, stage);
    stage.x.push(at);
    stage.y.push(loss);
  }
  return [...stages.values()];
}

/** A run that is still going on, as it happens; when it is done, `onDone` shows what it has found. */
export class ProgressPage implements View {
  readonly element: HTMLElement;
  #run: RunFiles;
  readonly #chart = new LineChart();
  readonly #status = h("p", { class: "readout", "aria-live": "polite" }, "Reading …");
  #command = "";
  #stages: Stage[] = [];

  /** @param again lists the files of the run anew: there are more of them as it goes on */
  constructor(run: RunFiles, again: () => Promise<RunFiles>, onDone: () => void, signal: AbortSignal) {
    this.#run = run;
    this.element = h("section", { class: "progress" }, this.#status, this.#chart.element);
    void this.#follow(again, onDone, signal);
  }

  async #follow(again: () => Promise<RunFiles>, onDone: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const { status, command } = (await readJson(this.#run, "run.json")) as {
          status: string;
          command: string;
        };
        this.#command = command;
        if (this.#run.paths.includes("metrics.jsonl")) {
          this.#draw(new TextDecoder().decode(await this.#run.read("metrics.jsonl")));
        }
        if (signal.aborted) return;
        if (status === "done") return onDone();
        const last = this.#stages.at(-1);
        const now = last
          ? `${last.name}: ${last.x.at(-1)}, loss ${shown(last.y.at(-1)!)}`
          : "nothing is logged yet";
        this.#status.textContent =
          status === "running"
            ? `${this.#run.name} is running (${now}).`
            : `${this.#run.name} is ${status} (${now}); go on with --resume.`;
      } catch (error) {
        this.#status.textContent = error instanceof Error ? error.message : String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, PERIOD));
      this.#run = await again().catch(() => this.#run);
    }
  }

  #draw(metrics: string): void {
    this.#stages = stagesOf(metrics);
    if (this.#stages.length === 0) return;
    this.#chart.show({
      title: "training loss, as it is logged",
      xLabel: "epoch",
      yLabel: "loss",
      lines: this.#stages.map(({ name, x, y }, i) => ({ name, x, y, colour: COLOURS[i % COLOURS.length] })),
    });
  }

  exports(): Export[] {
    if (this.#stages.length === 0) return [];
    const columns = this.#stages.flatMap(({ name, x, y }): [string, number[]][] => [
      [`${name} epoch`, x],
      [`${name} loss`, y],
    ]);
    return [svgExport("training", this.#chart.svg), csvExport("training", Object.fromEntries(columns))];
  }

  command(): string {
    return this.#command;
  }
}
