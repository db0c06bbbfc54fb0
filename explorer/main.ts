import { choice, h } from "./dom.ts";
import { readLandscape } from "./landscape/landscape-model.ts";
import { LandscapePage } from "./landscape/landscape-page.ts";
import { type RunFiles, servedRuns } from "./source/run-files.ts";
import { State } from "./state.ts";

/** The views, in the order of the menu. */
const VIEWS = [
  ["landscape", "Landscape"],
  ["path", "Path"],
  ["live", "Live"],
  ["wedges", "Wedges"],
] as const;

const state = new State();
const content = h("main", {});
let page = new AbortController();
let runs: readonly RunFiles[] = [];

const links = VIEWS.map(([view, name]) =>
  h(
    "a",
    {
      href: `#view=${view}`,
      onclick: (event: MouseEvent) => {
        event.preventDefault();
        state.set({ view });
      },
    },
    name,
  ),
);
const header = h(
  "header",
  {},
  h("a", { href: "#", class: "name" }, "isthmus"),
  h("nav", { "aria-label": "Views" }, ...links),
  choice(
    "",
    [
      ["auto", "auto"],
      ["light", "light"],
      ["dark", "dark"],
    ] as const,
    state.now.theme,
    (theme) => state.set({ theme }),
  ),
);
document.getElementById("app")!.append(header, content);

function theme(): void {
  document.documentElement.dataset.theme = state.now.theme;
}

async function pageOf(view: string, signal: AbortSignal): Promise<HTMLElement> {
  if (view === "live") {
    const { LivePage } = await import("./live/live-page.ts");
    return new LivePage(state, signal).element;
  }
  if (view === "wedges") {
    const { WedgePage } = await import("./wedges/wedge-page.ts");
    return new WedgePage(state, signal).element;
  }
  const run = runs[Math.min(state.now.run, runs.length - 1)];
  if (!run) throw new Error("There is no run to show; start isthmus view with a run folder.");
  if (view === "path") {
    const { WalkPage } = await import("./walk/walk-page.ts");
    const model = run.paths.includes("results/plane.npz") ? await readLandscape(run) : undefined;
    return new WalkPage(state, run, model, signal).element;
  }
  return new LandscapePage(state, await readLandscape(run), signal).element;
}

/** Opens the view that the state names; a failure is one sentence in its place. */
async function open(): Promise<void> {
  page.abort();
  page = new AbortController();
  const { signal } = page;
  VIEWS.forEach(([view], i) => {
    if (view === state.now.view) links[i].setAttribute("aria-current", "page");
    else links[i].removeAttribute("aria-current");
  });
  try {
    const element = await pageOf(state.now.view, signal);
    if (!signal.aborted) content.replaceChildren(element);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    content.replaceChildren(h("p", { class: "notice", role: "alert" }, text));
  }
}

theme();
state.subscribe((_, changed) => {
  if (changed.has("theme")) theme();
  if (changed.has("view") || changed.has("run")) void open();
}, new AbortController().signal);
try {
  runs = await servedRuns();
} catch {
  // Without runs the live views still work.
}
await open();
