/**
 * Makes the embedded data set `assets/fashion-mnist-small`: of each class of Fashion-MNIST the first 1,000 training
 * and the first 200 test images, in their original order, as gzipped idx files. Prints what `src/data/registry.ts`
 * says of them. Usage: node tools/make-embedded-data.ts [directory of the four Fashion-MNIST files]
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sha256 } from "../src/data/sha256.ts";
import { encodeIdx, type IdxArray, parseIdx } from "../src/format/index.ts";

const from = process.argv[2] ?? "/usr/share/datasets/fashion-mnist";
const to = join(import.meta.dirname, "..", "assets", "fashion-mnist-small");

/** The first `perClass` indices of each label, rising. */
function firstOfEachClass(labels: Uint8Array, perClass: number): number[] {
  const taken = new Array<number>(10).fill(0);
  return Array.from(labels.keys()).filter((i) => taken[labels[i]]++ < perClass);
}

function take({ shape, data }: IdxArray, rows: number[]): IdxArray {
  const size = data.length / shape[0];
  const out = new Uint8Array(rows.length * size);
  rows.forEach((row, i) => {
    out.set(data.subarray(row * size, (row + 1) * size), i * size);
  });
  return { shape: [rows.length, ...shape.slice(1)], data: out };
}

mkdirSync(to, { recursive: true });
for (const [prefix, perClass] of [
  ["train", 1000],
  ["t10k", 200],
] as const) {
  const read = (name: string) => parseIdx(readFileSync(join(from, `${name}.gz`)), name);
  const imageFile = `${prefix}-images-idx3-ubyte`;
  const labelFile = `${prefix}-labels-idx1-ubyte`;
  const labels = read(labelFile);
  const rows = firstOfEachClass(labels.data, perClass);
  for (const [name, array] of [
    [imageFile, take(read(imageFile), rows)],
    [labelFile, take(labels, rows)],
  ] as const) {
    const content = encodeIdx(array);
    writeFileSync(join(to, `${name}.gz`), gzipSync(content, { level: 9, memLevel: 9 }));
    console.log(`["${name}", ${content.length}, "${await sha256(content)}"],`);
  }
}
