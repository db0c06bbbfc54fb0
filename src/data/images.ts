import { FormatError, parseIdx } from "../format/index.ts";
import { type Dataset, type Split, withChecksum } from "./dataset.ts";
import type { DatasetInfo } from "./registry.ts";

/**
 * A data set of images from its four idx files, gzipped or not. Images stay bytes, and a pixel is byte / 255.
 *
 * @param info what the files should hold
 * @param files bytes by the names in `info.files`: training images and labels, test images and labels
 * @throws FormatError where a file is damaged, counts or shapes disagree, or a label is not one of the classes
 */
export async function imageDataset(info: DatasetInfo, files: Record<string, Uint8Array>): Promise<Dataset> {
  const [trainImages, trainLabels, testImages, testLabels] = info.files.map(({ name }) => name);
  return withChecksum({
    name: info.name,
    task: "classification",
    shape: info.shape,
    classes: info.classes,
    byteScale: 1 / 255,
    byteShift: 0,
    train: imageSplit(info, files, trainImages, trainLabels),
    test: imageSplit(info, files, testImages, testLabels),
    source: info.source,
  });
}

function imageSplit(
  info: DatasetInfo,
  files: Record<string, Uint8Array>,
  imageFile: string,
  labelFile: string,
): Split {
  const images = parseIdx(files[imageFile], imageFile, 3);
  const labels = parseIdx(files[labelFile], labelFile, 1);
  const [count, ...shape] = images.shape;
  if (shape.join() !== info.shape.join())
    throw new FormatError(
      imageFile,
      "byte 8",
      `expected images of ${info.shape.join(" x ")}, found ${shape.join(" x ")}`,
    );
  if (labels.shape[0] !== count)
    throw new FormatError(
      labelFile,
      "byte 4",
      `expected ${count} labels, one an image, found ${labels.shape[0]}`,
    );
  const wrong = labels.data.findIndex((label) => label >= info.classes);
  if (wrong >= 0)
    throw new FormatError(
      labelFile,
      `byte ${8 + wrong}`,
      `the label is ${labels.data[wrong]}, expected 0 to ${info.classes - 1}`,
    );
  return { count, inputs: images.data, targets: Int32Array.from(labels.data) };
}
