export { STUDIES } from "./registry.ts";
export { type Claim, SCALES, type Scale, type Study, type StudyOutcome } from "./study.ts";
