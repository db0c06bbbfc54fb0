/**
 * How much of the prior ξ ~ N(0, c² I) of a tunnel lies farther from the path than a radius r, such as that of
 * injectivity: P(τ |ξ| > r), |ξ|/c being chi distributed with K − 1 degrees of freedom.
 *
 * @param options.normals K − 1, a whole number from 0 (then nothing is off the path)
 * @param options.scale τ
 * @param options.standardDeviation c
 */
export function massBeyond(
  radius: number,
  { normals, scale, standardDeviation }: { normals: number; scale: number; standardDeviation: number },
): number {
  if (!Number.isInteger(normals) || normals < 0) {
    throw new RangeError(`The number of normals is ${normals}; give a whole number from 0.`);
  }
  if (!(radius >= 0 && scale > 0 && standardDeviation > 0)) {
    throw new RangeError(
      `A radius of ${radius}, a scale of ${scale} and a standard deviation of ${standardDeviation} were given; give a radius of 0 or more, and positive numbers.`,
    );
  }
  if (normals === 0 || radius === Number.POSITIVE_INFINITY) return 0;
  return chiSquaredTail(normals, (radius / (scale * standardDeviation)) ** 2);
}

/**
 * P(X > x) for X chi-squared distributed: Γ(ν/2, x/2) / Γ(ν/2), by its power series below the mean and by its
 * continued fraction (Lentz) above.
 */
export function chiSquaredTail(degrees: number, x: number): number {
  if (x === 0) return 1;
  const a = degrees / 2;
  const z = x / 2;
  const front = Math.exp(a * Math.log(z) - z - logGammaHalf(degrees));
  if (z < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = a + 1; term > sum * Number.EPSILON; n++) {
      term *= z / n;
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = z + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 1000; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < Number.EPSILON) break;
  }
  return front * fraction;
}

/** log Γ(ν/2) from Γ(1) = 1 or Γ(½) = √π. */
function logGammaHalf(degrees: number): number {
  let sum = degrees % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let x = degrees % 2 === 0 ? 1 : 0.5; x < degrees / 2; x++) sum += Math.log(x);
  return sum;
}
