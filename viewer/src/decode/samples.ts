/** From a codec's samples to pixel cells as the header declares them. */

import type { FrameShape, StoredValues } from "./frame";

/** What a code stream says of its samples; JPEG and JPEG-LS know no sign. */
export interface SampleBits {
  readonly precision: number;
  readonly signed: boolean;
}

/**
 * Cells of the declared width, from samples that a codec gave as unsigned numbers; those of a signed
 * stream are 2^(precision − 1) too high. The stream carries bits, the header says what they mean
 * (PS3.5 8.2): in a signed image they are a two's complement of `precision` bits even where the stream knows
 * no sign or denies it, in an unsigned image the same bits are a number even where the stream is signed.
 */
export function pixelCells(
  samples: Uint8Array | Uint16Array,
  { precision, signed }: SampleBits,
  { bitsAllocated, signed: isSigned }: FrameShape,
): StoredValues {
  const same = samples.BYTES_PER_ELEMENT * 8 === bitsAllocated;
  const extending = isSigned && precision < bitsAllocated;
  if (same && !signed && !extending) return samples;
  const cells = same ? samples : cellsOf(bitsAllocated, samples.length);
  const signBit = 2 ** (precision - 1);
  const excess = signed ? signBit : 0;
  const extended = extending ? signBit : 0; // (b ^ s) - s copies the sign into the bits above
  for (let i = 0; i < samples.length; i++) cells[i] = ((samples[i] ?? 0) ^ excess ^ extended) - extended;
  return cells;
}

export function cellsOf(bitsAllocated: number, count: number): Uint8Array | Uint16Array | Uint32Array {
  if (bitsAllocated === 8) return new Uint8Array(count);
  return bitsAllocated === 16 ? new Uint16Array(count) : new Uint32Array(count);
}

/** Planes behind each other (planar configuration 1) to pixels of three samples. */
export function interleaved(planes: Uint8Array): Uint8Array {
  const pixels = planes.length / 3;
  const values = new Uint8Array(planes.length);
  for (let i = 0, to = 0; i < pixels; i++, to += 3) {
    values[to] = planes[i] ?? 0;
    values[to + 1] = planes[pixels + i] ?? 0;
    values[to + 2] = planes[2 * pixels + i] ?? 0;
  }
  return values;
}

/** A codec's bytes as samples of 8 or 16 bits, in memory of their own. */
export function ownSamples(bytes: Uint8Array | Uint8ClampedArray, precision: number): Uint8Array | Uint16Array {
  const own = bytes.slice().buffer;
  return precision > 8 ? new Uint16Array(own, 0, own.byteLength >> 1) : new Uint8Array(own);
}
