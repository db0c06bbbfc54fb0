import { elementCount, type Json, type NdArray, type ZarrArray, type ZarrGroup } from "../format/index.ts";

/** One quantity at every draw. */
export interface DrawnVariable {
  /** Shape of one draw; default [], a scalar. */
  shape?: number[];
  /** [C, S, …shape] row-major. */
  values: NdArray["data"];
  /** Where 0 and 1 of a Uint8Array stand for booleans, as in `diverging`. */
  dtype?: "bool";
}

/** What a sampler found, in the groups that ArviZ gives names to. */
export interface InferenceData {
  /** C */
  chains: number;
  /** S, draws kept of each chain. */
  draws: number;
  posterior: Record<string, DrawnVariable>;
  /**
   * Of the sampler at each draw. Names that ArviZ knows: `lp`, `energy`, `diverging` (boolean), `acceptance_rate`,
   * `step_size`, `tree_depth`, `n_steps`.
   */
  sampleStats?: Record<string, DrawnVariable>;
  /** ln p(y_i | draw), under the name of the variable in `observedData`. */
  logLikelihood?: Record<string, DrawnVariable>;
  /** What was observed, and what is given beside it (inputs, say). */
  observedData?: Record<string, NdArray>;
  constantData?: Record<string, NdArray>;
  /** Of the whole run: seed, sampler, temperature, version. */
  attributes?: Record<string, Json>;
}

/**
 * The InferenceData of ArviZ as a Zarr group: `arviz.from_zarr(folder)` opens what `writeZarr` makes of it. Groups
 * that are empty are left out. Axes are `chain`, `draw`, and `NAME_dim_0`, … of each variable, with whole numbers
 * from 0 as coordinates.
 *
 * @throws RangeError where a variable has not C·S·|shape| values
 */
export function arvizGroup(data: InferenceData): ZarrGroup {
  const attributes = { inference_library: "isthmus", ...data.attributes };
  const groups: Record<string, ZarrGroup> = {};
  const add = (name: string, variables: Record<string, ZarrArray>) => {
    if (Object.keys(variables).length > 0) {
      groups[name] = { attributes, arrays: { ...variables, ...coordinatesOf(Object.values(variables)) } };
    }
  };
  add("posterior", drawn(data, data.posterior));
  add("sample_stats", drawn(data, data.sampleStats));
  add("log_likelihood", drawn(data, data.logLikelihood));
  add("observed_data", fixed(data.observedData));
  add("constant_data", fixed(data.constantData));
  return { attributes, groups };
}

/** The same arrays by `group/name`, for `writeNpz`: a file that NumPy alone reads. */
export function arvizArrays(data: InferenceData): Record<string, NdArray> {
  const result: Record<string, NdArray> = {};
  for (const [group, { arrays = {} }] of Object.entries(arvizGroup(data).groups ?? {})) {
    for (const [name, { shape, data: values, dtype, dimensions }] of Object.entries(arrays)) {
      const isCoordinate = dimensions.length === 1 && dimensions[0] === name;
      if (!isCoordinate) result[`${group}/${name}`] = { shape, data: values, dtype };
    }
  }
  return result;
}

function drawn(
  { chains, draws }: InferenceData,
  variables: Record<string, DrawnVariable> = {},
): Record<string, ZarrArray> {
  return mapValues(variables, (name, { shape = [], values, dtype }) => {
    const expected = chains * draws * elementCount(shape);
    if (values.length !== expected) {
      throw new RangeError(
        `${name} has ${values.length} values for ${chains} chains of ${draws} draws of shape [${shape}]; give ${expected}.`,
      );
    }
    const dimensions = ["chain", "draw", ...ownAxes(name, shape)];
    return { shape: [chains, draws, ...shape], data: values, dtype, dimensions };
  });
}

function fixed(variables: Record<string, NdArray> = {}): Record<string, ZarrArray> {
  return mapValues(variables, (name, array) => ({ ...array, dimensions: ownAxes(name, array.shape) }));
}

function ownAxes(name: string, shape: readonly number[]): string[] {
  return shape.map((_, axis) => `${name}_dim_${axis}`);
}

/** An array of 0, 1, 2, … for each axis that variables have. */
function coordinatesOf(variables: ZarrArray[]): Record<string, ZarrArray> {
  const coordinates: Record<string, ZarrArray> = {};
  for (const { shape, dimensions } of variables) {
    dimensions.forEach((name, axis) => {
      const data = BigInt64Array.from({ length: shape[axis] }, (_, i) => BigInt(i));
      coordinates[name] = { shape: [shape[axis]], data, dimensions: [name] };
    });
  }
  return coordinates;
}

function mapValues<T, U>(record: Record<string, T>, map: (name: string, value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(name, value)]));
}
