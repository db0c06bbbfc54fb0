import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "explorer/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 120_000,
    // What a browser shows comes when it comes, on a busy machine late.
    expect: { poll: { timeout: 15_000 } },
    pool: "forks",
    maxWorkers: "100%",
    // Test files run beside each other, one on each core; threads of several programs would wait for each other.
    env: { ISTHMUS_THREADS: "1" },
  },
});
