import type { Compute } from "../src/engine/index.ts";

/** What is shown and how: all of it stands in the address, so that a link shows the same. */
export interface ViewState {
  view: string;
  /** Number of the run. */
  run: number;
  quantity: "loss" | "error";
  split: "train" | "test";
  scale: "linear" | "log" | "clipped";
  /** Position along the path, in [0, 1]. */
  t: number;
  /** What the slider of a walk goes along evenly. */
  along: "t" | "length";
  /** Camera: azimuth and elevation in degrees, distance in widths of the plane. */
  azimuth: number;
  elevation: number;
  distance: number;
  theme: "auto" | "light" | "dark";
  /** What computes in the page. */
  compute: Compute;
  /** Live: data set, network and seed. */
  data: string;
  widths: string;
  seed: number;
  /** Tunnel: radius of the tube in units of ξ (0: that of the prior), its normals ("1,2"), temperature and coordinate of traces. */
  radius: number;
  normals: string;
  temperature: string;
  coordinate: string;
  /** Draw at which the chains are. */
  draw: number;
  /** Wedges: their kind, and D, s and how many there are. */
  kind: string;
  dimension: number;
  short: number;
  wedges: number;
}

const DEFAULTS: ViewState = {
  view: "landscape",
  run: 0,
  quantity: "loss",
  split: "train",
  scale: "clipped",
  t: 0.5,
  along: "t",
  azimuth: 205,
  elevation: 52,
  distance: 1.9,
  theme: "auto",
  compute: "auto",
  data: "two-moons",
  widths: "16-16",
  seed: 1,
  radius: 0,
  normals: "",
  temperature: "",
  coordinate: "t",
  draw: 0,
  kind: "axes",
  dimension: 200,
  short: 20,
  wedges: 10,
};

type Listener = (state: ViewState, changed: ReadonlySet<keyof ViewState>) => void;

function fromAddress(): ViewState {
  const state: Record<string, string | number> = { ...DEFAULTS };
  for (const [key, text] of new URLSearchParams(location.hash.slice(1))) {
    if (!(key in DEFAULTS)) continue;
    const value = typeof state[key] === "number" ? Number(text) : text;
    if (typeof value === "string" || Number.isFinite(value)) state[key] = value;
  }
  return state as unknown as ViewState;
}

/** The state of the page, its place in the address, and who wants to know of changes. */
export class State {
  #now = fromAddress();
  #listeners = new Set<Listener>();
  #written = "";
  #timer = 0;

  constructor() {
    addEventListener("hashchange", () => {
      if (location.hash.slice(1) !== this.#written) this.set(fromAddress());
    });
  }

  get now(): Readonly<ViewState> {
    return this.#now;
  }

  set(changes: Partial<ViewState>): void {
    const keys = Object.keys(changes) as (keyof ViewState)[];
    const changed = new Set(keys.filter((key) => changes[key] !== this.#now[key]));
    if (changed.size === 0) return;
    this.#now = { ...this.#now, ...changes };
    for (const listener of [...this.#listeners]) listener(this.#now, changed);
    // Dragging changes the state sixty times a second; browsers refuse so many addresses.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(), 250) as unknown as number;
  }

  #write(): void {
    const entries = Object.entries(this.#now).filter(
      ([key, value]) => value !== DEFAULTS[key as keyof ViewState],
    );
    const short = entries.map(([key, value]): [string, string] => [
      key,
      typeof value === "number" ? String(Math.round(value * 1e4) / 1e4) : value,
    ]);
    this.#written = new URLSearchParams(short).toString();
    history.replaceState(null, "", this.#written ? `#${this.#written}` : location.pathname + location.search);
  }

  /** Calls `listener` at each change until `signal` is aborted. */
  subscribe(listener: Listener, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }
}
