/**
 * Weights of the unit vectors to the next and from the last pivot in the tangent of a nudged elastic band, before it is
 * normalised (Henkelman and Jonsson 2000, eqs. 8 to 11): the side of higher loss, and at an extremum both, so that the side
 * of the higher neighbour weighs more.
 *
 * (In the published equations the differences of the pivots are blended and not their unit vectors; Draxler et al. 2018
 * normalise first, which is the same for evenly spaced pivots.)
 *
 * @returns [weight of (p_i − p_{i−1})/|…|, weight of (p_{i+1} − p_i)/|…|]
 */
export function tangentWeights(before: number, here: number, after: number): [number, number] {
  if (before < here && here < after) return [0, 1];
  if (before > here && here > after) return [1, 0];
  const [down, up] = [Math.abs(before - here), Math.abs(after - here)];
  const [least, most] = [Math.min(down, up), Math.max(down, up)];
  // On a flat stretch neither side is higher.
  if (most === 0) return [1, 1];
  return after > before ? [least, most] : [most, least];
}
