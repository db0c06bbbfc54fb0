import { type Dataset, parseUserFiles } from "../../src/data/index.ts";
import { type Compute, computeOn } from "../../src/engine/index.ts";
import { parseCsv } from "../../src/format/index.ts";
import { namedDataset } from "../source/page-datasets.ts";
import type { LiveAnswer, LiveRequest } from "./live-protocol.ts";
import { inputBounds, LiveSession } from "./live-session.ts";

/** Milliseconds between two frames. */
const FRAME = 60;
/** Milliseconds between two planes, whose grid takes longer than a frame. */
const PLANE = 400;

/** Requests that a running session takes between two steps. */
const AT_ONCE: ReadonlySet<LiveRequest["kind"]> = new Set(["rate", "at", "temperature", "bend"]);

let session: LiveSession | undefined;
let running = false;
let number = 0;
let t = 0.5;
let temperature = 1;
/** Whether the page is still drawing: frames that it cannot keep up with would only freeze it. */
let drawing = false;
/** Requests wait for each other: the session does one thing at a time. */
let queue: Promise<unknown> = Promise.resolve();

const tell = (answer: LiveAnswer) => postMessage(answer);

type Start = Extract<LiveRequest, { kind: "start" }>;

async function datasetOf({ data, site, table }: Start): Promise<Dataset> {
  if (table) {
    // Whole numbers in the last column are classes.
    const last = parseCsv(new TextDecoder().decode(table.bytes), table.name);
    const [rows, columns] = last.shape;
    const targets = Array.from({ length: rows }, (_, i) => last.data[(i + 1) * columns - 1]);
    const classes = targets.every((y) => Number.isInteger(y) && y >= 0) && new Set(targets).size <= 20;
    return parseUserFiles({ train: table, test: table }, { task: classes ? "classification" : "regression" });
  }
  const dataset = await namedDataset(data, 0, site);
  if (!dataset) throw new Error(`The page has no data set ${data}; choose another.`);
  return dataset;
}

async function show(withPlane: boolean): Promise<void> {
  if (!session) return;
  session.temperature = temperature;
  const frame = await session.frame(t, withPlane);
  drawing = true;
  tell({ kind: "frame", frame, session: number });
}

async function start(request: Start): Promise<void> {
  running = false;
  session?.[Symbol.dispose]();
  session = undefined;
  ({ session: number, t, temperature } = request);
  const dataset = await datasetOf(request);
  session = new LiveSession(dataset, request.spec);
  const { train, shape } = dataset;
  const small = shape.length === 1 && shape[0] <= 2 && dataset.classes <= 2;
  tell({
    kind: "ready",
    parameters: session.network.layout.size,
    ...(small
      ? {
          inputs: {
            points: train.inputs as Float32Array,
            targets: [...train.targets],
            bounds: inputBounds(dataset),
          },
        }
      : {}),
  });
  await show(true);
}

async function loop(): Promise<void> {
  let shown = 0;
  let drawn = 0;
  while (running && session) {
    await session.advance();
    const now = performance.now();
    if (now - shown < FRAME) continue;
    // Messages of the page are read between two turns of the event loop only.
    await new Promise((resolve) => setTimeout(resolve));
    if (drawing) {
      shown = now;
      continue;
    }
    const withPlane = now - drawn > PLANE;
    await show(withPlane);
    shown = performance.now();
    if (withPlane) drawn = shown;
  }
}

function handle(request: LiveRequest): Promise<void> | void {
  switch (request.kind) {
    case "start":
      return start(request);
    case "run":
      return loop();
    case "step":
      return session?.advance().then(() => show(true));
    case "rate":
      if (session) session.rate = request.rate;
      return;
    case "at":
      t = request.t;
      return running ? undefined : show(false);
    case "temperature":
      temperature = request.temperature;
      return running ? undefined : show(false);
    case "bend":
      session?.moveBend(request.dx, request.dy);
      return running ? undefined : show(true);
    case "pause":
    case "drawn":
      return;
  }
}

// The page names its workers after what is to compute.
computeOn(self.name as Compute);

addEventListener("message", ({ data }: MessageEvent<LiveRequest>) => {
  if (data.kind === "drawn") {
    drawing = false;
    return;
  }
  // Pausing must not wait for what it ends.
  if (data.kind === "pause" || data.kind === "start") running = false;
  if (data.kind === "run") {
    if (running) return;
    running = true;
  }
  if (running && AT_ONCE.has(data.kind)) {
    void handle(data);
    return;
  }
  queue = queue
    .then(() => handle(data))
    .catch((error) => {
      running = false;
      tell({ kind: "problem", message: error instanceof Error ? error.message : String(error) });
    });
});
