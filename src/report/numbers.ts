import { powerOfTen } from "./ticks.ts";

/** Four significant digits: 203.7, 17890, 1.341·10⁻⁴, and 0 for zero; ∞ and – where there is no number. */
export function significant(x: number | null): string {
  if (x === null || Number.isNaN(x)) return "–";
  if (!Number.isFinite(x)) return x < 0 ? "−∞" : "∞";
  if (x === 0) return "0";
  const short = Number(x.toPrecision(4));
  const exponent = Number(short.toExponential().split("e")[1]);
  const text =
    exponent < -3 || exponent > 6
      ? `${(short / 10 ** exponent).toPrecision(4)}·${powerOfTen(exponent)}`
      : exponent >= 3
        ? String(short)
        : short.toFixed(3 - exponent);
  return text.replace("-", "−");
}

/** Radians in degrees, with two digits after the point. */
export const degrees = (radians: number): string => `${((180 / Math.PI) * radians).toFixed(2)}°`;

/** A share in [0, 1] in per cent, without the sign, with digits enough to tell it from 0 and from 100. */
export function percentage(share: number): string {
  const percent = 100 * share;
  if (percent >= 10) {
    const digits = percent < 100 ? 1 - Math.floor(Math.log10(100 - percent)) : 0;
    return percent.toFixed(Math.min(6, Math.max(1, digits)));
  }
  if (percent >= 1e-3 || percent === 0) return String(Number(percent.toPrecision(2)));
  const exponent = Math.floor(Math.log10(percent));
  return `${Number((percent / 10 ** exponent).toPrecision(2))}·${powerOfTen(exponent)}`;
}
