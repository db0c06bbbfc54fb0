export { type Calibration, calibrationOf } from "./calibration.ts";
export {
  disagreement,
  disagreementOneRight,
  klDivergence,
  pairwise,
  totalVariation,
} from "./diversity.ts";
export { meanPrediction, type Predictions, predictedClasses, softmax } from "./predictive.ts";
export { type Score, type Scores, scoresOf } from "./scores.ts";
