type Child = Node | string | undefined;
type Attributes = Record<string, string | number | boolean | undefined | ((event: never) => void)>;

/** Puts attributes on an element: functions listen to events (`onclick`), false and undefined leave an attribute out. */
function assign(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** An HTML element with attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  assign(element, attributes);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes and children. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  assign(element, attributes);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A group of buttons of which one is pressed. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [value: T, name: string])[],
  selected: T,
  onChoose: (value: T) => void,
): HTMLElement {
  const buttons = options.map(([value, name]) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(value === selected),
        onclick: () => {
          for (const [i, button] of buttons.entries()) {
            button.setAttribute("aria-pressed", String(options[i][0] === value));
          }
          onChoose(value);
        },
      },
      name,
    ),
  );
  return h("div", { class: "choice", role: "group", "aria-label": label }, h("span", {}, label), ...buttons);
}

/** A number with three significant digits, for people. */
export function shown(x: number): string {
  if (!Number.isFinite(x)) return "–";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e5 || size < 1e-3) return x.toExponential(1).replace("-", "−").replace("e−", "e−");
  return x.toPrecision(3).replace("-", "−");
}

/** Steps of the arrow keys in a plane whose second axis points up: (±1, 0) or (0, ±1); undefined for other keys. */
export function arrowStep(key: string): readonly [number, number] | undefined {
  const steps: Record<string, readonly [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  return steps[key];
}
