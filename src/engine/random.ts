/**
 * Random streams: Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"),
 * used as JAX 0.4 uses it by default ("non-partitionable" counters), so that splits, data and initial weights of
 * JAX experiments can be reproduced bit by bit.
 */

const TWO_32 = 2 ** 32;
/** The float32 just above -1: the lower end of the uniform from which a normal is made. */
const ABOVE_MINUS_ONE = -(1 - 2 ** -24);

/**
 * An immutable key of a stream of random numbers. Every draw is a pure function of the key: the same key gives the
 * same numbers, so take a new key for each purpose, `rng.split("shuffle").foldIn(epoch)`, and draw from it once. A
 * consumer with its own name never changes the numbers of another.
 */
export class Rng {
  /** The two 32-bit words that are the whole state; `new Rng(rng.key)` is the same stream. */
  readonly key: readonly [number, number];

  constructor(key: readonly [number, number]) {
    this.key = [key[0] >>> 0, key[1] >>> 0];
  }

  /** The stream of a seed in 0 .. 2^53-1 (`jax.random.PRNGKey`): the key is its high and its low 32 bits. */
  static fromSeed(seed: number): Rng {
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new RangeError(`The seed is ${seed}; give a whole number from 0 to 2^53 - 1.`);
    return new Rng([Math.floor(seed / TWO_32), seed % TWO_32]);
  }

  /** The stream of a purpose: `foldIn` of the 32-bit FNV-1a hash of the name in UTF-8. */
  split(name: string): Rng {
    return this.foldIn(fnv1a(name));
  }

  /** `n` streams that are independent of each other (`jax.random.split`). */
  splitN(n: number): Rng[] {
    const words = this.bits(2 * checkCount(n));
    return Array.from({ length: n }, (_, i) => new Rng([words[2 * i], words[2 * i + 1]]));
  }

  /** The stream of a counter in 0 .. 2^32-1, an epoch or a chain, say (`jax.random.fold_in`). */
  foldIn(n: number): Rng {
    if (!Number.isInteger(n) || n < 0 || n >= TWO_32)
      throw new RangeError(`The counter to fold in is ${n}; give a whole number from 0 to 2^32 - 1.`);
    return new Rng(threefry2x32(this.key, [0, n]));
  }

  /** `n` random 32-bit words (`jax.random.bits`). Word i and word i + ceil(n/2) come from one Threefry block. */
  bits(n: number): Uint32Array {
    const half = (checkCount(n) + 1) >>> 1;
    const words = new Uint32Array(2 * half);
    const [k0, k1] = this.key;
    for (let i = 0; i < half; i++) threefryBlock(k0, k1, i, half + i < n ? half + i : 0, words, i, half + i);
    return n === words.length ? words : words.slice(0, n);
  }

  /** `n` float32 numbers, uniform on [lo, hi), with 23 random bits each (`jax.random.uniform`). */
  uniform(n: number, lo = 0, hi = 1): Float32Array {
    const words = this.bits(n);
    const low = Math.fround(lo);
    const span = Math.fround(Math.fround(hi) - low);
    const draws = new Float32Array(n);
    for (let i = 0; i < n; i++)
      draws[i] = Math.max(low, Math.fround((words[i] >>> 9) * 2 ** -23 * span) + low);
    return draws;
  }

  /** `n` standard normal float32 numbers, √2·erfinv of a uniform on (-1, 1) (`jax.random.normal`). */
  normal(n: number): Float32Array {
    const draws = this.uniform(n, ABOVE_MINUS_ONE, 1);
    for (let i = 0; i < n; i++) draws[i] = Math.SQRT2 * Math.fround(erfinv(draws[i]));
    return draws;
  }

  /**
   * `n` standard normal float32 numbers conditioned on lo < x < hi, in units of the standard deviation of the normal
   * before truncation (`jax.random.truncated_normal`): √2·erfinv of a uniform between erf(lo/√2) and erf(hi/√2).
   */
  truncatedNormal(n: number, lo = -2, hi = 2): Float32Array {
    if (!(lo < hi))
      throw new RangeError(`The truncation is from ${lo} to ${hi}; the first must be the smaller.`);
    const draws = this.uniform(n, erf(lo / Math.SQRT2), erf(hi / Math.SQRT2));
    const [inside, outside] = [float32Next(lo, 1), float32Next(hi, -1)];
    for (let i = 0; i < n; i++) {
      const x = Math.SQRT2 * Math.fround(erfinv(draws[i]));
      draws[i] = Math.min(outside, Math.max(inside, x));
    }
    return draws;
  }

  /** `n` float64 numbers, exponential with mean 1. */
  exponential(n: number): Float64Array {
    return this.uniform64(n).map((u) => -Math.log1p(-u));
  }

  /** `n` float64 numbers, uniform on [0, 1), with 53 random bits each. */
  uniform64(n: number): Float64Array {
    const words = this.bits(2 * checkCount(n));
    return Float64Array.from(
      { length: n },
      (_, i) => ((words[i] >>> 5) * 2 ** 26 + (words[n + i] >>> 6)) * 2 ** -53,
    );
  }

  /**
   * The numbers 0 .. n-1 in random order (`jax.random.permutation`): stable sorts by 32-bit random words, repeated
   * until ties no longer matter, ceil(3 ln n / ln(2^32 - 1)) times.
   */
  permutation(n: number): Int32Array {
    const rounds = Math.ceil((3 * Math.log(Math.max(1, checkCount(n)))) / Math.log(TWO_32 - 1));
    let order = Int32Array.from({ length: n }, (_, i) => i);
    let stream: Rng = this;
    for (let round = 0; round < rounds; round++) {
      const [next, here] = stream.splitN(2);
      order = sortStable(order, here.bits(n));
      stream = next;
    }
    return order;
  }

  /** `n` whole numbers from 0 to bound-1, where bound is in 1 .. 2^31-1 (the construction of `jax.random.randint`). */
  integers(n: number, bound: number): Int32Array {
    if (!Number.isInteger(bound) || bound < 1 || bound >= 2 ** 31)
      throw new RangeError(`The bound of the integers is ${bound}; give a whole number from 1 to 2^31 - 1.`);
    const [high, low] = this.splitN(2).map((stream) => stream.bits(n));
    // 64 random bits modulo the bound make its bias negligible; all arithmetic is modulo 2^32, as in JAX.
    const carry = (65536 % bound) ** 2 % bound;
    return Int32Array.from(
      { length: n },
      (_, i) => ((Math.imul(high[i] % bound, carry) + (low[i] % bound)) >>> 0) % bound,
    );
  }
}

/** The Threefry-2x32-20 block: a pair of 32-bit words from a key and a counter, checked against Random123. */
export function threefry2x32(
  key: readonly [number, number],
  counter: readonly [number, number],
): [number, number] {
  const out = new Uint32Array(2);
  threefryBlock(key[0], key[1], counter[0], counter[1], out, 0, 1);
  return [out[0], out[1]];
}

function threefryBlock(
  k0: number,
  k1: number,
  c0: number,
  c1: number,
  out: Uint32Array,
  at0: number,
  at1: number,
): void {
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let a = (c0 + k0) | 0;
  let b = (c1 + k1) | 0;
  // Five groups of four rounds; the rotations alternate and a key is injected after each group.
  for (let group = 1; group <= 5; group++) {
    const odd = group & 1;
    let r = odd ? 13 : 17;
    a = (a + b) | 0;
    b = ((b << r) | (b >>> (32 - r))) ^ a;
    r = odd ? 15 : 29;
    a = (a + b) | 0;
    b = ((b << r) | (b >>> (32 - r))) ^ a;
    r = odd ? 26 : 16;
    a = (a + b) | 0;
    b = ((b << r) | (b >>> (32 - r))) ^ a;
    r = odd ? 6 : 24;
    a = (a + b) | 0;
    b = ((b << r) | (b >>> (32 - r))) ^ a;
    const turn = group % 3;
    a = (a + (turn === 0 ? k0 : turn === 1 ? k1 : k2)) | 0;
    b = (b + (turn === 0 ? k1 : turn === 1 ? k2 : k0) + group) | 0;
  }
  out[at0] = a;
  out[at1] = b;
}

/**
 * The inverse error function on [-1, 1], to about 3e-7 relative: the polynomials of Giles (2010), "Approximating the
 * erfinv function", which XLA also uses, so that normals agree with JAX to the last float32 digit or two.
 */
export function erfinv(x: number): number {
  if (Math.abs(x) === 1) return x * Number.POSITIVE_INFINITY;
  const w = -Math.log1p(-x * x);
  return x * (w < 5 ? horner(ERFINV_CENTRE, w - 2.5) : horner(ERFINV_TAIL, Math.sqrt(w) - 3));
}

const ERFINV_CENTRE = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
const ERFINV_TAIL = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

function horner(coefficients: number[], w: number): number {
  let p = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) p = p * w + coefficients[i];
  return p;
}

/** erf(x) = 2/√π · exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, whose terms have one sign, so that nothing cancels. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = 0;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The float32 next to x, upwards (direction 1) or downwards (direction -1). */
function float32Next(x: number, direction: 1 | -1): number {
  const float = Float32Array.of(x);
  if (!Number.isFinite(float[0])) return float[0];
  if (float[0] === 0) return direction * 2 ** -149;
  new Int32Array(float.buffer)[0] += direction * Math.sign(float[0]);
  return float[0];
}

/** The values in the order of their keys; equal keys keep their order. A radix sort, for it runs once an epoch. */
function sortStable(values: Int32Array, keys: Uint32Array): Int32Array<ArrayBuffer> {
  const n = values.length;
  let [from, fromKeys] = [Int32Array.from(values), keys];
  let [to, toKeys] = [new Int32Array(n), new Uint32Array(n)];
  for (const shift of [0, 16]) {
    const start = new Uint32Array(65537);
    for (let i = 0; i < n; i++) start[((fromKeys[i] >>> shift) & 0xffff) + 1]++;
    for (let digit = 0; digit < 65536; digit++) start[digit + 1] += start[digit];
    for (let i = 0; i < n; i++) {
      const place = start[(fromKeys[i] >>> shift) & 0xffff]++;
      to[place] = from[i];
      toKeys[place] = fromKeys[i];
    }
    [from, fromKeys, to, toKeys] = [to, toKeys, from, new Uint32Array(n)];
  }
  return from;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function checkCount(n: number): number {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 31)
    throw new RangeError(`The number of draws is ${n}; give a whole number from 0 to 2^31 - 1.`);
  return n;
}
