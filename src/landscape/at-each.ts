import { reshape, split, stack, type Value, vmap } from "../engine/index.ts";
import type { Network } from "../model/index.ts";

/** What a function of a network's parameters gives at each of P parameter vectors, the rows of a matrix [P, D]: [P, ...]. */
export function atEach(network: Network, thetas: Value, fn: (parameters: Value[]) => Value): Value {
  const { leaves } = network.layout;
  const [points] = thetas.shape;
  const ends = leaves.slice(1).map(({ offset }) => offset);
  const parts = leaves.length > 1 ? split(thetas, ends, 1) : [thetas];
  const { spec } = network;
  if ((spec.kind === "ordered-biases" ? spec.of : spec).kind === "mlp") {
    const parameters = parts.map((part, i) => reshape(part, [points, ...leaves[i].shape]));
    return vmap(fn as never, [0] as never)(parameters) as Value;
  }
  // Convolutions have no batched kernels.
  const rows = parts.map((part) => rowsOf(part, points));
  return stack(
    Array.from({ length: points }, (_, p) => fn(rows.map((row, i) => reshape(row[p], leaves[i].shape)))),
  );
}

function rowsOf(matrix: Value, rows: number): Value[] {
  const ends = Array.from({ length: rows - 1 }, (_, i) => i + 1);
  return rows === 1 ? [matrix] : split(matrix, ends, 0);
}
