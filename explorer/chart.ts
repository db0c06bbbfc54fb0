import { h, s, shown } from "./dom.ts";

export interface Line {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  colour: string;
  dashed?: boolean;
}

export interface ChartContent {
  title: string;
  xLabel: string;
  yLabel: string;
  lines: readonly Line[];
  /** Values are rates, shown in per cent. */
  percent?: boolean;
  /** Draws positive values on a logarithmic scale. */
  log?: boolean;
  /** A position across that is marked, in the units of x. */
  at?: number;
  /** The range up; that of the lines by default. */
  range?: [number, number];
}

const MARGIN = { left: 46, right: 14, top: 10, bottom: 34 };

function ticksOf(low: number, high: number, count: number): number[] {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10);
  const ticks: number[] = [];
  for (let t = Math.ceil(low / step - 1e-9) * step; t <= high + 1e-9 * step; t += step) ticks.push(t);
  return ticks;
}

/** A chart of lines that can be dragged along: it tells the position under the pointer. */
export class LineChart {
  readonly element: HTMLElement;
  readonly svg = s("svg", { role: "img", tabindex: 0, "aria-label": "A chart that has no lines yet" });
  readonly #legend = h("div", { class: "legend" });
  #content: ChartContent | undefined;
  #width = 0;
  #height = 0;

  /** @param onMove called with a position in the units of x while the pointer is down or hovers */
  constructor(onMove?: (x: number) => void) {
    this.element = h("figure", { class: "chart" }, this.#legend, this.svg);
    const move = (event: PointerEvent) => {
      const content = this.#content;
      if (!content || !onMove) return;
      const box = this.svg.getBoundingClientRect();
      const share = (event.clientX - box.left - MARGIN.left) / (this.#width - MARGIN.left - MARGIN.right);
      const [low, high] = this.#extent();
      onMove(low + Math.min(1, Math.max(0, share)) * (high - low));
    };
    if (onMove) {
      this.svg.addEventListener("pointerdown", (event) => {
        this.svg.setPointerCapture(event.pointerId);
        move(event);
      });
      this.svg.addEventListener("pointermove", (event) => {
        if (event.buttons > 0) move(event);
      });
      this.svg.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -0.01, ArrowRight: 0.01 }[event.key];
        if (step === undefined || this.#content?.at === undefined) return;
        const [low, high] = this.#extent();
        onMove(Math.min(high, Math.max(low, this.#content.at + step * (high - low))));
        event.preventDefault();
      });
    }
    new ResizeObserver(([entry]) => {
      this.#width = entry.contentRect.width;
      this.#height = entry.contentRect.height;
      this.#draw();
    }).observe(this.svg);
  }

  show(content: ChartContent): void {
    this.#content = content;
    this.#draw();
  }

  #extent(): [number, number] {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { x } of this.#content!.lines) {
      for (let i = 0; i < x.length; i++) {
        low = Math.min(low, x[i]);
        high = Math.max(high, x[i]);
      }
    }
    return high > low ? [low, high] : [0, 1];
  }

  #draw(): void {
    const content = this.#content;
    if (!content || this.#width < 60 || this.#height < 60) return;
    const [x0, x1] = this.#extent();
    const lines = content.log
      ? content.lines.map((line) => ({ ...line, y: Float64Array.from(line.y, Math.log10) }))
      : content.lines;
    let [y0, y1] = content.range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    if (!content.range) {
      for (const { y } of lines) {
        for (let i = 0; i < y.length; i++) {
          if (!Number.isFinite(y[i])) continue;
          y0 = Math.min(y0, y[i]);
          y1 = Math.max(y1, y[i]);
        }
      }
      if (!(y1 > y0)) [y0, y1] = [(y0 || 0) - 0.5, (y0 || 0) + 0.5];
      const room = 0.06 * (y1 - y0);
      y0 = y0 >= 0 && y0 - room < 0 ? 0 : y0 - room;
      y1 += room;
    }
    const [w, hgt] = [this.#width - MARGIN.left - MARGIN.right, this.#height - MARGIN.top - MARGIN.bottom];
    const px = (x: number) => MARGIN.left + ((x - x0) / (x1 - x0)) * w;
    const py = (y: number) => MARGIN.top + (1 - (y - y0) / (y1 - y0)) * hgt;
    const number = (y: number) =>
      content.percent
        ? `${+(100 * y).toFixed(1)} %`
        : String(+(content.log ? 10 ** y : y).toPrecision(content.log ? 2 : 6)).replace("-", "−");
    const parts: SVGElement[] = [];
    const ticks = ticksOf(y0, y1, Math.max(2, hgt / 45));
    const decades = content.log ? ticks.filter((y) => Math.abs(y - Math.round(y)) < 1e-9) : [];
    for (const y of decades.length > 1 ? decades : ticks) {
      parts.push(
        s("line", { x1: MARGIN.left, x2: MARGIN.left + w, y1: py(y), y2: py(y), class: "grid" }),
        s("text", { x: MARGIN.left - 6, y: py(y) + 4, "text-anchor": "end" }, number(y)),
      );
    }
    for (const x of ticksOf(x0, x1, Math.max(2, w / 90))) {
      parts.push(
        s(
          "text",
          { x: px(x), y: MARGIN.top + hgt + 16, "text-anchor": "middle" },
          String(+x.toPrecision(6)).replace("-", "−"),
        ),
      );
    }
    parts.push(
      s(
        "text",
        { x: MARGIN.left + w / 2, y: this.#height - 3, "text-anchor": "middle", class: "label" },
        content.xLabel,
      ),
    );
    for (const { x, y, colour, dashed } of lines) {
      let d = "";
      let down = false;
      for (let i = 0; i < x.length; i++) {
        const inside = Number.isFinite(y[i]);
        if (inside)
          d += `${down ? "L" : "M"}${px(x[i]).toFixed(1)} ${py(Math.min(y1, Math.max(y0, y[i]))).toFixed(1)}`;
        down = inside;
      }
      parts.push(
        s("path", {
          d,
          fill: "none",
          stroke: colour,
          "stroke-width": dashed ? 1.6 : 2.4,
          "stroke-dasharray": dashed ? "6 4" : undefined,
          "stroke-linejoin": "round",
        }),
      );
    }
    if (content.at !== undefined) {
      parts.push(
        s("line", {
          x1: px(content.at),
          x2: px(content.at),
          y1: MARGIN.top,
          y2: MARGIN.top + hgt,
          class: "cursor",
        }),
      );
      for (const { x, y, colour } of lines) {
        const value = interpolate(x, y, content.at);
        if (!Number.isFinite(value)) continue;
        parts.push(
          s("circle", {
            cx: px(content.at),
            cy: py(Math.min(y1, Math.max(y0, value))),
            r: 4,
            fill: colour,
            class: "dot",
          }),
        );
      }
    }
    this.svg.replaceChildren(...parts);
    const described = content.lines
      .filter(({ name }) => name !== "")
      .map(({ name, y }) => {
        const values = Array.from(y).filter(Number.isFinite);
        return `${name}: ${shown(Math.min(...values))} to ${shown(Math.max(...values))}`;
      })
      .join("; ");
    this.svg.setAttribute(
      "aria-label",
      `${content.title}: ${content.yLabel} against ${content.xLabel}. ${described}.`,
    );
    this.#legend.replaceChildren(
      h("strong", {}, content.title),
      ...content.lines
        .filter(({ name }) => name !== "")
        .map(({ name, colour, dashed }) =>
          h(
            "span",
            {},
            h("i", { style: `border-top: ${dashed ? "2px dashed" : "3px solid"} ${colour}` }),
            name,
          ),
        ),
    );
  }
}

/** The value of a line at a position, between its points; NaN outside. */
export function interpolate(x: ArrayLike<number>, y: ArrayLike<number>, at: number): number {
  for (let i = 1; i < x.length; i++) {
    if (at >= x[i - 1] && at <= x[i]) {
      const share = x[i] === x[i - 1] ? 0 : (at - x[i - 1]) / (x[i] - x[i - 1]);
      return y[i - 1] + share * (y[i] - y[i - 1]);
    }
  }
  return Number.NaN;
}
