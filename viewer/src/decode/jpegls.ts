/** JPEG-LS (ISO/IEC 14495-1; PS3.5 A.4.3) to stored values, by CharLS in WebAssembly. */

import { decodedFrame } from "./colour";
import type { DecodedFrame, FrameShape } from "./frame";
import { compressedCount, DecodeError } from "./frame";
import type { FrameHeader } from "./jpegMarkers";
import { assertDeclared, frameHeader, segments, SOF55, upToEnd } from "./jpegMarkers";
import { interleaved, ownSamples, pixelCells } from "./samples";

/** What the codec's module offers of itself. */
export interface CharlsModule {
  readonly JpegLSDecoder: new () => CharlsDecoder;
  readonly getExceptionMessage: (thrown: number) => string;
}

interface CharlsDecoder {
  readonly getEncodedBuffer: (size: number) => Uint8Array;
  readonly getDecodedBuffer: () => Uint8ClampedArray;
  readonly getInterleaveMode: () => number;
  readonly decode: () => void;
  readonly delete: () => void;
}

interface Decoded {
  readonly samples: Uint8Array | Uint16Array;
  readonly planar: boolean;
}

const NAME = "JPEG-LS";
const PLANE_BY_PLANE = 0; // ILV, C.2.3; lines and samples in turn both come out as pixels

/**
 * The header is compared with `shape` before the codec runs, so that no stream can ask for more
 * memory than the image has, or give another picture; and the end is looked for, because CharLS
 * runs on for many seconds behind a stream that was cut off. DecodeError where either is wrong.
 */
export function decodeJpegLs(codec: CharlsModule, encoded: Uint8Array, shape: FrameShape): DecodedFrame {
  const count = compressedCount(shape);
  const { precision } = readHeader(encoded, shape);
  const { samples, planar } = runCodec(codec, upToEnd(encoded, NAME), precision);
  if (samples.length !== count)
    throw new DecodeError(`JPEG-LS gave ${samples.length} values for ${count}.`);
  const values = pixelCells(samples, { precision, signed: false }, shape);
  const apart = planar && values instanceof Uint8Array && shape.samplesPerPixel === 3;
  return decodedFrame(apart ? interleaved(values) : values, shape);
}

/** The frame header (C.2.2). DecodeError where there is none, or where it is not the one declared. */
export function readHeader(encoded: Uint8Array, shape: FrameShape): FrameHeader {
  const header = frameHeader([...segments(encoded, NAME)], NAME);
  if (header.marker !== SOF55) throw new DecodeError("This is a JPEG stream, not a JPEG-LS one.");
  assertDeclared({ ...header, samples: header.components.length }, shape, NAME);
  return header;
}

/** In memory of their own, outside the codec's. */
function runCodec(codec: CharlsModule, encoded: Uint8Array, precision: number): Decoded {
  const decoder = new codec.JpegLSDecoder();
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    const samples = ownSamples(decoder.getDecodedBuffer(), precision);
    return { samples, planar: decoder.getInterleaveMode() === PLANE_BY_PLANE };
  } catch (cause) {
    if (typeof cause !== "number") throw cause; // a trap, not a word of CharLS
    const words = codec.getExceptionMessage(cause); // it throws a pointer to a C++ exception
    throw new DecodeError(`The JPEG-LS stream is broken: ${words}`, { cause });
  } finally {
    decoder.delete();
  }
}
