import { combine, gram, type Rng, releaseVector } from "../engine/index.ts";
import type { Batch } from "../landscape/index.ts";
import { partsOf } from "../model/index.ts";
import { middleOf, sampleCoordinates } from "../subspace/index.ts";
import type { FitProblem, FitSpec } from "./fit.ts";
import { Optimiser } from "./optimiser.ts";
import { allocateParts, combineParts, joinInto, splitInto } from "./parts.ts";
import { cosinePenalty, pointDecayWeights, volumePenalty } from "./regulariser.ts";
import { type GradientTerm, type PartedAnchors, StepGradient } from "./step.ts";
import type { TrainingStep } from "./training.ts";

/** A free anchor's stretch of the parameter vector: one of the vectors that are trained. */
interface Piece {
  /** Number of the anchor among all. */
  anchor: number;
  /** Number of the part. */
  part: number;
}

/** Training of the free anchors of a span, at random points of a subspace (Wortsman et al. 2021, algorithm 1). */
export class SubspaceStep implements TrainingStep, Disposable {
  readonly vectors: readonly Float32Array[];
  private readonly problem: FitProblem;
  private readonly spec: FitSpec;
  private readonly anchors: PartedAnchors;
  private readonly trained: readonly Piece[];
  private readonly gradient: StepGradient;
  private readonly optimiser: Optimiser;
  /** Where gradients of several terms are formed. */
  private readonly buffers: readonly Float32Array[];
  private readonly streams: Record<"coordinates" | "dropout" | "pair", Rng>;
  private readonly owned: Float32Array[] = [];

  constructor(problem: FitProblem, spec: FitSpec, rng: Rng) {
    const { network, loss, anchors, fixed } = problem;
    const { layout } = network;
    this.problem = problem;
    this.spec = spec;
    const { layerwise = false, sharedBiases = false } = spec;
    const grouping = { layerwise, sharedBiases: sharedBiases && anchors.length > 1 };
    const { parts, groups } = partsOf(layout, grouping);
    const whole = parts.length === 1;
    const pieces = parts.map(() => [] as Float32Array[]);
    for (const anchor of anchors) {
      const own = whole ? [anchor] : allocateParts(parts);
      if (!whole) {
        splitInto(parts, anchor, own);
        this.owned.push(...own);
      }
      own.forEach((piece, p) => {
        pieces[p].push(piece);
      });
    }
    this.anchors = { parts, groups, pieces };
    const biases = grouping.sharedBiases ? groups - 1 : -1;
    this.trained = anchors.flatMap((_, anchor) =>
      fixed[anchor]
        ? []
        : parts.flatMap(({ group }, part) => (group === biases && anchor > 0 ? [] : [{ anchor, part }])),
    );
    this.vectors = this.trained.map(({ anchor, part }) => pieces[part][anchor]);
    this.gradient = new StepGradient(network, loss, this.anchors, fixed, spec.samples);
    this.optimiser = new Optimiser(spec, this.vectors);
    this.buffers = allocateParts(this.trained.map(({ part }) => parts[part]));
    this.streams = {
      coordinates: rng.split("coordinates"),
      dropout: rng.split("dropout"),
      pair: rng.split("pair"),
    };
  }

  get moments(): readonly (readonly Float32Array[])[] {
    return this.optimiser.state;
  }

  async run(batch: Batch, number: number, rate: number): Promise<number> {
    const { spec, streams, gradient, anchors, trained } = this;
    const coefficients = this.drawCoefficients(streams.coordinates.foldIn(number));
    const points = { count: spec.samples, coefficients };
    const terms = await gradient.run(batch, points, streams.dropout.foldIn(number));
    const mean = gradient.losses.reduce((a, b) => a + b, 0) / spec.samples;
    // The optimiser must not see what is not a number: the last good state stays good.
    if (!Number.isFinite(mean)) return mean;
    const m = this.problem.anchors.length;
    const pull = this.penaltyWeights(coefficients, streams.pair.foldIn(number));
    const freeAnchors = this.problem.fixed.flatMap((fixed, i) => (fixed ? [] : [i]));
    // All gradients first: the penalty of one anchor depends on the others as they were.
    const factor = spec.reduction === "sum" ? batch.index.length : 1;
    const ready = trained.map(({ anchor, part }, f) => {
      const row = this.penalised(part) ? pull?.subarray(anchor * m, (anchor + 1) * m) : undefined;
      const own = terms[freeAnchors.indexOf(anchor)][part];
      return gradientOf(own, factor, this.buffers[f], anchors.pieces[part], row);
    });
    ready.forEach(({ vector, scale }, f) => {
      this.optimiser.update(f, this.vectors[f], vector, rate, number + 1, scale);
    });
    return mean;
  }

  probe(theta: Float32Array): void {
    const { parts, pieces } = this.anchors;
    const middle = this.problem.map.at(middleOf(this.problem.map));
    if (parts.length === 1) {
      combine(theta, pieces[0], middle);
      return;
    }
    const point = allocateParts(parts);
    combineParts(parts, point, pieces, this.everywhere(middle));
    joinInto(parts, point, theta);
    releaseVector(...point);
  }

  /** Writes what was trained in parts back into the anchors; the shared biases into all of them. */
  finish(): void {
    const { parts, groups, pieces } = this.anchors;
    if (parts.length === 1) return;
    const biases = this.spec.sharedBiases ? groups - 1 : -1;
    this.problem.anchors.forEach((anchor, i) => {
      const own = parts.map(({ group }, p) => pieces[p][group === biases ? 0 : i]);
      joinInto(parts, own, anchor);
    });
  }

  [Symbol.dispose](): void {
    this.gradient[Symbol.dispose]();
    this.optimiser[Symbol.dispose]();
    releaseVector(...this.buffers, ...this.owned);
  }

  /** The penalties look at what is on the subspace. */
  private penalised(part: number): boolean {
    const { parts, groups } = this.anchors;
    return !this.spec.sharedBiases || parts[part].group < groups - 1;
  }

  /** The same coefficients for every group; of shared biases, those of the first anchor count. */
  private everywhere(c: Float64Array): Float64Array {
    const { groups } = this.anchors;
    const m = c.length;
    const all = new Float64Array(groups * m);
    for (let g = 0; g < groups; g++) all.set(c, g * m);
    if (this.spec.sharedBiases && m > 1)
      all.fill(0, (groups - 1) * m).fill(1, (groups - 1) * m, (groups - 1) * m + 1);
    return all;
  }

  /** Coefficients [samples, groups · m] at random coordinates, the same for all layers or of each its own. */
  private drawCoefficients(rng: Rng): Float64Array {
    const { map } = this.problem;
    const { samples, layerwise } = this.spec;
    const { groups } = this.anchors;
    const { anchors: m, dimension: k } = map;
    const draws = Array.from({ length: layerwise ? groups : 1 }, (_, g) =>
      sampleCoordinates(map, g === 0 ? rng : rng.split(`layer ${g}`), samples),
    );
    const coefficients = new Float64Array(samples * groups * m);
    for (let p = 0; p < samples; p++) {
      const at = (zs: Float64Array) => map.at(zs.subarray(p * k, (p + 1) * k));
      const row = this.everywhere(at(draws[0]));
      const own = this.spec.sharedBiases && m > 1 ? groups - 1 : groups;
      for (let g = 1; g < Math.min(own, draws.length); g++) row.set(at(draws[g]), g * m);
      coefficients.set(row, p * groups * m);
    }
    return coefficients;
  }

  /** W of the penalties' gradients, m x m; nothing where there are none. */
  private penaltyWeights(coefficients: Float64Array, rng: Rng): Float64Array | undefined {
    const { beta, pointDecay, volume = 0 } = this.spec;
    const { map } = this.problem;
    const { groups } = this.anchors;
    const m = map.anchors;
    if (!(beta > 0 && m > 1) && pointDecay === 0 && volume === 0) return undefined;
    // Decay of a point whose layers have coefficients of their own counts those of the first layer.
    const first = Float64Array.from({ length: this.spec.samples * m }, (_, i) => {
      return coefficients[Math.floor(i / m) * groups * m + (i % m)];
    });
    const weights = pointDecayWeights(first, m, pointDecay);
    if (beta > 0 && m > 1) {
      const pair = m === 2 ? [0, 1] : [...rng.permutation(m)].slice(0, 2);
      addBlock(weights, m, pair, cosinePenalty(this.gramOf(pair), 2, 0, 1, beta).weights);
    }
    if (volume > 0) {
      const simplexes = map.spec.kind === "complex" ? map.spec.simplexes : [pieceNumbers(m)];
      const spanning = simplexes.filter((corners) => corners.length > 1);
      for (const corners of spanning) {
        const { weights: own } = volumePenalty(
          this.gramOf(corners),
          corners.length,
          volume / spanning.length,
        );
        addBlock(weights, m, corners, own);
      }
    }
    return weights;
  }

  /** Inner products of a few anchors over what is on the subspace. */
  private gramOf(which: readonly number[]): Float64Array {
    const { pieces } = this.anchors;
    const total = new Float64Array(which.length ** 2);
    pieces.forEach((part, p) => {
      if (!this.penalised(p)) return;
      gram(which.map((i) => part[i])).forEach((value, k) => {
        total[k] += value;
      });
    });
    return total;
  }
}

const pieceNumbers = (m: number) => Array.from({ length: m }, (_, i) => i);

/** weights[at[i], at[j]] += block[i, j] */
function addBlock(weights: Float64Array, m: number, at: readonly number[], block: Float64Array): void {
  const size = at.length;
  block.forEach((w, k) => {
    weights[at[Math.floor(k / size)] * m + at[k % size]] += w;
  });
}

/** The gradient of a vector, `factor` times its terms plus the penalties, as one vector and its scale, formed in `buffer` only if it has several terms. */
function gradientOf(
  terms: GradientTerm[],
  factor: number,
  buffer: Float32Array,
  anchors: readonly Float32Array[],
  pull?: Float64Array,
): GradientTerm {
  const scaled = terms.map(({ vector, scale }) => ({ vector, scale: factor * scale }));
  if (scaled.length === 1 && !pull) return scaled[0];
  const pulled = pull ? anchors.map((vector, j) => ({ vector, scale: pull[j] })) : [];
  const all = [...scaled, ...pulled].filter(({ scale }) => scale !== 0);
  combine(
    buffer,
    all.map(({ vector }) => vector),
    all.map(({ scale }) => scale),
  );
  return { vector: buffer, scale: 1 };
}
