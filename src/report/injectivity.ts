/** Beyond this share of the prior, samples are likely to see the folds. */
const WORRYING = 0.01;

/** A share of a prior, in per cent. */
export const priorShare = (share: number): string =>
  share === 0 ? "0 %" : share < 1e-4 ? "less than 0.01 %" : `${Number((100 * share).toPrecision(2))} %`;

/** A radius; JSON has no infinity: null stands for it. */
export const radiusText = (radius: number | null): string =>
  radius === null || radius === Number.POSITIVE_INFINITY ? "none" : radius.toPrecision(3);

/**
 * The warning that a tunnel is too wide, or nothing.
 *
 * @param radius of injectivity
 * @param massBeyond share of the prior beyond it
 */
export function injectivityWarning(radius: number | null, massBeyond: number): string | undefined {
  if (massBeyond <= WORRYING) return undefined;
  return `${priorShare(massBeyond)} of the prior reaches past the radius of injectivity (${radiusText(radius)}), where the tunnel folds over or meets itself and one network has several coordinates; take a narrower tube (--tube), or a path of lower degree.`;
}
