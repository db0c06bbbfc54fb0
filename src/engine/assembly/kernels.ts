// AssemblyScript. Arithmetic on long float32 vectors, four at a time; pointers are byte offsets into one memory.
// Vectors are allocated with padding to multiples of 16, which the elementwise loops use freely; only sums stop at n.

const BLOCK: i32 = 2048; // floats; a few blocks fit the first-level cache

// @ts-ignore: decorator
@inline
function end(pointer: usize, n: i32): usize {
  return pointer + ((<usize>n + 3) & ~3) * 4;
}

/** out = sum_i c_i A_i */
export function combine(out: usize, pointers: usize, coefficients: usize, m: i32, n: i32): void {
  const bytes = (<usize>n + 15 & ~15) * 4;
  for (let at: usize = 0; at < bytes; at += 64) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (let i: i32 = 0; i < m; i++) {
      const a = <usize>load<u32>(pointers + 4 * i) + at;
      const c = f32x4.splat(load<f32>(coefficients + 4 * i));
      s0 = f32x4.add(s0, f32x4.mul(c, v128.load(a)));
      s1 = f32x4.add(s1, f32x4.mul(c, v128.load(a, 16)));
      s2 = f32x4.add(s2, f32x4.mul(c, v128.load(a, 32)));
      s3 = f32x4.add(s3, f32x4.mul(c, v128.load(a, 48)));
    }
    v128.store(out + at, s0);
    v128.store(out + at, s1, 16);
    v128.store(out + at, s2, 32);
    v128.store(out + at, s3, 48);
  }
}

/** A_i += c_i g, all i in one pass over g */
export function accumulate(pointers: usize, coefficients: usize, m: i32, g: usize, n: i32): void {
  const bytes = (<usize>n + 15 & ~15) * 4;
  for (let at: usize = 0; at < bytes; at += 64) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const g2 = v128.load(g + at, 32);
    const g3 = v128.load(g + at, 48);
    for (let i: i32 = 0; i < m; i++) {
      const a = <usize>load<u32>(pointers + 4 * i) + at;
      const c = f32x4.splat(load<f32>(coefficients + 4 * i));
      v128.store(a, f32x4.add(v128.load(a), f32x4.mul(c, g0)));
      v128.store(a, f32x4.add(v128.load(a, 16), f32x4.mul(c, g1)), 16);
      v128.store(a, f32x4.add(v128.load(a, 32), f32x4.mul(c, g2)), 32);
      v128.store(a, f32x4.add(v128.load(a, 48), f32x4.mul(c, g3)), 48);
    }
  }
}

/** y += a x */
export function axpy(y: usize, a: f32, x: usize, n: i32): void {
  const va = f32x4.splat(a);
  const last = end(x, n);
  while (x < last) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(va, v128.load(x))));
    x += 16;
    y += 16;
  }
}

// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return v128.shuffle<i32>(v, v, 2, 3, 2, 3);
}

/** sum_k (x_k - o_k)(y_k - o_k) in float64; o = 0 for a plain dot product */
export function dot(x: usize, y: usize, origin: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let up = f64x2.splat(0);
  const last = x + (<usize>n & ~3) * 4;
  if (origin == 0) {
    while (x < last) {
      const a = v128.load(x);
      const b = v128.load(y);
      low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b)));
      up = f64x2.add(up, f64x2.mul(f64x2.promote_low_f32x4(high(a)), f64x2.promote_low_f32x4(high(b))));
      x += 16;
      y += 16;
    }
  } else {
    while (x < last) {
      const a = v128.load(x);
      const b = v128.load(y);
      const o = v128.load(origin);
      const o0 = f64x2.promote_low_f32x4(o);
      const o1 = f64x2.promote_low_f32x4(high(o));
      low = f64x2.add(
        low,
        f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(a), o0), f64x2.sub(f64x2.promote_low_f32x4(b), o0)),
      );
      up = f64x2.add(
        up,
        f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(high(a)), o1), f64x2.sub(f64x2.promote_low_f32x4(high(b)), o1)),
      );
      x += 16;
      y += 16;
      origin += 16;
    }
  }
  const s = f64x2.add(low, up);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (let k: i32 = 0; k < (n & 3); k++) {
    const o = origin == 0 ? 0 : <f64>load<f32>(origin + 4 * k);
    sum += (<f64>load<f32>(x + 4 * k) - o) * (<f64>load<f32>(y + 4 * k) - o);
  }
  return sum;
}

/** G_ij = <A_i - o, A_j - o> in float64, block by block so that every anchor is read from memory once */
export function gram(out: usize, pointers: usize, m: i32, origin: usize, n: i32): void {
  for (let start: i32 = 0; start < n; start += BLOCK) {
    const length = min(BLOCK, n - start);
    const offset = <usize>start * 4;
    const o = origin == 0 ? 0 : origin + offset;
    for (let i: i32 = 0; i < m; i++) {
      const a = <usize>load<u32>(pointers + 4 * i) + offset;
      for (let j: i32 = 0; j <= i; j++) {
        const b = <usize>load<u32>(pointers + 4 * j) + offset;
        const at = out + 8 * (i * m + j);
        store<f64>(at, load<f64>(at) + dot(a, b, o, length));
      }
    }
  }
  for (let i: i32 = 0; i < m; i++) {
    for (let j: i32 = 0; j < i; j++) store<f64>(out + 8 * (j * m + i), load<f64>(out + 8 * (i * m + j)));
  }
}

/**
 * Zero in place of numbers below 1e-30. Moments of parameters that no longer get a gradient decay into the subnormal
 * numbers, on which the processor is a hundred times slower; next to epsilon they count for nothing.
 */
export function flush(x: usize, n: i32): void {
  const least = f32x4.splat(<f32>1e-30);
  const last = end(x, n);
  while (x < last) {
    const a = v128.load(x);
    v128.store(x, v128.and(a, f32x4.gt(f32x4.abs(a), least)));
    x += 16;
  }
}

/** g' = scale g + decay theta; v = momentum v + g'; theta -= rate v */
export function sgd(
  theta: usize, g: usize, v: usize, n: i32,
  rate: f32, momentum: f32, decay: f32, scale: f32,
): void {
  const r = f32x4.splat(rate);
  const mu = f32x4.splat(momentum);
  const wd = f32x4.splat(decay);
  const s = f32x4.splat(scale);
  const last = end(theta, n);
  while (theta < last) {
    const t = v128.load(theta);
    const total = f32x4.add(f32x4.mul(s, v128.load(g)), f32x4.mul(wd, t));
    const velocity = f32x4.add(f32x4.mul(mu, v128.load(v)), total);
    v128.store(v, velocity);
    v128.store(theta, f32x4.sub(t, f32x4.mul(r, velocity)));
    theta += 16;
    g += 16;
    v += 16;
  }
}

/**
 * g' = scale g + decay theta; m = b1 m + (1 - b1) g'; v = b2 v + (1 - b2) g'^2;
 * theta = shrink theta - step m / (sqrt(v) root + eps), where step = rate / (1 - b1^t), root = 1 / sqrt(1 - b2^t)
 * and shrink = 1 - rate * (decoupled decay)
 */
export function adam(
  theta: usize, g: usize, m: usize, v: usize, n: i32,
  step: f32, b1: f32, b2: f32, eps: f32, root: f32, shrink: f32, decay: f32, scale: f32,
): void {
  const vStep = f32x4.splat(step);
  const vb1 = f32x4.splat(b1);
  const vc1 = f32x4.splat(<f32>1 - b1);
  const vb2 = f32x4.splat(b2);
  const vc2 = f32x4.splat(<f32>1 - b2);
  const vEps = f32x4.splat(eps);
  const vRoot = f32x4.splat(root);
  const vShrink = f32x4.splat(shrink);
  const vDecay = f32x4.splat(decay);
  const s = f32x4.splat(scale);
  const last = end(theta, n);
  while (theta < last) {
    const t = v128.load(theta);
    const total = f32x4.add(f32x4.mul(s, v128.load(g)), f32x4.mul(vDecay, t));
    const first = f32x4.add(f32x4.mul(vb1, v128.load(m)), f32x4.mul(vc1, total));
    const second = f32x4.add(f32x4.mul(vb2, v128.load(v)), f32x4.mul(vc2, f32x4.mul(total, total)));
    v128.store(m, first);
    v128.store(v, second);
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(second), vRoot), vEps);
    const move = f32x4.div(f32x4.mul(vStep, first), denominator);
    v128.store(theta, f32x4.sub(f32x4.mul(vShrink, t), move));
    theta += 16;
    g += 16;
    m += 16;
    v += 16;
  }
}

/** out_k = sum_i c_ki A_i for several k, block by block so that every anchor is read from memory once */
export function combineSeveral(outs: usize, pointers: usize, coefficients: usize, count: i32, m: i32, n: i32): void {
  const shifted = pointers + 4 * m;
  for (let start: i32 = 0; start < n; start += BLOCK) {
    const length = min(BLOCK, n - start);
    const offset = <u32>start * 4;
    for (let i: i32 = 0; i < m; i++) store<u32>(shifted + 4 * i, load<u32>(pointers + 4 * i) + offset);
    for (let k: i32 = 0; k < count; k++) {
      combine(<usize>load<u32>(outs + 4 * k) + offset, shifted, coefficients + 4 * k * m, m, length);
    }
  }
}

/** sum_k x_k y_k of a block, in float32: four running sums of at most 512 terms each */
function dotBlock(x: usize, y: usize, n: i32): f32 {
  let sum = f32x4.splat(0);
  const last = x + (<usize>n & ~3) * 4;
  while (x < last) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
  let total =
    f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
  for (let k: i32 = 0; k < (n & 3); k++) total += load<f32>(x + 4 * k) * load<f32>(y + 4 * k);
  return total;
}

/**
 * Adam on m anchors whose gradients are sum_k c_ik g_k, without forming those in memory; dots_ik += <A_i, g_k> with the
 * anchors as they were. `gradients` lists `count` vectors, with room for as many pointers after them; `buffer` holds a block.
 */
export function adamOuter(
  anchors: usize, firsts: usize, seconds: usize, gradients: usize, coefficients: usize, dots: usize, buffer: usize,
  count: i32, m: i32, n: i32,
  step: f32, b1: f32, b2: f32, eps: f32, root: f32, shrink: f32, decay: f32,
): void {
  const shifted = gradients + 4 * count;
  for (let start: i32 = 0; start < n; start += BLOCK) {
    const length = min(BLOCK, n - start);
    const offset = <u32>start * 4;
    for (let k: i32 = 0; k < count; k++) store<u32>(shifted + 4 * k, load<u32>(gradients + 4 * k) + offset);
    for (let i: i32 = 0; i < m; i++) {
      const a = <usize>load<u32>(anchors + 4 * i) + offset;
      for (let k: i32 = 0; k < count; k++) {
        const at = dots + 8 * (i * count + k);
        store<f64>(at, load<f64>(at) + <f64>dotBlock(a, <usize>load<u32>(shifted + 4 * k), length));
      }
      combine(buffer, shifted, coefficients + 4 * i * count, count, length);
      adam(
        a, buffer, <usize>load<u32>(firsts + 4 * i) + offset, <usize>load<u32>(seconds + 4 * i) + offset, length,
        step, b1, b2, eps, root, shrink, decay, 1,
      );
    }
  }
}

/** x_k = max(x_k, 0) */
export function rectify(x: usize, n: i32): void {
  const zero = f32x4.splat(0);
  const last = end(x, n);
  while (x < last) {
    v128.store(x, f32x4.max(v128.load(x), zero));
    x += 16;
  }
}

/** g_k = 0 where x_k is not positive */
export function gate(g: usize, x: usize, n: i32): void {
  const zero = f32x4.splat(0);
  const last = end(g, n);
  while (g < last) {
    v128.store(g, v128.and(v128.load(g), f32x4.gt(v128.load(x), zero)));
    g += 16;
    x += 16;
  }
}

// @ts-ignore: decorator
@inline
function rotate(x: v128, r: i32): v128 {
  return v128.or(i32x4.shl(x, r), i32x4.shr_u(x, 32 - r));
}

/**
 * Threefry-2x32-20 masks: out_k = keep where the random word of element k is below the threshold, else 0.
 * Block b (counters b, b | 2^31) makes elements 8 floor(b / 4) + b mod 4 and those 4 further on.
 */
export function mask(out: usize, n: i32, k0: u32, k1: u32, threshold: u32, keep: f32): void {
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  const a0 = i32x4.splat(k0);
  const a1 = i32x4.splat(k1);
  const a2 = i32x4.splat(k2);
  const limit = i32x4.splat(threshold ^ 0x80000000);
  const flip = i32x4.splat(0x80000000);
  const value = f32x4.splat(keep);
  const last = end(out, n);
  let counter = i32x4(0, 1, 2, 3);
  while (out < last) {
    let x = i32x4.add(counter, a0);
    let y = i32x4.add(v128.or(counter, flip), a1);
    for (let round: i32 = 0; round < 5; round++) {
      if ((round & 1) == 0) {
        x = i32x4.add(x, y); y = v128.xor(rotate(y, 13), x);
        x = i32x4.add(x, y); y = v128.xor(rotate(y, 15), x);
        x = i32x4.add(x, y); y = v128.xor(rotate(y, 26), x);
        x = i32x4.add(x, y); y = v128.xor(rotate(y, 6), x);
      } else {
        x = i32x4.add(x, y); y = v128.xor(rotate(y, 17), x);
        x = i32x4.add(x, y); y = v128.xor(rotate(y, 29), x);
        x = i32x4.add(x, y); y = v128.xor(rotate(y, 16), x);
        x = i32x4.add(x, y); y = v128.xor(rotate(y, 24), x);
      }
      const i = round % 3;
      x = i32x4.add(x, i == 0 ? a1 : i == 1 ? a2 : a0);
      y = i32x4.add(i32x4.add(y, i == 0 ? a2 : i == 1 ? a0 : a1), i32x4.splat(round + 1));
    }
    v128.store(out, v128.and(i32x4.lt_s(v128.xor(x, flip), limit), value));
    if (out + 16 < last) v128.store(out, v128.and(i32x4.lt_s(v128.xor(y, flip), limit), value), 16);
    out += 32;
    counter = i32x4.add(counter, i32x4.splat(4));
  }
}

/**
 * Rows of bytes as floats: out[r] = scale * bytes[index[r]] + shift, d values a row. Returns -1, or the first place in
 * `index` that does not name one of the `available` rows.
 */
export function gatherBytes(
  out: usize, rows: usize, available: u32, index: usize, count: i32, d: i32, scale: f32, shift: f32,
): i32 {
  const s = f32x4.splat(scale);
  const t = f32x4.splat(shift);
  const whole = d & ~3;
  for (let r: i32 = 0; r < count; r++) {
    const number = load<u32>(index + 4 * r);
    if (number >= available) return r;
    const row = rows + <usize>number * d;
    let i: i32 = 0;
    for (; i < whole; i += 4) {
      const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(row + i)));
      v128.store(out, f32x4.add(f32x4.mul(s, f32x4.convert_i32x4_u(wide)), t));
      out += 16;
    }
    for (; i < d; i++) {
      store<f32>(out, scale * <f32>load<u8>(row + i) + shift);
      out += 4;
    }
  }
  return -1;
}

/** Rows of floats (or of any 4-byte values): out[r] = rows[index[r]], d values a row; returns as `gatherBytes` */
export function gatherWords(out: usize, rows: usize, available: u32, index: usize, count: i32, d: i32): i32 {
  const bytes = <usize>d * 4;
  for (let r: i32 = 0; r < count; r++) {
    const number = load<u32>(index + 4 * r);
    if (number >= available) return r;
    // A permutation of single values is what random projections do in every step.
    if (d == 1) store<u32>(out, load<u32>(rows + 4 * <usize>number));
    else memory.copy(out, rows + <usize>number * bytes, bytes);
    out += bytes;
  }
  return -1;
}

/** out[i] = <A_i, x>, in float64 */
export function dots(out: usize, pointers: usize, m: i32, x: usize, n: i32): void {
  for (let i: i32 = 0; i < m; i++) {
    store<f64>(out + 8 * i, dot(<usize>load<u32>(pointers + 4 * i), x, 0, n));
  }
}

/** Bits of the s-th smallest magnitude |x|, by counting digits of 11, 10 and 10 bits; `counts` has room for 2048. */
function smallestBits(x: usize, n: i32, s: i32, counts: usize): u32 {
  let prefix: u32 = 0;
  let wanted = s;
  let shift: u32 = 31;
  for (let pass: i32 = 0; pass < 3; pass++) {
    const digits: u32 = pass == 0 ? 11 : 10;
    const above = shift;
    shift -= digits;
    memory.fill(counts, 0, 4 << digits);
    const mask: u32 = (1 << digits) - 1;
    for (let i: i32 = 0; i < n; i++) {
      const bits = load<u32>(x + 4 * i) & 0x7fffffff;
      if (pass == 0 || bits >> above == prefix) {
        const at = counts + 4 * <usize>(bits >> shift & mask);
        store<i32>(at, load<i32>(at) + 1);
      }
    }
    let digit: u32 = 0;
    while (digit < mask && load<i32>(counts + 4 * digit) < wanted) {
      wanted -= load<i32>(counts + 4 * digit);
      digit++;
    }
    prefix = prefix << digits | digit;
  }
  return prefix;
}

/**
 * The s components of x of the smallest magnitude, shrunk by `width` towards 0: returns the sum of their squares. Writes
 * them into `out`, and 0 elsewhere, unless `out` is 0; of equal magnitudes the first count.
 */
export function smallest(out: usize, x: usize, n: i32, s: i32, width: f32, counts: usize): f64 {
  const limit = smallestBits(x, n, s, counts);
  let below: i32 = 0;
  for (let i: i32 = 0; i < n; i++) below += i32((load<u32>(x + 4 * i) & 0x7fffffff) < limit);
  let ties = s - below;
  let sum: f64 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const value = load<f32>(x + 4 * i);
    const bits = load<u32>(x + 4 * i) & 0x7fffffff;
    let part: f32 = 0;
    if (bits < limit || (bits == limit && ties-- > 0)) {
      const size = max<f32>(abs<f32>(value) - width, 0);
      sum += <f64>size * <f64>size;
      part = copysign<f32>(size, value);
    }
    if (out != 0) store<f32>(out + 4 * i, part);
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function transformFour(v: v128): v128 {
  // Sums and differences of neighbours, then of pairs.
  const p = f32x4.add(
    v128.shuffle<f32>(v, v, 0, 0, 2, 2),
    f32x4.mul(v128.shuffle<f32>(v, v, 1, 1, 3, 3), f32x4(1, -1, 1, -1)),
  );
  return f32x4.add(
    v128.shuffle<f32>(p, p, 0, 1, 0, 1),
    f32x4.mul(v128.shuffle<f32>(p, p, 2, 3, 2, 3), f32x4(1, 1, -1, -1)),
  );
}

/** The stages of strides h and, if `two`, 2h of a Walsh-Hadamard transform: one pass over n floats. */
function butterflies(x: usize, n: i32, h: i32, two: bool): void {
  const stride = <usize>h * 4;
  const all = two ? 4 * stride : 2 * stride;
  const last = x + <usize>n * 4;
  for (let start = x; start < last; start += all) {
    for (let at = start; at < start + stride; at += 16) {
      const a = v128.load(at);
      const b = v128.load(at + stride);
      const sum = f32x4.add(a, b);
      const difference = f32x4.sub(a, b);
      if (two) {
        const c = v128.load(at + 2 * stride);
        const d = v128.load(at + 3 * stride);
        const sum2 = f32x4.add(c, d);
        const difference2 = f32x4.sub(c, d);
        v128.store(at, f32x4.add(sum, sum2));
        v128.store(at + stride, f32x4.add(difference, difference2));
        v128.store(at + 2 * stride, f32x4.sub(sum, sum2));
        v128.store(at + 3 * stride, f32x4.sub(difference, difference2));
      } else {
        v128.store(at, sum);
        v128.store(at + stride, difference);
      }
    }
  }
}

/** Stages of the strides from h up to below n. */
function stages(x: usize, n: i32, h: i32): void {
  while (h < n) {
    const two = 2 * h < n;
    butterflies(x, n, h, two);
    h *= two ? 4 : 2;
  }
}

/** Walsh-Hadamard transform in place, in natural order, without a factor; n is a power of two. */
export function hadamard(x: usize, n: i32): void {
  if (n < 4) {
    if (n == 2) {
      const a = load<f32>(x);
      const b = load<f32>(x, 4);
      store<f32>(x, a + b);
      store<f32>(x, a - b, 4);
    }
    return;
  }
  // All stages that fit the first-level cache, block by block; then those across blocks.
  const block = min(n, 2 * BLOCK);
  for (let start: i32 = 0; start < n; start += block) {
    const at = x + <usize>start * 4;
    const last = at + <usize>block * 4;
    for (let k = at; k < last; k += 16) v128.store(k, transformFour(v128.load(k)));
    stages(at, block, 4);
  }
  stages(x, n, block);
}

/** y_k *= x_k */
export function multiply(y: usize, x: usize, n: i32): void {
  const last = end(x, n);
  while (x < last) {
    v128.store(y, f32x4.mul(v128.load(y), v128.load(x)));
    x += 16;
    y += 16;
  }
}

// @ts-ignore: decorator
@inline
function signed(value: f32, entry: u32): f32 {
  return reinterpret<f32>(reinterpret<u32>(value) ^ (entry << 31));
}

/**
 * out += P z, where column j of P is ± scale_j at the entries starts[j] to starts[j + 1] - 1, and 0 elsewhere. An entry is
 * twice its row, plus 1 where the sign is minus.
 */
export function scatterSigned(out: usize, starts: usize, entries: usize, scales: usize, z: usize, d: i32): void {
  for (let j: i32 = 0; j < d; j++) {
    const value = load<f32>(scales + 4 * j) * load<f32>(z + 4 * j);
    const last = entries + 4 * <usize>load<u32>(starts + 4 * j, 4);
    for (let at = entries + 4 * <usize>load<u32>(starts + 4 * j); at < last; at += 4) {
      const entry = load<u32>(at);
      const to = out + 4 * <usize>(entry >> 1);
      store<f32>(to, load<f32>(to) + signed(value, entry));
    }
  }
}

/** out = Pᵀ g of the same P */
export function gatherSigned(out: usize, starts: usize, entries: usize, scales: usize, g: usize, d: i32): void {
  for (let j: i32 = 0; j < d; j++) {
    let sum: f64 = 0;
    const last = entries + 4 * <usize>load<u32>(starts + 4 * j, 4);
    for (let at = entries + 4 * <usize>load<u32>(starts + 4 * j); at < last; at += 4) {
      const entry = load<u32>(at);
      sum += <f64>signed(load<f32>(g + 4 * <usize>(entry >> 1)), entry);
    }
    store<f32>(out + 4 * j, <f32>(sum * <f64>load<f32>(scales + 4 * j)));
  }
}
