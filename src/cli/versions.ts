import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

const packageVersion = (file: string): string => JSON.parse(readFileSync(file, "utf8")).version;

/** The version of an installed package, whatever its `exports` hide. */
function installed(name: string): string {
  let folder = dirname(require.resolve(name));
  while (!folder.endsWith(join("node_modules", ...name.split("/")))) folder = dirname(folder);
  return packageVersion(join(folder, "package.json"));
}

/** What a run depends on. */
export function versions(): { isthmus: string; node: string; onnxruntime: string; jax: string } {
  return {
    isthmus: packageVersion(join(import.meta.dirname, "..", "..", "package.json")),
    node: process.versions.node,
    onnxruntime: installed("onnxruntime-node"),
    jax: installed("@jax-js/jax"),
  };
}
