import { h } from "../dom.ts";

/** A picture of two canvases: what stays, and above it what moves, which alone is drawn at every frame. */
export class LayeredCanvas {
  readonly element: HTMLElement;
  readonly still = h("canvas", {});
  readonly moving = h("canvas", {});
  width = 0;
  height = 0;

  /** @param drawAll called when both have to be drawn again, since the size has changed */
  constructor(drawAll: () => void) {
    this.element = h("div", { class: "map", role: "img" }, this.still, this.moving);
    new ResizeObserver(([entry]) => {
      this.width = entry.contentRect.width;
      this.height = entry.contentRect.height;
      const ratio = Math.min(2, devicePixelRatio);
      for (const canvas of [this.still, this.moving]) {
        canvas.width = Math.round(this.width * ratio);
        canvas.height = Math.round(this.height * ratio);
      }
      if (this.width > 1 && this.height > 1) drawAll();
    }).observe(this.element);
  }

  /** The context of a cleared layer, in pixels of the page; undefined while there is no room. */
  cleared(layer: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
    const context = this.width > 1 && this.height > 1 ? layer.getContext("2d") : null;
    if (!context) return undefined;
    const ratio = layer.width / this.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }
}
