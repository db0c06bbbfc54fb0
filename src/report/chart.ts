import * as Plot from "@observablehq/plot";
import { FAINT, FONT, FONT_SIZE, HALO, INK, lineColour, textWidth } from "./theme.ts";
import { logTickLabel, logTicks, outerLabels, powerOfTen } from "./ticks.ts";

/** One line of a chart. Values that are not finite, or not positive on a logarithmic axis, leave a gap. */
export interface Series {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /**
   * Half the length of an error bar at each point, in the unit of y; none where it is not a number above 0. Of many points
   * the bars are drawn as a band.
   */
  bars?: ArrayLike<number>;
  /** Drawn grey and dashed, as the papers draw the straight line that a curve is compared with. */
  dashed?: boolean;
  /** Drawn thicker than the others. */
  emphasis?: boolean;
}

/** A labelled point of a chart, in the units of its axes. */
export interface ChartMark {
  x: number;
  y: number;
  label: string;
}

/** A chart of lines. */
export interface Chart {
  xLabel: string;
  yLabel: string;
  series: Series[];
  marks?: ChartMark[];
  /** y values are rates in [0, 1] and are shown in per cent; default false. */
  percent?: boolean;
  /** Logarithmic y axis; default false. */
  yLog?: boolean;
  /** Logarithmic x axis; default false. */
  xLog?: boolean;
  /** Pixels; default 640. */
  width?: number;
  /** Pixels; default 360. */
  height?: number;
}

/** With so few points a reader should see where they are, and a lone point must not vanish. */
const FEW_POINTS = 15;

/** How each series is drawn: coloured and solid, or grey and dashed. The legend and the chart share this. */
export function lineStyles(series: readonly Series[]) {
  let colours = 0;
  return series.map((s) => ({
    name: s.name,
    colour: s.dashed ? FAINT : lineColour(colours++),
    dash: s.dashed ? "5,4" : undefined,
    width: s.emphasis ? 2.8 : 1.8,
  }));
}

/**
 * The extent of the values that are numbers, with some air on a logarithmic axis (a linear one is rounded outwards
 * later); a decade or [0, 1] where there are none.
 */
function extent(values: readonly number[], log: boolean): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) {
    const air = low < high ? (high / low) ** 0.04 : 2;
    return [low / air, high * air];
  }
  if (low < high) return [low, high];
  const half = Math.abs(low) * 0.1 || 0.5;
  return [low - half, high + half];
}

/** The power of ten of the largest of some numbers, where it is below −2 or above 4; else 0. */
function decimalExponent(values: readonly number[]): number {
  const most = values.reduce((max, y) => (Number.isFinite(y) ? Math.max(max, Math.abs(y)) : max), 0);
  const exponent = most > 0 ? Math.floor(Math.log10(most)) : 0;
  return exponent < -2 || exponent > 4 ? exponent : 0;
}

/** Ticks at whole numbers, where all values are and there are few of them, such as numbers of networks; else as the library has them. */
function wholeTicks(values: readonly number[], [low, high]: readonly [number, number]): number[] | undefined {
  if (high - low > FEW_POINTS || !values.every(Number.isInteger)) return undefined;
  const first = Math.ceil(low);
  return Array.from({ length: Math.floor(high) - first + 1 }, (_, i) => first + i);
}

/** Draws a chart without title and legend. Throws where a series has x and y of different lengths. */
export function drawChart(chart: Chart, document: Document): SVGSVGElement {
  const { width = 640, height = 360, marks = [], yLog = false, xLog = false } = chart;
  // Small and large numbers are drawn in units of a power of ten, which the label names: their ticks would be too long.
  const exponent =
    chart.percent || yLog ? 0 : decimalExponent(chart.series.flatMap(({ y }) => Array.from(y)));
  const factor = chart.percent ? 100 : 10 ** -exponent;
  const shown = (y: number) => (Number.isFinite(y) && (!yLog || y > 0) ? y * factor : Number.NaN);
  const placed = (x: number) => (xLog && !(x > 0) ? Number.NaN : x);
  const lines = chart.series.map(({ name, x, y, bars = [] }) => {
    if (x.length !== y.length) {
      const counts = `${x.length} x values and ${y.length} y values`;
      throw new Error(`The series "${name}" has ${counts}; give one y for each x.`);
    }
    return Array.from(x, (value, i) => {
      const barred = bars[i] > 0;
      const half = barred ? bars[i] : 0;
      const high = shown(y[i] + half);
      // A bar down to zero or below has no lower end on a logarithmic axis.
      const low = yLog && !(y[i] - half > 0) ? shown(y[i]) : shown(y[i] - half);
      return { x: placed(value), y: shown(y[i]), low, high, barred };
    });
  });
  const points = marks.map((mark) => ({ x: placed(mark.x), y: shown(mark.y), label: mark.label }));
  const ends = lines.flatMap((line) =>
    line
      .filter(({ barred }) => barred)
      .flatMap(({ x, low, high }) => [
        { x, y: low },
        { x, y: high },
      ]),
  );
  const all = [...lines.flat(), ...points, ...ends].filter(({ x }) => !Number.isNaN(x));
  const xs = all.map((point) => point.x);
  const xDomain = extent(xs, xLog);
  const whole = wholeTicks(xs, xDomain);
  const yDomain = extent(
    all.map((point) => point.y),
    yLog,
  );
  const yTicks = yLog ? logTicks(...yDomain) : Math.round(height / 60);
  // Room for the ticks, which may be as long as −0.125 or 2·10⁻⁴, and for the label beside them.
  const tickLabels = typeof yTicks === "number" ? outerLabels(...yDomain, yTicks) : yTicks.map(logTickLabel);
  const marginLeft = Math.max(62, 34 + Math.max(0, ...tickLabels.map(textWidth)));
  const styles = lineStyles(chart.series);
  const scaled = (x: number) => (xLog ? Math.log(x) : x);
  const fraction = (x: number) =>
    (scaled(x) - scaled(xDomain[0])) / (scaled(xDomain[1]) - scaled(xDomain[0]));
  const besidePoint = (x: number) => {
    if (fraction(x) < 0.15) return { textAnchor: "start", dx: 7, dy: -11 } as const;
    if (fraction(x) > 0.85) return { textAnchor: "end", dx: -7, dy: -11 } as const;
    return { textAnchor: "middle", dy: -13 } as const;
  };

  return Plot.plot({
    document,
    width,
    height,
    marginLeft,
    marginRight: 16,
    marginTop: 10,
    marginBottom: 46,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: xDomain, type: xLog ? "log" : "linear", grid: false },
    y: { domain: yDomain, type: yLog ? "log" : "linear", nice: !yLog },
    marks: [
      Plot.gridY({ ticks: yTicks, stroke: "#000", strokeOpacity: 0.09 }),
      Plot.frame({ anchor: "bottom", stroke: INK }),
      Plot.frame({ anchor: "left", stroke: INK }),
      Plot.axisX({
        label: chart.xLabel,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 40,
        tickSize: 4,
        ticks: xLog ? logTicks(...xDomain) : whole,
        tickFormat: xLog ? logTickLabel : whole && String,
        stroke: INK,
      }),
      Plot.axisY({
        label: `${chart.yLabel}${chart.percent ? " (%)" : exponent !== 0 ? ` (${powerOfTen(exponent)})` : ""}`,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: marginLeft - 6,
        tickSize: 4,
        ticks: yTicks,
        tickFormat: yLog ? logTickLabel : undefined,
        stroke: INK,
      }),
      lines.map((line, i) => {
        const barred = line.filter((point) => point.barred);
        const ends = { x: "x", y1: "low", y2: "high" };
        const { name, colour } = styles[i];
        return line.length <= FEW_POINTS
          ? Plot.ruleX(barred, { ...ends, stroke: colour, strokeWidth: 1.2 })
          : Plot.areaY(barred, {
              ...ends,
              fill: colour,
              fillOpacity: 0.18,
              ariaDescription: `${name}: band`,
            });
      }),
      lines.map((line, i) => [
        Plot.line(line, {
          x: "x",
          y: "y",
          stroke: styles[i].colour,
          strokeWidth: styles[i].width,
          strokeDasharray: styles[i].dash,
          strokeLinejoin: "round",
          ariaDescription: styles[i].name,
        }),
        line.length <= FEW_POINTS ? Plot.dot(line, { x: "x", y: "y", r: 2.6, fill: styles[i].colour }) : null,
      ]),
      Plot.dot(points, { x: "x", y: "y", r: 4.5, fill: INK, ...HALO, strokeWidth: 1.5 }),
      points.map((point) =>
        Plot.text([point], { x: "x", y: "y", text: "label", ...besidePoint(point.x), fill: INK, ...HALO }),
      ),
    ],
  }) as SVGSVGElement;
}
