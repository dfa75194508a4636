/** JPEG 2000 and HTJ2K (ISO 15444-1, -15; PS3.5 A.4.4, A.4.12) to stored values, by OpenJPEG or OpenJPH in WebAssembly. */

import { declaredModel, decodedFrame } from "./colour";
import type { ColourModel, DecodedFrame, FrameShape } from "./frame";
import { compressedCount, DecodeError } from "./frame";
import type { Jpeg2000Header } from "./jpeg2000Header";
import { codeStream, completed, readHeader } from "./jpeg2000Header";
import { assertDeclared } from "./jpegMarkers";
import { ownSamples, pixelCells } from "./samples";

/** One of the two codecs. */
export interface Jpeg2000Codec {
  readonly create: () => Jpeg2000Decoder;
  /** What it has printed since it was last asked: it throws nothing. */
  readonly said: () => readonly string[];
}

export interface Jpeg2000Decoder {
  readonly getEncodedBuffer: (size: number) => Uint8Array;
  readonly getDecodedBuffer: () => Uint8Array | Uint8ClampedArray;
  readonly decode: () => void;
  readonly delete: () => void;
}

const NAME = "JPEG 2000";
const MOST_BITS = 16; // what the codecs hand out
const SIGN_BIT = 0x80;

/**
 * Headers are compared with `shape` before the codec runs, and every tile must be there: the codecs would
 * go on with what is left of a stream. Any complaint of the codec is a DecodeError: wrong is worse than missing.
 */
export function decodeJpeg2000(codec: Jpeg2000Codec, encoded: Uint8Array, shape: FrameShape): DecodedFrame {
  const count = compressedCount(shape);
  const stream = codeStream(encoded);
  const header = readHeader(stream);
  const { rows, columns, precision, components } = header;
  assertDeclared({ rows, columns, precision, samples: components }, shape, NAME);
  if (precision > MOST_BITS) throw new DecodeError(`JPEG 2000 of ${precision} bits is not decoded here.`);
  const model = modelOf(header, shape);
  const samples = runCodec(codec, completed(stream), header);
  if (samples.length !== count) throw new DecodeError(`JPEG 2000 gave ${samples.length} values for ${count}.`);
  return decodedFrame(pixelCells(samples, header, shape), shape, model);
}

/** RGB where the stream's own transform is undone; else what the header says, which may only claim one. */
function modelOf({ colourTransform, components }: Jpeg2000Header, shape: FrameShape): ColourModel {
  const claimed = shape.photometricInterpretation === "YBR_ICT" || shape.photometricInterpretation === "YBR_RCT";
  return components === 3 && (colourTransform || claimed) ? "rgb" : declaredModel(shape);
}

/**
 * The codec is told that the samples are not signed: then they come 2^(precision − 1) too high and none is
 * lost, where it would cut off the negative ones of up to 8 bits.
 */
function runCodec(codec: Jpeg2000Codec, stream: Uint8Array, { precision, signed, signsAt }: Jpeg2000Header): Uint8Array | Uint16Array {
  codec.said();
  const decoder = codec.create();
  try {
    const buffer = decoder.getEncodedBuffer(stream.length);
    buffer.set(stream);
    if (signed) for (const at of signsAt) buffer[at] = (stream[at] ?? 0) & ~SIGN_BIT;
    decoder.decode();
    const [complaint] = codec.said();
    if (complaint !== undefined) throw new DecodeError(`The JPEG 2000 stream is broken: ${complaint}`);
    return ownSamples(decoder.getDecodedBuffer(), precision);
  } finally {
    decoder.delete();
  }
}
