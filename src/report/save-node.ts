import type { RunFolder } from "../run/node.ts";
import { figureDocument } from "./document-node.ts";
import type { Report, ReportFigure } from "./html.ts";
import { renderReport } from "./html.ts";
import { canRenderText, svgToPng } from "./png-node.ts";
import { svgText } from "./svg.ts";

/** Draws a figure of a run into figures/ID.svg and .png (where fonts are installed), and returns it for a report. */
export function saveFigure(
  folder: RunFolder,
  id: string,
  caption: string,
  draw: (document: Document) => SVGSVGElement,
): ReportFigure {
  const svg = svgText(draw(figureDocument()));
  folder.writeText(`figures/${id}.svg`, svg);
  if (canRenderText()) folder.writeBytes(`figures/${id}.png`, svgToPng(svg));
  return { id, svg, caption };
}

/** Writes report.html, with what is known of the run itself. */
export function saveReport(
  folder: RunFolder,
  report: Omit<Report, "command" | "seeds" | "environment">,
): string {
  const { command, seed, versions, data, threads, timings } = folder.record;
  const seconds = Object.entries(timings).map(([stage, s]) => `${stage} ${s.toFixed(1)} s`);
  const environment = [
    { label: "isthmus", value: versions.isthmus },
    { label: "Node.js", value: versions.node },
    { label: "ONNX Runtime", value: versions.onnxruntime },
    { label: "jax-js", value: versions.jax },
    { label: "Threads", value: String(threads) },
    ...(data
      ? [
          { label: "Data", value: data.note ? `${data.name}: ${data.note}` : data.name },
          { label: "Checksum of the data (SHA-256)", value: data.checksum },
        ]
      : []),
    ...(seconds.length > 0 ? [{ label: "Training time", value: seconds.join(", ") }] : []),
  ];
  const seeds = `${seed}; every stream of random numbers (split, initialisation, shuffling, dropout, coordinates) is derived from it by name.`;
  folder.writeText("report.html", renderReport({ ...report, command, seeds, environment }));
  return folder.pathOf("report.html");
}
