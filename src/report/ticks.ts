/**
 * Ticks of a logarithmic axis between two positive values: the powers of ten, with their doubles and fives where
 * there are fewer than three of them, and all multiples where that still leaves fewer.
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
  return few.length >= 3 ? few : decades([1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 10⁻⁵ of −5. */
export function powerOfTen(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** A tick of {@link logTicks}: plain from 0.001 to 1000, and 10⁻⁵ or 2·10⁻⁵ beyond. */
export function logTickLabel(tick: number): string {
  const exponent = Math.floor(Math.log10(tick) + 1e-9);
  if (exponent >= -3 && exponent <= 3) return String(Number(tick.toPrecision(1)));
  const mantissa = Math.round(tick / 10 ** exponent);
  return `${mantissa === 1 ? "" : `${mantissa}·`}${powerOfTen(exponent)}`;
}
