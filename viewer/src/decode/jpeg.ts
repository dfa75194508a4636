/** JPEG of 8 bits (ISO 10918-1; PS3.5 A.4.1) to stored values, by libjpeg-turbo in WebAssembly. */

import { declaredModel, decodedFrame } from "./colour";
import type { DecodedFrame, FrameShape } from "./frame";
import { compressedCount, DecodeError } from "./frame";
import { isYcc, saying } from "./jpegColour";
import type { FrameHeader } from "./jpegMarkers";
import { assertDeclared, frameHeader, segments, SOS, upToEnd } from "./jpegMarkers";
import { ownSamples, pixelCells } from "./samples";

/** What the codec's module offers of itself. */
export interface JpegModule {
  readonly JPEGDecoder: new () => JpegDecoder;
}

interface JpegDecoder {
  readonly getEncodedBuffer: (size: number) => Uint8Array;
  readonly getDecodedBuffer: () => Uint8Array;
  readonly decode: () => void;
  readonly delete: () => void;
}

const NAME = "JPEG";
const MOST_SCANS = 64;
/** Baseline, extended and progressive, Huffman coded. */
const PROCESSES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);

/**
 * The header is compared with `shape` before the codec runs. The codec stops at a broken or cut-off
 * scan: half a picture is none. Colour comes out as RGB whatever the header says of it, because
 * the stream itself says what it is.
 */
export function decodeJpeg(codec: JpegModule, encoded: Uint8Array, shape: FrameShape): DecodedFrame {
  const count = compressedCount(shape);
  const parts = [...segments(encoded, NAME)];
  const header = frameHeader(parts, NAME);
  assertDecodable(header, shape);
  const colour = header.components.length === 3;
  const whole = upToEnd(encoded, NAME);
  assertFewScans(whole);
  const stream = colour ? saying(isYcc(header, parts, shape.photometricInterpretation), whole, parts) : whole;
  const samples = runCodec(codec, stream);
  if (samples.length !== count) throw new DecodeError(`JPEG gave ${samples.length} bytes for ${count} samples.`);
  const values = pixelCells(samples, { precision: 8, signed: false }, shape);
  return decodedFrame(values, shape, colour ? "rgb" : declaredModel(shape));
}

function assertDecodable(header: FrameHeader, shape: FrameShape): void {
  const { marker, precision, rows, columns, components } = header;
  if (!PROCESSES.has(marker) || precision !== 8)
    throw new DecodeError(`JPEG of process SOF${marker & 15} and ${precision} bits is not decoded here.`);
  assertDeclared({ rows, columns, precision, samples: components.length }, shape, NAME);
}

/** Each scan of a progressive stream may go over the whole image: thousands are an attack. */
function assertFewScans(stream: Uint8Array): void {
  let scans = 0;
  for (let at = stream.indexOf(SOS); at > 0; at = stream.indexOf(SOS, at + 1)) if (stream[at - 1] === 0xff) scans += 1;
  if (scans > MOST_SCANS) throw new DecodeError(`JPEG of ${scans} scans is not decoded here.`);
}

/** Decoded bytes in memory of their own. */
function runCodec(codec: JpegModule, stream: Uint8Array): Uint8Array | Uint16Array {
  const decoder = new codec.JPEGDecoder();
  try {
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    return ownSamples(decoder.getDecodedBuffer(), 8);
  } catch (cause) {
    if (typeof cause !== "number") throw cause; // a trap, not a word of the codec
    throw new DecodeError("The JPEG stream is broken: it cannot be decoded to its end.", { cause });
  } finally {
    decoder.delete();
  }
}
