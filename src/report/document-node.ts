import { JSDOM } from "jsdom";

/** A `document` to draw figures in where there is no browser; pass it to `profileFigure`, `planeFigure`, ... */
export function figureDocument(): Document {
  return new JSDOM("").window.document;
}
