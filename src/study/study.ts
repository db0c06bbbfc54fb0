import type { FitSpec } from "../fit/index.ts";

import type { Network } from "../model/index.ts";
import type { ReportFigure, ReportTable } from "../report/index.ts";
import type {
  JobOptions,
  LearntSubspace,
  PatternJobSpec,
  PatternResult,
  RunData,
  RunFolder,
  SubspaceResult,
  SubspaceSpec,
} from "../run/node.ts";

/** How large a study is: minutes on two cores and embedded data, or the published setting. */
export const SCALES = ["quick", "paper"] as const;
export type Scale = (typeof SCALES)[number];

/** A statement of a paper, and whether it is what we find. */
export interface Claim {
  name: string;
  /** The published value or ordering; "-" where only the research behind this project gives one. */
  published: string;
  ours: string;
  holds: boolean;
}

export interface StudyOutcome {
  /** What was found, in one sentence with numbers. */
  answer: string;
  claims: Claim[];
  figures: ReportFigure[];
  tables: ReportTable[];
  notes: string[];
}

/** One published figure, table or headline claim: how it is run at each scale, and what is to be seen. */
export interface Study {
  /** As the command line names it, such as subspaces/table-1. */
  id: string;
  title: string;
  question: string;
  /** Where it was published. */
  source: string;
  /** Minutes that it takes on two cores, about. */
  minutes: Record<Scale, number>;
  run(context: StudyContext): Promise<StudyOutcome>;
}

/** A learnt subspace, and what its run has measured. */
export interface StudySubspace extends LearntSubspace, Disposable {
  result: SubspaceResult;
}

/** A picture drawn in weight space, and the folder with the values of its cells. */
export interface StudyPattern {
  result: PatternResult;
  folder: RunFolder;
}

/** What a study works with. Everything trained lies in run folders of its own inside the study's, and is made once. */
export interface StudyContext {
  scale: Scale;
  seed: number;
  folder: RunFolder;
  options: JobOptions;
  network: Network;
  data: RunData;
  /** The fit of the scale's recipe, for one anchor. */
  recipe: FitSpec;
  /** Runs a job in a run folder of its own, unless that is done; returns the folder's path. */
  part(name: string, spec: object, seed: number, job: (part: RunFolder) => Promise<unknown>): Promise<string>;
  /** Learns a subspace, or reads it back. */
  subspace(name: string, spec: SubspaceSpec, seed?: number, variant?: StudyVariant): Promise<StudySubspace>;
  /** Trains an optimum of the recipe, or reads it back; θ in the vector memory. */
  optimum(name: string, seed?: number, variant?: StudyVariant): Promise<Float32Array>;
  /** Draws a picture, or reads it back. */
  pattern(name: string, spec: PatternJobSpec, seed?: number, variant?: StudyVariant): Promise<StudyPattern>;
}

/** Where a part of a study departs from its network and data. */
export interface StudyVariant {
  network?: Network;
  data?: RunData;
  recipe?: FitSpec;
}
