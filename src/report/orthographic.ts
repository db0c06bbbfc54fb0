/** A point of space, or a direction. */
export type Point3 = readonly [number, number, number];

/** Turned about the vertical axis, and seen from above, in radians. */
const AZIMUTH = (28 * Math.PI) / 180;
const ELEVATION = (22 * Math.PI) / 180;

const [c, s] = [Math.cos(AZIMUTH), Math.sin(AZIMUTH)];
const RIGHT: Point3 = [c, s, 0];
const UP: Point3 = [-s * Math.sin(ELEVATION), c * Math.sin(ELEVATION), Math.cos(ELEVATION)];
/** Away from the viewer. */
const AWAY: Point3 = [-s * Math.cos(ELEVATION), c * Math.cos(ELEVATION), -Math.sin(ELEVATION)];

const dot = (a: Point3, b: ArrayLike<number>) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/**
 * Where a point is in the picture of a viewer far away: x to the right, y up and how far it is away, in the unit of
 * the point. The third axis is vertical in the picture.
 */
export function orthographic(point: ArrayLike<number>): { x: number; y: number; depth: number } {
  return { x: dot(RIGHT, point), y: dot(UP, point), depth: dot(AWAY, point) };
}

/** An edge of the box around the origin whose half sides are given. */
export interface BoxEdge {
  from: Point3;
  to: Point3;
  /** The axis along which it runs. */
  axis: 0 | 1 | 2;
  /** Behind the box, at the corner that is furthest away. */
  hidden: boolean;
  /** The edge beside which the axis is labelled: on the outline of the box, at its lower or left side. */
  labelled: boolean;
}

/** The twelve edges of a box. */
export function boxEdges(half: Point3): BoxEdge[] {
  const edges: BoxEdge[] = [];
  for (const axis of [0, 1, 2] as const) {
    const [p, q] = [0, 1, 2].filter((other) => other !== axis);
    for (const i of [-1, 1]) {
      for (const j of [-1, 1]) {
        const end = (sign: number): Point3 => {
          const corner: [number, number, number] = [0, 0, 0];
          corner[axis] = sign * half[axis];
          corner[p] = i * half[p];
          corner[q] = j * half[q];
          return corner;
        };
        // The furthest corner is on the side to which AWAY points along each axis.
        const hidden = i === Math.sign(AWAY[p]) && j === Math.sign(AWAY[q]);
        // Axes 0 and 1 at the bottom in front, axis 2 at the left.
        const labelled = (axis === 1 ? i === 1 : i === -1) && j === -1;
        edges.push({ from: end(-1), to: end(1), axis, hidden, labelled });
      }
    }
  }
  return edges;
}
