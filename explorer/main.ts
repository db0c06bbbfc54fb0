import { choice, h } from "./dom.ts";
import { readLandscape } from "./landscape/landscape-model.ts";
import { LandscapePage } from "./landscape/landscape-page.ts";
import { type RunFiles, servedRuns } from "./source/run-files.ts";
import { State } from "./state.ts";

const VIEWS = [["landscape", "Landscape"]] as const;

const state = new State();
const app = document.getElementById("app")!;
const content = h("main", {});
let page = new AbortController();

function theme(): void {
  const { theme } = state.now;
  document.documentElement.dataset.theme = theme;
}

const header = h(
  "header",
  {},
  h("a", { href: "#", class: "name" }, "isthmus"),
  h(
    "nav",
    { "aria-label": "Views" },
    ...VIEWS.map(([view, name]) => h("a", { href: `#view=${view}` }, name)),
  ),
  choice(
    "",
    [
      ["auto", "auto"],
      ["light", "light"],
      ["dark", "dark"],
    ] as const,
    state.now.theme,
    (chosen) => state.set({ theme: chosen }),
  ),
);
app.append(header, content);

function problem(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  content.replaceChildren(h("p", { class: "notice", role: "alert" }, text));
}

async function open(runs: readonly RunFiles[]): Promise<void> {
  page.abort();
  page = new AbortController();
  const run = runs[Math.min(state.now.run, runs.length - 1)];
  if (!run) throw new Error("There is no run to show; start isthmus view with a run folder.");
  const model = await readLandscape(run);
  content.replaceChildren(new LandscapePage(state, model, page.signal).element);
}

theme();
state.subscribe((_, changed) => {
  if (changed.has("theme")) theme();
}, new AbortController().signal);
try {
  await open(await servedRuns());
} catch (error) {
  problem(error);
}
