import { type Line, LineChart } from "../chart.ts";
import { choice, h, shown } from "../dom.ts";
import { gradientOfColours } from "../landscape/colours.ts";
import { type Scaling, scalingOf } from "../landscape/field.ts";
import { orbit } from "../orbit.ts";
import type { RunFiles } from "../source/run-files.ts";
import type { State, ViewState } from "../state.ts";
import { csvExport, type Export, pngExport, svgExport, type View } from "../take-away.ts";
import { ChainsPane } from "./chains-pane.ts";
import { binCounts, DrawsByPosition } from "./draw-window.ts";
import { FunctionPlot } from "./function-plot.ts";
import { normalName } from "./normal-name.ts";
import { PlayBar } from "./play-bar.ts";
import { SectionView, WINDOW } from "./section-view.ts";
import type {
  NormalPair,
  SectionLoss,
  TubeLoss,
  TunnelAnswer,
  TunnelDraws,
  TunnelPicture,
  TunnelRequest,
} from "./tunnel-protocol.ts";
import { drawsFile, readTunnelRun, type SampledSummary, type TunnelRun } from "./tunnel-run.ts";
import type { TunnelScene } from "./tunnel-scene.ts";

const SCALES = [
  ["clipped", "clipped"],
  ["linear", "linear"],
  ["log", "logarithmic"],
] as const;
/** Half of a cross-section, in standard deviations of the prior. */
const EXTENT = 3;
/** Where a clipped scale ends: at this share of the losses on the tube. */
const CLIPPED = 0.85;
const NO_DATA =
  "The page does not have the data of this run, so that tube and cross-section have no colours.";
/** Bins of the histogram of draws across a path in a plane. */
const BINS = 40;
/** How near a pointer takes hold of the cross-section, in heights of the picture. */
const HOLD = 0.045;

/** The tunnel around a path: tube, frame and cross-section coloured by loss, posterior draws in it, and the play of the chains. */
export class TunnelPage implements View {
  readonly element: HTMLElement;
  readonly #state: State;
  readonly #run: RunFiles;
  readonly #signal: AbortSignal;
  readonly #stage = h("div", {
    class: "stage",
    tabindex: 0,
    role: "application",
    "aria-label":
      "The tunnel in three dimensions. Arrow keys turn it, plus and minus zoom; the slider t moves the cross-section.",
  });
  readonly #t = h("input", { type: "range", step: 0.005, "aria-label": "position t of the cross-section" });
  readonly #tNumber = h("output", {});
  readonly #radius = h("input", { type: "range", min: 0, step: 0.02, "aria-label": "radius of the tube" });
  readonly #radiusNumber = h("output", {});
  readonly #normals = h("select", { "aria-label": "normals across which tube and cross-section lie" });
  readonly #temperatures = h("select", { "aria-label": "temperature" });
  readonly #legend = h("div", { class: "colours" });
  readonly #readout = h("p", { class: "readout", "aria-live": "polite" }, "Framing the path …");
  readonly #warning = h("p", { class: "warning", role: "status", hidden: true });
  readonly #problem = h("p", { class: "warning", role: "alert", hidden: true });
  readonly #section = new SectionView();
  readonly #sectionLine = new LineChart();
  readonly #sectionTitle = h("div", { class: "legend" });
  readonly #sectionFigure: HTMLElement;
  readonly #functions = new FunctionPlot();
  readonly #play: PlayBar;
  readonly #chains: ChainsPane;
  #worker: Worker | undefined;
  #opened: TunnelRun | undefined;
  #picture: TunnelPicture | undefined;
  #scene: TunnelScene | undefined;
  #tube: TubeLoss | undefined;
  #slice: SectionLoss | undefined;
  #scaling: Scaling | undefined;
  #draws: TunnelDraws | undefined;
  #byPosition: DrawsByPosition | undefined;

  constructor(state: State, run: RunFiles, signal: AbortSignal) {
    this.#state = state;
    this.#run = run;
    this.#signal = signal;
    this.#play = new PlayBar(
      (position) => this.#move(position),
      (draw) => state.set({ draw }),
      signal,
    );
    this.#chains = new ChainsPane(
      (draw) => this.#play.seek(draw),
      (coordinate) => state.set({ coordinate }),
    );
    this.#t.addEventListener("input", () => state.set({ t: Number(this.#t.value) }));
    this.#radius.addEventListener("input", () => state.set({ radius: Number(this.#radius.value) }));
    this.#normals.addEventListener("change", () => state.set({ normals: this.#normals.value }));
    this.#temperatures.addEventListener("change", () => state.set({ temperature: this.#temperatures.value }));
    this.#sectionFigure = h("figure", { class: "chart" }, this.#sectionTitle, this.#section.element);
    this.element = h(
      "section",
      { class: "tunnel" },
      h(
        "div",
        { class: "bar" },
        h("label", { class: "wide" }, "t ", this.#t, this.#tNumber),
        h("label", {}, "tube |ξ| ", this.#radius, this.#radiusNumber),
        h("label", {}, "across ", this.#normals),
        h("label", {}, "temperature ", this.#temperatures),
        choice("scale", SCALES, state.now.scale, (scale) => state.set({ scale })),
      ),
      h(
        "div",
        { class: "columns" },
        h(
          "div",
          { class: "picture" },
          this.#stage,
          this.#legend,
          this.#problem,
          this.#warning,
          this.#readout,
          this.#play.element,
        ),
        h(
          "div",
          { class: "beside" },
          h("div", { class: "pair" }, this.#sectionFigure, this.#functions.element),
          this.#chains.element,
        ),
      ),
    );
    this.#play.element.hidden = true;
    this.#functions.element.hidden = true;
    this.#temperatures.parentElement!.hidden = true;
    state.subscribe((now, changed) => this.#update(now, changed), signal);
    signal.addEventListener("abort", () => {
      this.#worker?.terminate();
      this.#scene?.dispose();
    });
    void this.#open();
  }

  async #open(): Promise<void> {
    try {
      this.#opened = await readTunnelRun(this.#run);
      const { file, spec, checksum } = this.#opened;
      const checkpoint = await this.#run.read(file);
      if (this.#signal.aborted) return;
      this.#worker = new Worker(new URL("./tunnel-worker.ts", import.meta.url), {
        type: "module",
        name: this.#state.now.compute,
      });
      this.#worker.onmessage = ({ data }: MessageEvent<TunnelAnswer>) => this.#answer(data);
      this.#worker.onerror = (event) => {
        this.#fail(`The computation has stopped: ${event.message}`);
      };
      const site = new URL(".", document.baseURI).href;
      this.#ask({ kind: "open", checkpoint, file, spec, checksum, site }, [checkpoint.buffer as ArrayBuffer]);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** Says what went wrong, in its own place: what can be read goes on to change. Before the picture there is nothing else. */
  #fail(message: string): void {
    if (!this.#picture) this.#readout.textContent = message;
    else {
      this.#problem.textContent = message;
      this.#problem.hidden = false;
    }
  }

  #ask(request: TunnelRequest, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(request, transfer);
  }

  #answer(answer: TunnelAnswer): void {
    if (answer.kind === "problem") this.#fail(answer.message);
    else if (answer.kind === "picture") void this.#show(answer.picture);
    else if (answer.kind === "draws") this.#showDraws(answer.draws);
    else if (answer.kind === "tube") {
      this.#tube = answer.tube;
      this.#colour();
    } else {
      this.#slice = answer.section;
      this.#colourSection();
    }
  }

  /** Radius of the tube, in units of ξ. */
  get #radiusNow(): number {
    return this.#state.now.radius || this.#picture!.priorScale;
  }

  /** Half of the cross-section: the prior is in it, and the tube. */
  get #extent(): number {
    return Math.max(EXTENT * this.#picture!.priorScale, 1.1 * this.#radiusNow);
  }

  get #pair(): NormalPair {
    const { dimension, widest } = this.#picture!;
    const numbers = this.#state.now.normals.split(",").map(Number);
    const [i, j] = numbers;
    const fits = (k: number) => Number.isInteger(k) && k >= 1 && k < dimension;
    return numbers.length === 2 && fits(i) && fits(j) && i !== j ? [i, j] : widest;
  }

  async #show(picture: TunnelPicture): Promise<void> {
    this.#picture = picture;
    const { range, priorScale, dimension } = picture;
    const sampled = this.#opened?.sampled?.temperatures ?? [];
    [this.#t.min, this.#t.max] = range.map(String);
    // As far as the prior reaches, and beyond where the tunnel folds over, if that is not too far away.
    const { radius } = picture.injectivity;
    this.#radius.max = String(Math.max(3 * priorScale, radius < 10 * priorScale ? 1.15 * radius : 0));
    const pairs: [string, string][] = [];
    for (let i = 1; i < dimension; i++) {
      for (let j = i + 1; j < dimension; j++) pairs.push([`${i},${j}`, `${normalName(i)}, ${normalName(j)}`]);
    }
    this.#normals.replaceChildren(...pairs.map(([value, name]) => h("option", { value }, name)));
    this.#normals.parentElement!.hidden = pairs.length < 2;
    // Without losses and draws there is nothing to see on a cross-section.
    this.#sectionFigure.hidden = !picture.loss && sampled.length === 0;
    if (dimension === 2) this.#sectionFigure.replaceWith(this.#sectionLine.element);
    this.#temperatures.replaceChildren(
      ...sampled.map(({ temperature }) => h("option", { value: temperature }, String(temperature))),
    );
    this.#temperatures.parentElement!.hidden = sampled.length === 0;
    await this.#open3d(picture);
    if (this.#signal.aborted) return;
    this.#showTube();
    this.#showSection();
    void this.#readDraws();
  }

  async #open3d(picture: TunnelPicture): Promise<void> {
    try {
      const { TunnelScene } = await import("./tunnel-scene.ts");
      if (this.#signal.aborted) return;
      this.#scene = new TunnelScene(picture);
    } catch {
      this.#stage.replaceChildren(
        h(
          "p",
          { class: "notice" },
          "This browser has no WebGL, which the picture in three dimensions needs; the cross-section and the chains need none.",
        ),
      );
      return;
    }
    const scene = this.#scene;
    this.#stage.replaceChildren(scene.element);
    new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      if (width > 0 && height > 0) scene.resize(width, height);
    }).observe(this.#stage);
    orbit(this.#stage, this.#state, {
      signal: this.#signal,
      draggable: {
        holds: (px, py) => scene.distanceTo(this.#state.now.t, px, py) < HOLD,
        drag: (px, py) => this.#state.set({ t: scene.nearest(px, py).t }),
      },
    });
    scene.look(this.#state.now);
  }

  /** The summary of the temperature that is shown. */
  #summary(): SampledSummary | undefined {
    const sampled = this.#opened?.sampled;
    if (!sampled) return undefined;
    const wanted = this.#state.now.temperature;
    const { temperatures, best } = sampled;
    return temperatures.find(({ temperature }) => String(temperature) === wanted) ?? temperatures[best];
  }

  async #readDraws(): Promise<void> {
    const summary = this.#summary();
    if (!summary) return;
    this.#temperatures.value = String(summary.temperature);
    try {
      const file = drawsFile(summary.temperature);
      const bytes = await this.#run.read(file);
      if (!this.#signal.aborted) this.#ask({ kind: "draws", bytes, file }, [bytes.buffer as ArrayBuffer]);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #update(now: Readonly<ViewState>, changed: ReadonlySet<keyof ViewState>): void {
    if (!this.#picture) return;
    if (changed.has("azimuth") || changed.has("elevation") || changed.has("distance")) this.#scene?.look(now);
    if (changed.has("radius") || changed.has("normals")) this.#showTube();
    if (changed.has("t") || changed.has("normals") || changed.has("radius")) this.#showSection();
    if (changed.has("scale")) this.#colour();
    if (changed.has("temperature")) void this.#readDraws();
    if (changed.has("coordinate")) this.#chains.showTrace(now.coordinate);
  }

  #showTube(): void {
    const [pair, radius] = [this.#pair, this.#radiusNow];
    this.#radius.value = String(radius);
    this.#radiusNumber.textContent = radius.toFixed(2);
    this.#normals.value = pair.join(",");
    this.#scene?.showTube(pair, radius);
    if (this.#picture!.loss) this.#ask({ kind: "tube", radius, normals: pair });
    else this.#drawLegend();
    const { injectivity, scale } = this.#picture!;
    this.#warning.hidden = radius <= injectivity.radius;
    this.#warning.textContent = `The tube is wider than the radius of injectivity, |ξ| = ${shown(injectivity.radius)} (${shown(injectivity.radius * scale)} in the metric of the span), which it passes first at t = ${injectivity.at.map((t) => t.toFixed(2)).join(" and ")}: beyond it the tunnel folds over or meets itself, and one network has several coordinates.`;
  }

  #showSection(): void {
    const { t } = this.#state.now;
    const [normals, extent] = [this.#pair, this.#extent];
    this.#t.value = String(t);
    this.#tNumber.textContent = t.toFixed(2);
    this.#scene?.moveSection(t, extent);
    if (this.#picture!.loss) this.#ask({ kind: "section", t, extent, normals });
    this.#showWindow();
  }

  /** Draws near the cross-section, and what can be read of it. */
  #showWindow(): void {
    const { t } = this.#state.now;
    const normals = this.#pair;
    const drawn = this.#draws && { draws: this.#draws, byPosition: this.#byPosition! };
    let count = 0;
    if (normals.length === 2) {
      count = this.#section.showDraws({ t, extent: this.#extent, normals }, drawn);
      this.#section.describe(this.#slice, count);
    }
    const { extent, name } = { extent: shown(this.#extent), name: this.#picture!.loss?.name };
    this.#sectionTitle.replaceChildren(
      h("strong", {}, `cross-section at t = ${t.toFixed(2)}`),
      ...(normals.length === 2
        ? [
            h(
              "span",
              {},
              `${normalName(normals[0])} across, ${normalName(normals[1])} up, ±${extent}${drawn ? `; ${count} draws near t` : ""}`,
            ),
          ]
        : []),
    );
    const { onPath } = this.#picture!.loss ?? {};
    const at = onPath ? valueBetween(this.#picture!.t, onPath, t) : Number.NaN;
    const { dimension, parameters, shares } = this.#picture!;
    const share = shares.reduce((a, b) => a + b, 0);
    this.#readout.textContent =
      (name ? `On the path at t = ${t.toFixed(2)}: ${name} ${shown(at)}. ` : "") +
      (this.#warning.hidden
        ? `The tunnel is one to one up to |ξ| = ${shown(this.#picture!.injectivity.radius)}. `
        : "") +
      `Seen along the principal components of the path, which hold ${percent(share)} of it; ${dimension} of ${parameters} dimensions are in its span.` +
      (name ? "" : ` ${NO_DATA}`);
  }

  #colour(): void {
    const tube = this.#tube;
    if (!tube) return;
    const sorted = Float64Array.from(tube.values).sort();
    const { onPath } = this.#picture!.loss!;
    const all = new Float64Array(tube.values.length + onPath.length);
    all.set(tube.values);
    all.set(onPath, tube.values.length);
    this.#scaling = scalingOf(all, this.#state.now.scale, sorted[Math.floor(CLIPPED * (sorted.length - 1))]);
    this.#scene?.colourTube(tube.values, this.#scaling);
    this.#drawLegend();
    this.#colourSection();
  }

  #colourSection(): void {
    const slice = this.#slice;
    if (!slice || !this.#scaling) return;
    if (slice.normals.length === 1) {
      this.#drawSectionLine(slice);
      return;
    }
    this.#section.showLoss(slice, this.#scaling, this.#radiusNow);
    // What has been asked for meanwhile comes soon, at its own place.
    if (slice.t === this.#state.now.t && slice.extent === this.#extent)
      this.#scene?.showSection(slice, this.#scaling);
  }

  /** In a plane there is one normal: the loss along it is a line, and the draws near t a histogram behind it. */
  #drawSectionLine({ t, nodes, values, extent }: SectionLoss): void {
    const lines: Line[] = [];
    const { name } = this.#picture!.loss!;
    if (this.#draws) {
      const { xi } = this.#draws;
      const { order } = this.#byPosition!;
      const { from, to } = this.#byPosition!.window(t, WINDOW);
      const counts = binCounts((i) => xi[i], order.subarray(from, to), extent, BINS);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const scale = (high - low) / Math.max(1, ...counts);
      lines.push({
        name: `draws near t (${to - from}), as a histogram`,
        x: Array.from({ length: 2 * BINS }, (_, k) => extent * ((2 * Math.ceil(k / 2)) / BINS - 1)),
        y: Array.from({ length: 2 * BINS }, (_, k) => low + scale * counts[Math.floor(k / 2)]),
        colour: "color-mix(in srgb, var(--faint) 60%, transparent)",
      });
    }
    lines.push({ name, x: nodes, y: values, colour: "var(--accent)" });
    this.#sectionLine.show({
      title: `cross-section at t = ${t.toFixed(2)}`,
      xLabel: `${normalName(1)}, across the path`,
      yLabel: name,
      lines,
    });
  }

  #drawLegend(): void {
    const { loss } = this.#picture!;
    const pair = this.#pair;
    const arrows = [
      h("span", { class: "key first" }, `→ ${normalName(pair[0])}`),
      ...(pair.length === 2 ? [h("span", { class: "key second" }, `→ ${normalName(pair[1])}`)] : []),
    ];
    const colours =
      loss && this.#scaling
        ? [
            h("span", {}, `training ${loss.name}`),
            h("span", {}, shown(this.#scaling.inverse(0))),
            h("i", { style: `background: ${gradientOfColours()}` }),
            h(
              "span",
              {},
              shown(this.#scaling.high) + (this.#state.now.scale === "clipped" ? " and above" : ""),
            ),
            ...(loss.examples < loss.all ? [h("span", {}, `of ${loss.examples} examples`)] : []),
          ]
        : [];
    this.#legend.replaceChildren(...colours, ...arrows);
  }

  #showDraws(draws: TunnelDraws): void {
    this.#draws = draws;
    this.#byPosition = new DrawsByPosition(draws.traces[0].values);
    this.#scene?.showDraws(draws);
    this.#play.element.hidden = false;
    this.#functions.element.hidden = !draws.functions;
    if (draws.functions) this.#functions.show(draws.functions, draws.chains);
    this.#chains.show(draws, this.#summary()!, this.#state.now.coordinate);
    this.#showWindow();
    this.#colourSection();
    this.#play.load(draws.draws, this.#state.now.draw);
  }

  #move(position: number): void {
    this.#scene?.play(position);
    if (this.#draws) {
      this.#section.play(position);
      this.#chains.play(position);
      if (this.#draws.functions) this.#functions.play(position);
    }
  }

  exports(): Export[] {
    const slice = this.#slice;
    return [
      ...(this.#scene ? [pngExport("tunnel", this.#scene.element)] : []),
      ...(slice && slice.normals.length === 2
        ? [
            pngExport("cross-section", this.#section.canvas),
            csvExport("cross-section", {
              [`xi${slice.normals[0]}`]: Array.from(
                slice.values,
                (_, i) => slice.nodes[i % slice.nodes.length],
              ),
              [`xi${slice.normals[1]}`]: Array.from(
                slice.values,
                (_, i) => slice.nodes[Math.floor(i / slice.nodes.length)],
              ),
              loss: slice.values,
            }),
          ]
        : []),
      ...(slice && slice.normals.length === 1
        ? [
            svgExport("cross-section", this.#sectionLine.svg),
            csvExport("cross-section", { xi1: slice.nodes, loss: slice.values }),
          ]
        : []),
      ...this.#chains.exports(),
    ];
  }

  command(): string {
    return this.#opened?.command ?? "";
  }
}

const percent = (share: number) => `${(100 * share).toFixed(share > 0.9995 ? 0 : 1)} %`;

/** The value at a place between even nodes. */
function valueBetween(t: Float64Array, values: Float64Array, at: number): number {
  const p = ((at - t[0]) / (t[t.length - 1] - t[0])) * (t.length - 1);
  const i = Math.min(Math.max(0, Math.floor(p)), t.length - 2);
  return values[i] + (p - i) * (values[i + 1] - values[i]);
}
