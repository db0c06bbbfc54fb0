import fc from "fast-check";
import { expect, test } from "vitest";
import { figureDocument } from "./document-node.ts";
import { bandOf, planeLevels } from "./levels.ts";
import { type Plane, planeFigure } from "./plane.ts";
import { svgText } from "./svg.ts";

const document = figureDocument();
const linspace = (a: number, b: number, n: number) =>
  Array.from({ length: n }, (_, i) => a + ((b - a) * i) / (n - 1));

function plane(parts: Partial<Plane> & Pick<Plane, "values">): Plane {
  return {
    xs: linspace(0, 5, 6),
    ys: linspace(0, 4, 5),
    valueLabel: "loss",
    points: [],
    paths: [],
    ...parts,
  };
}

type Ring = [number, number][];

/** What a reader sees: the frame, the fills in the order of painting, and the boxes of the legend from the lowest. */
function read(svg: SVGSVGElement) {
  const numbers = (element: Element, names: string[]) =>
    names.map((name) => Number(element.getAttribute(name)));
  const frames = [...svg.querySelectorAll("rect[aria-label=frame]")];
  const [x, y, width, height] = numbers(frames[0], ["x", "y", "width", "height"]);
  const base = frames[0].getAttribute("fill") ?? frames[0].closest("[fill]")!.getAttribute("fill")!;
  const layers = [...svg.querySelectorAll('[aria-description^="band"]')].map((group) => ({
    band: Number(group.getAttribute("aria-description")!.slice(5)) - 1,
    fill: group.querySelector("[fill]")!.getAttribute("fill")!,
    rings: [...group.querySelectorAll("path")].flatMap((path) =>
      (path.getAttribute("d") ?? "")
        .split("M")
        .slice(1)
        .map(
          (ring): Ring =>
            [...ring.matchAll(/(-?[\d.e-]+),(-?[\d.e-]+)/g)].map(([, a, b]) => [Number(a), Number(b)]),
        ),
    ),
  }));
  const legend = [...svg.querySelectorAll('[aria-label="colour bar"] rect')].map(
    (box) => box.getAttribute("fill")!,
  );
  return { frame: { x, y, width, height }, base, layers, legend };
}

/** Even-odd rule. */
function isInside(rings: Ring[], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

test("at every node the fill is the legend's colour of the value's band", () => {
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: 0, max: 8, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
  );
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 30, maxLength: 30 }),
      fc.constantFrom("published" as const, "perceptual" as const),
      (values, scale) => {
        fc.pre(values.some(Number.isFinite));
        const levels = planeLevels(values, { vmax: 5 });
        // Coordinates in the file have three decimals, so a node may lie on a contour of its own value.
        fc.pre(
          values.every((z) =>
            [...levels.slice(1)].every((level) => z === level || !(Math.abs(z - level) < 1e-3)),
          ),
        );
        const { frame, base, layers, legend } = read(
          planeFigure(plane({ values, scale, vmax: 5 }), document),
        );
        expect(legend.length).toBe(Math.max(2, levels.length));
        expect(base).toBe(legend.at(-1));
        for (const { band, fill } of layers) expect(fill).toBe(legend[band]);
        for (const [i, z] of values.entries()) {
          // The largest unclipped value touches its own contour in a point, which no drawing can show.
          if (z === levels.at(-1) && values.some((other) => !(other <= z))) continue;
          const x = frame.x + ((i % 6) / 5) * frame.width;
          const y = frame.y + frame.height - (Math.floor(i / 6) / 4) * frame.height;
          const top = layers.filter(({ rings }) => isInside(rings, x + 1e-4, y + 1e-4)).at(-1);
          expect(top?.fill ?? base).toBe(legend[bandOf(levels, z)]);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test("a field that grows with x has vertical contours: nothing is transposed", () => {
  const values = linspace(0, 4, 5).flatMap(() => linspace(0, 5, 6));
  const { frame, layers } = read(planeFigure(plane({ values, bands: 4 }), document));
  const levels = planeLevels(values, { bands: 4 });
  for (const { band, rings } of layers.filter((layer) => layer.band < 3)) {
    const right = frame.x + (levels[band + 1] / 5) * frame.width;
    const xs = rings.flat().map(([x]) => x);
    expect(Math.max(...xs)).toBeCloseTo(right, 1);
    for (const y of linspace(frame.y + 1, frame.y + frame.height - 1, 9)) {
      expect(isInside(rings, right - 0.1, y)).toBe(true);
      expect(isInside(rings, right + 0.1, y)).toBe(false);
    }
  }
});

test("a field that grows with y is low at the bottom of the paper", () => {
  const values = linspace(0, 4, 5).flatMap((y) => new Array(6).fill(y));
  const { frame, layers } = read(planeFigure(plane({ values }), document));
  const first = layers.find(({ band }) => band === 0)!;
  expect(isInside(first.rings, frame.x + 9, frame.y + frame.height - 0.01)).toBe(true);
  expect(isInside(first.rings, frame.x + 9, frame.y + 9)).toBe(false);
});

test("one unit of x is as long on paper as one unit of y, by the ticks", () => {
  for (const [width, height] of [
    [98.75, 61.2],
    [10, 200],
    [3, 3],
  ]) {
    const svg = planeFigure(
      plane({ xs: linspace(-1, width, 6), ys: linspace(-2, height, 5), values: linspace(0, 1, 30) }),
      document,
    );
    const unit = (axis: "x" | "y") => {
      const labels = [...svg.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)];
      const at = labels.map((label) => {
        const [x, y] = label
          .getAttribute("transform")!
          .match(/-?[\d.]+/g)!
          .map(Number);
        return { value: Number(label.textContent!.replace("−", "-")), pixel: axis === "x" ? x : -y };
      });
      const [first, last] = [at[0], at[at.length - 1]];
      return (last.pixel - first.pixel) / (last.value - first.value);
    };
    expect(unit("x") / unit("y")).toBeCloseTo(1, 6);
  }
});

test("rates are shown in per cent, vmax too, and the last band says what it holds", () => {
  const text = svgText(
    planeFigure(plane({ values: linspace(0.0648, 0.9, 30), percent: true, vmax: 0.4 }), document),
  );
  expect(text).toContain("loss (%)");
  expect(text).toContain("&gt; 40.00");
  expect(text).toContain(">6.48<");
});

test("what is not finite is counted in a remark", () => {
  const values = linspace(0, 1, 30);
  values[3] = Number.NaN;
  values[8] = Number.POSITIVE_INFINITY;
  expect(planeFigure(plane({ values }), document).textContent).toContain(
    "2 of 30 nodes not finite, drawn as > 1.00",
  );
  expect(planeFigure(plane({ values: linspace(0, 1, 30) }), document).textContent).not.toContain("finite");
});

test("a constant field is one band", () => {
  const { layers, legend } = read(planeFigure(plane({ values: new Array(30).fill(2) }), document));
  expect(legend.length).toBe(2);
  expect(layers.length).toBe(1);
  expect(isInside(layers[0].rings, 200, 200)).toBe(true);
});

test("the legend says how far a path leaves the plane, and points are circles and a diamond", () => {
  const svg = planeFigure(
    plane({
      values: linspace(0, 1, 30),
      points: [
        { x: 0, y: 0, label: "end", shape: "circle" },
        { x: 2, y: 3, label: "bend", shape: "diamond" },
      ],
      paths: [
        { name: "chord", x: [0, 5], y: [0, 0], dashed: true, offPlane: 0 },
        { name: "curve", x: [0, 2, 5], y: [0, 3, 0], offPlane: 12.37 },
      ],
    }),
    document,
  );
  expect(svg.textContent).toContain("up to 12 out of the plane");
  expect(
    svg.querySelector('[aria-description="chord"] [stroke-dasharray]')!.getAttribute("stroke-dasharray"),
  ).toBe("3,4");
  expect(svg.getAttribute("aria-label")).toContain("end, bend");
  expect(() =>
    planeFigure(plane({ values: linspace(0, 1, 30), paths: [{ name: "p", x: [1], y: [] }] }), document),
  ).toThrow(/"p" has 1 x values and 0 y values/);
});

test("equal input gives an equal file that needs no page around it", () => {
  const draw = () => svgText(planeFigure(plane({ values: linspace(0, 1, 30) }), document));
  const text = draw();
  expect(draw()).toBe(text);
  expect(text).not.toMatch(/currentColor|var\(--|<style|class=/);
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  for (const [, id] of text.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
});

test("the legend names samples, marked points outside of the plane and how far they are; paths may be in pieces", () => {
  const values = linspace(0, 1, 30);
  const svg = planeFigure(
    plane({
      values,
      points: [{ x: 1, y: 1, label: "a", shape: "circle", offPlane: 0.34 }],
      paths: [{ name: "edges", x: [0, 1, Number.NaN, 2, 3], y: [0, 1, Number.NaN, 2, 3], offPlane: 0 }],
      samples: [{ name: "points of the simplex", x: [1, 2], y: [2, 1], offPlane: 1.26 }],
    }),
    document,
  );
  const legend = svg.querySelector('[aria-label="legend"]')!.textContent;
  expect(legend).toContain("edgesin the plane");
  expect(legend).toContain("points of the simplexup to 1.3 out of the plane");
  expect(legend).toContain("marked pointsup to 0.34 out of the plane");
  const path = svg.querySelector('[aria-description="edges"] path')!.getAttribute("d")!;
  expect(path.split("M")).toHaveLength(3);
  expect(svg.querySelectorAll('[aria-description="points of the simplex"] circle')).toHaveLength(2);
});
