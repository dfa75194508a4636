/** Native Pixel Data in little endian (PS3.5 8.1.1, A.1, A.2) to stored values. */

import { declaredModel, decodedFrame } from "./colour";
import type { DecodedFrame, FrameShape, StoredValues } from "./frame";
import { DecodeError, valueCount } from "./frame";
import { interleaved } from "./samples";

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The frame as a view of `bytes`, at no cost; null where its values must be moved or converted.
 * One padding byte after an odd number of bytes is allowed (PS3.5 8.1.1); any other length is a DecodeError.
 */
export function viewRaw(bytes: ArrayBuffer, shape: FrameShape): DecodedFrame | null {
  const count = checkedCount(bytes.byteLength, shape);
  const asTheyAre = hostIsLittleEndian || shape.bitsAllocated === 8;
  if (!asTheyAre || shape.bitsAllocated === 64 || isPlanar(shape) || isSubsampled(bytes.byteLength, shape)) return null;
  return decodedFrame(view(bytes, count, shape), shape);
}

/** As `viewRaw`, whatever the cost. */
export function decodeRaw(bytes: ArrayBuffer, shape: FrameShape): DecodedFrame {
  const seen = viewRaw(bytes, shape);
  if (seen !== null) return seen;
  const count = valueCount(shape);
  if (isSubsampled(bytes.byteLength, shape)) return decodedFrame(fullChroma(new Uint8Array(bytes), count), shape);
  if (isPlanar(shape)) return decodedFrame(interleaved(new Uint8Array(bytes, 0, count)), shape);
  if (shape.bitsAllocated === 64) return relative(new DataView(bytes), count, shape);
  return decodedFrame(swapped(new DataView(bytes), count, shape), shape);
}

function checkedCount(length: number, shape: FrameShape): number {
  const count = valueCount(shape);
  const expected = (count * shape.bitsAllocated) / 8;
  declaredModel(shape);
  if (isSubsampled(length, shape)) {
    if (shape.columns % 2 === 0) return count;
    throw new DecodeError(`YBR_FULL_422 pixels in rows of ${shape.columns} are not in the Standard.`);
  }
  if (length === expected || length === expected + (expected % 2)) return count;
  throw new DecodeError(`The frame has ${length} bytes where ${expected} are declared.`);
}

/** Two luminances share a pair of chrominances; a frame that is longer was written whole, whatever it says. */
function isSubsampled(length: number, { rows, columns, photometricInterpretation }: FrameShape): boolean {
  return photometricInterpretation === "YBR_FULL_422" && length === rows * columns * 2;
}

function isPlanar({ samplesPerPixel, planarConfiguration }: FrameShape): boolean {
  return samplesPerPixel === 3 && planarConfiguration === 1;
}

function view(bytes: ArrayBuffer, count: number, { bitsAllocated, isFloat }: FrameShape): StoredValues {
  if (isFloat) return new Float32Array(bytes, 0, count);
  if (bitsAllocated === 8) return new Uint8Array(bytes, 0, count);
  return bitsAllocated === 16 ? new Uint16Array(bytes, 0, count) : new Uint32Array(bytes, 0, count);
}

/** Y1 Y2 Cb Cr for two pixels, which both take Cb and Cr (PS3.3 C.7.6.3.1.2: YBR_FULL_422). */
function fullChroma(pairs: Uint8Array, count: number): Uint8Array {
  const values = new Uint8Array(count);
  for (let from = 0, to = 0; to < count; from += 4, to += 6) {
    values[to] = pairs[from] ?? 0;
    values[to + 3] = pairs[from + 1] ?? 0;
    values[to + 1] = values[to + 4] = pairs[from + 2] ?? 0;
    values[to + 2] = values[to + 5] = pairs[from + 3] ?? 0;
  }
  return values;
}

/**
 * Double floats, relative to the middle of the frame's finite range: the subtraction in 64 bits keeps
 * the digits that 32 bits would lose beside a large offset.
 */
function relative(view: DataView, count: number, shape: FrameShape): DecodedFrame {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    const value = view.getFloat64(8 * i, true);
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const base = low <= high ? low / 2 + high / 2 : 0; // their sum may exceed 64 bits
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getFloat64(8 * i, true) - base;
  return { ...decodedFrame(values, shape), base };
}

function swapped(view: DataView, count: number, { bitsAllocated, isFloat }: FrameShape): StoredValues {
  if (isFloat) return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
  if (bitsAllocated === 16) return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, true));
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
}
