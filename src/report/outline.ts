/** A closed line of corners [x, y]; the last is the first again. */
export type Loop = [x: number, y: number][];

/**
 * The outline of a picture of two values, as closed loops along the sides of its cells: anticlockwise around the
 * picture, clockwise around its holes. Coordinates count cells from the middle, x to the right and y upwards, as in
 * the plane that shows the picture. Cells that touch at a corner only have loops of their own.
 *
 * @param picture row-major, top row first; 1 inside, 0 outside. What lies around it is outside
 */
export function outline(picture: { rows: number; columns: number; values: ArrayLike<number> }): Loop[] {
  const { rows, columns, values } = picture;
  const inside = (row: number, column: number) =>
    row >= 0 && row < rows && column >= 0 && column < columns && values[row * columns + column] === 1;
  // Sides by their first corner, counted along rows of corners: each goes to another, with the picture on its left.
  const sides = new Map<number, number[]>();
  const corner = (row: number, column: number) => row * (columns + 1) + column;
  const add = (from: number, to: number) => sides.set(from, [...(sides.get(from) ?? []), to]);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!inside(row, column)) continue;
      const [above, below] = [row, row + 1];
      if (!inside(row - 1, column)) add(corner(above, column + 1), corner(above, column));
      if (!inside(row, column - 1)) add(corner(above, column), corner(below, column));
      if (!inside(row + 1, column)) add(corner(below, column), corner(below, column + 1));
      if (!inside(row, column + 1)) add(corner(below, column + 1), corner(above, column + 1));
    }
  }
  const place = (at: number): Loop[number] => [
    (at % (columns + 1)) - columns / 2,
    rows / 2 - Math.floor(at / (columns + 1)),
  ];
  const loops: Loop[] = [];
  for (const start of sides.keys()) {
    while (sides.get(start)!.length > 0) {
      let [before, at] = [start, sides.get(start)!.pop()!];
      const loop = [place(start), place(at)];
      while (at !== start) {
        const next = sides.get(at)!;
        // Where two cells touch at a corner, the side that turns left stays with the cell that the loop goes around.
        const left = next.findIndex((to) => turn(place(before), place(at), place(to)) > 0);
        const [to] = next.splice(Math.max(0, left), 1);
        [before, at] = [at, to];
        loop.push(place(at));
      }
      loops.push(loop);
    }
  }
  return loops;
}

/** Positive for a turn to the left at b, on the way from a to c. */
function turn([ax, ay]: Loop[number], [bx, by]: Loop[number], [cx, cy]: Loop[number]): number {
  return (bx - ax) * (cy - by) - (by - ay) * (cx - bx);
}
