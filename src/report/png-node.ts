import { Resvg, type ResvgRenderOptions } from "@resvg/resvg-js";

/**
 * The renderer knows no `system-ui` and otherwise takes any font. DejaVu Sans, which Linux usually has, covers the
 * subscripts and Greek letters that others lack; where it is missing the renderer chooses.
 */
const FONTS = { defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" };

let fontsFound: boolean | undefined;

/**
 * Whether the PNG renderer finds a font on this machine (looked up once). Bare containers have none, and the
 * renderer then leaves text out without a word.
 */
export function canRenderText(): boolean {
  fontsFound ??= drawsText({});
  return fontsFound;
}

/** Draws a letter on nothing and looks for ink. */
export function drawsText(options: ResvgRenderOptions): boolean {
  const letter =
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><text x="4" y="26" font-size="28">M</text></svg>';
  return new Resvg(letter, options).render().pixels.some((byte) => byte > 0);
}

/**
 * Renders a standalone SVG (see `svgText`) to the bytes of a PNG file.
 *
 * @param options.scale pixels of the PNG for a pixel of the SVG; positive, default 2 (about 190 dpi in print).
 * @throws where no font is installed, because all text would be missing; {@link canRenderText} tells beforehand.
 */
export function svgToPng(svg: string, { scale = 2 }: { scale?: number } = {}): Uint8Array {
  if (!canRenderText()) {
    throw new Error(
      "No fonts are installed, so a PNG would have no text; install some (on Debian: apt-get install fonts-dejavu-core) or use the SVG.",
    );
  }
  return new Resvg(svg, { font: FONTS, fitTo: { mode: "zoom", value: scale } }).render().asPng();
}
