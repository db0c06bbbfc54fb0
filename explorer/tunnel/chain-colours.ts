/** Colours of chains, apart for colour-blind readers too (Okabe and Ito), without those that vanish on light or dark ground. */
const COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#e69f00",
  "#8a7fd6",
  "#a0654b",
] as const;

/** The colour of a chain, numbered from 0; they come again after eight. */
export const chainColour = (chain: number): string => COLOURS[chain % COLOURS.length];
