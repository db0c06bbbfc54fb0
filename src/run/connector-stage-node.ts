import { allocateVector, combine, releaseVector } from "../engine/index.ts";
import {
  autoNeb,
  type ConnectorChain,
  type CycleMetrics,
  type DescentSpec,
  fitCurveOn,
  hyperplaneNodes,
  type Insertion,
  insertNodes,
  meetingOf,
  type NodeMetrics,
} from "../fit/index.ts";
import type { Landscape } from "../landscape/index.ts";
import { bezier, type MapSpec, type PathMap, polychain } from "../subspace/index.ts";
import { decodeSubspace, encodeSubspace } from "./checkpoint.ts";
import { type ConnectorSetup, slopeOf } from "./connector-setup.ts";
import { decodeFitState, encodeFitState, type TrainingState } from "./fit-state.ts";
import type { RunFolder } from "./folder-node.ts";
import { type Training, trainingStage } from "./stage-node.ts";
import type { JobOptions } from "./train-node.ts";

/** A path that a stage has found. Its anchors lie in the vector memory; all but the ends are the caller's. */
export interface StagedPath {
  map: PathMap;
  anchors: Float32Array[];
  /** Gradients that it took, and the share of all examples that each is of. */
  gradients: number;
  share: number;
}

type VectorState<Line> = TrainingState<Line>;

/** Vectors and lines of numbers, as `trainingStage` saves them. */
const training = <Line extends object>(counter: keyof Line & string): Training<VectorState<Line>, Line> => ({
  counter,
  encode: encodeFitState,
  decode: decodeFitState<Line>,
});

const stateOf = <Line>(
  history: Line[],
  anchors: readonly Float32Array[],
  bestAnchors: readonly Float32Array[] = [],
): VectorState<Line> => ({ history, bestEpoch: 0, anchors, bestAnchors, moments: [] });

const linesOf = <Line>(folder: RunFolder, stage: string): Line[] =>
  folder.readMetrics().filter((line) => line.stage === stage) as unknown as Line[];

const fileOf = (name: string) => `checkpoints/${name}.safetensors`;

/** Writes a path between two optima, which are its fixed ends. */
export function writePath(
  folder: RunFolder,
  name: string,
  { owner, layout }: Pick<ConnectorSetup, "owner" | "layout">,
  map: MapSpec,
  anchors: readonly Float32Array[],
): void {
  const fixed = anchors.map((_, i) => i === 0 || i === anchors.length - 1);
  folder.writeBytes(fileOf(name), encodeSubspace(owner, layout, anchors, map, fixed));
}

/** The vectors between the ends of a path that a stage has left. */
function readInside(folder: RunFolder, name: string): Float32Array[] {
  const file = fileOf(name);
  const { anchors } = decodeSubspace(folder.readBytes(file), folder.pathOf(file), allocateVector);
  releaseVector(anchors[0], anchors[anchors.length - 1]);
  return anchors.slice(1, -1);
}

/** The descent within a hyperplane that a spec describes. */
export const descentOf = ({ spec }: Pick<ConnectorSetup, "spec">, target: number): DescentSpec => ({
  ...spec.descent,
  target,
});

/** What minimises in the place of an optimum of one wedge: a point of the wedges at both ends of a leg. */
export function betweenWedges({
  wedges,
}: ConnectorSetup): ((a: Float32Array, b: Float32Array) => Landscape) | undefined {
  return wedges && ((a, b) => meetingOf(wedges, [a, b]));
}

/** Points of the hyperplane method as a stage; they are left in checkpoints/STAGE.safetensors, a chain between the ends. */
export async function hyperplaneStage(
  folder: RunFolder,
  stage: string,
  setup: ConnectorSetup,
  points: readonly (readonly number[])[],
  { target, landscape = setup.landscape }: { target: number; landscape?: Landscape },
  { signal, onProgress, onNote }: JobOptions,
): Promise<{ nodes: Float32Array[]; history: NodeMetrics[]; share: number }> {
  using slope = await slopeOf(setup, setup.rng.split(stage), signal);
  const own = landscape === setup.landscape ? slope : undefined;
  const { optima } = setup;
  let nodes: Float32Array[] = [];
  const done = await trainingStage(
    folder,
    stage,
    training<NodeMetrics>("node"),
    async ({ resume, save }) => {
      const found = await hyperplaneNodes(landscape, optima, points, descentOf(setup, target), {
        slope: own,
        signal,
        onProgress,
        resume: resume && { history: resume.history, nodes: resume.anchors },
        onNode: (metrics, { history, nodes: so }) => {
          save(metrics, stateOf(history, so));
          onNote?.(
            `point ${metrics.node}: loss ${metrics.startLoss.toFixed(3)} to ${metrics.loss.toFixed(3)}`,
          );
        },
      });
      nodes = found.nodes;
      return stateOf(found.history, found.nodes);
    },
    () => {
      const anchors = [optima[0], ...nodes, optima[1]];
      writePath(folder, stage, setup, polychain(anchors.length).spec, anchors);
    },
  );
  if (!done) nodes = readInside(folder, stage);
  return { nodes, history: linesOf<NodeMetrics>(folder, stage), share: own?.share ?? 1 };
}

interface InsertionLine extends Insertion {
  insertion: number;
}

/** Puts nodes into the high legs of a chain, as a stage that ends with checkpoints/STAGE.safetensors. */
export async function insertionStage(
  folder: RunFolder,
  stage: string,
  setup: ConnectorSetup,
  chain: ConnectorChain,
  target: number,
  { signal, onProgress, onNote }: JobOptions,
): Promise<Insertion[]> {
  const { landscape, spec } = setup;
  using slope = await slopeOf(setup, setup.rng.split(stage), signal);
  const inside = chain.anchors.length - 2;
  const done = await trainingStage(
    folder,
    stage,
    training<InsertionLine>("insertion"),
    async ({ resume, save }) => {
      const lines: InsertionLine[] = [];
      const put = (line: Insertion) => lines.push({ insertion: lines.length + 1, ...line });
      if (resume) for (const line of resume.history) put(line);
      const already = resume?.history.map((line, i) => ({ line, node: resume.anchors[i] })) ?? [];
      for (const { line, node } of already) addNode(chain, line.alpha, node);
      await insertNodes(landscape, chain, descentOf(setup, target), {
        target,
        most: spec.insertions - lines.length,
        done: lines.length,
        perLeg: spec.perLeg,
        slope,
        between: betweenWedges(setup),
        signal,
        onProgress,
        onInsertion: (insertion) => {
          put(insertion);
          const nodes = lines.map(({ alpha }) => chain.anchors[chain.alphas.indexOf(alpha)]);
          save(lines[lines.length - 1], stateOf(lines, nodes));
          onNote?.(`leg ${insertion.before.toFixed(3)} to ${insertion.after.toFixed(3)}`);
        },
      });
      return stateOf(lines, []);
    },
    () => writePath(folder, stage, setup, polychain(chain.anchors.length).spec, chain.anchors),
  );
  const lines = linesOf<InsertionLine>(folder, stage);
  if (!done && lines.length > 0) {
    releaseVector(...chain.anchors.splice(1, inside, ...readInside(folder, stage)));
    chain.alphas.push(...lines.map(({ alpha }) => alpha));
    chain.alphas.sort((a, b) => a - b);
  }
  return lines.map(({ alpha, before, after, steps }) => ({ alpha, before, after, steps }));
}

/** Puts a copy of a node into a chain at its place. */
function addNode({ anchors, alphas }: ConnectorChain, alpha: number, node: Float32Array): void {
  const copy = allocateVector(node.length);
  copy.set(node);
  const place = alphas.findIndex((other) => other > alpha);
  anchors.splice(place, 0, copy);
  alphas.splice(place, 0, alpha);
}

/** AutoNEB as a stage; its pivots are left in checkpoints/STAGE.safetensors. */
export async function nebStage(
  folder: RunFolder,
  stage: string,
  setup: ConnectorSetup,
  [a, b]: readonly [Float32Array, Float32Array],
  { signal, onProgress, onNote }: JobOptions,
): Promise<StagedPath & { cycles: CycleMetrics[] }> {
  const { landscape, spec } = setup;
  using slope = await slopeOf(setup, setup.rng.split(stage), signal);
  let pivots: Float32Array[] = [];
  const done = await trainingStage(
    folder,
    stage,
    training<CycleMetrics>("cycle"),
    async ({ resume, save }) => {
      const found = await autoNeb(landscape, [a, b], spec.neb, {
        slope,
        signal,
        onProgress,
        resume: resume && {
          history: resume.history,
          pivots: resume.anchors,
          shares: [...resume.bestAnchors[0]],
        },
        onCycle: (metrics, { history, pivots: so, shares }) => {
          save(metrics, stateOf(history, so, [Float32Array.from(shares)]));
          onNote?.(
            `cycle ${metrics.cycle}: ${metrics.pivots} pivots, highest ${metrics.saddleLoss.toFixed(3)}`,
          );
        },
      });
      pivots = found.pivots;
      return stateOf(found.history, found.pivots);
    },
    () => writePath(folder, stage, setup, polychain(pivots.length + 2).spec, [a, ...pivots, b]),
  );
  if (!done) pivots = readInside(folder, stage);
  const cycles = linesOf<CycleMetrics>(folder, stage);
  const gradients = cycles.reduce((sum, line, i) => sum + line.pivots * spec.neb.cycles[i].steps, 0);
  const anchors = [a, ...pivots, b];
  return { map: polychain(anchors.length), anchors, gradients, share: slope.share, cycles };
}

/** A Bézier curve or a chain that is trained at random positions, as a stage that is done again if it was interrupted. */
export async function curveStage(
  folder: RunFolder,
  stage: "bezier" | "polychain",
  setup: ConnectorSetup,
  [a, b]: readonly [Float32Array, Float32Array],
  { signal, onProgress }: JobOptions,
): Promise<StagedPath> {
  const { spec } = setup;
  const rng = setup.rng.split(stage);
  using slope = await slopeOf(setup, rng.split("batches"), signal);
  const map = stage === "bezier" ? bezier(spec.bends + 1) : polychain(spec.bends + 2);
  const bends = Array.from({ length: spec.bends }, (_, i) => {
    const bend = allocateVector(a.length);
    const t = (i + 1) / (spec.bends + 1);
    combine(bend, [a, b], [1 - t, t]);
    return bend;
  });
  const anchors = [a, ...bends, b];
  const done = await trainingStage(
    folder,
    stage,
    training<{ step: number }>("step"),
    async () => {
      const own = { ...spec.descent, steps: spec.curveSteps };
      await fitCurveOn(slope, map, anchors, own, rng.split("positions"), { signal, onProgress });
      return stateOf([], []);
    },
    () => writePath(folder, stage, setup, map.spec, anchors),
  );
  if (!done) releaseVector(...anchors.splice(1, spec.bends, ...readInside(folder, stage)));
  return { map, anchors, gradients: spec.curveSteps, share: slope.share };
}
