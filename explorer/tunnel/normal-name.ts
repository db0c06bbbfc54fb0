/** The name of the coordinate along a normal, numbered from 1: ξ₁, ξ₂ … */
export const normalName = (i: number): string =>
  `ξ${String(i).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)])}`;
