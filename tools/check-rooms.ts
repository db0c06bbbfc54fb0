/**
 * Lint rule: a room of `src/` imports only from rooms above it, and only through their doors:
 * `index.ts`, which runs anywhere, and `node.ts`, which needs Node.js.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** Top to bottom, as in docs/architecture.md. */
const ROOMS = [
  "engine",
  "format",
  "data",
  "model",
  "subspace",
  "landscape",
  "geometry",
  "fit",
  "inference",
  "run",
  "report",
  "study",
  "cli",
];

const src = join(import.meta.dirname, "..", "src");
const problems: string[] = [];

for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
  const file = join(entry.parentPath, entry.name);
  const [room, ...rest] = relative(src, file).split(sep);
  if (rest.length === 0) continue;
  if (!ROOMS.includes(room)) problems.push(`src/${room}: not a room; the rooms are ${ROOMS.join(", ")}`);
  for (const [, target] of readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)) {
    const [targetRoom, ...inside] = relative(src, join(dirname(file), target)).split(sep);
    if (targetRoom === room || inside.length === 0) continue;
    const where = `${relative(join(src, ".."), file)} imports ${target}`;
    if (ROOMS.indexOf(targetRoom) > ROOMS.indexOf(room))
      problems.push(`${where}: ${targetRoom} is below ${room}`);
    const door = inside.join("/");
    if (door !== "index.ts" && door !== "node.ts")
      problems.push(`${where}: enter ${targetRoom} through its index.ts`);
    const needsNode =
      file.endsWith("node.ts") || file.endsWith(".test.ts") || room === "cli" || room === "study";
    if (door === "node.ts" && !needsNode)
      problems.push(`${where}: only files named *node.ts may need Node.js`);
  }
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
