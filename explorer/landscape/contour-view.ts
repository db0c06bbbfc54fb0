import { h } from "../dom.ts";
import { colourAt } from "./colours.ts";
import type { GridField, Scaling } from "./field.ts";
import type { PlanePath, PlanePoint } from "./landscape-model.ts";

/** Levels between which a thin line is drawn, as on the surface. */
const LEVELS = 12;

export interface ContourContent {
  field: GridField;
  scaling: Scaling;
  paths: readonly PlanePath[];
  points: readonly PlanePoint[];
  /** Where to put a mark, if anywhere. */
  mark?: { x: number; y: number };
}

/** The plane from above, as a map with level lines: drawn on a canvas, without WebGL. */
export class ContourView {
  readonly element = h("canvas", { class: "contour" });
  #content: ContourContent | undefined;
  #picture: ImageBitmap | HTMLCanvasElement | undefined;
  #width = 0;
  #height = 0;

  show(content: ContourContent): void {
    const before = this.#content;
    this.#content = content;
    if (before?.field !== content.field || before?.scaling !== content.scaling) this.#picture = undefined;
    this.#draw();
  }

  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    const ratio = Math.min(2, devicePixelRatio);
    this.element.width = Math.round(width * ratio);
    this.element.height = Math.round(height * ratio);
    this.#picture = undefined;
    this.#draw();
  }

  /** Pixels of the map inside of the element, of equal units along both axes. */
  #frame() {
    const { xs, ys } = this.#content!.field;
    const [width, depth] = [xs[xs.length - 1] - xs[0], ys[ys.length - 1] - ys[0]];
    const scale = Math.min(this.#width / width, this.#height / depth);
    const [w, hgt] = [scale * width, scale * depth];
    return { left: (this.#width - w) / 2, top: (this.#height - hgt) / 2, width: w, height: hgt, scale };
  }

  /** Coordinates under a pointer at pixels of the element. */
  pick(px: number, py: number): { x: number; y: number } | undefined {
    if (!this.#content || this.#width === 0) return undefined;
    const { xs, ys } = this.#content.field;
    const { left, top, width, height, scale } = this.#frame();
    if (px < left || py < top || px > left + width || py > top + height) return undefined;
    return { x: xs[0] + (px - left) / scale, y: ys[ys.length - 1] - (py - top) / scale };
  }

  #draw(): void {
    const content = this.#content;
    if (!content || this.#width < 2 || this.#height < 2) return;
    const context = this.element.getContext("2d")!;
    const ratio = this.element.width / this.#width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    const { left, top, width, height, scale } = this.#frame();
    this.#picture ??= this.#paint(Math.round(width * ratio), Math.round(height * ratio));
    context.drawImage(this.#picture, left, top, width, height);
    const { xs, ys } = content.field;
    const toX = (x: number) => left + (x - xs[0]) * scale;
    const toY = (y: number) => top + (ys[ys.length - 1] - y) * scale;
    context.lineJoin = "round";
    for (const { x, y, dashed } of content.paths) {
      const trace = () => {
        context.beginPath();
        let down = false;
        for (let i = 0; i < x.length; i++) {
          const inside = x[i] !== null && Number.isFinite(x[i]);
          if (inside) context[down ? "lineTo" : "moveTo"](toX(x[i]), toY(y[i]));
          down = inside;
        }
        context.stroke();
      };
      context.setLineDash([]);
      context.strokeStyle = "rgb(255 255 255 / 0.85)";
      context.lineWidth = dashed ? 3.5 : 5;
      trace();
      context.setLineDash(dashed ? [6, 4] : []);
      context.strokeStyle = dashed ? "#3b4148" : "#d9480f";
      context.lineWidth = dashed ? 1.6 : 2.6;
      trace();
    }
    context.setLineDash([]);
    context.font = "12px system-ui, sans-serif";
    for (const { x, y, label } of content.points) {
      this.#dot(context, toX(x), toY(y), 4.5, "#1c2127");
      const right = toX(x) > left + width / 2;
      context.textAlign = right ? "right" : "left";
      const [tx, ty] = [toX(x) + (right ? -9 : 9), toY(y) + (toY(y) > top + height - 24 ? -10 : 16)];
      context.lineWidth = 4;
      context.strokeStyle = "rgb(255 255 255 / 0.85)";
      context.strokeText(label, tx, ty);
      context.fillStyle = "#1c2127";
      context.fillText(label, tx, ty);
    }
    if (content.mark) this.#dot(context, toX(content.mark.x), toY(content.mark.y), 6, "#ffffff");
  }

  #dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number, fill: string): void {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = fill === "#ffffff" ? "#1c2127" : "#ffffff";
    context.stroke();
  }

  /** Colours and level lines of every pixel, from the field between its nodes. */
  #paint(width: number, height: number): HTMLCanvasElement {
    const { field, scaling } = this.#content!;
    const { xs, ys, values } = field;
    const [nx, ny] = [xs.length, ys.length];
    const levels = Float64Array.from(values, (value) => scaling.open(value));
    const picture = h("canvas", { width, height });
    const context = picture.getContext("2d")!;
    const image = context.createImageData(width, height);
    const rows = [new Float64Array(width), new Float64Array(width)];
    for (let py = 0; py < height; py++) {
      const v = (1 - (py + 0.5) / height) * (ny - 1);
      const iy = Math.min(Math.max(0, Math.floor(v)), ny - 2);
      const fy = v - iy;
      const row = rows[py & 1];
      const above = rows[1 - (py & 1)];
      for (let px = 0; px < width; px++) {
        const u = ((px + 0.5) / width) * (nx - 1);
        const ix = Math.min(Math.floor(u), nx - 2);
        const fx = u - ix;
        const at = iy * nx + ix;
        const low = levels[at] + fx * (levels[at + 1] - levels[at]);
        const high = levels[at + nx] + fx * (levels[at + nx + 1] - levels[at + nx]);
        row[px] = Math.min(1, low + fy * (high - low));
        const [r, g, b] = colourAt(row[px]);
        const band = Math.floor(row[px] * LEVELS);
        const edge =
          (px > 0 && Math.floor(row[px - 1] * LEVELS) !== band) ||
          (py > 0 && Math.floor(above[px] * LEVELS) !== band);
        const shade = edge ? 0.68 : 1;
        const i = 4 * (py * width + px);
        image.data[i] = r * shade;
        image.data[i + 1] = g * shade;
        image.data[i + 2] = b * shade;
        image.data[i + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
    return picture;
  }
}
