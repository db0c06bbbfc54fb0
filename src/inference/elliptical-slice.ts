import { type ChainState, evaluateStart, type Sampler } from "./sampler.ts";
import { uniforms } from "./uniforms.ts";

/**
 * Angles that a step tries at most. Each that is refused shrinks the bracket to a uniform part of it, so that so many leave
 * nothing but the present position, unless the log-likelihood is not the same at each evaluation.
 */
const MAX_ANGLES = 200;

export interface EllipticalSliceOptions {
  /** Standard deviation of the prior N(0, sd²) of each coordinate [d], or the one of all. */
  priorSd: number | Float64Array;
}

/**
 * Elliptical slice sampling of N(0, diag(sd²)) times a likelihood (Murray, Adams and MacKay 2010), without anything to
 * tune. It runs over the log-*likelihood* alone, which is then what states and draws have as their value; gradients are not
 * used. Places where the log-likelihood is NaN or infinite are off the slice.
 */
export function ellipticalSlice({ priorSd }: EllipticalSliceOptions): Sampler {
  const sd = (i: number) => (typeof priorSd === "number" ? priorSd : priorSd[i]);
  if (!(typeof priorSd === "number" ? priorSd > 0 : priorSd.every((s) => s > 0))) {
    throw new RangeError("A standard deviation of the prior is not positive; give positive ones.");
  }
  return {
    warmup: 0,

    *init(start) {
      if (typeof priorSd !== "number" && priorSd.length !== start.length) {
        throw new RangeError(
          `The prior has ${priorSd.length} standard deviations for ${start.length} coordinates; give one for each.`,
        );
      }
      const { position, value } = yield* evaluateStart(start);
      return { position, value };
    },

    *step(state: ChainState, rng) {
      const uniform = uniforms(rng.split("uniforms"));
      const other = Float64Array.from(
        rng.split("ellipse").normal(state.position.length),
        (z, i) => sd(i) * z,
      );
      // log of a uniform on (0, 1]
      const threshold = state.value + Math.log1p(-uniform());
      let angle = 2 * Math.PI * uniform();
      let [low, high] = [angle - 2 * Math.PI, angle];
      const info = { divergent: false, evaluations: 0 };
      while (info.evaluations < MAX_ANGLES) {
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const position = other.map((z, i) => cos * state.position[i] + sin * z);
        const { value } = yield position;
        info.evaluations++;
        if (!Number.isFinite(value)) info.divergent = true;
        else if (value >= threshold) return { state: { position, value }, info };
        if (angle < 0) low = angle;
        else high = angle;
        angle = low + (high - low) * uniform();
      }
      return { state, info };
    },
  };
}
