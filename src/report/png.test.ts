import { expect, test } from "vitest";
import { canRenderText, drawsText, svgToPng } from "./png-node.ts";

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20" fill="red"/></svg>';

test.skipIf(!canRenderText())("a PNG has its signature and twice the pixels of the SVG, or as asked", () => {
  const png = svgToPng(svg);
  expect([...png.slice(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const size = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return [view.getUint32(16), view.getUint32(20)]; // width and height in the IHDR chunk
  };
  expect(size(png)).toEqual([60, 40]);
  expect(size(svgToPng(svg, { scale: 1 }))).toEqual([30, 20]);
});

test("a machine without fonts is noticed", () => {
  expect(drawsText({ font: { loadSystemFonts: false } })).toBe(false);
});
