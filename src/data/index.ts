export { CORRUPTIONS, type Corruption, corruptTest } from "./corrupt.ts";
/** Data sets: which there are, how they are made of files, how they are split and standardised. */
export {
  type Dataset,
  FOLDS,
  foldValidation,
  type Split,
  type SplitName,
  splitTrainValidation,
  subset,
  type Task,
  takeRows,
} from "./dataset.ts";
export { type EmbeddedFiles, parseEmbedded } from "./embedded.ts";
export { withLabelNoise } from "./label-noise.ts";
export { binaryPicture, type Picture, readPicture, resizePicture } from "./picture.ts";
export { type DatasetFile, type DatasetInfo, datasetInfo, listDatasets } from "./registry.ts";
export { sha256 } from "./sha256.ts";
export { standardise } from "./standardise.ts";
export { type TabularOptions, tabularDataset } from "./tabular.ts";
export {
  isToyClassification,
  TOY_CLASSIFICATIONS,
  type ToyClassification,
  toyClassification,
} from "./toy-classification.ts";
export { flaxParameterRng, type ToyOptions, toyRegression } from "./toy-regression.ts";
export {
  type DatasetFiles,
  parseUserFiles,
  type SplitFiles,
  type UserFile,
  type UserOptions,
} from "./user-files.ts";
