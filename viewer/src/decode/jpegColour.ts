/** What the three components of a JPEG stream are, and how the codec is made to see the same. */

import { DecodeError } from "./frame";
import type { FrameHeader, Segment } from "./jpegMarkers";
import { APP0, APP14 } from "./jpegMarkers";

/** Of an Adobe segment: the components as they are stored. */
const TRANSFORM = { none: 0, ycc: 1 } as const;

/** 0: not transformed; 1: YCbCr; null where there is no Adobe segment. */
export function adobeTransform(parts: readonly Segment[]): number | null {
  const adobe = parts.find((part) => part.marker === APP14 && part.body.byteLength >= 12 && starts(part, "Adobe"));
  return adobe?.body.getUint8(11) ?? null;
}

function isJfif(part: Segment): boolean {
  return part.marker === APP0 && starts(part, "JFIF\0");
}

function starts({ body }: Segment, word: string): boolean {
  if (body.byteLength < word.length) return false;
  return [...word].every((letter, i) => body.getUint8(i) === letter.charCodeAt(0));
}

/** Components named R, G and B. */
export function namedRgb({ components }: FrameHeader): boolean {
  return String.fromCharCode(...components.map(({ id }) => id)).toUpperCase() === "RGB";
}

/**
 * Whether a stream of the DCT processes holds YCbCr. Its own marks come before the header, which is
 * often wrong: Adobe's transform, the names of the components, JFIF, subsampling; then the header.
 */
export function isYcc(header: FrameHeader, parts: readonly Segment[], photometricInterpretation: string): boolean {
  const adobe = adobeTransform(parts);
  if (adobe !== null) return adobe === TRANSFORM.ycc;
  if (namedRgb(header)) return false;
  if (parts.some(isJfif) || isSubsampled(header)) return true;
  if (photometricInterpretation === "RGB") return false;
  if (photometricInterpretation.startsWith("YBR_")) return true;
  throw new DecodeError(`The JPEG stream holds three components, but the image is said to be "${photometricInterpretation}".`);
}

function isSubsampled({ components }: FrameHeader): boolean {
  const [first] = components;
  return components.some((one) => one.horizontal !== first?.horizontal || one.vertical !== first.vertical);
}

/** The stream with one Adobe segment that says so, and none that says otherwise. */
export function saying(ycc: boolean, stream: Uint8Array, parts: readonly Segment[]): Uint8Array {
  const others = parts.filter((part) => part.marker === APP14 || isJfif(part));
  const kept: Uint8Array[] = [];
  let from = 2; // behind SOI
  for (const { at, end } of others) {
    kept.push(stream.subarray(from, at));
    from = end;
  }
  kept.push(stream.subarray(from));
  return joined([Uint8Array.of(0xff, 0xd8), adobeSegment(ycc), ...kept]);
}

function adobeSegment(ycc: boolean): Uint8Array {
  const word = [...new TextEncoder().encode("Adobe")];
  const version = [0, 100];
  const flags = [0, 0, 0, 0];
  return Uint8Array.of(0xff, APP14, 0, 14, ...word, ...version, ...flags, ycc ? TRANSFORM.ycc : TRANSFORM.none);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
