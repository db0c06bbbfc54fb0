/** SVG elements: to make them, to free a Plot drawing of its page, and to write them to a string. */

import { FONT, FONT_SIZE, INK, PAPER } from "./theme.ts";

const SVG = "http://www.w3.org/2000/svg";

/** A new SVG element with attributes and, if given, text content. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  document: Document,
  name: K,
  attributes: Record<string, string | number> = {},
  text?: string,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** An empty drawing of `width` × `height` pixels on white paper, with the type of `theme.ts`. */
export function svgPaper(document: Document, width: number, height: number, label: string): SVGSVGElement {
  const svg = svgElement(document, "svg", {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": label,
    fill: INK,
    "font-family": FONT,
    "font-size": FONT_SIZE,
  });
  svg.append(svgElement(document, "rect", { width, height, fill: PAPER }));
  return svg;
}

/**
 * Removes from a drawing, in place, what only works inside a web page: style sheets, class names, CSS variables and
 * `currentColor`. Renumbers its ids from 1, because Plot counts them over the life of the process and equal
 * input should give an equal file.
 */
export function makeStandalone(svg: SVGSVGElement): SVGSVGElement {
  for (const style of svg.querySelectorAll("style")) style.remove();
  const ids = new Map<string, string>();
  for (const element of svg.querySelectorAll("[id]")) {
    ids.set(element.id, `id-${ids.size + 1}`);
    element.id = ids.get(element.id)!;
  }
  for (const element of [svg, ...svg.querySelectorAll("*")]) {
    element.removeAttribute("class");
    for (const { name, value } of [...element.attributes]) {
      const plain = value
        .replace("currentColor", INK)
        .replace("var(--plot-background)", PAPER)
        .replace(/^url\(#(.+)\)$/, (reference, id) => (ids.has(id) ? `url(#${ids.get(id)})` : reference));
      if (plain !== value) element.setAttribute(name, plain);
    }
  }
  return svg;
}

/** The text of a standalone .svg file (or of an inline `<svg>` in a page). */
export function svgText(svg: SVGElement): string {
  const view = svg.ownerDocument.defaultView;
  if (view === null)
    throw new Error("The SVG belongs to a document without a window; make it in a live one.");
  return new (view as Window & typeof globalThis).XMLSerializer().serializeToString(svg);
}
