import { type Dataset, parseEmbedded } from "../../src/data/index.ts";

/** The files of fashion-mnist-small, beside the page. */
const FILES = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];

let loading: Promise<Dataset> | undefined;

/** The embedded Fashion-MNIST. @param site where the page lies */
export function embeddedImages(site: string): Promise<Dataset> {
  loading ??= load(site);
  return loading;
}

async function load(site: string): Promise<Dataset> {
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(
    FILES.map(async (name) => {
      const response = await fetch(new URL(`data/${name}-ubyte.gz`, site));
      if (!response.ok) throw new Error(`The images could not be read (${response.status}).`);
      return new Uint8Array(await response.arrayBuffer());
    }),
  );
  return parseEmbedded({ trainImages, trainLabels, testImages, testLabels });
}

/** Names of the ten classes, in the order of the labels. */
export const FASHION_CLASSES = [
  "T-shirt",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];
