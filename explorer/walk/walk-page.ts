import { interpolate, LineChart } from "../chart.ts";
import { choice, h, shown } from "../dom.ts";
import type { AlongPath, LandscapeModel } from "../landscape/landscape-model.ts";
import { OutputPicture } from "../live/output-picture.ts";
import { FASHION_CLASSES } from "../source/embedded-data.ts";
import type { DataOfRun } from "../source/page-datasets.ts";
import { PATH_CHECKPOINTS, type RunFiles, readJson } from "../source/run-files.ts";
import type { State } from "../state.ts";
import { csvExport, type Export, svgExport, type View } from "../take-away.ts";
import type { Walk, WalkAnswer, WalkRequest } from "./walk-protocol.ts";

const ALONG = [
  ["t", "t"],
  ["length", "arc length"],
] as const;
/** Functions along the path that stand behind the one at t. */
const FUNCTIONS = 9;

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
  readonly #gallery = h(
    "div",
    { class: "gallery", hidden: true },
    h("h2", {}, "test images, and the class probabilities of the network at t"),
    this.#images,
  );
  readonly #function = new OutputPicture();
  readonly #functionPane = h(
    "div",
    { class: "function", hidden: true },
    h("h2", {}, "the function of the network at t; dots: training examples"),
    this.#function.element,
  );
  readonly #note = h("p", { class: "readout" }, "Following the path …");
  readonly #loss: LineChart;
  readonly #shape: LineChart;
  readonly #labels: LineChart;
  #command = "";
  #walk: Walk | undefined;
  #cards: ImageCard[] = [];

  constructor(state: State, run: RunFiles, model: LandscapeModel | undefined, signal: AbortSignal) {
    this.#state = state;
    this.#model = model;
    const go = (t: number) => state.set({ t });
    [this.#loss, this.#shape, this.#labels] = [new LineChart(go), new LineChart(go), new LineChart(go)];
    this.#slider.addEventListener("input", () => go(this.#positionAt(Number(this.#slider.value))));
    this.element = h(
      "section",
      { class: "sheet walk" },
      h(
        "div",
        { class: "bar" },
        h("label", { class: "wide" }, "first network ", this.#slider, " second network"),
        choice("evenly along", ALONG, state.now.along, (along) => state.set({ along })),
        this.#facts,
      ),
      h(
        "div",
        { class: "columns" },
        h("div", { class: "charts" }, this.#loss.element, this.#shape.element, this.#labels.element),
        this.#gallery,
        this.#functionPane,
      ),
      this.#note,
    );
    state.subscribe((_, changed) => {
      if (changed.has("t") || changed.has("along")) this.#draw();
    }, signal);
    void this.#open(run, signal);
  }

  async #open(run: RunFiles, signal: AbortSignal): Promise<void> {
    try {
      const file = PATH_CHECKPOINTS.find((path) => run.paths.includes(path));
      if (!file) throw new Error(`${run.name} has no path; give a run of isthmus connect, path or subspace.`);
      const record = (await readJson(run, "run.json")) as {
        command: string;
        spec: DataOfRun;
        data?: { checksum?: string };
      };
      this.#command = record.command;
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
        spec: record.spec,
        checksum: record.data?.checksum,
        measure: !this.#curve(),
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
    return this.#command;
  }

  #show(walk: Walk): void {
    this.#walk = walk;
    const { images, functions, values } = walk;
    this.#gallery.hidden = !images;
    this.#functionPane.hidden = !functions;
    this.element.classList.toggle("plain", walk.complete && !images && !functions);
    if (functions) {
      const { x, points, targets } = functions;
      this.#function.setInputs({ points, targets, bounds: [[x[0], x[x.length - 1]]] });
    }
    this.#cards = images
      ? images.labels.map(
          (label, i) => new ImageCard(images.pixels.subarray(784 * i, 784 * (i + 1)), label, images.classes),
        )
      : [];
    this.#images.replaceChildren(...this.#cards.map(({ element }) => element));
    const notes = [
      ...(images
        ? [
            `Nine of the twelve are those, of ${images.examined} test images, whose class changes most often along the path. Dark: the class chosen; outlined: the true one.`,
          ]
        : []),
      ...(values?.examples
        ? [`Losses and errors are of the first ${values.examples} examples of each split.`]
        : []),
      ...(images || functions || values || !walk.complete
        ? []
        : ["The page does not have the data of this run."]),
      ...(walk.complete ? [] : ["Asking the networks on the path …"]),
    ];
    this.#note.textContent = notes.join(" ");
    this.#draw();
  }

  #draw(): void {
    const { t } = this.#state.now;
    const walk = this.#walk;
    this.#slider.value = String(this.#shareAt(t));
    if (!walk) return;
    const at = (values: number[]) => interpolate(walk.t, values, t);
    const rows: [string, string][] = [["t", t.toFixed(3)]];
    const curve = this.#curve();
    if (curve) {
      const on = (split: "train" | "test", quantity: "loss" | "error") =>
        interpolate(curve.t, curve.values[split][quantity], t);
      const error = on("test", "error");
      rows.push(
        ["training loss", shown(on("train", "loss"))],
        curve.classification ? ["test error", `${(100 * error).toFixed(1)} %`] : ["test RMSE", shown(error)],
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
    this.#drawFunction(walk, t);
    const { images } = walk;
    this.#labels.element.hidden = !images;
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

  /** Where the slider stands at t, in [0, 1]: a share of the length, or t itself. */
  #shareAt(t: number): number {
    const walk = this.#walk;
    if (!walk || this.#state.now.along === "t") return t;
    return interpolate(walk.t, walk.length, t) / walk.length[walk.length.length - 1];
  }

  /** The t at which the slider stands at a share. */
  #positionAt(share: number): number {
    const walk = this.#walk;
    if (!walk || this.#state.now.along === "t") return share;
    return interpolate(walk.length, walk.t, share * walk.length[walk.length.length - 1]);
  }

  /** Loss and error along the path: of the run, or else what the page has measured. */
  #curve(): (Pick<AlongPath, "t" | "values"> & { classification: boolean }) | undefined {
    const saved = this.#model?.along.find(({ name }) => name !== "straight line");
    if (saved) return { ...saved, classification: this.#model!.classification };
    const walk = this.#walk;
    return walk?.values && { t: walk.t, values: walk.values, classification: walk.values.classification };
  }

  /** The function at t, between those of the positions beside it, in front of some of the others. */
  #drawFunction({ functions, t: positions }: Walk, t: number): void {
    if (!functions) return;
    const { x, y } = functions;
    const n = x.length;
    const rows = Array.from({ length: FUNCTIONS }, (_, i) =>
      Math.round((i / (FUNCTIONS - 1)) * (positions.length - 1)),
    );
    const drawn = new Float32Array((FUNCTIONS + 1) * n);
    rows.forEach((row, i) => {
      drawn.set(y.subarray(row * n, (row + 1) * n), i * n);
    });
    const p = t * (positions.length - 1);
    const low = Math.min(Math.floor(p), positions.length - 2);
    for (let i = 0; i < n; i++) {
      const [here, next] = [y[low * n + i], y[(low + 1) * n + i]];
      drawn[FUNCTIONS * n + i] = here + (p - low) * (next - here);
    }
    this.#function.show({ functions: { x, y: drawn, positions: [...rows.map((row) => positions[row]), t] } });
  }
}
