/** The style sheet of a report: a sober page for screen, dark screen and paper. Figures always lie on white. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfaf7; --ink: #1c2127; --faint: #5f6770; --rule: #d9d6ce; --card: #ffffff; --code: #f1efe9;
  --accent: #0b5c8f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16191d; --ink: #e4e6e8; --faint: #a0a8b0; --rule: #353b42; --card: #1e2328; --code: #20262c;
    --accent: #7cc0ea;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 3rem 1.25rem 4rem; background: var(--page); color: var(--ink);
  font: 1.0625rem/1.55 Charter, "Bitstream Charter", "Iowan Old Style", Cambria, Georgia, serif;
  font-variant-numeric: lining-nums; overflow-wrap: break-word;
}
main { max-width: 50rem; margin: 0 auto; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1.5rem; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 2.75rem 0 .9rem; padding-top: .9rem; border-top: 1px solid var(--rule); }
p { margin: 0 0 .9rem; max-width: 42rem; }
.lead { color: var(--faint); font-style: italic; font-size: 1.1rem; }
.answer { font-size: 1.25rem; line-height: 1.45; border-left: 3px solid var(--accent); padding-left: 1rem; }
.facts { display: flex; flex-wrap: wrap; gap: 1px; margin: 0;
  background: var(--rule); border: 1px solid var(--rule); }
.facts > div { background: var(--card); padding: .85rem 1rem; display: flex; flex-direction: column; flex: 1 1 11rem; }
.facts dt { font-size: .9rem; color: var(--faint); line-height: 1.3; }
.facts dd { margin: 0; }
.facts .value { font-size: 1.45rem; line-height: 1.35; font-variant-numeric: lining-nums tabular-nums; }
.facts .note { font-size: .85rem; color: var(--faint); line-height: 1.35; }
figure { margin: 0 0 2.25rem; break-inside: avoid; }
.drawing { background: #fff; border: 1px solid var(--rule); padding: .75rem; text-align: center; }
.drawing svg { display: block; margin: 0 auto; max-width: 100%; height: auto; }
.drawing text, .drawing tspan { white-space: pre; }
figcaption, caption { font-size: .95rem; line-height: 1.45; color: var(--faint); text-align: left; }
figcaption { margin-top: .6rem; max-width: 44rem; }
figcaption b, caption b { color: var(--ink); font-weight: 600; }
.table { overflow-x: auto; margin: 0 0 2rem; break-inside: avoid; }
table { min-width: min(100%, 27rem); border-collapse: collapse; font-size: .97rem; font-variant-numeric: lining-nums tabular-nums;
  border-bottom: 1.5px solid var(--ink); }
caption { padding-bottom: .5rem; }
th, td { text-align: left; padding: .3rem 1.4rem .3rem 0; vertical-align: baseline; font-weight: 400; }
th:last-child, td:last-child { padding-right: .2rem; }
thead th { border-top: 1.5px solid var(--ink); border-bottom: 1px solid var(--ink); font-weight: 600; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
.number { text-align: right; }
pre { background: var(--code); border: 1px solid var(--rule); padding: .85rem 1rem; margin: 0 0 .9rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .9rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
ul { padding-left: 1.2rem; max-width: 42rem; }
.environment { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.5rem; margin: 0; font-size: .95rem; }
.environment dt { color: var(--faint); }
.environment dd { margin: 0; font-variant-numeric: lining-nums tabular-nums; min-width: 0; }
@media (max-width: 32rem) {
  body { padding-top: 1.75rem; }
  .environment { display: block; }
  .environment dd { margin-bottom: .5rem; }
  .drawing { padding: .35rem; }
}
@media print {
  :root { --page: #fff; --ink: #000; --faint: #444; --rule: #bbb; --card: #fff; --code: #fff; --accent: #000; }
  body { padding: 0; font-size: 10.5pt; }
  main { max-width: none; }
  h2 { break-after: avoid; }
}
`;
