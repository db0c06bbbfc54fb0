import { LineChart } from "../chart.ts";
import { arrowStep, choice, h, shown } from "../dom.ts";
import { ContourView } from "../landscape/contour-view.ts";
import { scalingOf } from "../landscape/field.ts";
import type { SurfaceView } from "../landscape/surface-view.ts";
import { orbit } from "../orbit.ts";
import type { State } from "../state.ts";
import { csvExport, type Export, pngExport, svgExport, type View } from "../take-away.ts";
import type { LiveAnswer, LiveData, LiveRequest } from "./live-protocol.ts";
import type { LiveFrame } from "./live-session.ts";
import { OutputPicture } from "./output-picture.ts";

const DATA = [
  ["two-moons", "two moons"],
  ["spirals", "spirals"],
  ["toy-regression", "1-d regression"],
  ["fashion-mnist-small", "Fashion-MNIST"],
] as const;
const COMPUTE = [
  ["auto", "auto"],
  ["wasm", "WebAssembly"],
  ["webgpu", "WebGPU"],
] as const;
/** Hidden widths that can be had, and what suits each data set. */
const WIDTHS = ["16-16", "32-32", "64", "16-16-16"] as const;
const SUITED: Record<LiveData, { widths: string; rate: number; steps: number }> = {
  "two-moons": { widths: "16-16", rate: 0.01, steps: 400 },
  spirals: { widths: "32-32", rate: 0.01, steps: 1200 },
  "toy-regression": { widths: "16-16-16", rate: 0.005, steps: 1500 },
  "fashion-mnist-small": { widths: "64", rate: 0.002, steps: 600 },
  own: { widths: "16-16", rate: 0.01, steps: 800 },
};
const TEMPERATURES = ["1", "10", "100", "1000"] as const;
/** How far an arrow key moves the middle of the curve, in widths of the plane. */
const KEY_STEP = 0.02;
/** Losses above this multiple of the greatest on the line are drawn alike. */
const CLIP = 1.6;

/** Two networks train in the page, then the curve between them bends into the valley. */
export class LivePage implements View {
  readonly element: HTMLElement;
  readonly #state: State;
  readonly #worker: Worker;
  readonly #map = new ContourView();
  readonly #picture = new OutputPicture();
  readonly #profile: LineChart;
  readonly #history = new LineChart();
  readonly #status = h("p", { class: "readout", "aria-live": "polite" });
  readonly #posterior: HTMLElement;
  readonly #go = h("button", { type: "button", class: "primary" }, "go");
  readonly #rate = h("input", { type: "range", min: -4, max: -1, step: 0.05, "aria-label": "learning rate" });
  readonly #rateText = h("output", {});
  readonly #stage = h("div", {
    class: "stage",
    tabindex: 0,
    role: "application",
    "aria-label":
      "The plane through both networks and the middle of the curve. Arrow keys turn it, plus and minus zoom.",
  });
  readonly #mapBox: HTMLElement;
  readonly #waiting = h(
    "p",
    { class: "waiting" },
    "Press go: two networks learn from different starts. Then the curve between them bends out of the ridge, and its plane is drawn here.",
  );
  #surface: SurfaceView | undefined;
  #table: { name: string; bytes: Uint8Array } | undefined;
  #running = false;
  #frame: LiveFrame | undefined;
  #plane: LiveFrame["plane"];
  #session = 0;

  /**
   * @param table examples of the person's own, with the target in the last column
   * @param onLeave called when other data are chosen instead of the table
   */
  constructor(
    state: State,
    signal: AbortSignal,
    table?: { name: string; bytes: Uint8Array },
    onLeave?: () => void,
  ) {
    this.#state = state;
    this.#table = table;
    this.#worker = new Worker(new URL("./live-worker.ts", import.meta.url), {
      type: "module",
      name: state.now.compute,
    });
    signal.addEventListener("abort", () => {
      this.#worker.terminate();
      this.#surface?.dispose();
    });
    this.#worker.onmessage = ({ data }: MessageEvent<LiveAnswer>) => this.#answer(data);
    this.#worker.onerror = (event) => this.#say(`The computation has stopped: ${event.message}`);
    this.#profile = new LineChart((t) => state.set({ t }));
    this.#posterior = h(
      "p",
      { class: "posterior", hidden: true },
      choice(
        "95 % of the posterior on the curve, at temperature",
        TEMPERATURES.map((T) => [T, T] as const),
        (state.now.temperature || "1") as (typeof TEMPERATURES)[number],
        (temperature) => state.set({ temperature }),
      ),
    );
    this.#mapBox = h(
      "div",
      {
        class: "map",
        tabindex: 0,
        role: "application",
        "aria-label": "The plane of the curve from above. Arrow keys move the middle of the curve.",
      },
      this.#map.element,
    );
    this.#go.addEventListener("click", () => this.#toggle());
    const button = (name: string, act: () => void) => h("button", { type: "button", onclick: act }, name);
    const { now } = state;
    this.#rate.addEventListener("input", () => this.#setRate());
    this.element = h(
      "section",
      { class: "sheet live" },
      h(
        "div",
        { class: "bar" },
        choice("data", DATA, now.data as (typeof DATA)[number][0], (data) => {
          this.#table = undefined;
          onLeave?.();
          state.set({ data, widths: SUITED[data].widths });
          this.#start();
        }),
        choice(
          "hidden layers",
          WIDTHS.map((w) => [w, w.replaceAll("-", " · ")] as const),
          now.widths as never,
          (widths) => {
            state.set({ widths });
            this.#start();
          },
        ),
        h("label", {}, "learning rate ", this.#rate, this.#rateText),
        choice("compute", COMPUTE, now.compute, (compute) => state.set({ compute })),
        h(
          "div",
          { class: "buttons" },
          this.#go,
          button("step", () => this.#ask({ kind: "step" })),
          button("reset", () => this.#start()),
          button("another seed", () => {
            state.set({ seed: state.now.seed + 1 });
            this.#start();
          }),
        ),
      ),
      h(
        "div",
        { class: "panes" },
        h("div", { class: "pane" }, h("h2", {}, "the plane of the curve"), this.#waiting, this.#stage),
        h("div", { class: "pane" }, h("h2", {}, "from above; drag the middle of the curve"), this.#mapBox),
        h(
          "div",
          { class: "pane" },
          h("h2", {}, "what the network at t computes"),
          this.#picture.element,
          this.#posterior,
        ),
        h("div", { class: "pane" }, this.#profile.element),
        h("div", { class: "pane" }, this.#history.element),
      ),
      this.#status,
    );
    state.subscribe((_, changed) => {
      if (changed.has("t")) {
        this.#ask({ kind: "at", t: state.now.t });
        this.#drawProfile();
        this.#drawMap();
      }
      if (changed.has("temperature")) this.#ask({ kind: "temperature", temperature: this.#temperature });
      if (changed.has("azimuth") || changed.has("elevation") || changed.has("distance"))
        this.#surface?.look(state.now);
    }, signal);
    new ResizeObserver(([entry]) =>
      this.#map.resize(entry.contentRect.width, entry.contentRect.height),
    ).observe(this.#mapBox);
    this.#dragging();
    void this.#open3d(signal);
    this.#start();
  }

  exports(): Export[] {
    if (!this.#frame) return [];
    const { profile, past } = this.#frame;
    const { step, columns } = past;
    return [
      ...(this.#surface ? [pngExport("surface", this.#surface.element)] : []),
      pngExport("map", this.#map.element),
      pngExport("outputs", this.#picture.canvas),
      svgExport("profile", this.#profile.svg),
      svgExport("training", this.#history.svg),
      csvExport("profile", {
        t: profile.t,
        line: profile.line,
        ...(profile.curve ? { curve: profile.curve } : {}),
      }),
      csvExport("training", { step, network1: columns[0], network2: columns[1], curve: columns[2] }),
    ];
  }

  command(): string {
    const { data, widths, seed } = this.#state.now;
    return `isthmus connect --data ${data} --network ${widths} --dropout 0 --seed ${seed}`;
  }

  #ask(request: LiveRequest): void {
    this.#worker.postMessage(request);
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }

  #setRate(): void {
    const rate = 10 ** Number(this.#rate.value);
    this.#rateText.textContent = shown(rate);
    this.#ask({ kind: "rate", rate });
  }

  get #temperature(): number {
    return Number(this.#state.now.temperature) || 1;
  }

  #start(): void {
    const { data, widths, seed } = this.#state.now;
    const named = DATA.some(([name]) => name === data) ? (data as LiveData) : "two-moons";
    const known = this.#table ? "own" : named;
    const hidden = widths
      .split("-")
      .map(Number)
      .filter((w) => Number.isInteger(w) && w > 0 && w <= 256);
    const suited = SUITED[known];
    this.#rate.value = String(Math.log10(suited.rate));
    this.#rateText.textContent = shown(suited.rate);
    this.#running = false;
    this.#go.textContent = "go";
    this.#frame = undefined;
    this.#plane = undefined;
    this.#wait();
    this.#say("Preparing the networks …");
    this.#session++;
    this.#ask({
      kind: "start",
      data: known,
      session: this.#session,
      t: this.#state.now.t,
      temperature: this.#temperature,
      spec: {
        hidden: hidden.length > 0 ? hidden : [16, 16],
        seed,
        rate: suited.rate,
        optimumSteps: suited.steps,
      },
      site: new URL(".", document.baseURI).href,
      table: this.#table,
    });
  }

  #toggle(): void {
    this.#running = !this.#running;
    this.#go.textContent = this.#running ? "pause" : "go";
    this.#ask({ kind: this.#running ? "run" : "pause" });
  }

  #answer(answer: LiveAnswer): void {
    if (answer.kind === "problem") {
      this.#running = false;
      this.#go.textContent = "go";
      this.#say(answer.message);
    } else if (answer.kind === "ready") this.#picture.setInputs(answer.inputs);
    else {
      // A frame of before the last start may still come.
      if (answer.session === this.#session) this.#show(answer.frame);
      // In the frame after the one that draws it.
      requestAnimationFrame(() => requestAnimationFrame(() => this.#ask({ kind: "drawn" })));
    }
  }

  #show(frame: LiveFrame): void {
    this.#frame = frame;
    const { step, phase, stepTime } = frame;
    if (frame.plane) this.#plane = frame.plane;
    this.#wait();
    this.#drawProfile();
    this.#drawMap();
    this.#drawSurface();
    this.#drawHistory();
    this.#picture.show(frame);
    this.#posterior.hidden = !frame.functions?.band;
    const what = phase === "optima" ? "Two networks learn" : "The curve bends";
    const peak = Math.max(...frame.profile.line);
    const on = frame.profile.curve ? `, on the curve at most ${shown(Math.max(...frame.profile.curve))}` : "";
    this.#say(
      `${what}, step ${step}${Number.isFinite(stepTime) ? ` (${stepTime.toFixed(1)} ms a step)` : ""}: loss on the straight line at most ${shown(peak)}${on}.`,
    );
  }

  #drawProfile(): void {
    const { profile } = this.#frame ?? {};
    if (!profile) return;
    this.#profile.show({
      title: "loss between the networks",
      xLabel: "position t on the path",
      yLabel: "training loss",
      at: this.#state.now.t,
      lines: [
        { name: "straight line", x: profile.t, y: profile.line, colour: "var(--faint)", dashed: true },
        ...(profile.curve
          ? [{ name: "curve", x: profile.t, y: profile.curve, colour: "var(--accent)" }]
          : []),
      ],
    });
  }

  #drawHistory(): void {
    if (!this.#frame) return;
    const { step, columns } = this.#frame.past;
    const line = (k: number, name: string, colour: string) => ({ name, x: step, y: columns[k], colour });
    this.#history.show({
      title: "training loss",
      xLabel: "step",
      yLabel: "loss",
      log: true,
      lines: [
        line(0, "network 1", "var(--ink)"),
        line(1, "network 2", "var(--faint)"),
        line(2, "mean on the curve", "var(--accent)"),
      ],
    });
  }

  /** Before there is a curve, the panes of its plane say what they wait for. */
  #wait(): void {
    this.#waiting.hidden = this.#plane !== undefined;
    for (const picture of [this.#stage, this.#mapBox])
      picture.classList.toggle("empty", this.#plane === undefined);
  }

  #content() {
    const plane = this.#plane;
    if (!plane || !this.#frame) return undefined;
    const field = { xs: plane.xs, ys: plane.ys, values: plane.values };
    const scaling = scalingOf(plane.values, "clipped", CLIP * Math.max(...this.#frame.profile.line));
    const [first, , last] = plane.points;
    const straight = Array.from({ length: 41 }, (_, i) => i / 40);
    const paths = [
      {
        name: "straight line",
        x: straight.map((t) => first.x + t * (last.x - first.x)),
        y: straight.map((t) => first.y + t * (last.y - first.y)),
        offPlane: 0,
        dashed: true,
      },
      ...(plane.path ? [{ name: "curve", ...plane.path, offPlane: 0, dashed: false }] : []),
    ];
    const points = plane.points.map((point) => ({ ...point, offPlane: 0, values: {} }));
    return { field, scaling, paths, points };
  }

  #drawMap(): void {
    const content = this.#content();
    if (!content) return;
    const { x, y } = this.#plane!.path ?? { x: [], y: [] };
    const at = this.#state.now.t * (x.length - 1);
    const i = Math.min(Math.floor(at), x.length - 2);
    const mark =
      x.length > 1
        ? { x: x[i] + (at - i) * (x[i + 1] - x[i]), y: y[i] + (at - i) * (y[i + 1] - y[i]) }
        : undefined;
    this.#map.show({ ...content, mark });
  }

  #drawSurface(): void {
    const content = this.#content();
    if (content && this.#frame?.plane) this.#surface?.show(content);
  }

  async #open3d(signal: AbortSignal): Promise<void> {
    try {
      const { SurfaceView } = await import("../landscape/surface-view.ts");
      if (signal.aborted) return;
      this.#surface = new SurfaceView();
    } catch {
      this.#stage.replaceChildren(
        h("p", { class: "notice" }, "This browser has no WebGL; the map beside shows the same plane."),
      );
      return;
    }
    this.#stage.replaceChildren(this.#surface.element);
    new ResizeObserver(([entry]) =>
      this.#surface?.resize(entry.contentRect.width, entry.contentRect.height),
    ).observe(this.#stage);
    this.#surface.look(this.#state.now);
    orbit(this.#stage, this.#state, { signal, lowest: 5 });
  }

  /** The middle of the curve follows the hand. */
  #dragging(): void {
    const { element } = this.#map;
    let from: { x: number; y: number } | undefined;
    const at = (event: PointerEvent) => {
      const box = element.getBoundingClientRect();
      return this.#map.pick(event.clientX - box.left, event.clientY - box.top);
    };
    element.addEventListener("pointerdown", (event) => {
      const place = at(event);
      const middle = this.#plane?.points[1];
      if (!place || !middle) return;
      const near = 0.15 * (this.#plane!.xs.at(-1)! - this.#plane!.xs[0]);
      if (Math.hypot(place.x - middle.x, place.y - middle.y) > near) return;
      element.setPointerCapture(event.pointerId);
      from = place;
    });
    element.addEventListener("pointermove", (event) => {
      const place = from && at(event);
      if (!from || !place) return;
      this.#ask({ kind: "bend", dx: place.x - from.x, dy: place.y - from.y });
      from = place;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      element.addEventListener(end, () => {
        from = undefined;
      });
    }
    this.#mapBox.addEventListener("keydown", (event) => {
      const step = arrowStep(event.key);
      if (!step || !this.#plane) return;
      const length = KEY_STEP * (this.#plane.xs.at(-1)! - this.#plane.xs[0]);
      this.#ask({ kind: "bend", dx: length * step[0], dy: length * step[1] });
      event.preventDefault();
    });
  }
}
