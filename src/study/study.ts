import type { Dataset } from "../data/index.ts";
import type { ReportFigure, ReportTable } from "../report/index.ts";
import type { JobOptions, RunFolder } from "../run/node.ts";

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

/** What a study works with. */
export interface StudyContext {
  scale: Scale;
  seed: number;
  folder: RunFolder;
  options: JobOptions;
  /** Where data files are looked for first, if the user said so. */
  dataDir?: string;
  /**
   * Runs a job in a run folder of its own inside the study's, unless that is done, so that everything trained is made
   * once; returns the folder's path.
   *
   * @throws RangeError where the part was begun with other data
   */
  part(
    name: string,
    about: { spec: object; seed: number; dataset: Dataset },
    job: (part: RunFolder) => Promise<unknown>,
  ): Promise<string>;
}
