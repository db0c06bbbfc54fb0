import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { isMap, isScalar, LineCounter, parseDocument, type Scalar } from "yaml";
import { z } from "zod";
import { UsageError, type Verb } from "./verb.ts";

/** dataDir -> data-dir */
export const kebab = (key: string) => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

interface Flag {
  key: string;
  name: string;
  description: string;
  fallback: unknown;
  choices?: string[];
  boolean: boolean;
  number: boolean;
  text: boolean;
}

/** The flags that a schema describes. */
function flagsOf(schema: z.ZodObject): Flag[] {
  const json = z.toJSONSchema(schema, { io: "input" }) as {
    properties: Record<string, { type?: string; enum?: string[]; description?: string; default?: unknown }>;
  };
  // Lists come from the operands, not from flags.
  const single = Object.entries(json.properties).filter(([, p]) => p.type !== "array");
  return single.map(([key, p]) => ({
    key,
    name: kebab(key),
    description: p.description ?? "",
    fallback: p.default,
    choices: p.enum,
    boolean: p.type === "boolean",
    number: p.type === "number" || p.type === "integer",
    text: p.type === "string",
  }));
}

function placeholder({ choices, number }: Flag): string {
  return choices ? choices.join("|") : number ? "number" : "text";
}

/** A commander command with the flags of a verb; parsing only collects, the schema judges. */
export function commandOf(v: Verb): Command {
  const command = new Command(`isthmus ${v.name}`)
    .description(v.summary)
    .usage(`${v.operands ? `${v.operands} ` : ""}[flags]`)
    .argument("[operands...]", "")
    .addOption(new Option("--config <file>", "YAML file with the same keys as the flags, in camel case"))
    .addOption(new Option("--json", "print the result as JSON on standard output"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addHelpText("after", `\nExample:\n  ${v.example}\n`)
    .configureHelp({ visibleArguments: () => [] });
  for (const flag of flagsOf(v.schema)) {
    const names = flag.boolean ? `--${flag.name}` : `--${flag.name} <${placeholder(flag)}>`;
    const fallback = flag.fallback === undefined ? "" : ` (default: ${JSON.stringify(flag.fallback)})`;
    command.addOption(new Option(names, flag.description + fallback));
    // Also where the default is false: a config file may say true.
    if (flag.boolean) command.addOption(new Option(`--no-${flag.name}`).hideHelp());
  }
  return command;
}

export interface Parsed {
  spec: Record<string, unknown>;
  operands: string[];
  json: boolean;
  /** The keys that the command line or the config file gives, as against defaults. */
  given: ReadonlySet<string>;
}

/**
 * Reads a command line: flags over the config file over defaults.
 * @returns nothing if help was asked for and printed
 * @throws UsageError in one sentence
 */
export function parseFlags(v: Verb, args: string[]): Parsed | undefined {
  const command = commandOf(v);
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const message = error.message.replace(/^error: /, "").replace(/\n/g, " ");
    throw new UsageError(`${message}; see isthmus ${v.name} --help.`);
  }
  const flags = flagsOf(v.schema);
  const { config, json, ...given } = command.opts();
  if (!v.operands && command.args.length > 0) {
    throw new UsageError(
      `"${command.args.join(" ")}" is too much: ${v.name} takes flags only; see isthmus ${v.name} --help.`,
    );
  }
  const { values, places } = config ? readConfig(config, flags) : { values: {}, places: {} };
  for (const { key, number } of flags) {
    if (given[key] === undefined) continue;
    // What is no number stays text, for the schema to complain about.
    const value = number && given[key].trim() !== "" ? Number(given[key]) : Number.NaN;
    values[key] = Number.isNaN(value) ? given[key] : value;
  }
  const parsed = v.schema.safeParse(values);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = String(issue.path[0]);
    const what =
      given[key] === undefined && places[key]
        ? `${places[key]}: ${key} ${shown(values[key])}`
        : `--${kebab(key)} ${shown(given[key])}`;
    throw new UsageError(`${what} is not possible: ${issue.message}; see isthmus ${v.name} --help.`);
  }
  const present = Object.keys(values).filter((key) => values[key] !== undefined);
  return { spec: parsed.data, operands: command.args, json: json === true, given: new Set(present) };
}

const shown = (value: unknown) => (typeof value === "string" ? `"${value}"` : JSON.stringify(value));

interface Config {
  values: Record<string, unknown>;
  /** Where the value of a key stands: file, line and column. */
  places: Record<string, string>;
}

function readConfig(file: string, flags: Flag[]): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`The config file ${file} cannot be read; give the path of a YAML file.`);
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return `${file}, line ${line}, column ${col}`;
  };
  const [error] = document.errors;
  if (error) throw new UsageError(`${place(error.pos[0])}: ${error.message}.`);
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return { values: {}, places: {} };
  if (!isMap<Scalar>(contents)) {
    throw new UsageError(`${file} holds no keys and values; write lines such as "epochs: 20".`);
  }
  const values: Record<string, unknown> = document.toJS();
  const places: Record<string, string> = {};
  const known = flags.map((f) => f.key);
  for (const { key: node, value } of contents.items) {
    const key = String(node.value);
    const flag = flags.find((f) => f.key === key);
    if (!flag) {
      throw new UsageError(
        `${place(node.range![0])}: there is no key "${key}"${known.length > 0 ? `; did you mean "${nearest(key, known)}"?` : "; this command has none."}`,
      );
    }
    places[key] = place((value as Scalar | null)?.range?.[0] ?? node.range![0]);
    // YAML reads `network: 512` as a number; where the flag is a text, it is one in the file too.
    if (flag.text && typeof values[key] === "number") {
      values[key] = (isScalar(value) && value.source) || String(values[key]);
    }
  }
  return { values, places };
}

/** The candidate with the smallest edit distance. */
export function nearest(word: string, candidates: string[]): string {
  const distance = (a: string, b: string) => {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      }
      row = next;
    }
    return row[b.length];
  };
  return candidates.toSorted((a, b) => distance(word, a) - distance(word, b))[0];
}
