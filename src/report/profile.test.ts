import { expect, test } from "vitest";
import { figureDocument } from "./document-node.ts";
import { profileFigure } from "./profile.ts";
import { trainingFigure } from "./training.ts";

const document = figureDocument();

/** The points of a series on paper, one list an unbroken stretch. */
function stretches(svg: SVGSVGElement, name: string): [number, number][][] {
  const paths = [...svg.querySelectorAll(`[aria-description="${name}"] path`)];
  return paths
    .flatMap((path) => path.getAttribute("d")!.split("M").slice(1))
    .map((part) =>
      part.split("L").map((pair) => pair.replace("Z", "").split(",").map(Number) as [number, number]),
    );
}

function ticks(svg: SVGSVGElement, axis: "x" | "y") {
  return [...svg.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)].map((text) => ({
    label: text.textContent,
    at: text
      .getAttribute("transform")!
      .match(/-?[\d.]+/g)!
      .map(Number)[axis === "x" ? 0 : 1],
  }));
}

test("rates are drawn where the ticks in per cent say", () => {
  const x = [0, 0.5, 1];
  const svg = profileFigure(
    {
      xLabel: "t",
      yLabel: "test error",
      percent: true,
      series: [{ name: "line", x, y: [0.11, 0.16, 0.12] }],
    },
    document,
  );
  expect(svg.textContent).toContain("test error (%)");
  const [[start, middle]] = stretches(svg, "line");
  const at = (label: string) => ticks(svg, "y").find((tick) => tick.label === label)!.at;
  expect(middle[1] - start[1]).toBeCloseTo(at("16") - at("11"), 3);
});

test("a value that is not finite leaves a gap, on a logarithmic axis also one that is not positive", () => {
  const series = [{ name: "a", x: [0, 1, 2, 3, 4, 5], y: [1, 2, Number.NaN, 3, 0, 4] }];
  const shape = (yLog: boolean) =>
    stretches(profileFigure({ xLabel: "t", yLabel: "loss", yLog, series }, document), "a").map(
      (s) => s.length,
    );
  expect(shape(false)).toEqual([2, 3]);
  expect(shape(true)).toEqual([2, 1, 1]);
});

test("equal ratios are equal distances on a logarithmic axis", () => {
  const series = [{ name: "a", x: [0, 1, 2], y: [1e-5, 1e-3, 1e-1] }];
  const svg = profileFigure({ xLabel: "t", yLabel: "loss", yLog: true, series }, document);
  const [[a, b, c]] = stretches(svg, "a");
  expect(a[1] - b[1]).toBeCloseTo(b[1] - c[1], 2);
  expect(ticks(svg, "y").map((tick) => tick.label)).toEqual(["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1"]);
});

test("a logarithmic x axis leaves out what is not positive, and error bars reach one length to both sides", () => {
  const series = [
    { name: "a", x: [0, 0.01, 0.1, 1], y: [0.9, 0.9, 0.8, 0.5], bars: [0, 0, 0.1, Number.NaN] },
  ];
  const svg = profileFigure({ xLabel: "s", yLabel: "accuracy", percent: true, xLog: true, series }, document);
  const [[first, second, third]] = stretches(svg, "a");
  expect(second[0] - first[0]).toBeCloseTo(third[0] - second[0], 2);
  expect(ticks(svg, "x").map((tick) => tick.label)).toEqual(["0.01", "0.1", "1"]);
  const bars = [...svg.querySelectorAll('[aria-label="rule"] line')].filter(
    (line) => line.getAttribute("x1") === line.getAttribute("x2"),
  );
  const ends = bars.map((line) => ["y1", "y2"].map((end) => Number(line.getAttribute(end))));
  expect(ends).toHaveLength(1);
  const at = (label: string) => ticks(svg, "y").find((tick) => tick.label === label)!.at;
  const perPoint = (at("50") - at("80")) / 30;
  expect(Math.abs(ends[0][1] - ends[0][0])).toBeCloseTo(20 * perPoint, 1);
  expect((ends[0][0] + ends[0][1]) / 2).toBeCloseTo(second[1], 1);
});

test("flat, empty and lost series are still drawn", () => {
  for (const y of [[0.5, 0.5], [Number.NaN, Number.NaN], []]) {
    for (const yLog of [false, true]) {
      const series = [{ name: "a", x: y.map((_, i) => i), y }];
      const svg = profileFigure({ xLabel: "t", yLabel: "loss", yLog, series }, document);
      expect(svg.outerHTML).not.toContain("NaN,");
      expect(ticks(svg, "y").length).toBeGreaterThan(0);
    }
  }
});

test("dashed series are dashed in the drawing and in the legend", () => {
  const [x, y] = [
    [0, 1],
    [1, 2],
  ];
  const svg = profileFigure(
    { xLabel: "t", yLabel: "loss", series: [{ name: "chord", x, y, dashed: true }] },
    document,
  );
  const dashes = [...svg.querySelectorAll("[stroke-dasharray]")].map((line) =>
    line.getAttribute("stroke-dasharray"),
  );
  expect(dashes).toEqual(["5,4", "5,4"]);
  expect(svg.querySelector('[aria-label="legend"]')!.textContent).toBe("chord");
});

test("x and y of different lengths are refused by name", () => {
  const series = [{ name: "chord", x: [0, 1], y: [1] }];
  expect(() => profileFigure({ xLabel: "t", yLabel: "loss", series }, document)).toThrow(
    /"chord" has 2 x values and 1/,
  );
});

test("training curves show loss and error of every run in the same colour", () => {
  const run = (name: string) => ({ name, epoch: [1, 2], trainLoss: [1, 0.1], validationError: [0.2, 0.1] });
  const svg = trainingFigure({ runs: [run("seed 1"), run("seed 2")] }, document);
  expect(svg.textContent).toContain("validation error (%)");
  const regression = trainingFigure({ runs: [run("seed 1")], regression: true }, document);
  expect(regression.textContent).toContain("validation RMSE");
  expect(regression.textContent).not.toContain("%");
  for (const name of ["seed 1", "seed 2"]) {
    const lines = [...svg.querySelectorAll(`[aria-description="${name}"]`)];
    expect(lines.length).toBe(2);
    expect(new Set(lines.map((line) => line.getAttribute("stroke"))).size).toBe(1);
  }
});

test("bars of few points are rules, those of many a band from low to high", () => {
  const chart = (n: number) => {
    const x = Array.from({ length: n }, (_, i) => i);
    const series = [{ name: "loss", x, y: x.map(() => 2), bars: x.map(() => 1) }];
    return profileFigure({ xLabel: "t", yLabel: "loss", series }, document);
  };
  const band = stretches(chart(30), "loss: band").flat();
  const at = (value: number) => ticks(chart(30), "y").find(({ label }) => Number(label) === value)!.at;
  const heights = band.map(([, y]) => y);
  expect(Math.min(...heights)).toBeCloseTo(at(3), 0);
  expect(Math.max(...heights)).toBeCloseTo(at(1), 0);
  expect(stretches(chart(5), "loss: band")).toEqual([]);
});
