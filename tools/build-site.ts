/**
 * Builds the explorer into dist/site, a static site that any web server can serve. The images that its views learn from are
 * copied beside it.
 */
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const root = join(import.meta.dirname, "..");
await build({ configFile: join(root, "explorer", "vite.config.ts"), logLevel: "warn" });
const images = join(root, "assets", "fashion-mnist-small");
for (const name of readdirSync(images).filter((file) => file.endsWith(".gz"))) {
  cpSync(join(images, name), join(root, "dist", "site", "data", name));
}
