/** Native Pixel Data in little endian (PS3.5 8.1.1, A.1, A.2) to stored values. */

import type { FrameShape, StoredValues } from "./frame";
import { DecodeError, valueCount } from "./frame";

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * A view of `bytes`, not a copy. One padding byte after an odd number of bytes is allowed
 * (PS3.5 8.1.1); any other length is a DecodeError.
 */
export function decodeRaw(bytes: ArrayBuffer, shape: FrameShape): StoredValues {
  const count = valueCount(shape);
  const expected = (count * shape.bitsAllocated) / 8;
  if (bytes.byteLength !== expected && bytes.byteLength !== expected + (expected % 2))
    throw new DecodeError(`The frame has ${bytes.byteLength} bytes where ${expected} are declared.`);
  if (shape.bitsAllocated === 8) return new Uint8Array(bytes, 0, count);
  return hostIsLittleEndian ? new Uint16Array(bytes, 0, count) : swapped(bytes, count);
}

function swapped(bytes: ArrayBuffer, count: number): Uint16Array {
  const view = new DataView(bytes);
  return Uint16Array.from({ length: count }, (_, index) => view.getUint16(2 * index, true));
}
