/** What a frame must be after decoding, what it is then, and the check of its shape. */

import type { PixelLayout } from "../wire/types";

/** Of the frame as it is sent. Bits stored, high bit and sign are applied when it is drawn. */
export interface FrameShape extends PixelLayout {
  readonly rows: number;
  readonly columns: number;
}

/** Row by row; signed integers as their unsigned bits. */
export type StoredValues = Uint8Array | Uint16Array | Uint32Array | Float32Array;

/** What the samples of a pixel are. "ybr": YBR_FULL of 8 bits, not yet RGB (PS3.3 C.7.6.3.1.2). */
export type ColourModel = "grey" | "palette" | "rgb" | "ybr";

export interface DecodedFrame {
  /** rows × columns × samples values, the samples of a pixel beside each other. */
  readonly values: StoredValues;
  readonly samples: 1 | 3;
  readonly model: ColourModel;
  /** To be added to each value. 0 but for double float, which is kept relative to it in 32 bits. */
  readonly base: number;
}

/** One codec's work on one frame. DecodeError; any other error: its memory is not to be trusted. */
export type Decode = (encoded: Uint8Array, shape: FrameShape) => DecodedFrame;

/** Encoded bytes that are not the frame they are declared to be. The message is for the reader. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

const MAX_SIDE = 65535; // Rows and Columns are of VR US
/** More would need gigabytes in a codec; the largest radiographs have a third of it. */
const MAX_VALUES = 2 ** 27;
const ALLOCATIONS: ReadonlySet<number> = new Set([8, 16, 32]);
const FLOAT_ALLOCATIONS: ReadonlySet<number> = new Set([32, 64]);

/** The number of stored values. DecodeError where the shape is none that we decode. */
export function valueCount(shape: FrameShape): number {
  const { rows, columns, bitsAllocated, samplesPerPixel, isFloat } = shape;
  const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE;
  if (!isSide(rows) || !isSide(columns))
    throw new DecodeError(`An image of ${rows} rows and ${columns} columns is not valid.`);
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3)
    throw new DecodeError(`Images of ${samplesPerPixel} samples per pixel are not decoded here.`);
  if (!(isFloat ? FLOAT_ALLOCATIONS : ALLOCATIONS).has(bitsAllocated))
    throw new DecodeError(`${bitsAllocated} bits allocated are not decoded here.`);
  if (samplesPerPixel === 3 && (bitsAllocated !== 8 || isFloat))
    throw new DecodeError(`Colour images of ${bitsAllocated} bits a sample are not decoded here.`);
  const count = rows * columns * samplesPerPixel;
  if (count > MAX_VALUES) throw new DecodeError(`An image of ${columns} × ${rows} pixels is too large to be decoded here.`);
  return count;
}

/** The same of a compressed frame: integers only (PS3.5 8.2). */
export function compressedCount(shape: FrameShape): number {
  if (shape.isFloat) throw new DecodeError("Compressed images of floating point are not in the Standard.");
  return valueCount(shape);
}
