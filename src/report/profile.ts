import { type Chart, drawChart, lineStyles } from "./chart.ts";
import { layOut } from "./layout.ts";

/** A chart with a title; see {@link Chart}. */
export interface Profile extends Chart {
  title?: string;
}

/**
 * The loss or the error along one or several paths between optima, drawn as in Garipov et al. 2018 (fig. 2) and
 * Wortsman et al. 2021: the position on the path, t in [0, 1] or arc length, across; the value up. Works for any
 * other chart of lines too.
 *
 * @returns a standalone SVG of `width` (default 640) by `height` (360) pixels plus title and legend.
 * @throws where a series has x and y of different lengths.
 */
export function profileFigure(profile: Profile, document: Document): SVGSVGElement {
  const names = profile.series.map((series) => series.name).join(", ");
  return layOut(
    {
      title: profile.title,
      legend: lineStyles(profile.series),
      panels: [drawChart(profile, document)],
      description: `${profile.title ?? profile.yLabel}: ${profile.yLabel} against ${profile.xLabel}. Lines: ${names}.`,
    },
    document,
  );
}
