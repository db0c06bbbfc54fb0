/**
 * Which cells of a plane are to have a low loss, which a high one, and which are not looked at (Skorokhodov and Burtsev
 * 2019, "Loss landscape sightseeing with multi-point optimization"). All arrays are row-major, top row first.
 */
export interface PatternMask {
  rows: number;
  columns: number;
  /** The picture: 1 where the loss is to be low, 0 elsewhere. */
  image: Uint8Array;
  /** 1 for a good cell (low loss), -1 for a bad one (high loss), 0 for one that is not trained. */
  cells: Int8Array;
}

/** A picture of two values, 1 and 0, row-major, top row first. */
export interface BinaryImage {
  rows: number;
  columns: number;
  values: ArrayLike<number>;
}

/**
 * The mask of a picture: only the band along the boundary is trained, because it alone fixes the shape. A cell is
 * ignored if the 3 x 3 cells around it (fewer at the edge of the picture) hold none of the opposite value.
 *
 * @throws RangeError where the values do not fill the picture or are not 0 and 1, or where the picture has no boundary
 */
export function patternMask({ rows, columns, values }: BinaryImage): PatternMask {
  if (values.length !== rows * columns) {
    throw new RangeError(
      `The picture has ${values.length} values; ${rows} rows of ${columns} need ${rows * columns}.`,
    );
  }
  const image = Uint8Array.from(values, (value, i) => {
    if (value === 0 || value === 1) return value;
    throw new RangeError(`Cell ${i} of the picture is ${value}; give 1 for a low loss and 0 for a high one.`);
  });
  const cells = Int8Array.from(image, (value, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        if (image[r * columns + c] !== value) return value === 1 ? 1 : -1;
      }
    }
    return 0;
  });
  if (cells.every((cell) => cell === 0)) {
    throw new RangeError(
      "The picture has no boundary: all its cells are alike; give one with dark and bright (or clear and solid) parts.",
    );
  }
  return { rows, columns, image, cells };
}

/** The numbers of the good (1) or bad (-1) cells, ascending. */
export const cellsOf = ({ cells }: PatternMask, kind: 1 | -1): number[] =>
  Array.from(cells.keys()).filter((i) => cells[i] === kind);

/**
 * A face of 14 x 14 cells, for a pattern without a file: 40 good cells and 76 bad ones around them. Its lines are two
 * cells wide: thinner ones take more steps to draw.
 */
const SMILEY_ROWS = [
  "..............",
  "..............",
  "...##....##...",
  "...##....##...",
  "...##....##...",
  "..............",
  "..............",
  ".##........##.",
  ".##........##.",
  "..##......##..",
  "...##....##...",
  "...########...",
  ".....####.....",
  "..............",
];

export const SMILEY: BinaryImage = {
  rows: SMILEY_ROWS.length,
  columns: SMILEY_ROWS[0].length,
  values: Array.from(SMILEY_ROWS.join(""), (sign) => (sign === "#" ? 1 : 0)),
};
