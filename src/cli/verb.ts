import type { z } from "zod";
import type { Io } from "./io.ts";

/** The user asked for something that does not exist or cannot be: exit code 2. */
export class UsageError extends Error {}

/** How a command was called, beside its flags. */
export interface Invocation {
  operands: string[];
  /** The keys of the flags that the user gave, on the command line or in the config file. */
  given: ReadonlySet<string>;
  /** The whole command, as a user would type it again. */
  commandLine: string;
}

/** One command: its flags are the keys of the schema, which a config file shares. */
export interface Verb<S extends z.ZodObject = z.ZodObject> {
  name: string;
  /** One sentence for `--help`. */
  summary: string;
  /** What stands after the verb, e.g. "[checkpoint-1 checkpoint-2]"; "" for nothing. */
  operands: string;
  schema: S;
  /** A command line that works as it stands. */
  example: string;
  run(spec: z.output<S>, invocation: Invocation, io: Io): Promise<void>;
}

/** Gives a verb the type of its own schema. */
export const verb = <S extends z.ZodObject>(v: Verb<S>): Verb<S> => v;
