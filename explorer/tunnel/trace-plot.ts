import { shown } from "../dom.ts";
import { chainColour } from "./chain-colours.ts";
import { LayeredCanvas } from "./layered-canvas.ts";

const MARGIN = { left: 56, right: 14, top: 8, bottom: 30 };

/** The values of one coordinate in all chains, draw by draw, with the place of the play; press or drag to move it. */
export class TracePlot {
  readonly element: HTMLElement;
  readonly #layers = new LayeredCanvas(() => {
    this.#drawStill();
    this.#drawMoving();
  });
  #content: { name: string; values: Float32Array; chains: number } | undefined;
  #position = 0;
  #low = 0;
  #high = 1;

  /** @param onSeek called with a draw, between draws too */
  constructor(onSeek: (draw: number) => void) {
    this.element = this.#layers.element;
    this.element.classList.add("trace");
    const seek = (event: PointerEvent) => {
      if (!this.#content) return;
      const box = this.element.getBoundingClientRect();
      const share = (event.clientX - box.left - MARGIN.left) / this.#across();
      onSeek(Math.min(1, Math.max(0, share)) * (this.#draws() - 1));
    };
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      seek(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (event.buttons > 0) seek(event);
    });
  }

  get canvas(): HTMLCanvasElement {
    return this.#layers.still;
  }

  show(name: string, values: Float32Array, chains: number): void {
    this.#content = { name, values, chains };
    [this.#low, this.#high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      this.#low = Math.min(this.#low, value);
      this.#high = Math.max(this.#high, value);
    }
    if (!(this.#high > this.#low)) [this.#low, this.#high] = [this.#low - 0.5, this.#low + 0.5];
    this.element.setAttribute(
      "aria-label",
      `Trace of ${name}: ${chains} chains of ${this.#draws()} draws, from ${shown(this.#low)} to ${shown(this.#high)}.`,
    );
    this.#drawStill();
    this.#drawMoving();
  }

  play(position: number): void {
    this.#position = position;
    this.#drawMoving();
  }

  #draws = () => this.#content!.values.length / this.#content!.chains;
  #across = () => this.#layers.width - MARGIN.left - MARGIN.right;
  #x = (draw: number) => MARGIN.left + (this.#across() * draw) / Math.max(1, this.#draws() - 1);
  #y = (value: number) =>
    MARGIN.top +
    (this.#layers.height - MARGIN.top - MARGIN.bottom) * (1 - (value - this.#low) / (this.#high - this.#low));

  #drawStill(): void {
    const context = this.#layers.cleared(this.#layers.still);
    if (!context || !this.#content) return;
    const { values, chains } = this.#content;
    const draws = this.#draws();
    const style = getComputedStyle(this.element);
    context.font = "12px system-ui, sans-serif";
    context.strokeStyle = style.getPropertyValue("--hair");
    context.fillStyle = style.getPropertyValue("--faint");
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const value of [this.#low, (this.#low + this.#high) / 2, this.#high]) {
      context.beginPath();
      context.moveTo(MARGIN.left, this.#y(value));
      context.lineTo(MARGIN.left + this.#across(), this.#y(value));
      context.stroke();
      context.fillText(shown(value), MARGIN.left - 6, this.#y(value));
    }
    context.textBaseline = "alphabetic";
    const below = this.#layers.height - MARGIN.bottom + 15;
    context.textAlign = "left";
    context.fillText("1", MARGIN.left, below);
    context.textAlign = "right";
    context.fillText(String(draws), MARGIN.left + this.#across(), below);
    context.textAlign = "center";
    context.fillText("draw", MARGIN.left + this.#across() / 2, below);
    context.lineWidth = 1;
    context.globalAlpha = 0.75;
    for (let c = 0; c < chains; c++) {
      context.beginPath();
      for (let s = 0; s < draws; s++) context.lineTo(this.#x(s), this.#y(values[c * draws + s]));
      context.strokeStyle = chainColour(c);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  #drawMoving(): void {
    const context = this.#layers.cleared(this.#layers.moving);
    if (!context || !this.#content) return;
    const { values, chains } = this.#content;
    const draws = this.#draws();
    const s = Math.min(Math.floor(this.#position), draws - 1);
    const share = this.#position - s;
    const x = this.#x(this.#position);
    context.fillStyle = "rgb(128 134 140 / 0.8)";
    context.fillRect(x - 0.5, MARGIN.top, 1, this.#layers.height - MARGIN.top - MARGIN.bottom);
    context.strokeStyle = "#ffffff";
    context.lineWidth = 1.2;
    for (let c = 0; c < chains; c++) {
      const value = values[c * draws + s];
      const next = values[c * draws + Math.min(s + 1, draws - 1)];
      context.beginPath();
      context.arc(x, this.#y(value + share * (next - value)), 4, 0, 2 * Math.PI);
      context.fillStyle = chainColour(c);
      context.fill();
      context.stroke();
    }
  }
}
