import { type PathMap, pathMap } from "./coefficient-map.ts";

/** The straight line between the ends of a path, over the same anchors: c(t) = (1 − t) c₀ + t c₁. */
export function chord(path: PathMap): PathMap {
  const first = path.at(0);
  const last = path.at(1);
  return pathMap({ kind: "chord", of: path.spec }, path.anchors, (t, order, out) => {
    for (let i = 0; i < out.length; i++) {
      if (order === 0) out[i] = (1 - t) * first[i] + t * last[i];
      else out[i] = order === 1 ? last[i] - first[i] : 0;
    }
    return out;
  });
}
