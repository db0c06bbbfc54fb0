import type { RunFolder } from "../run/node.ts";
import { connectReport } from "./connect-report-node.ts";
import { connectorReport } from "./connector-report-node.ts";
import { mConnectorReport } from "./m-connector-report-node.ts";
import { minimaGraphReport } from "./minima-graph-report-node.ts";

const WRITERS = {
  connect: connectReport,
  connector: connectorReport,
  "m-connector": mConnectorReport,
  "minima-graph": minimaGraphReport,
};

/** Writes the report of a run of `isthmus connect`, whatever it has found. */
export function connectRunReport(folder: RunFolder): string {
  const found = Object.entries(WRITERS).find(([name]) => folder.has(`results/${name}.json`));
  if (!found) throw new RangeError(`${folder.path} holds no result of isthmus connect; resume it.`);
  return found[1](folder);
}
