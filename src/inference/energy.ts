import type { Trace } from "./draws.ts";
import { momentsOf } from "./moments.ts";

/**
 * The estimated Bayesian fraction of missing information of each chain, [C]: the mean squared change of the energy
 * from one draw to the next over the energy's variance (Betancourt 2016). Below 0.3 the momentum of a
 * Hamiltonian sampler moves too slowly between energies, and the tails are not explored. NaN where an energy is not
 * finite or all are equal.
 *
 * @param energies of the draws, at least 2 a chain
 */
export function eBfmi({ chains, draws, values }: Trace): Float64Array {
  return Float64Array.from({ length: chains }, (_, chain) => {
    const energies = values.subarray(chain * draws, (chain + 1) * draws);
    let changes = 0;
    for (let i = 1; i < draws; i++) changes += (energies[i] - energies[i - 1]) ** 2;
    return changes / (draws - 1) / momentsOf(energies).variance;
  });
}
