import type { WedgeKind, WedgeSpec } from "../../src/landscape/index.ts";
import { type Line, LineChart } from "../chart.ts";
import { choice, h, shown } from "../dom.ts";
import { orbit } from "../orbit.ts";
import type { State } from "../state.ts";
import { csvExport, type Export, pngExport, svgExport, type View } from "../take-away.ts";
import type { PlaneOutcome } from "./wedge-lab.ts";
import type { WedgeScene } from "./wedge-scene.ts";
import type { WedgeAnswer } from "./wedge-worker.ts";

const KINDS = [
  ["axes", "along axes"],
  ["rotated", "rotated"],
  ["all-tuples", "all tuples"],
] as const;

/** Losses below this share of the start are float32's nothing. */
const FLOOR = 1e-7;

/** The wedge picture, and the toy landscape to play with: hyperplanes, and wells that look like tunnels. */
export class WedgePage implements View {
  readonly element: HTMLElement;
  readonly #worker: Worker;
  readonly #planes = new LineChart();
  readonly #wells = new LineChart();
  readonly #status = h("p", { class: "readout", "aria-live": "polite" });
  readonly #stage = h("div", {
    class: "stage",
    tabindex: 0,
    role: "application",
    "aria-label": "Three wedges in three dimensions. Arrow keys turn it, plus and minus zoom.",
  });
  readonly #state: State;
  #outcomes: PlaneOutcome[] = [];
  #timer = 0;
  #scene: WedgeScene | undefined;

  constructor(state: State, signal: AbortSignal) {
    this.#state = state;
    this.#worker = new Worker(new URL("./wedge-worker.ts", import.meta.url), { type: "module" });
    signal.addEventListener("abort", () => {
      this.#worker.terminate();
      this.#scene?.dispose();
    });
    this.#worker.onmessage = ({ data }: MessageEvent<WedgeAnswer>) => this.#answer(data);
    this.#worker.onerror = (event) => {
      this.#status.textContent = `The computation has stopped: ${event.message}`;
    };
    const slider = (name: string, key: "dimension" | "short" | "wedges", low: number, high: number) => {
      const output = h("output", {});
      const input = h("input", { type: "range", min: low, max: high, step: 1, "aria-label": name });
      const show = () => {
        const value = String(this.#spec[key]);
        input.value = value;
        output.textContent = value;
      };
      input.addEventListener("input", () => state.set({ [key]: Number(input.value) }));
      state.subscribe(show, signal);
      show();
      return h("label", {}, `${name} `, input, output);
    };
    this.element = h(
      "section",
      { class: "sheet wedges" },
      h(
        "div",
        { class: "bar" },
        choice("wedges", KINDS, this.#spec.kind, (kind) => state.set({ kind })),
        slider("dimensions D", "dimension", 20, 400),
        slider("short directions s", "short", 2, 60),
        slider("number of wedges", "wedges", 1, 50),
      ),
      h(
        "div",
        { class: "columns" },
        h(
          "div",
          { class: "picture" },
          this.#stage,
          h(
            "p",
            { class: "caption" },
            "Low loss in three dimensions: three wedges, each thin along one direction and endless along two. The straight line between two optima leaves them; the path over the axis that two wedges share does not.",
          ),
        ),
        h(
          "div",
          { class: "charts" },
          this.#planes.element,
          h(
            "p",
            { class: "caption" },
            "Descent on random hyperplanes succeeds when their dimension d passes the number of short directions: d ≥ s = D − n.",
          ),
          this.#wells.element,
          h(
            "p",
            { class: "caption" },
            "From a point beside a wedge, every random direction leads up in the same way: extended wedges look like round tunnels.",
          ),
        ),
      ),
      this.#status,
    );
    state.subscribe((_, changed) => {
      if (["kind", "dimension", "short", "wedges"].some((key) => changed.has(key as never))) this.#restart();
      if (changed.has("azimuth") || changed.has("elevation") || changed.has("distance")) this.#look();
    }, signal);
    void this.#open3d(signal);
    this.#restart();
  }

  /** The wedges that the address names, as far as there can be such ones. */
  get #spec(): WedgeSpec {
    const { kind, dimension, short, wedges } = this.#state.now;
    const whole = (value: number, low: number, high: number) =>
      Math.min(high, Math.max(low, Math.round(value)));
    const D = whole(dimension, 2, 400);
    return {
      kind: KINDS.some(([name]) => name === kind) ? (kind as WedgeKind) : "axes",
      dimension: D,
      short: whole(short, 1, D),
      wedges: whole(wedges, 1, 50),
      seed: 1,
    };
  }

  exports(): Export[] {
    const sorted = [...this.#outcomes].sort((a, b) => a.d - b.d);
    return [
      ...(this.#scene ? [pngExport("wedges", this.#scene.element)] : []),
      svgExport("hyperplanes", this.#planes.svg),
      svgExport("wells", this.#wells.svg),
      csvExport("hyperplanes", {
        d: sorted.map(({ d }) => d),
        reached: sorted.map(({ reached }) => reached),
      }),
    ];
  }

  command(): string {
    const { kind, dimension, short, wedges, seed } = this.#spec;
    const number = kind === "all-tuples" ? "" : ` --wedges ${wedges}`;
    return `isthmus wedge --kind ${kind} --dimension ${dimension} --short ${short}${number} --seed ${seed}`;
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#outcomes = [];
      const { wedges, ...spec } = this.#spec;
      this.#status.textContent = "Descending …";
      this.#worker.postMessage(spec.kind === "all-tuples" ? spec : { ...spec, wedges });
    }, 150) as unknown as number;
  }

  #answer(answer: WedgeAnswer): void {
    if (answer.kind === "problem") this.#status.textContent = answer.message;
    else if (answer.kind === "wells") {
      const { distance, losses, mean, formula } = answer.wells;
      const each: Line[] = losses.map((y, i) => ({
        name: i === 0 ? "24 random directions" : "",
        x: distance,
        y,
        colour: "color-mix(in srgb, var(--faint) 30%, transparent)",
      }));
      this.#wells.show({
        title: "loss along random directions",
        xLabel: "distance a",
        yLabel: "distance to the nearest wedge",
        lines: [
          ...each,
          { name: "mean", x: distance, y: mean, colour: "var(--accent)" },
          { name: "√(L₀² + a² s/D)", x: distance, y: formula, colour: "var(--ink)", dashed: true },
        ],
      });
    } else {
      this.#outcomes.push(answer.outcome);
      this.#drawPlanes();
      const solved = this.#outcomes.filter(({ reached }) => reached < 1e-4);
      const least = Math.min(...solved.map(({ d }) => d));
      const { short } = this.#spec;
      this.#status.textContent =
        `${this.#outcomes.length} hyperplanes: ` +
        (solved.length > 0
          ? `the smallest that reached a wedge has d = ${least}, for s = ${short}.`
          : "none has reached a wedge yet.") +
        (answer.done < 1 ? " Going on …" : "");
    }
  }

  #drawPlanes(): void {
    const shares = [...new Set(this.#outcomes.map(({ share }) => share))].sort((a, b) => a - b);
    const draws = Math.max(...shares.map((share) => this.#outcomes.filter((o) => o.share === share).length));
    const decades = (reached: number) => Math.log10(Math.max(FLOOR, reached));
    const lines: Line[] = Array.from({ length: draws }, (_, k) => {
      const own = shares.flatMap((share) => this.#outcomes.filter((o) => o.share === share)[k] ?? []);
      return {
        name: k === 0 ? "one line a set of hyperplanes" : "",
        x: own.map(({ share }) => share),
        y: own.map(({ reached }) => decades(reached)),
        colour: k === 0 ? "var(--accent)" : "color-mix(in srgb, var(--accent) 45%, transparent)",
      };
    });
    this.#planes.show({
      title: "loss reached on random hyperplanes",
      xLabel: "d / s",
      yLabel: "log10 of loss over that at the start",
      range: [-7.2, 0.2],
      at: 1,
      lines,
    });
    this.#planes.element.dataset.least = shown(Math.min(...this.#outcomes.map(({ reached }) => reached)));
  }

  async #open3d(signal: AbortSignal): Promise<void> {
    try {
      const { WedgeScene } = await import("./wedge-scene.ts");
      if (signal.aborted) return;
      this.#scene = new WedgeScene();
    } catch {
      this.#stage.replaceChildren(
        h(
          "p",
          { class: "notice" },
          "This browser has no WebGL, which the picture in three dimensions needs; the curves beside need none.",
        ),
      );
      return;
    }
    const scene = this.#scene;
    this.#stage.replaceChildren(scene.element);
    new ResizeObserver(([entry]) => scene.resize(entry.contentRect.width, entry.contentRect.height)).observe(
      this.#stage,
    );
    orbit(this.#stage, this.#state, { signal });
    this.#look();
  }

  /** The camera of the page, which begins where a landscape looks best, turned to where the wedges do. */
  #look(): void {
    const { azimuth, elevation, distance } = this.#state.now;
    this.#scene?.look({ azimuth: azimuth - 173, elevation, distance: distance / 1.9 });
  }
}
