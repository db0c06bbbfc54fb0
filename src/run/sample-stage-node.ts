import type { Rng } from "../engine/index.ts";
import type { NdArray } from "../format/index.ts";
import { type AmbientSpace, spanPositions } from "../geometry/index.ts";
import {
  type Chain,
  type ChainState,
  type FullSpace,
  type Posterior,
  runChains,
  type Sampler,
  type StepInfo,
  startChains,
} from "../inference/index.ts";
import type { RunFolder } from "./folder-node.ts";
import { fullSpaceArrays } from "./full-space-node.ts";
import { decodePlain, encodePlain } from "./plain-data.ts";
import type { Cost, SampleSetup } from "./sample-spec.ts";
import { samplingPlan } from "./sampler-spec.ts";
import type { JobOptions } from "./train-node.ts";

/** Milliseconds from one saving of the chains to the next: at least so many, and so many times what the saving took. */
const SAVE_EVERY = 2000;
const SAVE_SHARE = 20;

/** Runs the chains of one temperature as a stage that survives a crash, and writes their draws. */
export async function sampleStage(
  folder: RunFolder,
  stage: string,
  target: Posterior,
  space: AmbientSpace | FullSpace,
  { spec, span }: SampleSetup,
  starts: { position: Float64Array; rng: Rng }[],
  options: JobOptions,
): Promise<void> {
  const file = `checkpoints/${stage}.resume.json`;
  folder.lock();
  if (folder.isFinished(stage)) {
    folder.remove(file);
    return;
  }
  const { density, missing, ...plan } = samplingPlan(spec.sampler, target);
  const saved = folder.has(file)
    ? (decodePlain(new TextDecoder().decode(folder.readBytes(file))) as SavedChains)
    : undefined;
  const { sampler, warmup } = timed(plan.sampler, saved?.sampling);
  const begun = performance.now() - 1000 * (saved?.seconds ?? 0);
  const chains: Chain[] = saved?.chains ?? (await startChains(density, sampler, starts));
  const seconds = () => (performance.now() - begun) / 1000;
  const latest = [...chains];
  let due = performance.now() + SAVE_EVERY;
  const save = () => {
    const from = performance.now();
    const state: SavedChains = { chains: latest, seconds: seconds(), sampling: warmup.seconds() };
    folder.writeText(file, encodePlain(state));
    const to = performance.now();
    due = to + Math.max(SAVE_EVERY, SAVE_SHARE * (to - from));
  };
  warmup.begin(chains, sampler.warmup);
  let finished: Chain[];
  try {
    finished = await runChains(density, sampler, chains, {
      draws: spec.draws,
      thin: spec.thin,
      signal: options.signal,
      onProgress: options.onProgress,
      saveEvery: Math.max(1, Math.ceil(spec.thin / 2)),
      onSave: (number, chain) => {
        latest[number] = chain;
        if (performance.now() > due) save();
      },
    });
  } catch (error) {
    save();
    throw error;
  }
  const whole = finished.map((chain) => {
    const rest = missing?.(chain.draws);
    return rest ? { ...chain, values: chain.values.map((value, i) => value + rest[i]) } : chain;
  });
  const positions = new Float64Array(spec.chains * spec.draws * target.dimension);
  whole.forEach(({ draws }, i) => {
    positions.set(draws, i * draws.length);
  });
  const { lambda, scales } = target.constrain(positions);
  const counts = [spec.chains, spec.draws] as const;
  const places =
    space.kind === "full"
      ? await fullSpaceArrays(lambda, counts, span, spec.metric)
      : ambientArrays(lambda, counts, space);
  writeDraws(
    folder,
    stage,
    whole,
    { ...places, scale: { shape: [...counts], data: scales } },
    warmup.seconds(),
  );
  folder.finishStage(stage, seconds());
  folder.remove(file);
}

interface SavedChains {
  chains: Chain[];
  /** Of all, and of them those after the warm-up. */
  seconds: number;
  sampling: number;
}

/**
 * A sampler that notes when its chains have left the warm-up.
 *
 * @param spent seconds after the warm-up that an interrupted run has taken already
 */
function timed(sampler: Sampler<ChainState, StepInfo>, spent = 0) {
  let before = 0;
  let since = performance.now();
  return {
    sampler: {
      ...sampler,
      step(state: ChainState, rng: Rng) {
        if (before-- === 0) since = performance.now();
        return sampler.step(state, rng);
      },
    },
    warmup: {
      begin(chains: readonly Chain[], warmup: number) {
        before = chains.reduce((sum, { step }) => sum + Math.max(0, warmup - step), 0);
        since = performance.now();
      },
      /** Seconds since then; none before. */
      seconds: () => spent + (before >= 0 ? 0 : (performance.now() - since) / 1000),
    },
  };
}

/** What is kept of draws [C, S, k] in a space around a path: themselves and their coordinates φ. */
function ambientArrays(lambda: Float64Array, [C, S]: readonly [number, number], space: AmbientSpace) {
  const phi = spanPositions(space, lambda);
  return {
    lambda: { shape: [C, S, space.dimension], data: lambda },
    phi: { shape: [C, S, phi.length / (C * S)], data: phi },
  };
}

function writeDraws(
  folder: RunFolder,
  stage: string,
  chains: readonly Chain[],
  arrays: Record<string, NdArray>,
  seconds: number,
): void {
  const [C, S] = [chains.length, chains[0].values.length];
  const each = (values: (chain: Chain) => ArrayLike<number>) => {
    const all = new Float64Array(C * S);
    chains.forEach((chain, i) => {
      all.set(Array.from(values(chain)), i * S);
    });
    return { shape: [C, S], data: all };
  };
  const divergences = chains.reduce((sum, chain) => sum + chain.divergences.sampling, 0);
  const evaluations = chains.reduce((sum, chain) => sum + chain.evaluations, 0);
  folder.writeArrays(stage, {
    ...arrays,
    log_density: each(({ values }) => values),
    diverging: each(({ infos }) => infos.map(({ divergent }) => Number(divergent))),
  });
  folder.writeJson(stage, { divergences, evaluations, seconds } satisfies Cost);
}
