import type { SampleResult } from "../../run/node.ts";

type Space = SampleResult["space"];

/** Test RMSE and LPPD at the temperature of best validation, mean and standard deviation over 5 seeds. */
export type PublishedScores = [rmse: number, rmseSd: number, lppd: number, lppdSd: number];

/** By data set, space and degree (Dold et al. 2025, notebook uci of the authors' code, cell 22). */
export const SCORES: Record<string, Partial<Record<Space, Record<number, PublishedScores>>>> = {
  airfoil: {
    tunnel: { 2: [0.19, 0.01, 0.25, 0.09], 20: [0.18, 0.01, 0.34, 0.04] },
    line: { 2: [0.19, 0.01, 0.26, 0.1], 20: [0.18, 0.01, 0.39, 0.07] },
    volume: { 2: [0.19, 0.01, 0.27, 0.06], 20: [0.18, 0.01, 0.36, 0.04] },
  },
  bikesharing: {
    tunnel: { 2: [0.23, 0.01, 0.12, 0.04], 20: [0.23, 0.01, 0.14, 0.03] },
    line: { 2: [0.23, 0.01, 0.12, 0.04], 20: [0.23, 0.01, 0.2, 0.02] },
    volume: { 2: [0.23, 0.01, 0.12, 0.04], 20: [0.23, 0.01, 0.15, 0.03] },
  },
  concrete: {
    tunnel: { 2: [0.3, 0.02, -0.08, 0.05], 20: [0.28, 0.02, -0.04, 0.09] },
    line: { 2: [0.3, 0.02, -0.07, 0.04], 20: [0.27, 0.02, 0.06, 0.1] },
    volume: { 2: [0.3, 0.02, -0.08, 0.03], 20: [0.29, 0.03, -0.08, 0.14] },
  },
  energy: {
    tunnel: { 2: [0.04, 0.01, 1.74, 0.14], 20: [0.05, 0.01, 1.7, 0.28] },
    line: { 2: [0.04, 0.01, 1.75, 0.16], 20: [0.04, 0.01, 1.83, 0.21] },
    volume: { 2: [0.04, 0.01, 1.76, 0.19], 20: [0.05, 0.01, 1.79, 0.16] },
  },
  yacht: {
    tunnel: { 2: [0.05, 0.01, 0.75, 3.01], 20: [0.04, 0.01, 1.33, 1.75] },
    line: { 2: [0.05, 0.02, 0.97, 2.39], 20: [0.05, 0.01, 1.48, 1.75] },
    volume: { 2: [0.05, 0.01, 1.53, 1.14], 20: [0.05, 0.01, 1.5, 1.61] },
  },
};

/** Mean effective draws at K = 20, and seconds of sampling in the tunnel, on a GPU (cell 12). */
export const SAMPLING: Record<string, { tunnel: number; volume: number; seconds: number }> = {
  airfoil: { tunnel: 800, volume: 19, seconds: 391.6 },
  bikesharing: { tunnel: 4169, volume: 398, seconds: 433.8 },
  concrete: { tunnel: 2517, volume: 527, seconds: 423.0 },
  energy: { tunnel: 2585, volume: 322, seconds: 416.2 },
  yacht: { tunnel: 1388, volume: 22, seconds: 434.4 },
};
