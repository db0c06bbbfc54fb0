/**
 * Ticks of a logarithmic axis between two positive values: the powers of ten, with their doubles and fives where
 * there are fewer than three of them, and all multiples, with 1.5 before the wide gap up to 2, where that still leaves
 * fewer.
 */
export function logTicks(low: number, high: number): number[] {
  const decades = (steps: number[]) => {
    const ticks: number[] = [];
    for (let k = Math.floor(Math.log10(low)); k <= Math.ceil(Math.log10(high)); k++) {
      for (const step of steps) {
        const tick = Number(`${step}e${k}`);
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
      }
    }
    return ticks;
  };
  const powers = decades([1]);
  if (powers.length >= 3) return powers;
  const few = decades([1, 2, 5]);
  return few.length >= 3 ? few : decades([1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]);
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * The two outermost labels of a linear axis of about so many ticks, rounded outwards to their step: 1, 2 or 5 times a power of
 * ten, as d3 rounds it. They are as long as any between them.
 */
export function outerLabels(low: number, high: number, count: number): [string, string] {
  const step = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(step));
  const [two, five, ten] = [2, 10, 50].map((x) => step / power >= Math.sqrt(x));
  const nice = power * (ten ? 10 : five ? 5 : two ? 2 : 1);
  const digits = Math.max(0, -Math.floor(Math.log10(nice) + 1e-9));
  return [
    (Math.floor(low / nice) * nice).toFixed(digits).replace("-", "−"),
    (Math.ceil(high / nice) * nice).toFixed(digits).replace("-", "−"),
  ];
}

/** 10⁻⁵ of −5. */
export function powerOfTen(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** A tick of {@link logTicks}: plain from 0.001 to 1000, and 10⁻⁵ or 2·10⁻⁵ beyond. */
export function logTickLabel(tick: number): string {
  const exponent = Math.floor(Math.log10(tick) + 1e-9);
  if (exponent >= -3 && exponent <= 3) return String(Number(tick.toPrecision(2)));
  const mantissa = Number((tick / 10 ** exponent).toPrecision(2));
  return `${mantissa === 1 ? "" : `${mantissa}·`}${powerOfTen(exponent)}`;
}
