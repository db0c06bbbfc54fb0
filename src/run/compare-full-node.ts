import { fullSpace, pointLikelihood } from "../inference/index.ts";
import { sampledTempered } from "./compare-sampling-node.ts";
import { type CompareContext, type CompareSetup, type Found, samplingOf } from "./compare-spec.ts";
import { excessOf, sideBySide } from "./full-space-node.ts";

/** Standard deviation of the prior of all weights (Dold et al. 2025, code). */
const PRIOR_SD = 1;

/** The sampling of the full space of a comparison. */
function fullSampling({ spec, network }: CompareSetup) {
  const sampling = samplingOf(spec, "full", network.layout.size);
  return { ...sampling, prior: { ...spec.prior, scale: PRIOR_SD } };
}

/** Why the full space cannot be sampled, if it cannot. */
export function fullSpaceObstacle(setup: CompareSetup): string | undefined {
  const { chains, draws } = fullSampling(setup);
  return excessOf(chains, draws, setup.network.layout.size);
}

/** The posterior of all weights, from the optima of the ensemble on (again from the first where there are more chains). */
export async function inFullSpace({ folder, setup, member, rng, options }: CompareContext): Promise<Found> {
  const { spec, data, network } = setup;
  const members: Awaited<ReturnType<typeof member>>[] = [];
  for (let i = 0; i < Math.min(spec.members, spec.chains); i++) members.push(await member(i));
  const lambda = sideBySide(Array.from({ length: spec.chains }, (_, i) => members[i % members.length].theta));
  using likelihood = await pointLikelihood(data.train, spec.chains, options.signal);
  const where = { space: fullSpace(network.layout.size), likelihood, rng: rng.split("full"), lambda };
  const sampling = { ...setup, scale: members[0].scale, spec: fullSampling(setup) };
  const label = "sampling the full space";
  const found = await sampledTempered({ folder, setup: sampling, options }, "full", where, label);
  const { timings } = folder.record;
  return {
    ...found,
    evaluations: members.reduce((sum, { epochs }) => sum + epochs, found.evaluations ?? 0),
    seconds: members.reduce((sum, _, i) => sum + timings[`member-${i + 1}`], found.seconds),
  };
}
