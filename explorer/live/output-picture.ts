import { h } from "../dom.ts";
import type { LiveFrame } from "./live-session.ts";

/** Of a frame, what is drawn here. */
type Drawn = Pick<LiveFrame, "outputs" | "functions"> & { profile?: LiveFrame["profile"] };

interface Inputs {
  points: Float32Array;
  targets: number[];
  bounds: [number, number][];
}

/** Colours of both classes: blue and orange, apart for colour-blind readers too. */
const CLASSES = [
  [0, 114, 178],
  [213, 94, 0],
] as const;

/** What a network computes on inputs of one or two numbers: class probabilities, or functions along the path. */
export class OutputPicture {
  readonly element: HTMLElement;
  readonly canvas = h("canvas", {});
  #inputs: Inputs | undefined;
  #frame: Drawn | undefined;
  #width = 0;
  #height = 0;

  constructor() {
    this.element = h(
      "div",
      { class: "map", role: "img", "aria-label": "Outputs of the network on its inputs" },
      this.canvas,
    );
    new ResizeObserver(([entry]) => {
      this.#width = entry.contentRect.width;
      this.#height = entry.contentRect.height;
      const ratio = Math.min(2, devicePixelRatio);
      this.canvas.width = Math.round(this.#width * ratio);
      this.canvas.height = Math.round(this.#height * ratio);
      this.#draw();
    }).observe(this.element);
  }

  setInputs(inputs: Inputs | undefined): void {
    this.#inputs = inputs;
    this.#frame = undefined;
    this.#draw();
  }

  show(frame: Drawn): void {
    this.#frame = frame;
    this.#draw();
  }

  #draw(): void {
    const context = this.canvas.getContext("2d");
    if (!context || this.#width < 2) return;
    const ratio = this.canvas.width / this.#width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    if (this.#frame?.outputs) this.#drawClasses(context);
    else if (this.#frame?.functions) this.#drawFunctions(context);
    else if (this.#frame?.profile) {
      context.fillStyle = getComputedStyle(this.element).color;
      context.font = "14px system-ui, sans-serif";
      const { lineError, curveError } = this.#frame.profile;
      const percent = (x: number) => `${(100 * (1 - x)).toFixed(1)} %`;
      const lines = [
        `Training accuracy at the ends: ${percent(lineError[0])} and ${percent(lineError.at(-1)!)}`,
        `lowest on the straight line: ${percent(Math.max(...lineError))}`,
        ...(curveError ? [`lowest on the curve: ${percent(Math.max(...curveError))}`] : []),
      ];
      lines.forEach((line, i) => {
        context.fillText(line, 8, 28 + 24 * i);
      });
    }
  }

  #drawClasses(context: CanvasRenderingContext2D): void {
    const { size, values } = this.#frame!.outputs!;
    const image = new ImageData(size, size);
    values.forEach((p, i) => {
      for (let k = 0; k < 3; k++) image.data[4 * i + k] = CLASSES[0][k] + p * (CLASSES[1][k] - CLASSES[0][k]);
      image.data[4 * i + 3] = 40 + 215 * Math.abs(2 * p - 1) * 0.65;
    });
    const small = h("canvas", { width: size, height: size });
    small.getContext("2d")!.putImageData(image, 0, 0);
    const side = Math.min(this.#width, this.#height);
    const [left, top] = [(this.#width - side) / 2, (this.#height - side) / 2];
    context.imageSmoothingEnabled = true;
    context.drawImage(small, left, top, side, side);
    if (!this.#inputs) return;
    const { points, targets, bounds } = this.#inputs;
    targets.forEach((label, i) => {
      const [u, v] = [0, 1].map((k) => (points[2 * i + k] - bounds[k][0]) / (bounds[k][1] - bounds[k][0]));
      context.beginPath();
      context.arc(left + u * side, top + (1 - v) * side, 2.4, 0, 2 * Math.PI);
      context.fillStyle = `rgb(${CLASSES[label].join(" ")})`;
      context.fill();
      context.lineWidth = 0.8;
      context.strokeStyle = "#ffffff";
      context.stroke();
    });
  }

  #drawFunctions(context: CanvasRenderingContext2D): void {
    const { x, y, positions } = this.#frame!.functions!;
    const inputs = this.#inputs;
    const n = x.length;
    const targets = inputs?.targets ?? [];
    const [low, high] = [Math.min(...targets, -1), Math.max(...targets, 1)];
    const room = 0.25 * (high - low);
    const px = (u: number) => ((u - x[0]) / (x[n - 1] - x[0])) * this.#width;
    const py = (v: number) => (1 - (v - low + room) / (high - low + 2 * room)) * this.#height;
    const style = getComputedStyle(this.element);
    const curve = (p: number) => {
      context.beginPath();
      for (let i = 0; i < n; i++) context[i ? "lineTo" : "moveTo"](px(x[i]), py(y[p * n + i]));
      context.stroke();
    };
    const last = positions.length - 1;
    const { band } = this.#frame!.functions!;
    if (band) {
      context.beginPath();
      for (let i = 0; i < n; i++) context[i ? "lineTo" : "moveTo"](px(x[i]), py(band.high[i]));
      for (let i = n - 1; i >= 0; i--) context.lineTo(px(x[i]), py(band.low[i]));
      context.fillStyle = style.getPropertyValue("--accent");
      context.globalAlpha = 0.2;
      context.fill();
    }
    context.globalAlpha = 0.5;
    context.strokeStyle = style.getPropertyValue("--faint");
    context.lineWidth = 1;
    for (let p = 0; p < last; p++) curve(p);
    context.globalAlpha = 1;
    context.strokeStyle = style.getPropertyValue("--accent");
    context.lineWidth = 2.4;
    curve(last);
    if (!inputs) return;
    context.fillStyle = style.color;
    inputs.targets.forEach((target, i) => {
      context.beginPath();
      context.arc(px(inputs.points[i]), py(target), 2.2, 0, 2 * Math.PI);
      context.fill();
    });
  }
}
