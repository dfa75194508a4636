/** What a frame must be after decoding, and the check that it is. */

export interface FrameShape {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly samplesPerPixel: number;
}

/** Stored bits, row by row; signed values as their unsigned bits. */
export type StoredValues = Uint8Array | Uint16Array;

/** Encoded bytes that are not the frame they are declared to be. The message is for the reader. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

const MAX_SIDE = 65535; // Rows and Columns are of VR US

/** The number of stored values. DecodeError where the shape is none that we decode. */
export function valueCount(shape: FrameShape): number {
  const { rows, columns, bitsAllocated, samplesPerPixel } = shape;
  const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE;
  if (!isSide(rows) || !isSide(columns))
    throw new DecodeError(`An image of ${rows} rows and ${columns} columns is not valid.`);
  if (samplesPerPixel !== 1)
    throw new DecodeError(`Images of ${samplesPerPixel} samples per pixel are not decoded here.`);
  if (bitsAllocated !== 8 && bitsAllocated !== 16)
    throw new DecodeError(`${bitsAllocated} bits allocated are not decoded here.`);
  return rows * columns;
}
