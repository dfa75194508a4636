/** JPEG-LS (ISO/IEC 14495-1; PS3.5 A.4.3) to stored values, by CharLS in WebAssembly. */

import type { FrameShape, StoredValues } from "./frame";
import { DecodeError, valueCount } from "./frame";

/** What the codec's module offers of itself. */
export interface CharlsModule {
  readonly JpegLSDecoder: new () => CharlsDecoder;
  readonly getExceptionMessage: (thrown: number) => string;
}

interface CharlsDecoder {
  readonly getEncodedBuffer: (size: number) => Uint8Array;
  readonly getDecodedBuffer: () => Uint8Array;
  readonly decode: () => void;
  readonly delete: () => void;
}

interface JpegLsHeader {
  readonly bitsPerSample: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
}

const SOI = 0xffd8;
const EOI = 0xffd9;
const SOF55 = 0xfff7; // start of a JPEG-LS frame, C.2.2
const SOS = 0xffda;

/**
 * The header is compared with `shape` before the codec runs, so that no stream can ask for more
 * memory than the image has, or give another picture; and the end is looked for, because CharLS
 * runs on for many seconds behind a stream that was cut off. DecodeError where either is wrong.
 */
export function decodeJpegLs(
  codec: CharlsModule,
  encoded: Uint8Array,
  shape: FrameShape,
): StoredValues {
  const count = valueCount(shape);
  const header = readHeader(encoded);
  assertDeclared(header, shape);
  const decoded = runCodec(codec, upToEnd(encoded));
  const bytesPerValue = header.bitsPerSample > 8 ? 2 : 1;
  if (decoded.length !== count * bytesPerValue)
    throw new DecodeError(`JPEG-LS gave ${decoded.length} bytes for ${count} pixels.`);
  if (bytesPerValue === 2) return new Uint16Array(decoded.buffer, 0, count);
  return shape.bitsAllocated === 8 ? decoded : Uint16Array.from(decoded);
}

/** The frame header of a JPEG-LS stream (C.2.2). DecodeError where there is none. */
export function readHeader(encoded: Uint8Array): JpegLsHeader {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const end = view.byteLength;
  if (end < 2 || view.getUint16(0) !== SOI) throw new DecodeError("This is not a JPEG-LS stream.");
  let offset = 2;
  while (offset + 4 <= end) {
    const marker = view.getUint16(offset);
    if (marker === SOS || marker < 0xff01) break;
    if (marker === SOF55 && offset + 10 <= end) return frameHeader(view, offset + 4);
    offset += marker === 0xffff ? 1 : 2 + view.getUint16(offset + 2); // 0xff may be fill
  }
  throw new DecodeError("The JPEG-LS stream has no frame header.");
}

function frameHeader(view: DataView, offset: number): JpegLsHeader {
  return {
    bitsPerSample: view.getUint8(offset),
    rows: view.getUint16(offset + 1),
    columns: view.getUint16(offset + 3),
    components: view.getUint8(offset + 5),
  };
}

function assertDeclared(header: JpegLsHeader, shape: FrameShape): void {
  const sameSize = header.rows === shape.rows && header.columns === shape.columns;
  const fits = header.bitsPerSample >= 2 && header.bitsPerSample <= shape.bitsAllocated;
  if (sameSize && fits && header.components === shape.samplesPerPixel) return;
  throw new DecodeError(
    `The JPEG-LS stream holds ${header.columns} × ${header.rows} pixels of ` +
      `${header.bitsPerSample} bits and ${header.components} samples; declared are ` +
      `${shape.columns} × ${shape.rows} of ${shape.bitsAllocated} bits and ${shape.samplesPerPixel}.`,
  );
}

/**
 * The stream up to its last end marker. Behind it stands what pads to an even length: a zero
 * (PS3.5 A.4), in the field an 0xFF too. Entropy-coded data never holds the marker (bit stuffing,
 * ISO 14495-1 A.1), so that one found is the end.
 */
function upToEnd(encoded: Uint8Array): Uint8Array {
  for (let at = encoded.length - 2; at >= 2; at -= 1)
    if (encoded[at] === EOI >> 8 && encoded[at + 1] === (EOI & 0xff)) return encoded.subarray(0, at + 2);
  throw new DecodeError("The JPEG-LS stream is broken: it was cut off before its end.");
}

/** Decoded bytes in a buffer of their own, outside the codec's memory. */
function runCodec(codec: CharlsModule, encoded: Uint8Array): Uint8Array<ArrayBuffer> {
  const decoder = new codec.JpegLSDecoder();
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    return new Uint8Array(decoder.getDecodedBuffer());
  } catch (cause) {
    if (typeof cause !== "number") throw cause; // a trap, not a word of CharLS
    const words = codec.getExceptionMessage(cause); // it throws a pointer to a C++ exception
    throw new DecodeError(`The JPEG-LS stream is broken: ${words}`, { cause });
  } finally {
    decoder.delete();
  }
}
