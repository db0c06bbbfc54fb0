import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { commandOf, nearest, parseFlags } from "./flags.ts";
import { UsageError, verb } from "./verb.ts";

const folder = mkdtempSync(join(tmpdir(), "isthmus-flags-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const climb = verb({
  name: "climb",
  summary: "Climbs a hill.",
  operands: "",
  schema: z.object({
    stepCount: z.number().int().min(1).max(50).default(10).describe("steps to take"),
    pace: z.enum(["slow", "fast"]).default("slow").describe("how fast"),
    widths: z
      .string()
      .transform((text) => text.split("-").map(Number))
      .optional()
      .describe("widths such as 784-512-10"),
    rope: z.boolean().default(false).describe("take a rope"),
    map: z.boolean().default(true).describe("take a map"),
  }),
  example: "isthmus climb --step-count 3",
  run: async () => {},
});
const carry = verb({ ...climb, name: "carry", operands: "LOAD …" });
const rest = verb({ ...climb, name: "rest", schema: z.object({}), run: async () => {} });

const spec = (...args: string[]) => parseFlags(climb, args)!.spec;

/** The sentence with which a command line is refused. */
function refusal(args: string[], v = climb as Parameters<typeof parseFlags>[0]): string {
  try {
    parseFlags(v, args);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error(`accepted: ${args.join(" ")}`);
}

let files = 0;
function yaml(text: string): string {
  const file = join(folder, `${++files}.yaml`);
  writeFileSync(file, text);
  return file;
}

describe("flags", () => {
  it("are the keys of the schema, with its defaults", () => {
    expect(spec()).toEqual({ stepCount: 10, pace: "slow", rope: false, map: true });
    expect(
      spec("--step-count", "3", "--pace", "fast", "--rope", "--no-map", "--widths", "784-512-10"),
    ).toEqual({ stepCount: 3, pace: "fast", rope: true, map: false, widths: [784, 512, 10] });
  });

  it("take every number of their range and refuse every other, naming flag, value and bound", () => {
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 150 }), (n) => {
        if (n >= 1 && n <= 50) expect(spec("--step-count", String(n)).stepCount).toBe(n);
        else {
          const sentence = refusal([`--step-count=${n}`]);
          expect(sentence).toContain(`--step-count "${n}"`);
          expect(sentence).toContain(n < 1 ? ">=1" : "<=50");
        }
      }),
    );
    for (const text of ["1.5", "", "ten", "NaN", "Infinity"]) {
      expect(refusal([`--step-count=${text}`])).toContain(`--step-count "${text}"`);
    }
  });

  it("that do not exist are answered with the nearest that does; choices with all", () => {
    expect(refusal(["--step-cuont", "3"])).toContain("--step-count");
    expect(refusal(["--pace", "brisk"])).toMatch(/--pace "brisk" .*"slow"\|"fast"/);
  });

  it("leave operands to the verbs that take them", () => {
    expect(parseFlags(carry, ["a", "--rope", "b"])).toMatchObject({
      operands: ["a", "b"],
      spec: { rope: true },
    });
    expect(refusal(["a"])).toContain('"a" is too much');
  });

  it("are all in the help, with description, default and an example", () => {
    const command = commandOf(climb);
    let help = "";
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    expect(help).toMatch(/--step-count <number> +steps to take \(default: 10\)/);
    expect(help).toMatch(/--pace <slow\|fast> +how fast \(default: "slow"\)/);
    expect(help).toContain("--rope");
    expect(help).toContain("Example:\n  isthmus climb --step-count 3");
  });
});

describe("a config file", () => {
  it("stands above the defaults and below the flags", () => {
    const file = yaml("stepCount: 5\npace: fast\nrope: true\n");
    expect(spec("--config", file)).toMatchObject({ stepCount: 5, pace: "fast", rope: true });
    expect(spec("--config", file, "--step-count", "7", "--no-rope")).toMatchObject({
      stepCount: 7,
      pace: "fast",
      rope: false,
    });
  });

  it("may be empty", () => {
    for (const text of ["", "# nothing yet\n", "---\n"]) expect(spec("--config", yaml(text))).toEqual(spec());
  });

  it("may write a text as a bare number", () => {
    expect(spec("--config", yaml("widths: 512\n")).widths).toEqual([512]);
  });

  it("has its errors named by file, line and column", () => {
    const value = yaml("pace: fast\nstepCount: 99\n");
    expect(refusal(["--config", value])).toContain(`${value}, line 2, column 12: stepCount 99`);
    const key = yaml("pace: fast\n\nstepsCount: 9\n");
    expect(refusal(["--config", key])).toBe(
      `${key}, line 3, column 1: there is no key "stepsCount"; did you mean "stepCount"?`,
    );
    const twice = yaml("pace: fast\nrope: true\npace: slow\n");
    expect(refusal(["--config", twice])).toContain(`${twice}, line 3, column 1: `);
    expect(refusal(["--config", yaml("- 1\n")])).toContain("holds no keys and values");
    expect(refusal(["--config", yaml("pace: fast\n")], rest)).toContain(
      'there is no key "pace"; this command',
    );
  });

  it("does not answer for a value that a flag replaces", () => {
    expect(spec("--config", yaml("stepCount: 99\n"), "--step-count", "9").stepCount).toBe(9);
    expect(refusal(["--config", yaml("stepCount: 9\n"), "--step-count", "99"])).toContain(
      '--step-count "99"',
    );
  });
});

it("nearest has the smallest edit distance", () => {
  // Levenshtein distances: kitten-sitting 3, kitten-mitten 1, kitten-kitchen 2.
  expect(nearest("kitten", ["sitting", "kitchen", "mitten"])).toBe("mitten");
});
