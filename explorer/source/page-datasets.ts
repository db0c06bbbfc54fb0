import {
  type Dataset,
  foldValidation,
  isToyClassification,
  splitTrainValidation,
  subset,
  toyClassification,
  toyRegression,
} from "../../src/data/index.ts";
import { Rng } from "../../src/engine/index.ts";
import { embeddedImages } from "./embedded-data.ts";

/** What a run's spec says of its data. */
export interface DataOfRun {
  data?: string;
  seed?: number;
  trainCount?: number;
  testCount?: number;
  fold?: number;
  validationCount?: number;
}

/**
 * The data of a run, split as they were, where the page has them: those that are made and the embedded images. Undefined for
 * all others, and where the checksum shows that the run had other ones (of a user's own file, say).
 *
 * @param checksum of the whole data set, as run.json has it
 * @param site where the page lies
 */
export async function datasetOfRun(
  spec: DataOfRun,
  checksum: string | undefined,
  site: string,
): Promise<Dataset | undefined> {
  const { seed = 0, trainCount, testCount, fold } = spec;
  const whole = await namedDataset(spec.data ?? "", seed, site);
  if (!whole || (checksum !== undefined && whole.checksum !== checksum)) return undefined;
  const counted = trainCount || testCount ? subset(whole, { train: trainCount, test: testCount }) : whole;
  const dataset = fold === undefined ? counted : foldValidation(counted, fold);
  // A tenth is what the commands set aside unless they are told otherwise.
  const { validationCount = Math.floor(dataset.train.count / 10) } = spec;
  if (dataset.validation || validationCount === 0) return dataset;
  return splitTrainValidation(dataset, validationCount, Rng.fromSeed(seed).split("split"));
}

/** A data set that the page has, by its name. */
export async function namedDataset(name: string, seed: number, site: string): Promise<Dataset | undefined> {
  if (isToyClassification(name)) return toyClassification(name, seed);
  if (name === "toy-regression") return toyRegression({ seed });
  return name === "fashion-mnist-small" ? embeddedImages(site) : undefined;
}
