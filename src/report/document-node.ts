import { createRequire } from "node:module";

/**
 * A `document` to draw figures in where there is no browser; pass it to `profileFigure`, `planeFigure`, ... The library
 * is loaded at the first call, since that takes half a second.
 */
export function figureDocument(): Document {
  const { JSDOM } = createRequire(import.meta.url)("jsdom") as typeof import("jsdom");
  return new JSDOM().window.document;
}
