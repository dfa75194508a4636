/** The headers of a JPEG 2000 code stream (ISO 15444-1 Annex A; HTJ2K: 15444-15). */

import { DecodeError } from "./frame";

export interface Jpeg2000Header {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  readonly signed: boolean;
  /** The codec undoes a transformation of the first three components: the result is RGB. */
  readonly colourTransform: boolean;
  /** Where the component's Ssiz stand. */
  readonly signsAt: readonly number[];
}

const SOC = 0xff4f;
const SIZ = 0xff51;
const COD = 0xff52;
const COC = 0xff53;
const SOT = 0xff90;
const EOC = 0xffd9;
/** Extensions of part 2: multi-component transforms. */
const PART_2 = new Set([0xff74, 0xff75, 0xff77, 0xff78]);
const SIGNED = 0x80; // of Ssiz
const TILE_HEADER = 12; // SOT
const MOST_LEVELS = 32; // table A.15
const MOST_TILES = 4096;
const FREE_PRECINCTS = 4096;
const PRECINCT_PIXELS = 256; // beyond those, on the average
const BOX_HEADER = 8; // 15444-1 I.4
const LONG_BOX = 1; // its length follows in 64 bits, of which a frame has use for 32

/**
 * The code stream itself, where it lies in a JP2 file (PS3.5 A.4.4 wants none of its boxes; the image's
 * colour is what the DICOM header says). DecodeError where there is none.
 */
export function codeStream(encoded: Uint8Array): Uint8Array {
  if (startsRight(encoded)) return encoded;
  const view = viewOf(encoded);
  const isBox = encoded.length >= 12 && view.getUint32(4) === 0x6a502020; // "jP  "
  for (let at = 0; isBox && at + BOX_HEADER <= encoded.length; ) {
    const stated = view.getUint32(at);
    const header = stated === LONG_BOX ? 2 * BOX_HEADER : BOX_HEADER;
    if (at + header > encoded.length) break;
    const length = stated === LONG_BOX ? view.getUint32(at + 12) : stated || encoded.length - at; // 0: to the end
    if (length < header) break;
    const content = encoded.subarray(at + header, at + length);
    if (view.getUint32(at + 4) === 0x6a703263 && startsRight(content)) return content; // "jp2c"
    at += length;
  }
  throw new DecodeError("This is not a JPEG 2000 stream.");
}

function startsRight(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  return bytes.length >= 4 && view.getUint16(0) === SOC && view.getUint16(2) === SIZ;
}

/** DecodeError where the headers are broken or ask for what is not decoded here. */
export function readHeader(stream: Uint8Array): Jpeg2000Header {
  const view = viewOf(stream);
  const size = readSize(view);
  let transform: number | null = null;
  for (let at = 4 + view.getUint16(4); at + 4 <= stream.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === SOT) break;
    if (PART_2.has(marker)) throw new DecodeError("JPEG 2000 with extensions of part 2 is not decoded here.");
    if (marker === COD && at + 9 <= stream.length) transform = view.getUint8(at + 8); // SGcod: A.6.1
    if (marker === COD) assertModest(view, at + 9, at + 4, size);
    if (marker === COC) assertModest(view, at + (size.components < 257 ? 6 : 7), at + (size.components < 257 ? 5 : 6), size);
  }
  if (transform === null) throw broken("its header is not complete");
  return { ...size, colourTransform: size.components >= 3 && transform === 1 };
}

type Size = Omit<Jpeg2000Header, "colourTransform">;

/**
 * A codec keeps a state for each precinct and tile: more of them than images have use for are an attack.
 * codingAt: SPcod or SPcoc; styleAt: Scod or Scoc (A.6.1, A.6.2, B.6).
 */
function assertModest(view: DataView, codingAt: number, styleAt: number, { rows, columns }: Size): void {
  const levels = codingAt < view.byteLength ? view.getUint8(codingAt) : Infinity;
  if (levels > MOST_LEVELS) throw broken("it has more levels than the Standard allows");
  if ((view.getUint8(styleAt) & 1) === 0) return; // one precinct a level
  let precincts = 0;
  for (let level = 0; level <= levels && codingAt + 5 + level < view.byteLength; level++) {
    const exponents = view.getUint8(codingAt + 5 + level);
    const along = (size: number, exponent: number): number => Math.ceil(size / 2 ** (levels - level + exponent));
    precincts += along(columns, exponents & 15) * along(rows, exponents >> 4);
  }
  if (precincts > FREE_PRECINCTS + (rows * columns) / PRECINCT_PIXELS)
    throw new DecodeError("JPEG 2000 in precincts as small as these is not decoded here.");
}

function readSize(view: DataView): Size {
  const length = view.byteLength > 42 ? view.getUint16(4) : 0;
  const components = length > 0 ? view.getUint16(40) : 0;
  if (components < 1 || length !== 38 + 3 * components || 4 + length > view.byteLength) throw broken("its header is not complete");
  const [xEnd, yEnd, x, y] = [8, 12, 16, 20].map((at) => view.getUint32(at)) as [number, number, number, number];
  const signsAt = Array.from({ length: components }, (_, i) => 42 + 3 * i);
  const signs = signsAt.map((at) => view.getUint8(at));
  const [first = 0] = signs;
  const full = signsAt.every((at) => view.getUint8(at + 1) === 1 && view.getUint8(at + 2) === 1);
  if (!full || signs.some((sign) => sign !== first))
    throw new DecodeError("JPEG 2000 with components of different size or depth is not decoded here.");
  if (x !== 0 || y !== 0) throw new DecodeError("JPEG 2000 with an image offset is not decoded here.");
  return { rows: yEnd, columns: xEnd, components, precision: (first & ~SIGNED) + 1, signed: (first & SIGNED) !== 0, signsAt };
}

/**
 * The stream up to the end of its last tile, with an end marker, and with the length of a tile that leaves
 * it open; the same bytes where they are so. A codec would fill up what was cut off: DecodeError where a tile
 * of the image is missing or is not whole.
 */
export function completed(stream: Uint8Array): Uint8Array {
  const view = viewOf(stream);
  const found = new Set<number>();
  let open: { readonly at: number; readonly length: number } | null = null;
  let at = firstTile(view);
  while (at + TILE_HEADER <= stream.length && view.getUint16(at) === SOT) {
    found.add(view.getUint16(at + 4));
    const stated = view.getUint32(at + 6);
    const length = stated === 0 ? lengthToEnd(stream, at) : stated;
    if (length < TILE_HEADER + 2 || at + length > stream.length) throw cutOff();
    if (stated === 0) open = { at, length };
    at += length;
  }
  const tiles = tileCount(view);
  if (tiles > MOST_TILES) throw new DecodeError(`JPEG 2000 of ${tiles} tiles is not decoded here.`);
  if (found.size !== tiles) throw cutOff();
  const ends = at + 2 <= stream.length && view.getUint16(at) === EOC;
  if (ends && open === null) return stream;
  const whole = new Uint8Array(at + 2);
  whole.set(stream.subarray(0, at));
  viewOf(whole).setUint16(at, EOC);
  if (open !== null) viewOf(whole).setUint32(open.at + 6, open.length);
  return whole;
}

/** B.3. NaN or Infinity where the header says nonsense. */
function tileCount(view: DataView): number {
  const [right, bottom, , , width, height, left, top] = Array.from({ length: 8 }, (_, i) => view.getUint32(8 + 4 * i));
  const along = (end = NaN, start = NaN, size = NaN): number => Math.ceil((end - start) / size);
  return along(right, left, width) * along(bottom, top, height);
}

function firstTile(view: DataView): number {
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint16(at) !== SOT) at += 2 + view.getUint16(at + 2);
  return at;
}

/** Of a tile-part that goes on to the end of the code stream, behind which padding may stand (A.4.2). */
function lengthToEnd(stream: Uint8Array, from: number): number {
  for (let at = stream.length - 2; at > from; at -= 1)
    if ((((stream[at] ?? 0) << 8) | (stream[at + 1] ?? 0)) === EOC) return at - from;
  throw cutOff();
}

function viewOf(stream: Uint8Array): DataView {
  return new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
}

function cutOff(): DecodeError {
  return broken("it was cut off before its end");
}

function broken(why: string): DecodeError {
  return new DecodeError(`The JPEG 2000 stream is broken: ${why}.`);
}
