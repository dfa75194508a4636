/** RLE Lossless (PS3.5 Annex G) to stored values. */

import { decodedFrame } from "./colour";
import type { DecodedFrame, FrameShape, StoredValues } from "./frame";
import { compressedCount, DecodeError } from "./frame";
import { cellsOf } from "./samples";

const HEADER_BYTES = 64; // the number of segments, then 15 offsets: PS3.5 G.5
const MOST_EXPANSION = 64; // two bytes give at most 128: PS3.5 G.3.2

/** DecodeError where the segments are not those that the header asks for, or end early. */
export function decodeRle(encoded: Uint8Array, shape: FrameShape): DecodedFrame {
  const count = compressedCount(shape);
  const { samplesPerPixel, bitsAllocated } = shape;
  const bytesPerSample = bitsAllocated / 8;
  if (encoded.length * MOST_EXPANSION < count * bytesPerSample)
    throw broken(`${encoded.length} bytes cannot hold ${shape.columns} × ${shape.rows} pixels`);
  const segments = segmentsOf(encoded, samplesPerPixel * bytesPerSample);
  const values = cellsOf(bitsAllocated, count);
  const pixels = count / samplesPerPixel;
  segments.forEach((segment, index) => {
    const sample = Math.floor(index / bytesPerSample);
    const shift = 8 * (bytesPerSample - 1 - (index % bytesPerSample)); // most significant byte first: G.2
    const plane = unpacked(segment, pixels);
    for (let i = 0, to = sample; i < pixels; i++, to += samplesPerPixel)
      values[to] = (values[to] ?? 0) | ((plane[i] ?? 0) << shift);
  });
  return decodedFrame(values satisfies StoredValues, shape);
}

/** One for each byte of a pixel; each runs to the next one's start (G.4, G.5). */
function segmentsOf(encoded: Uint8Array, expected: number): readonly Uint8Array[] {
  if (encoded.length < HEADER_BYTES) throw broken("it has no header");
  const header = new DataView(encoded.buffer, encoded.byteOffset, HEADER_BYTES);
  const stated = header.getUint32(0, true);
  if (stated !== expected) throw broken(`it has ${stated} segments where ${expected} are declared`);
  const starts = Array.from({ length: stated }, (_, i) => header.getUint32(4 + 4 * i, true));
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? encoded.length;
    if (start >= HEADER_BYTES && start < end && end <= encoded.length) return encoded.subarray(start, end);
    throw broken("its segments overlap or lie outside");
  });
}

/** The bytes of one segment (G.3.2). Behind the last one a padding byte may stand. */
function unpacked(segment: Uint8Array, size: number): Uint8Array {
  const plane = new Uint8Array(size);
  let at = 0;
  let filled = 0;
  while (filled < size) {
    const control = segment[at];
    if (control === undefined) throw broken("it was cut off before its end");
    at += 1;
    if (control === 128) continue; // no operation
    const length = control < 128 ? control + 1 : 257 - control;
    const room = Math.min(length, size - filled);
    const needed = control < 128 ? room : 1;
    if (at + needed > segment.length) throw broken("it was cut off before its end");
    if (control < 128) plane.set(segment.subarray(at, at + room), filled);
    else plane.fill(segment[at] ?? 0, filled, filled + room);
    at += control < 128 ? length : 1;
    filled += room;
  }
  return plane;
}

function broken(why: string): DecodeError {
  return new DecodeError(`The RLE frame is broken: ${why}.`);
}
