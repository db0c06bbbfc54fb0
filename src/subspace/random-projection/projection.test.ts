/** Random projections: facts of Li et al. 2018 (section S7), whatever the kind. */
import { describe, expect, it } from "vitest";
import { allocateVector, dot, gram, Rng, releaseVector } from "../../engine/index.ts";
import { PROJECTIONS, type RandomProjection, randomProjection } from "./projection.ts";

const rng = Rng.fromSeed(3);

function columnsOf(projection: RandomProjection): Float32Array[] {
  const z = allocateVector(projection.dimension);
  return Array.from({ length: projection.dimension }, (_, j) => {
    z.fill(0)[j] = 1;
    const column = allocateVector(projection.size);
    projection.expand(z, column);
    return column;
  });
}

function normal(name: string, length: number): Float32Array {
  const v = allocateVector(length);
  v.set(rng.split(name).normal(length));
  return v;
}

describe.each(PROJECTIONS)("a %s projection", (kind) => {
  it("has columns of length 1 with cosines of standard deviation about 1/√D", () => {
    // A power of two, where the columns of Fastfood are of length 1 exactly, too.
    const [D, d, draws] = [1024, 40, 12];
    let square = 0;
    for (let draw = 0; draw < draws; draw++) {
      using projection = randomProjection(kind, D, d, rng.split("columns").foldIn(draw));
      const columns = columnsOf(projection);
      const products = gram(columns);
      for (let i = 0; i < d; i++) {
        expect(Math.abs(products[i * d + i] - 1)).toBeLessThan(1e-5);
        for (let j = 0; j < i; j++) square += products[i * d + j] ** 2;
      }
      releaseVector(...columns);
    }
    const deviation = Math.sqrt(square / ((draws * d * (d - 1)) / 2));
    // Two columns of Fastfood have the cosine Σ ± G² / Σ G², with half of the signs each: its variance is Var(G²)/D = 2/D.
    const expected = Math.sqrt((kind === "fastfood" ? 2 : 1) / D);
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.1);
  });

  it("has columns of length 1 on average where D is no power of two", () => {
    const d = 40;
    using projection = randomProjection(kind, 700, d, rng.split("odd"));
    const columns = columnsOf(projection);
    const mean = columns.reduce((sum, column) => sum + dot(column, column), 0) / d;
    expect(Math.abs(mean - 1)).toBeLessThan(0.03);
    releaseVector(...columns);
  });

  it("keeps <P z, g> = <z, Pᵀ g>, and is linear", () => {
    for (const [D, d] of [
      [1, 1],
      [37, 5],
      [300, 300],
      [5000, 17],
    ]) {
      using projection = randomProjection(kind, D, d, rng.split("adjoint"));
      const [z, g] = [normal("z", d), normal("g", D)];
      const [out, back] = [allocateVector(D), allocateVector(d)];
      projection.expand(z, out);
      projection.contract(g, back);
      const scale = Math.sqrt(dot(out, out) * dot(g, g));
      expect(Math.abs(dot(out, g) - dot(z, back)) / scale).toBeLessThan(1e-6);
      const columns = columnsOf(projection);
      const sum = Float64Array.from(out, (_, i) =>
        columns.reduce((total, column, j) => total + z[j] * column[i], 0),
      );
      sum.forEach((value, i) => {
        expect(Math.abs(out[i] - value)).toBeLessThan(1e-5 * Math.sqrt(d));
      });
      releaseVector(z, g, out, back, ...columns);
    }
  });

  it("is the same for the same stream, and another for another", () => {
    const first = (stream: Rng) => {
      using projection = randomProjection(kind, 50, 3, stream);
      return [...columnsOf(projection)[0]];
    };
    expect(first(rng.foldIn(1))).toEqual(first(rng.foldIn(1)));
    expect(first(rng.foldIn(1))).not.toEqual(first(rng.foldIn(2)));
  });

  it("has no more dimensions than the space", () => {
    expect(() => randomProjection(kind, 10, 11, rng)).toThrow("11 dimensions of 10");
    expect(() => randomProjection(kind, 10, 0, rng)).toThrow("from 1 to 10");
  });
});

it("a sparse projection has about √D entries a column, of one magnitude", () => {
  const [D, d] = [10_000, 50];
  using projection = randomProjection("sparse", D, d, rng.split("entries"));
  const columns = columnsOf(projection);
  const counts = columns.map((column) => column.filter((x) => x !== 0).length);
  columns.forEach((column, j) => {
    const magnitudes = new Set([...column].map(Math.abs).filter((x) => x > 0));
    expect([...magnitudes]).toEqual([Math.fround(1 / Math.sqrt(counts[j]))]);
  });
  // Binomial: 100 on average, with standard deviation 10 of one and 1.4 of the mean of 50.
  const mean = counts.reduce((a, b) => a + b, 0) / d;
  expect(Math.abs(mean - 100)).toBeLessThan(5);
  const negative = columns.reduce((sum, column) => sum + column.filter((x) => x < 0).length, 0);
  expect(Math.abs(negative / (mean * d) - 0.5)).toBeLessThan(0.03);
  releaseVector(...columns);
});
