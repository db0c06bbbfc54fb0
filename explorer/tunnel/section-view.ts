import { h, shown } from "../dom.ts";
import { ContourView } from "../landscape/contour-view.ts";
import type { Scaling } from "../landscape/field.ts";
import { chainColour } from "./chain-colours.ts";
import type { DrawsByPosition } from "./draw-window.ts";
import { LayeredCanvas } from "./layered-canvas.ts";
import type { SectionLoss, TunnelDraws } from "./tunnel-protocol.ts";

/** What of the draws a cross-section shows: those of the window, and of each chain the place of the play. */
export interface SectionDraws {
  draws: TunnelDraws;
  byPosition: DrawsByPosition;
}

/** Half of the window of t around a cross-section in which draws count as lying on it. */
export const WINDOW = 0.02;
const CIRCLE = 73;

/** The cross-section of a tunnel: the loss over two normals as a map, the draws near it, and the chains that pass. */
export class SectionView {
  readonly element: HTMLElement;
  readonly #map = new ContourView();
  readonly #layers = new LayeredCanvas(() => {
    this.#drawStill();
    this.#drawMoving();
  });
  #section: { t: number; extent: number; normals: readonly [number, number] } | undefined;
  #drawn: SectionDraws | undefined;
  #position = 0;

  constructor() {
    this.element = h("div", { class: "section map" }, this.#map.element, this.#layers.element);
    new ResizeObserver(([entry]) => {
      this.#map.resize(entry.contentRect.width, entry.contentRect.height);
    }).observe(this.element);
  }

  get canvas(): HTMLCanvasElement {
    return this.#map.element;
  }

  /** The map of losses; the circle is the tube. */
  showLoss({ nodes, values }: SectionLoss, scaling: Scaling, radius: number): void {
    const circle = Array.from({ length: CIRCLE }, (_, i) => (2 * Math.PI * i) / (CIRCLE - 1));
    this.#map.show({
      field: { xs: nodes, ys: nodes, values },
      scaling,
      paths: [
        {
          name: "tube",
          x: circle.map((angle) => radius * Math.cos(angle)),
          y: circle.map((angle) => radius * Math.sin(angle)),
          dashed: true,
          offPlane: 0,
        },
      ],
      points: [],
      mark: { x: 0, y: 0 },
    });
  }

  /** Where the section is and what was drawn. @returns how many draws lie on it */
  showDraws(
    section: { t: number; extent: number; normals: readonly [number, number] },
    drawn: SectionDraws | undefined,
  ): number {
    this.#section = section;
    this.#drawn = drawn;
    this.#drawMoving();
    return this.#drawStill();
  }

  /** Moves the chains to a place of the play, between draws. */
  play(position: number): void {
    this.#position = position;
    this.#drawMoving();
  }

  describe(loss: SectionLoss | undefined, count: number): void {
    const { t, normals } = this.#section!;
    const lowest = loss
      ? `, loss ${shown(Math.min(...loss.values))} to ${shown(Math.max(...loss.values))}`
      : "";
    this.#layers.element.setAttribute(
      "aria-label",
      `Cross-section at t = ${t.toFixed(2)} over the normals ${normals.join(" and ")}${lowest}; ${count} draws within ${WINDOW} of this t.`,
    );
  }

  #scale(): number {
    return Math.min(this.#layers.width, this.#layers.height) / (2 * this.#section!.extent);
  }

  #drawStill(): number {
    const context = this.#layers.cleared(this.#layers.still);
    if (!context || !this.#section || !this.#drawn) return 0;
    const { draws, byPosition } = this.#drawn;
    const { t, normals } = this.#section;
    const across = draws.xi.length / (draws.chains * draws.draws);
    const scale = this.#scale();
    const [x, y] = [this.#layers.width / 2, this.#layers.height / 2];
    const { from, to } = byPosition.window(t, WINDOW);
    context.strokeStyle = "#ffffff";
    context.lineWidth = 0.8;
    for (let k = from; k < to; k++) {
      const i = byPosition.order[k];
      context.beginPath();
      context.arc(
        x + scale * draws.xi[i * across + normals[0] - 1],
        y - scale * draws.xi[i * across + normals[1] - 1],
        2.6,
        0,
        2 * Math.PI,
      );
      context.fillStyle = chainColour(Math.floor(i / draws.draws));
      context.fill();
      context.stroke();
    }
    return to - from;
  }

  #drawMoving(): void {
    const context = this.#layers.cleared(this.#layers.moving);
    if (!context || !this.#section || !this.#drawn) return;
    const { draws } = this.#drawn;
    const { t, normals } = this.#section;
    const across = draws.xi.length / (draws.chains * draws.draws);
    const scale = this.#scale();
    const ts = draws.traces[0].values;
    const s = Math.min(Math.floor(this.#position), draws.draws - 2);
    const share = this.#position - s;
    for (let c = 0; c < draws.chains; c++) {
      const i = c * draws.draws + Math.max(0, s);
      const next = draws.draws > 1 ? i + 1 : i;
      const a = draws.xi[i * across + normals[0] - 1];
      const b = draws.xi[i * across + normals[1] - 1];
      const px =
        this.#layers.width / 2 + scale * (a + share * (draws.xi[next * across + normals[0] - 1] - a));
      const py =
        this.#layers.height / 2 - scale * (b + share * (draws.xi[next * across + normals[1] - 1] - b));
      const near = Math.abs(ts[i] + share * (ts[next] - ts[i]) - t) <= WINDOW;
      context.beginPath();
      context.arc(px, py, near ? 6.5 : 5, 0, 2 * Math.PI);
      context.fillStyle = chainColour(c);
      context.globalAlpha = near ? 1 : 0.16;
      context.fill();
      context.globalAlpha = near ? 1 : 0.7;
      context.strokeStyle = near ? "#ffffff" : chainColour(c);
      context.lineWidth = near ? 2 : 1.5;
      context.stroke();
    }
    context.globalAlpha = 1;
  }
}
