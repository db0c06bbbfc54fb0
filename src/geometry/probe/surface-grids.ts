/** A grid on an octant of a sphere: azimuth and polar angle, and the unit vectors of its nodes. */
export interface OctantGrid {
  /** φ from 0, towards the first axis, to π/2, towards the second. */
  azimuths: Float64Array;
  /** θ from 0, the third axis, to π/2. */
  polars: Float64Array;
  /** Coordinates of the nodes along the three axes, φ fastest: [nodes, 3]. */
  nodes: Float64Array;
}

/** @param points along each angle */
export function octantGrid(points: number): OctantGrid {
  const angles = spaced(0, Math.PI / 2, points);
  const nodes = new Float64Array(3 * points * points);
  for (let j = 0; j < points; j++) {
    for (let i = 0; i < points; i++) {
      const [phi, theta] = [angles[i], angles[j]];
      nodes.set(
        [Math.sin(theta) * Math.cos(phi), Math.sin(theta) * Math.sin(phi), Math.cos(theta)],
        3 * (j * points + i),
      );
    }
  }
  return { azimuths: angles, polars: angles, nodes };
}

/** A grid on a sector around the origin of a plane, symmetric about its first axis. */
export interface SectorGrid {
  /** Distances from the origin. */
  radii: Float64Array;
  /** From −half to half, in radians. */
  angles: Float64Array;
  /** Coordinates of the nodes along the two axes, radii fastest: [nodes, 2]. */
  nodes: Float64Array;
}

/**
 * @param half angle of the sector on either side of the first axis, in radians
 * @param points along each coordinate
 */
export function sectorGrid(inner: number, outer: number, half: number, points: number): SectorGrid {
  const radii = spaced(inner, outer, points);
  const angles = spaced(-half, half, points);
  const nodes = new Float64Array(2 * points * points);
  for (let j = 0; j < points; j++) {
    for (let i = 0; i < points; i++) {
      nodes.set([radii[i] * Math.cos(angles[j]), radii[i] * Math.sin(angles[j])], 2 * (j * points + i));
    }
  }
  return { radii, angles, nodes };
}

function spaced(from: number, to: number, points: number): Float64Array {
  if (!Number.isInteger(points) || points < 2) {
    throw new RangeError(`${points} nodes along an angle were asked for; give a whole number from 2.`);
  }
  return Float64Array.from({ length: points }, (_, i) => from + ((to - from) * i) / (points - 1));
}
