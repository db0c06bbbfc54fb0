import { saveReport } from "../report/node.ts";
import type { RunFolder } from "../run/node.ts";
import type { Study, StudyOutcome } from "./study.ts";

/** Writes the report of a study; returns its path. */
export function studyReport(folder: RunFolder, study: Study, outcome: StudyOutcome): string {
  const { claims, figures, tables, notes, answer } = outcome;
  const held = claims.filter(({ holds }) => holds).length;
  return saveReport(folder, {
    title: study.title,
    question: study.question,
    answer,
    facts: [{ label: "Claims that hold", value: `${held} of ${claims.length}`, note: study.source }],
    figures,
    tables: [
      {
        caption: "What was published, what we find, and whether the claim holds.",
        columns: ["claim", "published", "ours", "holds"],
        rows: claims.map(({ name, published, ours, holds }) => [name, published, ours, holds ? "yes" : "no"]),
      },
      ...tables,
    ],
    notes,
  });
}
