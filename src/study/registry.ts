import type { Study } from "./study.ts";

/** Every study by its name, loaded when it is asked for. */
export const STUDIES: Record<string, { title: string; load: () => Promise<Study> }> = {
  "subspaces/table-1": {
    title: "Intrinsic dimension of a learnt line and triangle",
    load: async () => (await import("./subspaces/table-1.ts")).tableOne,
  },
};
