/**
 * Viridis reversed (low is light, high is dark), from nine of its colours: steps look equal, also to colour-blind readers and in
 * grey. The same as in the figures of a report.
 */
const KNOTS = [
  [253, 231, 37],
  [174, 220, 48],
  [93, 200, 99],
  [42, 176, 127],
  [33, 145, 140],
  [45, 113, 142],
  [62, 74, 137],
  [71, 37, 117],
  [68, 1, 84],
] as const;

/** Red, green and blue of a position in [0, 1], in [0, 255]. */
export function colourAt(position: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, position)) * (KNOTS.length - 1);
  const k = Math.min(Math.floor(at), KNOTS.length - 2);
  const share = at - k;
  const mix = (i: 0 | 1 | 2) => KNOTS[k][i] + share * (KNOTS[k + 1][i] - KNOTS[k][i]);
  return [mix(0), mix(1), mix(2)];
}

/** 256 colours as bytes [256, 4]. */
export function colourTable(): Uint8Array {
  const table = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) table.set([...colourAt(i / 255), 255], 4 * i);
  return table;
}

/** The colours as a CSS gradient from left to right. */
export function gradientOfColours(): string {
  return `linear-gradient(90deg, ${KNOTS.map((rgb) => `rgb(${rgb.join(" ")})`).join(", ")})`;
}
