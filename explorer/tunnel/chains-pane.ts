import { type Line, LineChart } from "../chart.ts";
import { h } from "../dom.ts";
import { csvExport, type Export, svgExport } from "../take-away.ts";
import { chainColour } from "./chain-colours.ts";
import { TracePlot } from "./trace-plot.ts";
import type { TunnelDraws } from "./tunnel-protocol.ts";
import type { SampledSummary } from "./tunnel-run.ts";

/** How chains have mixed: what `isthmus sample` says of them, and the trace and the ranks of one coordinate. */
export class ChainsPane {
  readonly element: HTMLElement;
  readonly #coordinates = h("select", { "aria-label": "coordinate of the traces" });
  readonly #facts = h("dl", { class: "facts" });
  readonly #trace: TracePlot;
  readonly #traceTitle = h("strong", {});
  readonly #ranks = new LineChart();
  #draws: TunnelDraws | undefined;

  /**
   * @param onSeek called with the draw that is pressed in the trace
   * @param onChoose called with the name of the coordinate that is chosen
   */
  constructor(onSeek: (draw: number) => void, onChoose: (coordinate: string) => void) {
    this.#trace = new TracePlot(onSeek);
    this.#coordinates.addEventListener("change", () => onChoose(this.#coordinates.value));
    this.element = h(
      "div",
      { class: "chains", hidden: true },
      h("div", { class: "bar" }, h("label", {}, "traces of ", this.#coordinates), this.#facts),
      h(
        "div",
        { class: "pair" },
        h(
          "figure",
          { class: "chart" },
          h("div", { class: "legend" }, this.#traceTitle, h("span", {}, "press or drag to move the play")),
          this.#trace.element,
        ),
        this.#ranks.element,
      ),
    );
  }

  show(draws: TunnelDraws, summary: SampledSummary, coordinate: string): void {
    this.#draws = draws;
    this.element.hidden = false;
    this.#coordinates.replaceChildren(...draws.traces.map(({ name }) => h("option", { value: name }, name)));
    this.showTrace(coordinate);
    const { temperature, convergence, position, divergences } = summary;
    const rows: [string, string][] = [
      ["temperature", String(temperature)],
      ...(position
        ? ([
            ["R̂ of t", position.rHatMax.toFixed(3)],
            ["ESS of t", position.essBulkMin.toFixed(0)],
          ] as [string, string][])
        : []),
      ["R̂ in the span", `≤ ${convergence.rHatMax.toFixed(3)}`],
      ["ESS in the span", `≥ ${convergence.essBulkMin.toFixed(0)}`],
      ["divergences", String(divergences)],
    ];
    this.#facts.replaceChildren(
      ...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    );
  }

  /** @param coordinate its name; the first is shown where there is no such one */
  showTrace(coordinate: string): void {
    const draws = this.#draws;
    if (!draws) return;
    const trace = draws.traces.find(({ name }) => name === coordinate) ?? draws.traces[0];
    this.#coordinates.value = trace.name;
    this.#traceTitle.textContent = `trace of ${trace.name}`;
    this.#trace.show(trace.name, trace.values, draws.chains);
    const { bins, chains } = draws;
    const { ranks } = trace;
    this.#ranks.element.hidden = !ranks;
    if (!ranks) return;
    const edges = Array.from({ length: 2 * bins }, (_, k) => Math.floor((k + 1) / 2) / bins);
    const lines: Line[] = Array.from({ length: chains }, (_, c) => ({
      name: c === 0 ? "a line for each chain" : "",
      x: edges,
      y: edges.map((_, k) => ranks[c * bins + Math.floor(k / 2)]),
      colour: chainColour(c),
    }));
    this.#ranks.show({
      title: `ranks of ${trace.name}`,
      xLabel: "rank among the draws of all chains",
      yLabel: "draws",
      range: [0, 1.08 * Math.max(...ranks)],
      lines: [
        ...lines,
        {
          name: "if all explore the same",
          x: [0, 1],
          y: [draws.draws / bins, draws.draws / bins],
          colour: "var(--ink)",
          dashed: true,
        },
      ],
    });
  }

  /** Marks the place of the play in the trace. */
  play(position: number): void {
    this.#trace.play(position);
  }

  exports(): Export[] {
    const draws = this.#draws;
    if (!draws) return [];
    const chain = Float64Array.from(draws.traces[0].values, (_, i) => Math.floor(i / draws.draws) + 1);
    const columns = draws.traces.map(({ name, values }) => [name, values] as const);
    return [
      svgExport("ranks", this.#ranks.svg),
      csvExport("draws", Object.fromEntries([["chain", chain], ...columns])),
    ];
  }
}
