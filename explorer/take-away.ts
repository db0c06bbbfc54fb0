import { h } from "./dom.ts";

/** A file that a view can be taken away as. */
export interface Export {
  name: string;
  make(): Promise<Blob> | Blob;
}

/** What a page of the explorer is. */
export interface View {
  element: HTMLElement;
  exports(): Export[];
  /** The command that makes again what is shown. */
  command(): string;
}

/** Style properties of SVG that come from the style sheet. */
const STYLED = ["fill", "stroke", "stroke-opacity", "stroke-width", "font-size", "font-family"] as const;

/** A chart as a file of its own, with the colours of the page in it. */
export function svgExport(name: string, svg: SVGSVGElement): Export {
  return {
    name: `${name}.svg`,
    make: () => {
      const copy = svg.cloneNode(true) as SVGSVGElement;
      const [from, to] = [svg, copy].map((root) => [root, ...root.querySelectorAll<SVGElement>("*")]);
      from.forEach((element, i) => {
        const style = getComputedStyle(element);
        for (const property of STYLED) to[i].setAttribute(property, style.getPropertyValue(property));
      });
      const { width, height } = svg.getBoundingClientRect();
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
      copy.setAttribute("width", String(width));
      copy.setAttribute("height", String(height));
      return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
    },
  };
}

/** A canvas as a picture. */
export const pngExport = (name: string, canvas: HTMLCanvasElement): Export => ({
  name: `${name}.png`,
  make: () =>
    new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made.")))),
    ),
});

/** Columns of equal length as a table. */
export const csvExport = (name: string, columns: Record<string, ArrayLike<number>>): Export => ({
  name: `${name}.csv`,
  make: () => {
    const names = Object.keys(columns);
    const count = Math.max(...names.map((key) => columns[key].length));
    const rows = Array.from({ length: count }, (_, i) => names.map((key) => columns[key][i] ?? "").join(","));
    return new Blob([`${[names.join(","), ...rows].join("\n")}\n`], { type: "text/csv" });
  },
});

function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The menu of everything that the open view can be taken away as. */
export function takeAwayMenu(view: () => View | undefined): HTMLElement {
  const list = h("div", { class: "menu", role: "menu", hidden: true });
  const button = h(
    "button",
    { type: "button", "aria-haspopup": "menu", "aria-expanded": "false" },
    "take away",
  );
  const close = () => {
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };
  button.addEventListener("click", () => {
    if (!list.hidden) return close();
    const open = view();
    const items = (open?.exports() ?? []).map(({ name, make }) =>
      h(
        "button",
        {
          type: "button",
          role: "menuitem",
          onclick: async () => {
            close();
            save(name, await make());
          },
        },
        name,
      ),
    );
    const command = open?.command();
    list.replaceChildren(
      ...items,
      ...(command
        ? [
            h("p", {}, "made by"),
            h("code", {}, command),
            h(
              "button",
              {
                type: "button",
                role: "menuitem",
                onclick: () => navigator.clipboard?.writeText(command).then(close),
              },
              "copy the command",
            ),
          ]
        : []),
    );
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    list.querySelector("button")?.focus();
  });
  const root = h("div", { class: "take-away" }, button, list);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      button.focus();
    }
  });
  addEventListener("pointerdown", (event) => {
    if (!root.contains(event.target as Node)) close();
  });
  return root;
}
