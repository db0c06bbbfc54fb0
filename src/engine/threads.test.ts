import { afterEach, expect, test, vi } from "vitest";
import { allowedThreads, createSession } from "./platform.ts";

afterEach(() => vi.unstubAllEnvs());

test("ISTHMUS_THREADS says how many threads a program may use, and must be a whole number from 1", async () => {
  vi.stubEnv("ISTHMUS_THREADS", "3");
  expect(allowedThreads()).toBe(3);
  for (const wrong of ["0", "1.5", "all"]) {
    vi.stubEnv("ISTHMUS_THREADS", wrong);
    await expect(createSession(new Uint8Array(), 1e9)).rejects.toThrow(
      `ISTHMUS_THREADS is "${wrong}"; give a whole number from 1`,
    );
  }
});
