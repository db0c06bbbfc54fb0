import { REPORT_STYLE } from "./html-style.ts";

/** A number that a reader takes away, already formatted with its unit. */
export interface Fact {
  label: string;
  value: string;
  /** What it is compared with, or how sure it is. */
  note?: string;
}

/** A figure of a report. */
export interface ReportFigure {
  /** Unique in the report; letters, digits and hyphens. Links to the figure end in "#" and this. */
  id: string;
  /** A standalone `<svg>`, from `svgText`. */
  svg: string;
  caption: string;
}

/** A table of a report. A column of whole numbers is shown in full, other numbers with four
 * significant digits; give strings to choose the format. */
export interface ReportTable {
  caption: string;
  columns: string[];
  /** As many cells a row as columns; the first cell names the row. */
  rows: (string | number)[][];
}

/** What a run found, in the order in which a reader wants it. All text is plain text. */
export interface Report {
  title: string;
  /** What was asked. */
  question: string;
  /** The answer in one sentence with numbers. */
  answer: string;
  facts: Fact[];
  figures: ReportFigure[];
  tables: ReportTable[];
  /** What to keep in mind: limits, departures from a paper, warnings. */
  notes: string[];
  /** The command that does the run again. */
  command: string;
  /** The seeds of the run, in words. */
  seeds: string;
  /** Machine, versions, checksums, times. */
  environment: { label: string; value: string }[];
}

/**
 * A report as one self-contained HTML page: nothing is fetched, there is no script, and it reads well in light, dark
 * and print. Empty sections are left out.
 *
 * @throws where a figure's id is not usable or not unique, or a table's row has the wrong number of cells.
 */
export function renderReport(report: Report): string {
  const ids = report.figures.map((figure) => figure.id);
  const taken = ids.find((id, i) => ids.indexOf(id) !== i || !/^[A-Za-z][\w-]*$/.test(id));
  if (taken !== undefined) {
    throw new Error(
      `The figure id "${taken}" is taken or has other signs than letters, digits and hyphens; choose another.`,
    );
  }
  const sections = [
    section("Key numbers", report.facts.length > 0 ? facts(report.facts) : ""),
    section("Figures", report.figures.map(figure).join("\n")),
    section("Tables", report.tables.map(table).join("\n")),
    section("Notes", report.notes.length > 0 ? `<ul>${report.notes.map(item).join("")}</ul>` : ""),
    section(
      "How to do it again",
      `<pre><code>${escapeHtml(report.command)}</code></pre>\n<p>Seeds: ${escapeHtml(report.seeds)}</p>`,
    ),
    section("Environment", report.environment.length > 0 ? environment(report.environment) : ""),
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escapeHtml(report.title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(report.title)}</h1>
<p class="lead">${escapeHtml(report.question)}</p>
<p class="answer">${escapeHtml(report.answer)}</p>
${sections.filter((text) => text !== "").join("\n")}
</main>
</body>
</html>
`;
}

/** Text as it must stand in HTML, in content and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (sign) => entities[sign]);
}

function section(heading: string, content: string): string {
  return content === "" ? "" : `<section>\n<h2>${heading}</h2>\n${content}\n</section>`;
}

function item(text: string): string {
  return `<li>${escapeHtml(text)}</li>`;
}

function facts(list: Fact[]): string {
  const boxes = list.map(({ label, value, note }) => {
    const remark = note === undefined ? "" : `<dd class="note">${escapeHtml(note)}</dd>`;
    return `<div><dt>${escapeHtml(label)}</dt><dd class="value">${escapeHtml(value)}</dd>${remark}</div>`;
  });
  return `<dl class="facts">${boxes.join("\n")}</dl>`;
}

function figure({ id, svg, caption }: ReportFigure, i: number): string {
  return `<figure id="${id}">
<div class="drawing">${scopeIds(svg, id)}</div>
<figcaption><b>Figure ${i + 1}.</b> ${escapeHtml(caption)}</figcaption>
</figure>`;
}

/** Puts the figure's id before the ids inside of its drawing: those of two drawings on a page would clash. */
function scopeIds(svg: string, figureId: string): string {
  return svg
    .replace(/^\s*<\?xml[^>]*>\s*/, "")
    .replace(/(<[^>]*\sid=")([^"]+)"/g, `$1${figureId}-$2"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${figureId}-$1)`);
}

function table({ caption, columns, rows }: ReportTable, i: number): string {
  const wrong = rows.find((row) => row.length !== columns.length);
  if (wrong !== undefined) {
    const counts = `${columns.length} columns and a row of ${wrong.length} cells`;
    throw new Error(`The table "${caption}" has ${counts}; give one cell a column.`);
  }
  const numeric = columns.map((_, c) => rows.length > 0 && rows.every((row) => looksNumeric(row[c])));
  const whole = columns.map((_, c) =>
    rows.every((row) => typeof row[c] !== "number" || Number.isInteger(row[c])),
  );
  const align = (c: number) => (numeric[c] ? ' class="number"' : "");
  const head = columns.map((name, c) => `<th scope="col"${align(c)}>${escapeHtml(name)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = row.map((cell, c) => {
      const text = escapeHtml(typeof cell === "number" ? formatNumber(cell, whole[c]) : cell);
      return c === 0 ? `<th scope="row"${align(c)}>${text}</th>` : `<td${align(c)}>${text}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="table" tabindex="0"><table>
<caption><b>Table ${i + 1}.</b> ${escapeHtml(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>`;
}

/** Numbers, and strings such as "10.4 %", "−0.2 ± 0.1" or "–" for none: a column of them is set to the right. */
function looksNumeric(cell: string | number): boolean {
  return typeof cell === "number" || /^[−+-]?\.?\d|^[–—]?$/.test(cell);
}

/** In full in a column of whole numbers, otherwise with four significant digits. */
function formatNumber(value: number, whole: boolean): string {
  const text = whole ? String(value) : value.toPrecision(4);
  return text.replaceAll("-", "−").replace("Infinity", "∞");
}

function environment(list: { label: string; value: string }[]): string {
  const rows = list.map(({ label, value }) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl class="environment">${rows.join("\n")}</dl>`;
}
