/** What lies over an image, pixel by pixel: the shutters' shapes (PS3.3 C.7.6.11) and the overlays' bits (C.9.2). */

import type { Overlay, Shutter } from "../wire/types";

/** The values of the mask, as in the shader. */
export const COVER = { clear: 0, overlay: 1, shutter: 2 } as const;

/** Of the image that is covered. */
export interface Covered {
  readonly rows: number;
  readonly columns: number;
  /** Height of a pixel ÷ its width: a circle stays round where pixels are not square. */
  readonly stretch: number;
}

/** An overlay that lies on the frame. */
export interface LyingOver extends Pick<Overlay, "rows" | "columns" | "origin" | "bit"> {
  /** Row by row, the lowest bit of a byte first; null where the bits lie in the pixel cells. */
  readonly bits: Uint8Array | null;
}

/** cells: of the frame, as they came; one sample a pixel where an overlay's bits lie in them. */
export function maskOf(image: Covered, shutter: Shutter | null, overlays: readonly LyingOver[], cells: ArrayLike<number>): Uint8Array {
  const mask = new Uint8Array(image.rows * image.columns);
  if (shutter !== null) close(mask, image, shutter);
  for (const overlay of overlays) lay(mask, image, overlay, cells); // annotations follow the shutter: PS3.4 N.2.3.1
  return mask;
}

/** Edges, rims and sides are visible; what any of the shapes hides is hidden. Rows and columns count from 1 in the file. */
function close(mask: Uint8Array, image: Covered, { rectangle, circle, polygon }: Shutter): void {
  const { rows, columns } = image;
  const within = polygon.length >= LEAST_NUMBERS ? withinPolygon(polygon, rows, columns) : null;
  for (let row = 0; row < rows; row++) {
    for (let column = 0, pixel = row * columns; column < columns; column++, pixel++) {
      const hidden =
        (rectangle !== null && outsideRectangle(rectangle, row + 1, column + 1)) ||
        (circle !== null && outsideCircle(circle, row + 1, column + 1, image.stretch)) ||
        (within !== null && within[pixel] === 0);
      if (hidden) mask[pixel] = COVER.shutter;
    }
  }
}

const LEAST_NUMBERS = 6; // three vertices

function outsideRectangle({ left, right, upper, lower }: NonNullable<Shutter["rectangle"]>, row: number, column: number): boolean {
  return column < left || column > right || row < upper || row > lower;
}

/** The radius counts pixels along a row. */
function outsideCircle(circle: NonNullable<Shutter["circle"]>, row: number, column: number, stretch: number): boolean {
  const [down, across] = [(row - circle.row) * stretch, column - circle.column];
  return down * down + across * across > circle.radius * circle.radius;
}

interface Vertex {
  readonly row: number;
  readonly column: number;
}

/**
 * 1 for pixels whose centre lies inside or on a side, by even-odd. In whole numbers, so that the server's
 * numpy (imaging/mask.py) and the page agree on every pixel: each side flips what lies to its right.
 */
function withinPolygon(polygon: readonly number[], rows: number, columns: number): Uint8Array {
  const vertices: Vertex[] = [];
  for (let i = 0; i + 1 < polygon.length; i += 2) vertices.push({ row: (polygon[i] ?? 0) - 1, column: (polygon[i + 1] ?? 0) - 1 });
  const flips = new Uint8Array(rows * (columns + 1));
  const onSide = new Uint8Array(rows * columns);
  vertices.forEach((from, i) => { drawSide(flips, onSide, from, vertices[(i + 1) % vertices.length] ?? from, rows, columns); });
  for (let row = 0; row < rows; row++) {
    for (let column = 0, inside = 0; column < columns; column++) {
      inside ^= flips[row * (columns + 1) + column] ?? 0;
      if (inside === 1) onSide[row * columns + column] = 1;
    }
  }
  return onSide;
}

/** The row of a side's lower end belongs to the next side, so that no crossing counts twice. */
function drawSide(flips: Uint8Array, onSide: Uint8Array, from: Vertex, to: Vertex, rows: number, columns: number): void {
  const [upper, lower] = from.row < to.row ? [from, to] : [to, from];
  const [height, width] = [lower.row - upper.row, lower.column - upper.column];
  if (height === 0) {
    const [left, right] = [Math.min(from.column, to.column), Math.max(from.column, to.column)];
    if (upper.row >= 0 && upper.row < rows && right >= 0 && left < columns)
      onSide.fill(1, upper.row * columns + Math.max(0, left), upper.row * columns + Math.min(columns, right + 1));
    return;
  }
  for (let row = Math.max(0, upper.row); row <= Math.min(rows - 1, lower.row); row++) {
    const reached = Math.floor(((row - upper.row) * width) / height);
    const crossed = upper.column + reached; // the last column at or left of the side
    const meets = reached * height === (row - upper.row) * width;
    if (meets && crossed >= 0 && crossed < columns) onSide[row * columns + crossed] = 1;
    const flipped = row * (columns + 1) + Math.min(columns, Math.max(0, crossed + 1));
    if (row < lower.row) flips[flipped] = (flips[flipped] ?? 0) ^ 1;
  }
}

/** What lies outside the image is left out. */
function lay(mask: Uint8Array, image: Covered, overlay: LyingOver, cells: ArrayLike<number>): void {
  const [firstRow, firstColumn] = [overlay.origin[0] - 1, overlay.origin[1] - 1];
  const isSet = overlay.bits === null ? embeddedBit(overlay.bit, cells, image.columns) : packedBit(overlay.bits, overlay, firstRow, firstColumn);
  const [top, bottom] = [Math.max(0, firstRow), Math.min(image.rows, firstRow + overlay.rows)];
  const [left, right] = [Math.max(0, firstColumn), Math.min(image.columns, firstColumn + overlay.columns)];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      if (isSet(row, column)) mask[row * image.columns + column] = COVER.overlay;
    }
  }
}

type IsSet = (row: number, column: number) => boolean;

function packedBit(bits: Uint8Array, { columns }: LyingOver, firstRow: number, firstColumn: number): IsSet {
  return (row, column) => {
    const index = (row - firstRow) * columns + column - firstColumn;
    return (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
  };
}

/** One of the bits that the pixel does not use (retired, PS3.5 8.1.1). */
function embeddedBit(bit: number, cells: ArrayLike<number>, columns: number): IsSet {
  return (row, column) => (((cells[row * columns + column] ?? 0) >>> bit) & 1) === 1;
}
