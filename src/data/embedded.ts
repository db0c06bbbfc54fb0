import type { Dataset } from "./dataset.ts";
import { imageDataset } from "./images.ts";
import { datasetInfo } from "./registry.ts";

/** The four files in the folder `assets/fashion-mnist-small` of this package, gzipped idx. */
export interface EmbeddedFiles {
  trainImages: Uint8Array;
  trainLabels: Uint8Array;
  testImages: Uint8Array;
  testLabels: Uint8Array;
}

/**
 * The data set `fashion-mnist-small` from the bytes of its files, which a page fetches and Node reads.
 *
 * @throws FormatError where a file is damaged
 */
export function parseEmbedded(files: EmbeddedFiles): Promise<Dataset> {
  const info = datasetInfo("fashion-mnist-small");
  const bytes = [files.trainImages, files.trainLabels, files.testImages, files.testLabels];
  return imageDataset(info, Object.fromEntries(info.files.map(({ name }, i) => [name, bytes[i]])));
}
