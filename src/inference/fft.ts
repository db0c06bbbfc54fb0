/**
 * The discrete Fourier transform in place: X_k = Σ_j x_j exp(−2πi·jk/n), by decimation in time (Cooley and Tukey 1965).
 *
 * @param real [n], where n is a power of two; holds the real parts of X afterwards
 * @param imaginary [n], likewise
 */
export function fft(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  if (n !== imaginary.length || n === 0 || (n & (n - 1)) !== 0) {
    throw new RangeError(
      `A Fourier transform of ${n} real and ${imaginary.length} imaginary parts was asked for; give equally many, a power of two.`,
    );
  }
  for (let i = 1, j = 0; i < n; i++) {
    // j is i with its bits in reverse order.
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      swap(real, i, j);
      swap(imaginary, i, j);
    }
  }
  const { cosines, sines } = rootsOfUnity(n);
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const even = start + k;
        const odd = even + half;
        const c = cosines[k * stride];
        const s = sines[k * stride];
        const re = real[odd] * c - imaginary[odd] * s;
        const im = real[odd] * s + imaginary[odd] * c;
        real[odd] = real[even] - re;
        imaginary[odd] = imaginary[even] - im;
        real[even] += re;
        imaginary[even] += im;
      }
    }
  }
}

function swap(values: Float64Array, i: number, j: number): void {
  const value = values[i];
  values[i] = values[j];
  values[j] = value;
}

interface Roots {
  cosines: Float64Array;
  sines: Float64Array;
}

const ROOTS = new Map<number, Roots>();

/** exp(−2πi·k/n) for k < n/2. They are kept, because one diagnosis makes thousands of transforms of one length. */
function rootsOfUnity(n: number): Roots {
  let roots = ROOTS.get(n);
  if (!roots) {
    const angle = (k: number) => (-2 * Math.PI * k) / n;
    roots = {
      cosines: Float64Array.from({ length: n / 2 }, (_, k) => Math.cos(angle(k))),
      sines: Float64Array.from({ length: n / 2 }, (_, k) => Math.sin(angle(k))),
    };
    ROOTS.set(n, roots);
  }
  return roots;
}
