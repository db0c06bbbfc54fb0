/** `isthmus tunnel`, `sample`, `predict` and `export` on small paths of a regression and a classification. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCsv, readNpz } from "../format/index.ts";
import type { LossPathResult, PredictResult, SampleResult, TunnelResult } from "../run/node.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("posterior");

function done(...args: string[]): string {
  const { code, err, out } = isthmus(...args);
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  return out;
}

const results = <T>(run: string, name: string) =>
  JSON.parse(readFileSync(join(folder, run, "results", `${name}.json`), "utf8")) as T;
const npz = (...path: string[]) => readNpz(readFileSync(join(folder, ...path)));
const numbers = ({ data }: { data: ArrayLike<unknown> }) => Array.from(data, Number);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b / values.length, 0);
const exists = (...path: string[]) => existsSync(join(folder, ...path));

const TOY = "--data toy-regression --network 4-4 --steps 300".split(" ");
const IMAGES = "--data fashion-mnist-small --train-count 200 --test-count 80 --network 6".split(" ");
const FEW = "--chains 2 --warmup 40 --draws 60 --max-depth 4".split(" ");

beforeAll(() => {
  done("path", ...TOY, "--degree", "2", "--out", "path");
  done("sample", "path", ...FEW, "--temperature", "1,20", "--out", "sample");
  done("path", ...IMAGES, "--degree", "2", "--steps", "20", "--out", "images");
  done(
    "sample",
    "images",
    "--chains",
    "2",
    "--warmup",
    "5",
    "--draws",
    "10",
    "--max-depth",
    "2",
    "--out",
    "classes",
  );
}, 120_000);

describe("isthmus path", () => {
  it("starts from an initialisation as large as --init-scale says", () => {
    const lengths = ["1", "3"].map((scale) => {
      const still = ["--degree", "2", "--rate", "1e-12", "--init-scale", scale, "--json"];
      return JSON.parse(done("path", ...TOY.slice(0, -1), "1", ...still, "--out", `init-${scale}`)).shape
        .length;
    });
    expect(lengths[1] / lengths[0]).toBeCloseTo(3, 5);
  });
});

describe("isthmus tunnel", () => {
  it("maps the negative log-likelihood, on the path that of its networks, and draws the priors of a plane", () => {
    const { warning } = JSON.parse(done("tunnel", "path", "--points", "13", "--json", "--out", "tunnel"));
    expect(warning).toBeUndefined();
    const { scale, maps, range, massBeyond } = results<TunnelResult>("tunnel", "tunnel");
    const { t, xi, map_1, phi_1, phi_2, ...arrays } = npz("tunnel", "results", "tunnel.npz");
    expect(range).toEqual([-0.1, 1.1]);
    expect(maps.map(({ normal }) => normal)).toEqual([1]);
    expect(massBeyond).toBeLessThan(0.01);
    const path = results<LossPathResult>("path", "path");
    expect(scale).toBe(path.scale);
    const onPath = numbers(map_1).slice(6 * 13, 7 * 13);
    expect(numbers(xi)[6]).toBeCloseTo(0, 12);
    for (let tenth = 0; tenth <= 10; tenth++) {
      expect(numbers(t)[1 + tenth]).toBeCloseTo(tenth / 10, 12);
      const square = path.splits.train.loss[10 * tenth];
      const expected = square / (2 * scale! ** 2) + Math.log(scale! * Math.sqrt(2 * Math.PI));
      expect(onPath[1 + tenth]).toBeCloseTo(expected, 3);
    }
    const [x, y] = [numbers(phi_1), numbers(phi_2)];
    const cell = (x[1] - x[0]) * (y[1] - y[0]);
    for (const name of ["prior_position", "prior_arc_length"]) {
      expect(cell * numbers(arrays[name]).reduce((a, b) => a + b)).toBeCloseTo(1, 1);
    }
    for (const figure of ["map-1", "prior-volume", "prior-position", "prior-arc-length"]) {
      expect(exists("tunnel", "figures", `${figure}.svg`)).toBe(true);
    }
  });

  it("warns of a tunnel so wide that much of the prior folds over", () => {
    done("path", ...TOY, "--steps", "2", "--degree", "20", "--out", "steep");
    const wide = JSON.parse(
      done("tunnel", "steep", "--points", "3", "--normals", "19", "--json", "--out", "wide"),
    );
    expect(wide.massBeyond).toBeGreaterThan(0.01);
    expect(wide.warning).toContain("of the prior reaches past the radius of injectivity");
    expect(readFileSync(join(folder, "wide", "report.html"), "utf8")).toContain("folds over");
    expect(wide.frames[0].spin).toBeLessThan(0.01);
  });
});

it("a tunnel along a straight path is the path, and its radius has no end", () => {
  done("path", ...TOY, "--steps", "2", "--degree", "1", "--out", "straight");
  const { maps, dimension } = JSON.parse(done("tunnel", "straight", "--json", "--out", "thin"));
  expect([maps, dimension]).toEqual([[], 1]);
  expect(readFileSync(join(folder, "thin", "report.html"), "utf8")).toContain("radius of injectivity none");
});

it("a sampling that goes on keeps its own seed and split", () => {
  const before = readFileSync(join(folder, "classes", "results", "sample.json"), "utf8");
  done("sample", "--resume", "classes");
  expect(readFileSync(join(folder, "classes", "results", "sample.json"), "utf8")).toBe(before);
});

describe("isthmus export", () => {
  it("as npz holds the draws, and log-likelihoods with the LPPD of the run", () => {
    done("export", "sample", "--to", "npz", "--split", "test", "--temperature", "20", "--out", "draws.npz");
    const arrays = npz("draws.npz");
    const drawn = npz("sample", "results", "draws-20.npz");
    expect(arrays["posterior/phi"]).toMatchObject({ shape: [2, 60, 2], data: drawn.phi.data });
    expect(numbers(arrays["posterior/noise_scale"])).toEqual(numbers(drawn.scale));
    const lambda = numbers(drawn.lambda);
    expect(numbers(arrays["posterior/t"])).toEqual(lambda.filter((_, i) => i % 2 === 0));
    expect(numbers(arrays["posterior/xi"])).toEqual(lambda.filter((_, i) => i % 2 === 1));
    const { shape, data } = arrays["log_likelihood/y"];
    expect(shape).toEqual([2, 60, 33]);
    const densities = Array.from({ length: 33 }, (_, i) =>
      Math.log(mean(Array.from({ length: 120 }, (_s, s) => Math.exp(Number(data[33 * s + i]))))),
    );
    const { temperatures } = results<SampleResult>("sample", "sample");
    expect(mean(densities)).toBeCloseTo(temperatures[1].splits.test.lppd, 5);
  });

  const python = ["python3", "/usr/bin/python3"].find(
    (command) => spawnSync(command, ["-c", "import numpy"]).status === 0,
  );
  it.skipIf(!python)(
    "as Zarr is read by NumPy, thinned (skipped where there is no Python with NumPy)",
    () => {
      const { file } = JSON.parse(done("export", "sample", "--thin", "2", "--temperature", "1", "--json"));
      const program = `
import json, os, sys, numpy
root = sys.argv[1]
meta = json.load(open(os.path.join(root, ".zmetadata")))["metadata"]
def array(name):
    a = meta[name + "/.zarray"]
    key = ".".join("0" for _ in a["shape"])
    return numpy.fromfile(os.path.join(root, name, key), a["dtype"]).reshape(a["shape"])
phi = array("posterior/phi")
print(json.dumps({
    "groups": sorted(k[:-8] for k in meta if k.endswith("/.zgroup")),
    "shape": phi.shape, "sum": float(phi.sum()), "t": float(array("posterior/t").mean()),
    "observed": array("observed_data/y").shape, "temperature": meta[".zattrs"]["temperature"]}))`;
      const { stdout, stderr } = spawnSync(python!, ["-c", program, join(folder, file)], {
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      const found = JSON.parse(stdout);
      const { phi, lambda } = npz("sample", "results", "draws-1.npz");
      const kept = (values: number[]) => values.filter((_, at) => Math.floor((at % 120) / 2) % 2 === 0);
      expect(found.groups).toEqual([
        "constant_data",
        "log_likelihood",
        "observed_data",
        "posterior",
        "sample_stats",
      ]);
      expect(found.shape).toEqual([2, 30, 2]);
      expect(found.sum).toBeCloseTo(
        kept(numbers(phi)).reduce((a, b) => a + b),
        8,
      );
      expect(found.t).toBeCloseTo(mean(kept(numbers(lambda)).filter((_, i) => i % 2 === 0)), 8);
      expect(found.observed).toEqual([70]);
      expect(found.temperature).toBe(1);
    },
  );
});

it("as published, chains start where t and the noise scale are taken for unbounded coordinates", () => {
  const still = "--sampler random-walk --step-sizes 1e-9,1e-9 --draws 1 --thin 1 --temperature 1".split(" ");
  done("sample", "path", "--as-published", ...still, "--warmup", "0", "--out", "starts");
  const { lambda, scale } = npz("starts", "results", "draws-1.npz");
  const ts = numbers(lambda).filter((_, i) => i % 2 === 0);
  // -0.1 + 1.2 / (1 + exp(-u)) for u in [0, 1]
  expect(ts.length).toBe(10);
  expect(Math.min(...ts)).toBeGreaterThanOrEqual(0.5);
  expect(Math.max(...ts)).toBeLessThan(0.7773);
  const { scale: trained } = results<LossPathResult>("path", "path");
  for (const value of numbers(scale)) expect(Math.log(value)).toBeCloseTo(trained!, 6);
});

describe("isthmus predict", () => {
  it("gives the published scores beside the proper ones", () => {
    done("predict", "sample", "--temperature", "1", "--as-published", "--out", "noisy");
    const { scores, published } = results<PredictResult>("noisy", "predict");
    // The mean of 120 draws has noise left: more than none, and less than a tenth of the noise of one.
    const noise = Math.abs(published!.rmse! ** 2 - scores.rmse! ** 2);
    expect(noise).toBeGreaterThan(0);
    expect(noise).toBeLessThan(0.1 * scores.rmse! ** 2);
    done("predict", "classes", "--as-published", "--out", "averaged");
    const { published: averaged } = results<PredictResult>("averaged", "predict");
    expect(80 * averaged!.accuracy!).toBeCloseTo(Math.round(80 * averaged!.accuracy!), 9);
  });

  it("of a regression writes bands that hold the share of targets that is reported", () => {
    done("predict", "sample", "--temperature", "1", "--range=-3,3", "--out", "bands");
    const { scores, examples } = results<PredictResult>("bands", "predict");
    const { header, data, shape } = parseCsv(
      readFileSync(join(folder, "bands", "results", "predictions.csv"), "utf8"),
    );
    expect(shape).toEqual([33, 7]);
    expect(examples).toBe(33);
    const rows = Array.from({ length: 33 }, (_, i) =>
      Object.fromEntries(header!.map((name, j) => [name, data[7 * i + j]])),
    );
    const share = (low: string, high: string) =>
      mean(rows.map((row) => (row.target >= row[low] && row.target <= row[high] ? 1 : 0)));
    expect(share("q25", "q75")).toBeCloseTo(scores.coverage![0].share, 8);
    expect(share("q05", "q95")).toBeCloseTo(scores.coverage![1].share, 8);
    expect(Math.sqrt(mean(rows.map((row) => (row.mean - row.target) ** 2)))).toBeCloseTo(scores.rmse!, 5);
    const { x, q05, function_q05 } = npz("bands", "results", "curve.npz");
    expect([numbers(x)[0], numbers(x).at(-1)]).toEqual([-3, 3]);
    // The noise makes bands wider.
    numbers(q05).forEach((low, i) => {
      expect(low).toBeLessThan(numbers(function_q05)[i]);
    });
    expect(exists("bands", "figures", "predictive.svg")).toBe(true);
    // The same scores as the sampler's, since no draw is left out.
    const { temperatures } = results<SampleResult>("sample", "sample");
    expect(scores.lppd).toBeCloseTo(temperatures[0].splits.test.lppd, 5);
  });

  it("of a classification writes mean probabilities and their calibration", () => {
    done("predict", "classes", "--out", "probabilities");
    const { scores, calibration } = results<PredictResult>("probabilities", "predict");
    const { probabilities, target } = npz("probabilities", "results", "predictions.npz");
    expect(probabilities.shape).toEqual([80, 10]);
    const rows = Array.from({ length: 80 }, (_, i) => numbers(probabilities).slice(10 * i, 10 * i + 10));
    for (const row of rows) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    const right = rows.map((row, i) => (row.indexOf(Math.max(...row)) === Number(target.data[i]) ? 1 : 0));
    expect(mean(right)).toBeCloseTo(scores.accuracy!, 10);
    const lppd = mean(rows.map((row, i) => Math.log(row[Number(target.data[i])])));
    expect(lppd).toBeCloseTo(scores.lppd, 5);
    expect(calibration!.counts.reduce((a, b) => a + b)).toBe(80);
  });
});

describe("isthmus sample --space full", () => {
  it("keeps whole networks, which predict what the run says", () => {
    const few = "--chains 2 --warmup 200 --draws 50 --thin 2".split(" ");
    done("sample", "path", "--space", "full", ...few, "--out", "full");
    const { theta, scale, phi } = npz("full", "results", "draws-1.npz");
    const D = 8 + 20 + 5;
    expect(theta.shape).toEqual([2, 50, D]);
    expect(theta.data).toBeInstanceOf(Float32Array);
    expect(phi.shape).toEqual([2, 50, 2]);
    const found = results<SampleResult>("full", "sample");
    const data = numbers(theta);
    expect(found).toMatchObject({ space: "full", dimension: D, parameters: D });
    expect(found.temperatures[0]).toMatchObject({ stuck: 0, divergences: 0 });
    done("predict", "full", "--out", "foreseen");
    done("export", "full", "--to", "npz", "--split", "test", "--out", "full.npz");
    const exported = npz("full.npz");
    expect(numbers(exported["posterior/theta"])).toEqual(data);
    const [x, y] = [numbers(exported["constant_data/x"]), numbers(exported["observed_data/y"])];
    // The network by loops: layers of weights [outputs, inputs] and biases, with ReLU in between.
    const network = (draw: number, input: number) => {
      let at = draw * D;
      let h = [input];
      for (const [layer, units] of [4, 4, 1].entries()) {
        const [weights, biases] = [at, at + units * h.length];
        h = Array.from({ length: units }, (_, j) => {
          const sum = h.reduce((z, value, i) => z + value * data[weights + j * h.length + i], 0);
          return layer < 2 ? Math.max(0, sum + data[biases + j]) : sum + data[biases + j];
        });
        at = biases + units;
      }
      return h[0];
    };
    const densities = x.map((input, i) => {
      const likelihoods = numbers(scale).map((s, draw) => {
        const z = (y[i] - network(draw, input)) / s;
        return Math.exp(-(z * z) / 2) / (s * Math.sqrt(2 * Math.PI));
      });
      return Math.log(mean(likelihoods));
    });
    expect(mean(densities)).toBeCloseTo(found.temperatures[0].splits.test.lppd, 3);
    expect(results<PredictResult>("foreseen", "predict").scores.lppd).toBeCloseTo(mean(densities), 3);
    for (const figure of ["trace", "ranks", "draws"]) {
      expect(exists("full", "figures", `${figure}.svg`)).toBe(true);
    }
    expect(exists("full", "figures", "position.svg")).toBe(false);
  });

  it("refuses draws that do not fit, with their bytes", () => {
    const { code, err } = isthmus("sample", "path", "--space", "full", "--draws", "1000000", "--out", "big");
    expect(code).toBe(1);
    expect(err).toContain("10 chains of 1000000 draws of 33 parameters take 1259 MiB (1320000000 bytes)");
  });
});

describe("the report of isthmus sample", () => {
  it("has rank plots, and draws where there are two coordinates", () => {
    for (const figure of ["trace", "ranks", "draws", "position"]) {
      expect(exists("sample", "figures", `${figure}.svg`)).toBe(true);
    }
  });
});

it("a run of isthmus sample serves as the path that it is around", () => {
  const shapeOf = (run: string, out: string) => {
    const { code, out: text } = isthmus("tunnel", run, "--points", "5", "--json", "--out", out);
    expect(code).toBe(0);
    const { arcLength, injectivity, dimension } = JSON.parse(text);
    return { arcLength, injectivity, dimension };
  };
  expect(shapeOf("sample", "around-sample")).toEqual(shapeOf("path", "around-path"));
});

it.each([
  [["tunnel"], "give one path"],
  [["tunnel", "path", "--normals", "2"], "give numbers from 1 to 1"],
  [["export"], "give one folder of a run of isthmus sample"],
  [["export", "path"], "holds a run of isthmus path"],
  [["export", "sample", "--temperature", "3"], "--temperature 3 was not sampled; choose one of 1, 20"],
  [["predict", "path"], "holds a run of isthmus path"],
  [["predict", "sample", "--range", "3,1"], "give two rising numbers"],
  [["predict", "classes", "--range=0,1"], "a regression with a single input"],
])("%j is refused in one sentence", (args, sentence) => {
  const { code, err, out } = isthmus(...args);
  expect(err).toContain(sentence);
  expect(err.trim().split("\n")).toHaveLength(1);
  expect(out).toBe("");
  expect(code).toBe(2);
});

it.each([
  [
    ["--prior-scale", "1e300"],
    /standard deviation of 1e\+299 \(--tube times --prior-scale\), and its control points/,
  ],
  [
    ["--space", "full", "--prior-scale", "1e-300"],
    /deviation of 1e-300 \(--prior-scale\), and weights of the path/,
  ],
])("a prior of %j has nothing to do with the path", (args, sentence) => {
  const { code, err } = isthmus("sample", "path", ...FEW, ...args, "--out", `absurd${args.length}`);
  expect(err).toMatch(sentence);
  expect(code).toBe(1);
});

describe("isthmus evaluate", () => {
  it("does not go beyond the ends of a path without being told", () => {
    const { code, err } = isthmus("evaluate", "path", "--at", "0.5,1.5", "--out", "beyond");
    expect(err).toContain('--at "0.5,1.5" is beyond the ends of the curve');
    expect(code).toBe(2);
  });

  it("refuses weights that are not numbers", () => {
    cpSync(join(folder, "path"), join(folder, "nan"), { recursive: true });
    const file = join(folder, "nan", "checkpoints", "path.safetensors");
    const bytes = readFileSync(file);
    bytes.writeFloatLE(Number.NaN, bytes.length - 4);
    writeFileSync(file, bytes);
    const { code, err } = isthmus("evaluate", "nan", "--out", "evaluated");
    expect(err).toContain("holds weights that are not finite");
    expect(code).toBe(1);
  });
});

it("the report of a run by an earlier version, without the place of the path, is refused in a sentence", () => {
  cpSync(join(folder, "sample"), join(folder, "older"), { recursive: true });
  rmSync(join(folder, "older", "results", "path.npz"));
  const { code, err } = isthmus("report", "older");
  expect(err).toMatch(/^isthmus: The run in \S+ was drawn by an earlier version .*; sample again\.\n$/);
  expect(code).toBe(1);
});

it("an export leaves what is there already", () => {
  done("export", "sample", "--to", "npz", "--split", "none", "--out", "twice.npz");
  const { code, err } = isthmus("export", "sample", "--to", "npz", "--split", "none", "--out", "twice.npz");
  expect(err).toContain("There is something at twice.npz already");
  expect(code).toBe(1);
});
