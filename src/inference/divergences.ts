/**
 * How many draws of each chain ended in a divergence, where the integrator of a sampler lost the energy: [C].
 *
 * @param divergent [C, S] row-major, 1 where the draw's trajectory diverged and 0 elsewhere
 */
export function divergenceCounts(divergent: ArrayLike<number>, chains: number): Int32Array {
  if (divergent.length % chains !== 0) {
    throw new RangeError(
      `${divergent.length} marks of divergence were given for ${chains} chains; give one for each draw of each chain.`,
    );
  }
  const draws = divergent.length / chains;
  const counts = new Int32Array(chains);
  for (let i = 0; i < divergent.length; i++) if (divergent[i]) counts[Math.floor(i / draws)]++;
  return counts;
}
