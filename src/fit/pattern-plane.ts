import { allocateVector, axpy, combine, dot, gram, type Rng, releaseVector } from "../engine/index.ts";
import { type Initialiser, initialise, type Network } from "../model/index.ts";
import { affine, type CoefficientMap, coefficientMatrix, Span } from "../subspace/index.ts";

/**
 * How the axes R and U of the plane come from the trained vectors (o: origin, r: right, u: up).
 * - `up-orthogonal`: R = r - o; U is u made orthogonal to R and as long as R
 * - `difference`: R = r - o, U = u - o
 * - `simple`: R = r, U = u
 */
export const PARAMETRISATIONS = ["up-orthogonal", "difference", "simple"] as const;
export type Parametrisation = (typeof PARAMETRISATIONS)[number];

/** What is trained, in the vector memory: three vectors of D parameters, and s. */
export interface PatternParameters {
  origin: Float32Array;
  right: Float32Array;
  up: Float32Array;
  /** s, the side of a cell in units of the axes; one element. */
  scale: Float32Array;
}

/** The vectors that the optimiser sees, in the order of saved states. */
export const vectorsOf = ({ origin, right, up, scale }: PatternParameters): Float32Array[] => [
  origin,
  right,
  up,
  scale,
];

/**
 * Three independent initialisations of a network and a scale. Give the memory back with
 * `releaseVector(...Object.values(parameters))`.
 * @param scale s at the start
 * @throws RangeError where the scale is not a positive number
 */
export function patternParameters(
  network: Network,
  initialiser: Initialiser,
  rng: Rng,
  scale = 0.1,
): PatternParameters {
  if (!(scale > 0 && Number.isFinite(scale)))
    throw new RangeError(`The scale of the pattern is ${scale}; give a positive number.`);
  const drawn = (name: string) => {
    const theta = allocateVector(network.layout.size);
    initialise(network, theta, initialiser, rng.split(name));
    return theta;
  };
  const side = allocateVector(1);
  side[0] = scale;
  return { origin: drawn("origin"), right: drawn("right"), up: drawn("up"), scale: side };
}

/**
 * A plane that shows a pattern: θ(x, y) = o + s (x R + y U), in the span of the anchors o, R and U. The coordinates are
 * in cells, counted from the middle of the mask, x to the right and y upwards as in a figure: on axes that point right
 * and up, the picture is upright.
 */
export interface PatternPlane {
  span: Span;
  map: CoefficientMap;
}

/** The plane as it is now; the span has copies of its own, so dispose of it. */
export function patternPlane(parameters: PatternParameters, kind: Parametrisation): PatternPlane {
  using axes = new PatternAxes(parameters, kind);
  axes.update();
  const s = parameters.scale[0];
  return {
    span: Span.of(axes.anchors),
    map: affine(
      [1, 0, 0],
      [
        [0, s, 0],
        [0, 0, s],
      ],
    ),
  };
}

/**
 * Coordinates (x, y) of the cells of a mask, n x 2, in the order of a picture: row by row from the top, each from the
 * left.
 * @param padding cells around the mask on every side, so that n = (rows + 2 padding) (columns + 2 padding)
 */
export function cellCoordinates(
  { rows, columns }: { rows: number; columns: number },
  padding = 0,
): Float64Array {
  const [height, width] = [rows + 2 * padding, columns + 2 * padding];
  return Float64Array.from({ length: 2 * width * height }, (_, i) => {
    const cell = i >> 1;
    return i % 2 === 0 ? (cell % width) - (width - 1) / 2 : (height - 1) / 2 - Math.floor(cell / width);
  });
}

/** Coefficients of those cells over the anchors o, R and U, n x 3 row-major: for `evaluateSpan`. */
export function cellCoefficients(
  { map }: PatternPlane,
  mask: { rows: number; columns: number },
  padding = 0,
): Float64Array {
  return coefficientMatrix(map, cellCoordinates(mask, padding));
}

/** Weights of the penalty on axes that are not orthogonal or not equally long (Skorokhodov and Burtsev 2019, code). */
export interface AxisPenalty {
  /** Of <U, R>². */
  orthogonality: number;
  /** Of (|U| - |R|)². */
  equality: number;
}

/**
 * The axes of a plane and the way back: gradients with respect to o, R and U become gradients of what is trained. All
 * of it is combinations of vectors, with factors from their inner products in float64.
 */
export class PatternAxes implements Disposable {
  private readonly parameters: PatternParameters;
  private readonly kind: Parametrisation;
  private readonly right: Float32Array;
  private readonly up: Float32Array;
  /** β and κ of U = κ (u - β R), where the axes are made orthogonal. */
  private along = 0;
  private stretch = 1;

  constructor(parameters: PatternParameters, kind: Parametrisation) {
    this.parameters = parameters;
    this.kind = kind;
    this.right = allocateVector(parameters.origin.length);
    this.up = allocateVector(parameters.origin.length);
  }

  /** o, R and U, as of the last update. */
  get anchors(): readonly [Float32Array, Float32Array, Float32Array] {
    return [this.parameters.origin, this.right, this.up];
  }

  /** Makes the axes from the parameters. */
  update(): void {
    const { origin, right, up } = this.parameters;
    const less = this.kind === "simple" ? 0 : -1;
    combine(this.right, [right, origin], [1, less]);
    if (this.kind !== "up-orthogonal") {
      combine(this.up, [up, origin], [1, less]);
      return;
    }
    const [rr, ru, , uu] = gram([this.right, up]);
    this.along = ru / rr;
    // |u - β R|² = |u|² - <u, R>² / |R|²
    this.stretch = Math.sqrt(rr / (uu - (ru * ru) / rr));
    combine(this.up, [up, this.right], [this.stretch, -this.stretch * this.along]);
  }

  /**
   * From the gradient of a loss with respect to the anchors o, R and U at fixed coefficients (1, s x, s y) to that of
   * the loss and the penalty with respect to the parameters, written into `out`.
   * @returns the penalty; 0 for axes that are orthogonal and equally long by construction
   */
  chain(gradient: AnchorGradient, out: PatternParameters, penalty: AxisPenalty): number {
    const { right: R, up: U, along: beta, stretch: kappa } = this;
    const { origin: gO, right: gR, up: gU } = gradient;
    const gUU = dot(gU, U);
    // The loss depends on s as on the length of both axes; the penalty does not.
    out.scale[0] = (dot(gR, R) + gUU) / this.parameters.scale[0];
    const value = this.kind === "up-orthogonal" ? 0 : this.penalise(gradient, penalty);
    switch (this.kind) {
      case "simple":
        out.origin.set(gO);
        out.right.set(gR);
        out.up.set(gU);
        break;
      case "difference":
        out.right.set(gR);
        out.up.set(gU);
        combine(out.origin, [gO, gR, gU], [1, -1, -1]);
        break;
      case "up-orthogonal": {
        // With U = κ v, v = u - β R, κ = |R| / |v|, β = <u, R> / |R|²: first ∂/∂v = κ (gU - a U), where a = <gU, U> / |R|²
        // also is what the length of R brings, a R; then b = <∂/∂v, R> / |R|² is what β brings.
        const rr = dot(R, R);
        const a = gUU / rr;
        const b = (kappa * dot(gU, R)) / rr;
        combine(out.up, [gU, U, R], [kappa, -kappa * a, -b]);
        combine(out.right, [gR, gU, U, R], [1, -beta * kappa, beta * kappa * a - b / kappa, b * beta + a]);
        combine(out.origin, [gO, out.right], [1, -1]);
      }
    }
    return value;
  }

  /** The penalty; adds its gradients to those of R and U. */
  private penalise(gradient: AnchorGradient, { orthogonality, equality }: AxisPenalty): number {
    const [rr, ru, , uu] = gram([this.right, this.up]);
    const [lengthR, lengthU] = [Math.sqrt(rr), Math.sqrt(uu)];
    const longer = lengthR - lengthU;
    const pull = 2 * orthogonality * ru;
    axpy(gradient.right, (2 * equality * longer) / lengthR, this.right);
    axpy(gradient.right, pull, this.up);
    axpy(gradient.up, pull, this.right);
    axpy(gradient.up, (-2 * equality * longer) / lengthU, this.up);
    return orthogonality * ru * ru + equality * longer * longer;
  }

  [Symbol.dispose](): void {
    releaseVector(this.right, this.up);
  }
}

/** Gradient with respect to o, R and U. */
export interface AnchorGradient {
  origin: Float32Array;
  right: Float32Array;
  up: Float32Array;
}
