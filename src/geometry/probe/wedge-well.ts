/**
 * The distance to a wedge at a distance a along a random direction from a point at the distance L0, √(L0² + a² s/D): that a
 * direction has a share s/D along the short ones, while the nearest wedge stays the same (from section 3.3 of "Large
 * Scale Structure"; the formula is ours).
 *
 * @param shortShare s/D
 */
export const wedgeWell = (L0: number, a: number, shortShare: number): number =>
  Math.sqrt(L0 * L0 + a * a * shortShare);

/** The half width √((Lc² − L0²) D/s) of a tunnel along a wedge, at the distance Lc from it; see `wedgeWell`. */
export const wedgeWellWidth = (L0: number, Lc: number, shortShare: number): number =>
  Math.sqrt((Lc * Lc - L0 * L0) / shortShare);
