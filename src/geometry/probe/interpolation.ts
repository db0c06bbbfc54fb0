/**
 * Positions α along the line from one point (0) to another (1) and beyond both: from −0.25 to 1.5, 51 of them (after
 * Goodfellow et al. 2014).
 */
export const interpolationPositions = (points = 51): Float64Array =>
  Float64Array.from({ length: points }, (_, i) => -0.25 + (1.75 * i) / (points - 1));

/** Coefficients (1 − α, α) of the points of a line, [positions, 2] row-major. */
export const interpolationCoefficients = (positions: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: 2 * positions.length }, (_, i) => {
    const alpha = positions[Math.floor(i / 2)];
    return i % 2 === 0 ? 1 - alpha : alpha;
  });
