import { h, shown } from "../dom.ts";
import { chainColour } from "./chain-colours.ts";
import { LayeredCanvas } from "./layered-canvas.ts";
import type { DrawnFunctions } from "./tunnel-protocol.ts";

const MARGIN = { left: 58, right: 10, top: 6, bottom: 22 };

/** Of a regression in one variable: the band of the posterior, its examples, and the functions of the draws that play. */
export class FunctionPlot {
  readonly element: HTMLElement;
  readonly #layers = new LayeredCanvas(() => {
    this.#drawStill();
    this.#drawMoving();
  });
  #functions: DrawnFunctions | undefined;
  #chains = 0;
  #draw = -1;
  #low = 0;
  #high = 1;

  constructor() {
    this.element = h(
      "figure",
      { class: "chart" },
      h(
        "div",
        { class: "legend" },
        h("strong", {}, "functions"),
        h("span", {}, "one a chain; band: 90 % of all; dots: training examples"),
      ),
      this.#layers.element,
    );
  }

  get canvas(): HTMLCanvasElement {
    return this.#layers.still;
  }

  show(functions: DrawnFunctions, chains: number): void {
    this.#functions = functions;
    this.#chains = chains;
    this.#draw = -1;
    const { band, targets, x } = functions;
    const low = Math.min(...band[0], ...targets);
    const high = Math.max(...band[2], ...targets);
    [this.#low, this.#high] = [low - 0.12 * (high - low), high + 0.12 * (high - low)];
    this.#layers.element.setAttribute(
      "aria-label",
      `Functions of the posterior for inputs from ${shown(x[0])} to ${shown(x[x.length - 1])}; 90 % of them lie between ${shown(Math.min(...band[0]))} and ${shown(Math.max(...band[2]))}.`,
    );
    this.#drawStill();
  }

  play(position: number): void {
    const draw = Math.floor(position / (this.#functions?.stride ?? 1));
    if (draw === this.#draw) return;
    this.#draw = draw;
    this.#drawMoving();
  }

  #x = (value: number) => {
    const { x } = this.#functions!;
    const across = this.#layers.width - MARGIN.left - MARGIN.right;
    return MARGIN.left + (across * (value - x[0])) / (x[x.length - 1] - x[0]);
  };
  #y = (value: number) =>
    MARGIN.top +
    (this.#layers.height - MARGIN.top - MARGIN.bottom) * (1 - (value - this.#low) / (this.#high - this.#low));

  #drawStill(): void {
    const context = this.#layers.cleared(this.#layers.still);
    if (!context || !this.#functions) return;
    const { x, band, inputs, targets } = this.#functions;
    const style = getComputedStyle(this.element);
    const n = x.length;
    context.fillStyle = style.getPropertyValue("--accent");
    context.globalAlpha = 0.18;
    context.beginPath();
    for (let i = 0; i < n; i++) context.lineTo(this.#x(x[i]), this.#y(band[2][i]));
    for (let i = n - 1; i >= 0; i--) context.lineTo(this.#x(x[i]), this.#y(band[0][i]));
    context.fill();
    context.globalAlpha = 1;
    context.fillStyle = style.color;
    for (let i = 0; i < targets.length; i++) {
      context.beginPath();
      context.arc(this.#x(inputs[i]), this.#y(targets[i]), 2, 0, 2 * Math.PI);
      context.fill();
    }
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = style.getPropertyValue("--faint");
    const below = this.#layers.height - MARGIN.bottom + 15;
    context.textAlign = "left";
    context.fillText(shown(x[0]), MARGIN.left, below);
    context.textAlign = "right";
    context.fillText(shown(x[n - 1]), this.#x(x[n - 1]), below);
    context.textAlign = "center";
    context.fillText("input", (this.#x(x[0]) + this.#x(x[n - 1])) / 2, below);
    context.textAlign = "right";
    for (const value of [
      this.#low + 0.1 * (this.#high - this.#low),
      this.#high - 0.1 * (this.#high - this.#low),
    ])
      context.fillText(shown(value), MARGIN.left - 6, this.#y(value) + 4);
  }

  #drawMoving(): void {
    const context = this.#layers.cleared(this.#layers.moving);
    if (!context || !this.#functions || this.#draw < 0) return;
    const { x, y } = this.#functions;
    const n = x.length;
    const kept = y.length / n / this.#chains;
    context.lineWidth = 1.6;
    for (let c = 0; c < this.#chains; c++) {
      const from = (c * kept + Math.min(this.#draw, kept - 1)) * n;
      context.beginPath();
      for (let i = 0; i < n; i++) context.lineTo(this.#x(x[i]), this.#y(y[from + i]));
      context.strokeStyle = chainColour(c);
      context.stroke();
    }
  }
}
