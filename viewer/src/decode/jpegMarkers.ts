/** The marker segments of JPEG and JPEG-LS streams (ISO 10918-1 Annex B, ISO 14495-1 Annex C). */

import type { FrameShape } from "./frame";
import { DecodeError } from "./frame";

export const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
export const DHT = 0xc4;
export const DRI = 0xdd;
export const APP0 = 0xe0;
export const APP14 = 0xee;
export const SOF55 = 0xf7; // start of a JPEG-LS frame

/** C4, C8 and CC of the same range are tables and reserved. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, SOF55]);

export interface Segment {
  /** Its second byte. */
  readonly marker: number;
  /** Where its marker stands; fill bytes before it are not counted. */
  readonly at: number;
  /** Between its length and its end. */
  readonly body: DataView;
  /** Where the next one, or a scan's data, begins. */
  readonly end: number;
}

export interface Component {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
}

export interface FrameHeader {
  /** The marker that starts it: 0xC0 for baseline. */
  readonly marker: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly Component[];
}

/** The segments up to and with the first start of a scan. DecodeError where there is no SOI. */
export function* segments(stream: Uint8Array, name: string): Generator<Segment> {
  if (stream.length < 2 || stream[0] !== 0xff || stream[1] !== SOI)
    throw new DecodeError(`This is not a ${name} stream.`);
  let offset = 2;
  for (;;) {
    const segment = segmentAt(stream, offset);
    if (segment === null) return;
    yield segment;
    if (segment.marker === SOS) return;
    offset = segment.end;
  }
}

/** Null where there is none: at the end of the image or of the bytes, or where there is no marker. */
export function segmentAt(stream: Uint8Array, offset: number): Segment | null {
  let at = offset;
  while (stream[at] === 0xff && stream[at + 1] === 0xff) at += 1; // fill bytes: B.1.1.2
  const marker = stream[at + 1];
  if (stream[at] !== 0xff || marker === undefined || marker === 0 || marker === EOI || at + 4 > stream.length) return null;
  const length = ((stream[at + 2] ?? 0) << 8) | (stream[at + 3] ?? 0);
  const end = at + 2 + length;
  if (length < 2 || end > stream.length) return null;
  const body = new DataView(stream.buffer, stream.byteOffset + at + 4, length - 2);
  return { marker, at, body, end };
}

/** DecodeError where no complete frame header stands before the first scan. */
export function frameHeader(parts: readonly Segment[], name: string): FrameHeader {
  const start = parts.find(({ marker }) => FRAMES.has(marker));
  if (start === undefined || start.body.byteLength < 6) throw noHeader(name);
  const { marker, body } = start;
  const count = body.getUint8(5);
  if (body.byteLength < 6 + 3 * count) throw noHeader(name);
  const components = Array.from({ length: count }, (_, i) => {
    const factors = body.getUint8(7 + 3 * i);
    return { id: body.getUint8(6 + 3 * i), horizontal: factors >> 4, vertical: factors & 15 };
  });
  return { marker, precision: body.getUint8(0), rows: body.getUint16(1), columns: body.getUint16(3), components };
}

function noHeader(name: string): DecodeError {
  return new DecodeError(`The ${name} stream has no frame header.`);
}

/** What a stream says of its size, compared with what is declared before a codec runs. */
export interface StreamShape {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly precision: number;
}

/** No stream may ask for more memory than the image has, or give another picture. DecodeError. */
export function assertDeclared(stream: StreamShape, shape: FrameShape, name: string): void {
  const sameSize = stream.rows === shape.rows && stream.columns === shape.columns;
  const fits = stream.precision >= 1 && stream.precision <= shape.bitsAllocated;
  if (sameSize && fits && stream.samples === shape.samplesPerPixel) return;
  throw new DecodeError(
    `The ${name} stream holds ${stream.columns} × ${stream.rows} pixels of ` +
      `${stream.precision} bits and ${stream.samples} samples; declared are ` +
      `${shape.columns} × ${shape.rows} of ${shape.bitsAllocated} bits and ${shape.samplesPerPixel}.`,
  );
}

/**
 * The stream up to its last end marker. Behind it stands what pads to an even length: a zero
 * (PS3.5 A.4), in the field an 0xFF too. Entropy-coded data never holds the marker (bit stuffing),
 * so that one found is the end. DecodeError where there is none.
 */
export function upToEnd(stream: Uint8Array, name: string): Uint8Array {
  for (let at = stream.length - 2; at >= 2; at -= 1)
    if (stream[at] === 0xff && stream[at + 1] === EOI) return stream.subarray(0, at + 2);
  throw new DecodeError(`The ${name} stream is broken: it was cut off before its end.`);
}
