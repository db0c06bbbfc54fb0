import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  worker: { format: "es" },
  build: {
    outDir: "../dist/site",
    emptyOutDir: true,
    target: "esnext",
    // The renderer and ONNX Runtime are larger than what the bundler thinks a page should load; both come after the first picture.
    chunkSizeWarningLimit: 1000,
  },
});
