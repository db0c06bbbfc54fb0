import type { Landscape, WedgeLandscape } from "../../landscape/index.ts";

/** The short spaces of the wedges nearest to some points; only those of all tuples are made for it and given back. */
export class Meeting implements Disposable {
  private readonly spaces;
  private readonly owned: boolean;
  /** Half the sum of the squared distances to these wedges: 0 where they all meet. */
  readonly landscape: Landscape;

  constructor(wedges: WedgeLandscape, points: readonly Float32Array[]) {
    this.spaces = points.map((point) => wedges.shortSpace(point));
    this.owned = wedges.spec.kind === "all-tuples";
    this.landscape = wedges.intersection(this.spaces);
  }

  [Symbol.dispose](): void {
    if (this.owned) for (const space of this.spaces) space[Symbol.dispose]();
  }
}
