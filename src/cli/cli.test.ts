/** The command line as a user meets it: a process of its own, its exit code, what it prints, what it leaves. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "isthmus-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const main = join(import.meta.dirname, "main.ts");
const SMALL = "--train-count 600 --test-count 200 --network 16 --plane-points 5 --profile-points 5".split(
  " ",
);

function start(args: string[]): ChildProcess {
  return spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, ISTHMUS_DEBUG: "" },
  });
}

/** Runs a command to its end. */
function isthmus(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = start(args);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (d) => {
    out += d;
  });
  child.stderr?.on("data", (d) => {
    err += d;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

const metrics = (run: string) => {
  const file = join(folder, run, "metrics.jsonl");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
};

/** Starts a command and sends a signal once its run has logged some epochs. */
async function stopAfter(epochs: number, run: string, signal: NodeJS.Signals, args: string[]) {
  const child = start(args);
  let err = "";
  child.stderr?.on("data", (d) => {
    err += d;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  while (metrics(run) < epochs && child.exitCode === null) await new Promise((r) => setTimeout(r, 5));
  child.kill(signal);
  return { code: await ended, err };
}

/** Every file that two equal runs have in common but what tells the time or the command. */
function contents(run: string): Record<string, string> {
  const names = readdirSync(join(folder, run), { recursive: true, encoding: "utf8" });
  const files = names.filter((n) => /\.(safetensors|npz|jsonl|svg)$|results.*\.json$/.test(n)).toSorted();
  return Object.fromEntries(files.map((n) => [n, readFileSync(join(folder, run, n)).toString("base64")]));
}

describe("wrong usage", () => {
  it.each([
    [["conect"], 'did you mean "connect"'],
    [["connect", "--epohcs", "3"], "Did you mean --epochs?"],
    [["connect", "--epochs", "0"], '--epochs "0" is not possible'],
    [["connect", "--dropout", "much"], '--dropout "much" is not possible'],
    [["connect", "--method", "spiral"], '"bezier"|"polychain"'],
    [["connect", "one.safetensors"], "1 checkpoints were given; give two"],
    [["connect", "--bends", "0"], '--bends "0" is not possible'],
    [["train", "--network", "784-x-10"], "give widths such as 784-512-10"],
    [["train", "--network", "100-50-10"], "fashion-mnist-small has 784 inputs"],
    [["subspace", "--kind", "bezier"], "give line, triangle, simplex:K, bezier:DEGREE"],
    [["subspace", "--kind", "neural", "--rectified"], "give --shared-biases too"],
    [["subspace", "a.safetensors"], "a line is learnt from scratch"],
    [["evaluate", "nowhere.safetensors"], "there is no file or run folder nowhere.safetensors"],
    [["train", "--config", "nowhere.yaml"], "nowhere.yaml cannot be read"],
    [["data", "show"], '"data show" is not a command'],
    [["train", "--train-file", "a.csv"], "your own data need both splits"],
  ])("%j: one sentence and exit code 2", async (args, sentence) => {
    const { code, out, err } = await isthmus(...args);
    expect(err).toContain(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  it("a config file names its unknown keys and the place of its errors", async () => {
    writeFileSync(join(folder, "keys.yaml"), "epoch: 3\n");
    expect((await isthmus("train", "--config", "keys.yaml")).err).toContain(
      '"epoch"; did you mean "epochs"?',
    );
    writeFileSync(join(folder, "broken.yaml"), "epochs: 3\nrate: [1\n");
    expect((await isthmus("train", "--config", "broken.yaml")).err).toMatch(
      /broken\.yaml, line \d+, column \d+/,
    );
  });
});

describe("help", () => {
  it("shows defaults and an example", async () => {
    const { code, out } = await isthmus("connect", "--help");
    expect(out).toContain("(default: 0.001)");
    expect(out).toContain("Example:\n  isthmus connect");
    expect(code).toBe(0);
  });

  it("a dry run says what it would do and writes nothing", async () => {
    const { out, code } = await isthmus("connect", "--dry-run", "--out", "dry");
    expect(out).toContain("407050 parameters");
    expect(existsSync(join(folder, "dry"))).toBe(false);
    expect(code).toBe(0);
  });
});

describe("a run", () => {
  const args = (out: string) => [
    ...["connect", ...SMALL, "--align", "--epochs", "8", "--curve-epochs", "4", "--out", out],
  ];

  it("killed at any place and resumed ends with the bytes of one that went through", async () => {
    const whole = await isthmus(...args("whole"));
    expect(whole.err).not.toContain("isthmus:");
    expect(whole.code).toBe(0);
    // In the first optimum, the second, and the curve.
    await stopAfter(3, "killed", "SIGKILL", args("killed"));
    for (const epochs of [10, 17])
      await stopAfter(epochs, "killed", "SIGKILL", ["connect", "--resume", "killed"]);
    const resumed = await isthmus("connect", "--resume", "killed");
    expect(resumed.code).toBe(0);
    expect(contents("killed")).toEqual(contents("whole"));
    expect(Object.keys(contents("whole"))).toContain("checkpoints/curve.safetensors");
    const record = JSON.parse(readFileSync(join(folder, "killed", "run.json"), "utf8"));
    expect(record.status).toBe("done");
    const { alignment, distance } = JSON.parse(
      readFileSync(join(folder, "whole", "results", "connect.json"), "utf8"),
    );
    expect(alignment.distanceAfter).toBeLessThan(alignment.distanceBefore);
    expect(distance).toBeCloseTo(alignment.distanceAfter, 4);
    expect(Object.keys(contents("whole"))).toContain("checkpoints/optimum-2-aligned.safetensors");
    // What it found can be used by the other commands.
    const evaluated = await isthmus("evaluate", "whole", "--at", "0,1", "--json", "--out", "evaluated");
    const { rows } = JSON.parse(evaluated.out);
    const { ends } = JSON.parse(readFileSync(join(folder, "whole", "results", "connect.json"), "utf8"));
    const end = rows.find((r: { at: number[]; split: string }) => r.at[0] === 1 && r.split === "test");
    expect(end.loss).toBeCloseTo(ends[1].test.loss, 5);
    const curve = "checkpoints/curve.safetensors";
    expect((await isthmus("plane", "whole", "--points", "5", "--out", "plane")).code).toBe(0);
    expect(existsSync(join(folder, "plane", "figures", "plane-test-error.svg"))).toBe(true);
    // What the user says comes before what the run was made with.
    const fewer = await isthmus("evaluate", "whole", "--test-count", "50", "--json", "--out", "fewer");
    const errors = JSON.parse(fewer.out).rows.filter((r: { split: string }) => r.split === "test");
    for (const { error } of errors) expect(Math.abs(50 * error - Math.round(50 * error))).toBeLessThan(1e-6);
    const other = await isthmus("connect", "--resume", "whole", "--epochs", "9");
    expect(other.err).toContain("--resume goes on with the run's own spec, so --epochs would have no effect");
    expect(other.code).toBe(2);
    // Two checkpoints as the ends of another curve, and one of another architecture.
    const optima = [1, 2].map((i) => join("whole", "checkpoints", `optimum-${i}.safetensors`));
    const joined = await isthmus("connect", ...optima, ...SMALL, "--curve-epochs", "1", "--out", "joined");
    expect(joined.code).toBe(0);
    const wider = await isthmus("connect", ...optima, ...SMALL, "--network", "17", "--out", "wider");
    expect(wider.err).toMatch(/another architecture: fc1.weight has shape \[16,784\].* has \[17,784\]/);
    expect(wider.code).toBe(1);
    const half = readFileSync(join(folder, "whole", curve)).subarray(0, 5000);
    writeFileSync(join(folder, "half.safetensors"), half);
    const truncated = await isthmus("evaluate", "half.safetensors");
    expect(truncated.err).toMatch(/^isthmus: half\.safetensors, .*\n$/);
    expect(truncated.code).toBe(1);
  });

  it("interrupted says how to go on, and does", async () => {
    const { code, err } = await stopAfter(2, "stopped", "SIGINT", [
      "train",
      ...SMALL.slice(0, 6),
      "--epochs",
      "500",
      "--out",
      "stopped",
    ]);
    expect(code).toBe(130);
    expect(err).toContain("go on with: isthmus train --resume stopped");
    expect(JSON.parse(readFileSync(join(folder, "stopped", "run.json"), "utf8")).status).toBe("interrupted");
    const done = metrics("stopped");
    expect(done).toBeGreaterThanOrEqual(2);
    const again = await stopAfter(done + 1, "stopped", "SIGINT", ["train", "--resume", "stopped"]);
    expect(again.code).toBe(130);
    expect(metrics("stopped")).toBeGreaterThan(done);
  });

  it("that diverges names the step and the last good state", async () => {
    const flags = ["--optimiser", "sgd", "--rate", "1e30", "--epochs", "2", "--out", "diverged"];
    const { code, err } = await isthmus("train", ...SMALL.slice(0, 6), ...flags);
    expect(err).toMatch(/diverged at step \d+ .*lower the learning rate/);
    expect(code).toBe(1);
    expect(JSON.parse(readFileSync(join(folder, "diverged", "run.json"), "utf8")).status).toBe("failed");
  });

  it("does not overwrite another", async () => {
    const { code, err } = await isthmus("train", "--out", "diverged");
    expect(err).toContain("diverged holds a run");
    expect(code).toBe(1);
  });
});

describe("your own data", () => {
  it("as csv: regression on a table, with one line of a wrong kind named", async () => {
    const line = (i: number) => `${i / 50},${Math.sin(i)},${(2 * i) / 50 - 1}`;
    const rows = Array.from({ length: 60 }, (_, i) => line(i));
    writeFileSync(join(folder, "train.csv"), rows.slice(0, 50).join("\n"));
    writeFileSync(join(folder, "test.csv"), rows.slice(50).join("\n"));
    const args = ["--train-file", "train.csv", "--test-file", "test.csv", "--network", "8", "--dropout", "0"];
    const trained = await isthmus(
      "train",
      ...args,
      "--epochs",
      "200",
      "--rate",
      "0.01",
      "--json",
      "--out",
      "own",
    );
    expect(JSON.parse(trained.out).splits.test.error).toBeLessThan(0.3);
    writeFileSync(join(folder, "test.csv"), "1,2,3\n1,2,x\n");
    const { err, code } = await isthmus("train", ...args);
    expect(err).toMatch(/test\.csv, line 2.*\n$/);
    expect(code).toBe(1);
  });
});
