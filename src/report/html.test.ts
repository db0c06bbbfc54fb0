import fc from "fast-check";
import { JSDOM } from "jsdom";
import { expect, test } from "vitest";
import { figureDocument } from "./document-node.ts";
import { type Report, renderReport } from "./html.ts";
import { planeFigure } from "./plane.ts";
import { svgText } from "./svg.ts";

const plane = svgText(
  planeFigure(
    { xs: [0, 1], ys: [0, 1], values: [1, 2, 3, 4], valueLabel: "loss", points: [], paths: [] },
    figureDocument(),
  ),
);

function report(parts: Partial<Report> = {}): Report {
  return {
    title: "Two optima",
    question: "Are they connected?",
    answer: "Yes, the barrier is 0.1 points.",
    facts: [{ label: "Barrier", value: "0.1 points", note: "of 121 points" }],
    figures: [
      { id: "plane-1", svg: plane, caption: "A plane." },
      { id: "plane-2", svg: plane, caption: "Another." },
    ],
    tables: [
      {
        caption: "Paths",
        columns: ["path", "length"],
        rows: [
          ["chord", 82.2],
          ["curve", 98],
        ],
      },
    ],
    notes: ["One seed."],
    command: "isthmus connect --seed 7",
    seeds: "7",
    environment: [{ label: "Node.js", value: "24" }],
    ...parts,
  };
}

const parse = (html: string) => new JSDOM(html).window.document;

test("question, answer, numbers, figures, tables, notes, command and environment come in this order", () => {
  const page = parse(renderReport(report()));
  const order = ["h1", ".lead", ".answer", ".facts", "figure", "table", "ul", "pre", ".environment"];
  const places = order.map((selector) =>
    [...page.querySelectorAll("*")].indexOf(page.querySelector(selector)!),
  );
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(page.querySelector("pre")!.textContent).toBe("isthmus connect --seed 7");
});

test("text stays text, whatever it is", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('<script>alert("1")</script>', "a & b < c", "\"'><img src=x>"),
  );
  // A browser reads CR and NUL differently by the HTML standard; neither is text.
  const visible = text.filter((value) => value.trim() !== "" && !/[\r\0]/.test(value));
  fc.assert(
    fc.property(visible, (value) => {
      const page = parse(
        renderReport(
          report({
            title: value,
            question: value,
            answer: value,
            facts: [{ label: value, value, note: value }],
            tables: [{ caption: value, columns: [value], rows: [[value]] }],
            figures: [{ id: "f", svg: plane, caption: value }],
            notes: [value],
            command: `x ${value}`,
            seeds: value,
            environment: [{ label: value, value }],
          }),
        ),
      );
      expect(page.querySelector("script, img")).toBeNull();
      for (const selector of [
        "h1",
        ".lead",
        ".answer",
        ".facts dt",
        ".value",
        "li",
        "td, tbody th",
        ".environment dd",
      ]) {
        expect(page.querySelector(selector)!.textContent).toBe(value);
      }
      expect(page.querySelector("pre")!.textContent).toBe(`x ${value}`);
      expect(page.querySelector("figcaption")!.textContent).toBe(`Figure 1. ${value}`);
    }),
    { numRuns: 60 },
  );
});

test("nothing is fetched from anywhere", () => {
  const html = renderReport(report());
  const page = parse(html);
  for (const element of page.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name === "xmlns" || name.startsWith("xmlns:")) continue;
      expect(value, `${element.tagName} ${name}`).not.toMatch(/https?:|^\/\//);
      if (/^(src|href|xlink:href)$/.test(name)) expect(value).toMatch(/^(#|data:)/);
    }
  }
  expect(html).not.toMatch(/@import|url\((?!#)/);
});

test("ids are unique on the page and references find them", () => {
  const page = parse(renderReport(report()));
  const ids = [...page.querySelectorAll("[id]")].map((element) => element.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const element of page.querySelectorAll("[clip-path]")) {
    const id = element.getAttribute("clip-path")!.match(/url\(#(.+)\)/)![1];
    expect(element.closest("svg")!.closest("figure")!.contains(page.getElementById(id))).toBe(true);
  }
  expect(page.querySelectorAll("[clip-path]").length).toBeGreaterThan(0);
});

test("figures and tables can be read without eyes", () => {
  const page = parse(renderReport(report()));
  expect(page.documentElement.lang).toBe("en");
  for (const svg of page.querySelectorAll("figure .drawing > svg")) {
    expect(svg.getAttribute("role")).toBe("img");
    expect(svg.getAttribute("aria-label")).toContain("loss");
  }
  expect([...page.querySelectorAll("th")].map((th) => th.scope)).toEqual(["col", "col", "row", "row"]);
  expect(page.querySelector("caption")!.textContent).toBe("Table 1. Paths");
});

test("columns of numbers stand to the right with equal precision", () => {
  const page = parse(renderReport(report()));
  expect([...page.querySelectorAll("td.number")].map((cell) => cell.textContent)).toEqual(["82.20", "98.00"]);
  expect(page.querySelector("tbody th.number")).toBeNull();
});

test("empty sections are left out", () => {
  const page = parse(
    renderReport(report({ facts: [], figures: [], tables: [], notes: [], environment: [] })),
  );
  expect([...page.querySelectorAll("h2")].map((heading) => heading.textContent)).toEqual([
    "How to do it again",
  ]);
});

test("clashing ids and ragged tables are refused", () => {
  const figure = { id: "a", svg: plane, caption: "" };
  expect(() => renderReport(report({ figures: [figure, figure] }))).toThrow(/"a" is taken/);
  expect(() => renderReport(report({ figures: [{ ...figure, id: "a b" }] }))).toThrow(/letters/);
  const tables = [{ caption: "T", columns: ["x"], rows: [[1, 2]] }];
  expect(() => renderReport(report({ tables }))).toThrow(/"T" has 1 columns and a row of 2/);
});
