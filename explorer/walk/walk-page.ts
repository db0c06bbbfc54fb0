import { interpolate, LineChart } from "../chart.ts";
import { h, shown } from "../dom.ts";
import type { LandscapeModel } from "../landscape/landscape-model.ts";
import { FASHION_CLASSES } from "../source/embedded-data.ts";
import { type RunFiles, readJson } from "../source/run-files.ts";
import type { State } from "../state.ts";
import { csvExport, type Export, svgExport, type View } from "../take-away.ts";
import type { Walk, WalkAnswer, WalkRequest } from "./walk-protocol.ts";

/** Checkpoints of paths, in the order in which they are looked for. */
const CHECKPOINTS = ["curve", "path", "subspace"].map((name) => `checkpoints/${name}.safetensors`);

/** One image and the class probabilities of the network at t. */
class ImageCard {
  readonly element: HTMLElement;
  readonly #bars: HTMLElement[];
  readonly #verdict = h("span", { class: "verdict" });
  readonly #label: number;

  constructor(pixels: Uint8Array, label: number, classes: number) {
    this.#label = label;
    const canvas = h("canvas", { width: 28, height: 28, role: "img", "aria-label": FASHION_CLASSES[label] });
    const image = new ImageData(28, 28);
    pixels.forEach((value, i) => {
      image.data.set([255 - value, 255 - value, 255 - value, 255], 4 * i);
    });
    canvas.getContext("2d")!.putImageData(image, 0, 0);
    this.#bars = Array.from({ length: classes }, (_, k) =>
      h("i", { class: k === label ? "truth" : "", title: FASHION_CLASSES[k] }),
    );
    this.element = h(
      "li",
      { class: "card" },
      canvas,
      h("div", { class: "bars" }, ...this.#bars),
      this.#verdict,
    );
  }

  show(probabilities: Float32Array): void {
    let best = 0;
    probabilities.forEach((p, k) => {
      if (p > probabilities[best]) best = k;
      this.#bars[k].style.height = `${Math.max(1, 100 * p)}%`;
    });
    this.#bars.forEach((bar, k) => {
      bar.classList.toggle("chosen", k === best);
    });
    this.#verdict.textContent = FASHION_CLASSES[best];
    this.element.classList.toggle("wrong", best !== this.#label);
  }
}

/** Walks along a path of weights: loss, error, curvature, distances, and what the networks say of twelve images. */
export class WalkPage implements View {
  readonly element: HTMLElement;
  readonly #state: State;
  readonly #model: LandscapeModel | undefined;
  readonly #slider = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.005,
    "aria-label": "position t on the path",
  });
  readonly #facts = h("dl", { class: "facts" });
  readonly #images = h("ul", { class: "images" });
  readonly #note = h("p", { class: "readout" }, "Following the path …");
  readonly #loss: LineChart;
  readonly #shape: LineChart;
  readonly #labels: LineChart;
  #walk: Walk | undefined;
  #cards: ImageCard[] = [];

  constructor(state: State, run: RunFiles, model: LandscapeModel | undefined, signal: AbortSignal) {
    this.#state = state;
    this.#model = model;
    const go = (t: number) => state.set({ t });
    [this.#loss, this.#shape, this.#labels] = [new LineChart(go), new LineChart(go), new LineChart(go)];
    this.#slider.addEventListener("input", () => go(Number(this.#slider.value)));
    this.element = h(
      "section",
      { class: "sheet walk" },
      h(
        "div",
        { class: "bar" },
        h("label", { class: "wide" }, "first network ", this.#slider, " second network"),
        this.#facts,
      ),
      h(
        "div",
        { class: "columns" },
        h("div", { class: "charts" }, this.#loss.element, this.#shape.element, this.#labels.element),
        h(
          "div",
          { class: "gallery" },
          h("h2", {}, "test images, and the class probabilities of the network at t"),
          this.#images,
        ),
      ),
      this.#note,
    );
    state.subscribe((_, changed) => {
      if (changed.has("t")) this.#draw();
    }, signal);
    void this.#open(run, signal);
  }

  async #open(run: RunFiles, signal: AbortSignal): Promise<void> {
    try {
      const file = CHECKPOINTS.find((path) => run.paths.includes(path));
      if (!file) throw new Error(`${run.name} has no path; give a run of isthmus connect, path or subspace.`);
      const record = (await readJson(run, "run.json")) as { spec: { data?: string } };
      const checkpoint = await run.read(file);
      if (signal.aborted) return;
      const worker = new Worker(new URL("./walk-worker.ts", import.meta.url), {
        type: "module",
        name: this.#state.now.compute,
      });
      signal.addEventListener("abort", () => worker.terminate());
      worker.onmessage = ({ data }: MessageEvent<WalkAnswer>) => {
        if (data.kind === "problem") this.#note.textContent = data.message;
        else this.#show(data.walk);
      };
      worker.onerror = (event) => {
        this.#note.textContent = `The computation has stopped: ${event.message}`;
      };
      const request: WalkRequest = {
        checkpoint,
        file,
        data: record.spec.data ?? "",
        site: new URL(".", document.baseURI).href,
      };
      worker.postMessage(request, [checkpoint.buffer as ArrayBuffer]);
    } catch (error) {
      this.#note.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  exports(): Export[] {
    const walk = this.#walk;
    if (!walk) return [];
    const { t, fromFirst, toLast, length, curvature, images } = walk;
    return [
      svgExport("loss-along-path", this.#loss.svg),
      svgExport("distances", this.#shape.svg),
      ...(images ? [svgExport("changed-classes", this.#labels.svg)] : []),
      csvExport("path", {
        t,
        fromFirst,
        toLast,
        length,
        curvature,
        ...(images ? { changed: images.changed } : {}),
      }),
    ];
  }

  command(): string {
    return this.#model?.command ?? "";
  }

  #show(walk: Walk): void {
    this.#walk = walk;
    const { images } = walk;
    this.#cards = images
      ? images.labels.map(
          (label, i) => new ImageCard(images.pixels.subarray(784 * i, 784 * (i + 1)), label, images.classes),
        )
      : [];
    this.#images.replaceChildren(...this.#cards.map(({ element }) => element));
    this.#note.textContent = images
      ? `Nine of the twelve are those, of ${images.examined} test images, whose class changes most often along the path. Dark: the class chosen; outlined: the true one.`
      : "The page has no images of this data set; the geometry of the path is shown.";
    this.#draw();
  }

  #draw(): void {
    const { t } = this.#state.now;
    this.#slider.value = String(t);
    const walk = this.#walk;
    if (!walk) return;
    const at = (values: number[]) => interpolate(walk.t, values, t);
    const rows: [string, string][] = [["t", t.toFixed(3)]];
    const curve = this.#model?.along.find(({ name }) => name !== "straight line");
    if (curve) {
      const on = (split: "train" | "test", quantity: "loss" | "error") =>
        interpolate(curve.t, curve.values[split][quantity], t);
      rows.push(
        ["training loss", shown(on("train", "loss"))],
        [
          "test error",
          this.#model!.classification
            ? `${(100 * on("test", "error")).toFixed(1)} %`
            : shown(on("test", "error")),
        ],
      );
    }
    rows.push(
      ["from the first", shown(at(walk.fromFirst))],
      ["to the second", shown(at(walk.toLast))],
      ["walked", shown(at(walk.length))],
      ["curvature", shown(at(walk.curvature))],
    );
    this.#facts.replaceChildren(
      ...rows.flatMap(([name, value]) => [h("div", {}, h("dt", {}, name), h("dd", {}, value))]),
    );
    if (curve) {
      this.#loss.show({
        title: "loss along the path",
        xLabel: "position t",
        yLabel: "loss",
        at: t,
        lines: [
          { name: "training", x: curve.t, y: curve.values.train.loss, colour: "var(--accent)" },
          { name: "test", x: curve.t, y: curve.values.test.loss, colour: "var(--ink)" },
        ],
      });
    }
    this.#shape.show({
      title: "distance in weight space",
      xLabel: "position t",
      yLabel: "distance",
      at: t,
      lines: [
        { name: "from the first network", x: walk.t, y: walk.fromFirst, colour: "var(--accent)" },
        { name: "to the second", x: walk.t, y: walk.toLast, colour: "var(--ink)" },
      ],
    });
    const { images } = walk;
    if (!images) return;
    this.#labels.show({
      title: "test images with another class than at the start",
      xLabel: "position t",
      yLabel: "share of images",
      percent: true,
      at: t,
      lines: [{ name: `${images.examined} images`, x: walk.t, y: images.changed, colour: "var(--accent)" }],
    });
    const p = t * (walk.t.length - 1);
    const low = Math.min(Math.floor(p), walk.t.length - 2);
    const n = images.labels.length;
    const mixed = new Float32Array(images.classes);
    this.#cards.forEach((card, j) => {
      for (let k = 0; k < mixed.length; k++) {
        const value = (position: number) => images.probabilities[(position * n + j) * mixed.length + k];
        mixed[k] = value(low) + (p - low) * (value(low + 1) - value(low));
      }
      card.show(mixed);
    });
  }
}
