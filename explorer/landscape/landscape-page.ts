import { interpolate, LineChart } from "../chart.ts";
import { arrowStep, choice, h, shown } from "../dom.ts";
import { orbit } from "../orbit.ts";
import type { State, ViewState } from "../state.ts";
import { csvExport, type Export, pngExport, svgExport, type View } from "../take-away.ts";
import { gradientOfColours } from "./colours.ts";
import { ContourView } from "./contour-view.ts";
import { type GridField, type Scaling, scalingOf, valueAt } from "./field.ts";
import type { LandscapeModel, Quantity, Split } from "./landscape-model.ts";
import { distanceAt, thingNear } from "./near.ts";
import type { SurfaceView } from "./surface-view.ts";

const SCALES = [
  ["clipped", "clipped"],
  ["linear", "linear"],
  ["log", "logarithmic"],
] as const;

/** How near a pointer is to be to a point or a path to mean it, in widths of the plane. */
const NEAR = 0.018;

/** How far an arrow key moves the place that is read, in widths of the plane. */
const KEY_STEP = 0.02;

/** A value of the landscape, for people. */
export function valueText(value: number, quantity: Quantity, classification: boolean): string {
  return quantity === "error" && classification ? `${(100 * value).toFixed(1)} %` : shown(value);
}

/** The plane as surface and map, with the paths in it, and the profile along them: views of one state. */
export class LandscapePage implements View {
  readonly element: HTMLElement;
  readonly #state: State;
  readonly #model: LandscapeModel;
  readonly #map = new ContourView();
  readonly #chart: LineChart;
  readonly #readout = h("p", { class: "readout", "aria-live": "polite" });
  readonly #legend = h("div", { class: "colours" });
  readonly #stage: HTMLElement;
  readonly #small: HTMLElement;
  #surface: SurfaceView | undefined;
  #field!: GridField;
  #scaling!: Scaling;
  #hover: { x: number; y: number } | undefined;

  constructor(state: State, model: LandscapeModel, signal: AbortSignal) {
    this.#state = state;
    this.#model = model;
    const { now } = state;
    this.#chart = new LineChart((t) => state.set({ t }));
    this.#stage = h("div", {
      class: "stage",
      tabindex: 0,
      role: "application",
      "aria-label": "The landscape in three dimensions. Arrow keys turn it, plus and minus zoom.",
    });
    this.#small = h(
      "div",
      {
        class: "map",
        tabindex: 0,
        role: "application",
        "aria-label": `Map of the plane: ${model.points.map(({ label }) => label).join(", ")}. Arrow keys read values, Escape returns to the curve.`,
      },
      this.#map.element,
    );
    const quantities = [
      ["loss", "loss"],
      ["error", model.classification ? "error" : "RMSE"],
    ] as const;
    const controls = h(
      "div",
      { class: "controls" },
      choice("show", quantities, now.quantity, (quantity) => state.set({ quantity })),
      choice(
        "of",
        model.splits.map((split) => [split, split === "train" ? "training" : "test"] as const),
        now.split,
        (split) => state.set({ split }),
      ),
      choice("scale", SCALES, now.scale, (scale) => state.set({ scale })),
    );
    this.element = h(
      "section",
      { class: "landscape" },
      h("div", { class: "main" }, this.#stage, this.#legend, this.#readout),
      h("div", { class: "side" }, this.#small, this.#chart.element, controls),
    );
    this.#listen(signal);
    state.subscribe((now, changed) => this.#update(now, changed), signal);
    this.#refresh();
    signal.addEventListener("abort", () => this.#surface?.dispose());
    void this.#open3d(signal);
  }

  /** The surface comes after the map, which needs no library: the page shows something at once. */
  async #open3d(signal: AbortSignal): Promise<void> {
    try {
      const { SurfaceView } = await import("./surface-view.ts");
      if (signal.aborted) return;
      this.#surface = new SurfaceView();
      this.#stage.replaceChildren(this.#surface.element);
    } catch {
      this.#stage.replaceChildren(
        h(
          "p",
          { class: "notice" },
          "This browser has no WebGL, which the picture in three dimensions needs; the map shows the same plane.",
        ),
      );
      this.element.classList.add("flat");
      return;
    }
    new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      if (width > 0 && height > 0) this.#surface?.resize(width, height);
    }).observe(this.#stage);
    this.#refresh();
    this.#surface.look(this.#state.now);
  }

  #listen(signal: AbortSignal): void {
    new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      this.#map.resize(width, height);
    }).observe(this.#small);
    const { element } = this.#map;
    element.addEventListener("pointermove", (event) => {
      const box = element.getBoundingClientRect();
      this.#point(this.#map.pick(event.clientX - box.left, event.clientY - box.top));
    });
    element.addEventListener("pointerleave", () => this.#point(undefined));
    this.#small.addEventListener("keydown", (event) => this.#key(event));
    this.#small.addEventListener("blur", () => this.#point(undefined));
    const stage = this.#stage;
    orbit(stage, this.#state, { signal, lowest: 5 });
    stage.addEventListener("pointermove", (event) => {
      if (event.buttons > 0) return;
      const box = stage.getBoundingClientRect();
      const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      this.#point(this.#surface?.pick(x, y));
    });
    stage.addEventListener("pointerleave", () => this.#point(undefined));
  }

  /** Arrow keys move the place that is read, from the curve on. */
  #key(event: KeyboardEvent): void {
    if (event.key === "Escape") this.#point(undefined);
    const step = arrowStep(event.key);
    if (!step) return;
    event.preventDefault();
    const { xs, ys } = this.#field;
    const [width, height] = [xs[xs.length - 1] - xs[0], ys[ys.length - 1] - ys[0]];
    const from = this.#hover ?? this.#onPath() ?? { x: xs[0] + width / 2, y: ys[0] + height / 2 };
    const inside = (value: number, axis: ArrayLike<number>) =>
      Math.min(axis[axis.length - 1], Math.max(axis[0], value));
    this.#point({
      x: inside(from.x + KEY_STEP * width * step[0], xs),
      y: inside(from.y + KEY_STEP * width * step[1], ys),
    });
  }

  #point(place: { x: number; y: number } | undefined): void {
    this.#hover = place;
    this.#surface?.mark(place ?? this.#onPath());
    this.#map.show(this.#mapContent());
    this.#read();
  }

  #update(now: Readonly<ViewState>, changed: ReadonlySet<keyof ViewState>): void {
    if (changed.has("azimuth") || changed.has("elevation") || changed.has("distance"))
      this.#surface?.look(now);
    if (changed.has("quantity") || changed.has("split") || changed.has("scale")) this.#refresh();
    if (changed.has("t")) {
      this.#surface?.mark(this.#hover ?? this.#onPath());
      this.#map.show(this.#mapContent());
      this.#drawChart();
      this.#read();
    }
  }

  /** The place of the curve at t, in the plane. */
  #onPath(): { x: number; y: number } | undefined {
    const path = this.#model.paths.find(({ dashed }) => !dashed);
    if (!path) return undefined;
    const at = this.#state.now.t * (path.x.length - 1);
    const i = Math.min(Math.floor(at), path.x.length - 2);
    const mix = (values: number[]) => values[i] + (at - i) * (values[i + 1] - values[i]);
    const place = { x: mix(path.x), y: mix(path.y) };
    return Number.isFinite(place.x) ? place : undefined;
  }

  #mapContent() {
    const { paths, points } = this.#model;
    return { field: this.#field, scaling: this.#scaling, paths, points, mark: this.#hover ?? this.#onPath() };
  }

  /** Where a clipped scale ends: as the run says, but never below the ridge that the straight line crosses. */
  #limit(quantity: Quantity, split: Split): number | null {
    const limit = this.#model.limit[quantity];
    const ridge = Math.max(...this.#model.along.flatMap(({ values }) => values[split][quantity]));
    return limit === null ? null : Math.max(limit, 1.25 * ridge);
  }

  /** Draws all again, with another field or scale. */
  #refresh(): void {
    const { quantity, split, scale } = this.#state.now;
    const { paths, points } = this.#model;
    this.#field = this.#model.field(quantity, split) ?? this.#model.field("loss", this.#model.splits[0])!;
    this.#scaling = scalingOf(this.#field.values, scale, this.#limit(quantity, split));
    this.#surface?.show({ field: this.#field, scaling: this.#scaling, paths, points });
    this.#surface?.mark(this.#hover ?? this.#onPath());
    this.#map.show(this.#mapContent());
    this.#drawLegend();
    this.#drawChart();
    this.#read();
  }

  #drawLegend(): void {
    const { quantity, split, scale } = this.#state.now;
    const text = (value: number) => valueText(value, quantity, this.#model.classification);
    const { inverse, high } = this.#scaling;
    this.#legend.replaceChildren(
      h("span", {}, `${split === "train" ? "training" : "test"} ${quantity}`),
      h("span", {}, text(inverse(0))),
      h("i", { style: `background: ${gradientOfColours()}` }),
      h("span", {}, `${text(high)}${scale === "clipped" ? " and above" : ""}`),
    );
  }

  #drawChart(): void {
    const { quantity, split, t } = this.#state.now;
    const { along, classification } = this.#model;
    if (along.length === 0) return;
    this.#chart.show({
      title: `${split === "train" ? "training" : "test"} ${quantity} along the paths`,
      xLabel: "position t on the path",
      yLabel: quantity,
      percent: quantity === "error" && classification,
      at: t,
      lines: along.map(({ name, t: x, values }) => ({
        name,
        x,
        y: values[split][quantity],
        colour: name === "straight line" ? "var(--faint)" : "var(--accent)",
        dashed: name === "straight line",
      })),
    });
  }

  exports(): Export[] {
    const { quantity, split } = this.#state.now;
    const { along } = this.#model;
    const { xs, ys, values } = this.#field;
    const name = `${split}-${quantity}`;
    const npz = async () => {
      const { writeNpz } = await import("../../src/format/index.ts");
      const arrays = {
        x: { shape: [xs.length], data: Float64Array.from(xs) },
        y: { shape: [ys.length], data: Float64Array.from(ys) },
        [quantity]: { shape: [ys.length, xs.length], data: values },
      };
      return new Blob([writeNpz(arrays)]);
    };
    const profile = Object.fromEntries(
      along.flatMap(({ name: path, t, values: v }) => [
        [`t ${path}`, t],
        [`${quantity} ${path}`, v[split][quantity]],
      ]),
    );
    return [
      ...(this.#surface ? [pngExport(`surface-${name}`, this.#surface.element)] : []),
      pngExport(`map-${name}`, this.#map.element),
      { name: `plane-${name}.npz`, make: npz },
      ...(along.length > 0
        ? [svgExport(`paths-${name}`, this.#chart.svg), csvExport(`paths-${name}`, profile)]
        : []),
    ];
  }

  command(): string {
    return this.#model.command;
  }

  #read(): void {
    this.#readout.textContent = this.#hover ? this.#readingAt(this.#hover) : this.#readingOnPath();
  }

  /** What is at a place under the pointer: a marked point, a path, or the plane itself. */
  #readingAt({ x, y }: { x: number; y: number }): string {
    const { split } = this.#state.now;
    const { classification } = this.#model;
    const measured = (value: (quantity: Quantity) => number | undefined) => {
      const [loss, error] = (["loss", "error"] as const).map((quantity) => {
        const at = value(quantity);
        return at === undefined ? "–" : valueText(at, quantity, classification);
      });
      return `loss ${loss}, ${classification ? "error" : "RMSE"} ${error}`;
    };
    const near = thingNear(this.#model, x, y, NEAR * (this.#field.xs.at(-1)! - this.#field.xs[0]));
    if (near?.point) {
      const { label, values } = near.point;
      return `${capital(label)} at ${placeText(near)}: ${measured((quantity) => values[split]?.[quantity])}, ${offText(near.offPlane)}.`;
    }
    const along = near?.path && this.#model.along.find(({ name }) => name === near.path.name);
    if (along) {
      const { path, t } = near;
      const values = measured((q) => interpolate(along.t, along.values[split][q], t));
      return `On the ${path.name} at t = ${t.toFixed(2)}, ${placeText(near)}: ${values}, ${offText(near.offPlane)}.`;
    }
    const values = measured((quantity) => {
      const field = this.#model.field(quantity, split);
      return field && valueAt(field, x, y);
    });
    return `At ${placeText({ x, y })}: ${values}, in the plane.`;
  }

  #readingOnPath(): string {
    const { quantity, split, t } = this.#state.now;
    const { along, classification, paths } = this.#model;
    const curve = along.find(({ name }) => name !== "straight line");
    const path = paths.find(({ dashed }) => !dashed);
    if (!curve) return "Move over the surface or the map to read values.";
    const value = valueText(interpolate(curve.t, curve.values[split][quantity], t), quantity, classification);
    const at = `On the curve at t = ${t.toFixed(2)}: ${quantity} ${value}`;
    if (!path) return `${at}.`;
    // Older runs know the largest distance only.
    if (!path.distances && path.offPlane > 0)
      return `${at}; the curve lies at most ${shown(path.offPlane)} out of the plane.`;
    const most = path.offPlane > 0 ? ` (at most ${shown(path.offPlane)})` : "";
    return `${at}; the network there lies ${offText(distanceAt(path, t))}${most}.`;
  }
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
const placeText = ({ x, y }: { x: number; y: number }) => `(${shown(x)}, ${shown(y)})`;
const offText = (distance: number) => (distance > 0 ? `${shown(distance)} out of the plane` : "in the plane");
