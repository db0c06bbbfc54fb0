import { choice, h } from "./dom.ts";
import { readLandscape } from "./landscape/landscape-model.ts";
import { LandscapePage } from "./landscape/landscape-page.ts";
import { understand } from "./source/dropped.ts";
import { PATH_CHECKPOINTS, type RunFiles, readJson, servedRuns } from "./source/run-files.ts";
import { State } from "./state.ts";
import { takeAwayMenu, type View } from "./take-away.ts";

/** The views, in the order of the menu. */
const VIEWS = [
  ["landscape", "Landscape"],
  ["path", "Path"],
  ["tunnel", "Tunnel"],
  ["live", "Live"],
  ["wedges", "Wedges"],
] as const;

const state = new State();
const content = h("main", {});
let page = new AbortController();
let runs: readonly RunFiles[] = [];
let view: View | undefined;
/** A table that was dropped, for the networks that train in the page. */
let table: { name: string; bytes: Uint8Array } | undefined;
const runChoice = h("select", { "aria-label": "run" });
const said = h("p", { class: "said", role: "alert", hidden: true });

const links = VIEWS.map(([view, name]) =>
  h(
    "a",
    {
      href: `#view=${view}`,
      onclick: (event: MouseEvent) => {
        event.preventDefault();
        state.set({ view, run: runFor(view) });
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
  runChoice,
  takeAwayMenu(() => view),
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
document.getElementById("app")!.append(header, said, content);

function theme(): void {
  document.documentElement.dataset.theme = state.now.theme;
}

async function pageOf(view: string, signal: AbortSignal): Promise<View> {
  if (view === "live") {
    const { LivePage } = await import("./live/live-page.ts");
    return new LivePage(state, signal, table, () => {
      table = undefined;
    });
  }
  if (view === "wedges") {
    const { WedgePage } = await import("./wedges/wedge-page.ts");
    return new WedgePage(state, signal);
  }
  const number = Math.min(state.now.run, runs.length - 1);
  const run = runs[number];
  if (!run) throw new Error("There is no run to show; start isthmus view with a run folder.");
  const { status } = (await readJson(run, "run.json")) as { status?: string };
  if (status !== undefined && status !== "done") {
    const { ProgressPage } = await import("./progress/progress-page.ts");
    const again = async () => {
      const served = await servedRuns();
      runs = runs.map((old, i) => served[i] ?? old);
      return runs[number];
    };
    return new ProgressPage(run, again, () => void open(), signal);
  }
  if (view === "path") {
    const { WalkPage } = await import("./walk/walk-page.ts");
    const model = run.paths.includes("results/plane.npz") ? await readLandscape(run) : undefined;
    return new WalkPage(state, run, model, signal);
  }
  if (view === "tunnel") {
    const { TunnelPage } = await import("./tunnel/tunnel-page.ts");
    return new TunnelPage(state, run, signal);
  }
  return new LandscapePage(state, await readLandscape(run), signal);
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
    const opened = await pageOf(state.now.view, signal);
    if (signal.aborted) return;
    view = opened;
    content.replaceChildren(opened.element);
  } catch (error) {
    if (signal.aborted) return;
    view = undefined;
    content.replaceChildren(h("p", { class: "notice", role: "alert" }, textOf(error)));
  }
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The list of runs, where there are several. */
function listRuns(): void {
  runChoice.replaceChildren(...runs.map(({ name }, i) => h("option", { value: i }, name)));
  runChoice.value = String(Math.min(state.now.run, runs.length - 1));
  runChoice.hidden = runs.length < 2;
}

runChoice.addEventListener("change", () => state.set({ run: Number(runChoice.value) }));

/** The view that shows most of a run. */
function viewOf({ paths }: RunFiles): string {
  if (paths.includes("results/plane.npz")) return "landscape";
  return paths.includes("results/sample.json") || paths.includes("results/tunnel.json") ? "tunnel" : "path";
}

/** The number of the run that a view is opened with: the chosen one, unless only another has what the view shows. */
function runFor(view: string): number {
  const shows = ({ paths }: RunFiles) => {
    if (view === "landscape") return paths.includes("results/plane.npz");
    if (view === "path" || view === "tunnel") return PATH_CHECKPOINTS.some((file) => paths.includes(file));
    return true;
  };
  const chosen = Math.min(state.now.run, runs.length - 1);
  const other = runs.findIndex(shows);
  return other < 0 || (runs[chosen] && shows(runs[chosen])) ? chosen : other;
}

/** What is dropped on the page is shown, or one sentence says why not; nothing that is open is lost. */
async function drop(transfer: DataTransfer): Promise<void> {
  said.hidden = true;
  try {
    const dropped = await understand(transfer);
    if (dropped.kind === "table") {
      table = { name: dropped.file.name, bytes: new Uint8Array(await dropped.file.arrayBuffer()) };
      if (state.now.view === "live") await open();
      else state.set({ view: "live" });
      return;
    }
    runs = [...runs, dropped.run];
    state.set({ run: runs.length - 1, view: viewOf(dropped.run) });
    listRuns();
  } catch (error) {
    said.textContent = textOf(error);
    said.hidden = false;
  }
}

addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer) void drop(event.dataTransfer);
});

theme();
try {
  runs = await servedRuns();
  listRuns();
  // A run that has found no plane is not to begin with a sentence about planes.
  const first = runs[Math.min(state.now.run, runs.length - 1)];
  const found = first?.paths.some((path) => path.startsWith("results/"));
  if (found && state.now.view === "landscape") state.set({ view: viewOf(first) });
} catch {
  // Without runs the live views still work.
}
state.subscribe((_, changed) => {
  if (changed.has("theme")) theme();
  if (changed.has("run")) runChoice.value = String(Math.min(state.now.run, runs.length - 1));
  if (changed.has("view") || changed.has("run") || changed.has("compute")) void open();
}, new AbortController().signal);
await open();
