import { readFileSync } from "node:fs";
import { z } from "zod";
import { binaryPicture, resizePicture } from "../data/index.ts";
import { type BinaryImage, PARAMETRISATIONS, PATTERN_DEFAULTS, SMILEY } from "../fit/index.ts";
import type { PatternJobSpec } from "../run/node.ts";
import type { NetworkFlags } from "./spec-model.ts";
import { UsageError } from "./verb.ts";

const { steps, batch, rate, goodCells, badCells, ceiling, parametrisation } = PATTERN_DEFAULTS;
const count = (fallback: number, what: string) => z.number().int().min(1).default(fallback).describe(what);

/** What to draw, and how. */
export const patternFlags = {
  cells: z
    .number()
    .int("give a whole number from 3 to 100")
    .min(3, "give 3 or more")
    .max(100, "give 100 or fewer")
    .default(SMILEY.rows)
    .describe("rows and columns of cells that the picture is resized to"),
  steps: count(steps, "steps of training"),
  good: count(goodCells, "cells of low loss that a step looks at"),
  bad: count(badCells, "cells of high loss that a step looks at"),
  ceiling: z.number().positive().default(ceiling).describe("losses of bad cells above this do not count"),
  parametrisation: z
    .enum(PARAMETRISATIONS)
    .default(parametrisation)
    .describe("how the axes of the plane come from the trained vectors"),
  rate: z.number().positive().default(rate).describe("learning rate of Adam"),
  batch: count(batch, "examples in a batch"),
  padding: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(2)
    .describe("cells around the picture that are evaluated, too"),
  picture: z
    .string()
    .array()
    .optional()
    .describe("the cells, a text of # (low loss) and . a row, as they come from the operand"),
};

type PatternFlags = z.output<z.ZodObject<typeof patternFlags>> & Pick<NetworkFlags, "init">;

/** The cells of a PNG file, or of the face that is built in, as a row of # and . each. */
export function pictureRows(file: string | undefined, cells: number): string[] {
  const name = file ?? "the built-in face";
  const { values } = file === undefined ? face(cells) : binaryPicture(readFile(file), cells, file);
  if (Array.from(values).every((value) => value === values[0])) {
    throw new UsageError(
      `${name} has no boundary at ${cells} x ${cells} cells: all are alike; give a picture with dark and bright (or clear and solid) parts, or more --cells.`,
    );
  }
  return Array.from({ length: cells }, (_, row) =>
    Array.from(values.slice(row * cells, (row + 1) * cells), (value) => (value === 1 ? "#" : ".")).join(""),
  );
}

/** The face at another size; a cell that is half covered is part of it, since its lines are thin. */
function face(cells: number): { values: number[] } {
  const { columns: width, rows: height, values } = SMILEY;
  const resized = resizePicture({ width, height, values: Float64Array.from(values) }, cells, cells);
  return { values: Array.from(resized.values, (value) => (value >= 0.5 ? 1 : 0)) };
}

function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    throw new UsageError(`the picture ${file} cannot be read; give the path of a PNG file.`);
  }
}

/** A picture from its rows of # and . */
function imageOf(rows: readonly string[]): BinaryImage {
  return {
    rows: rows.length,
    columns: rows[0].length,
    values: Array.from(rows.join(""), (sign) => (sign === "#" ? 1 : 0)),
  };
}

/** What the flags ask of the job. */
export function patternSpecOf(flags: PatternFlags): PatternJobSpec {
  const { steps, good, bad, ceiling, parametrisation, rate, batch, init, padding } = flags;
  return {
    picture: imageOf(flags.picture!),
    init,
    padding,
    fit: {
      ...PATTERN_DEFAULTS,
      steps,
      goodCells: good,
      badCells: bad,
      ceiling,
      parametrisation,
      rate,
      batch,
    },
  };
}
