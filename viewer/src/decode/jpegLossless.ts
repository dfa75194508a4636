/** JPEG lossless, process 14 with any predictor (ISO 10918-1 Annex H; PS3.5 A.4.1.2), to stored values. */

import type { ColourModel, DecodedFrame, FrameShape } from "./frame";
import { compressedCount, DecodeError } from "./frame";
import { declaredModel, decodedFrame } from "./colour";
import type { HuffmanTable } from "./huffman";
import { DifferenceReader, readTables } from "./huffman";
import { adobeTransform, namedRgb } from "./jpegColour";
import type { FrameHeader, Segment } from "./jpegMarkers";
import { assertDeclared, DHT, DRI, frameHeader, segmentAt, segments, SOS } from "./jpegMarkers";
import { pixelCells } from "./samples";

const NAME = "JPEG lossless";
const SOF3 = 0xc3;
const RST0 = 0xd0;

interface Scan {
  /** Places of its components within a pixel, each with its table. */
  readonly parts: readonly { readonly place: number; readonly table: HuffmanTable }[];
  readonly predictor: number;
  /** Low bits that were dropped: H.1.2.1. */
  readonly pointTransform: number;
  /** Rows between restart markers; 0: none. */
  readonly restartRows: number;
  readonly dataAt: number;
}

interface Canvas {
  readonly values: Uint8Array | Uint16Array;
  readonly rows: number;
  readonly columns: number;
  /** Components of a pixel. */
  readonly samples: number;
  readonly precision: number;
}

/** DecodeError where the stream is not the declared image, or breaks off: half a picture is none. */
export function decodeJpegLossless(encoded: Uint8Array, shape: FrameShape): DecodedFrame {
  const count = compressedCount(shape);
  const parts = [...segments(encoded, NAME)];
  const header = frameHeader(parts, NAME);
  assertDecodable(header, shape);
  const model = modelOf(header, parts, shape);
  if (encoded.length * 8 < count) throw broken("it was cut off before its end"); // a sample has at least one bit
  const { precision, rows, columns, components } = header;
  const values = precision > 8 ? new Uint16Array(count) : new Uint8Array(count);
  drawScans(encoded, header, { values, rows, columns, samples: components.length, precision });
  return decodedFrame(pixelCells(values, { precision, signed: false }, shape), shape, model);
}

function assertDecodable(header: FrameHeader, shape: FrameShape): void {
  const { marker, precision, rows, columns, components } = header;
  if (marker !== SOF3 || precision < 2 || precision > 16)
    throw new DecodeError(`JPEG of process SOF${marker & 15} and ${precision} bits is not JPEG lossless.`);
  assertDeclared({ rows, columns, precision, samples: components.length }, shape, NAME);
  if (components.length > 1 && components.some(({ horizontal, vertical }) => horizontal !== 1 || vertical !== 1))
    throw new DecodeError("JPEG lossless with subsampled components is not decoded here.");
}

/** The lossless process transforms no colours: only Adobe's mark or names speak against the header. */
function modelOf(header: FrameHeader, parts: readonly Segment[], shape: FrameShape): ColourModel {
  if (header.components.length !== 3) return declaredModel(shape);
  const adobe = adobeTransform(parts);
  if (adobe !== null) return adobe === 1 ? "ybr" : "rgb";
  return namedRgb(header) ? "rgb" : declaredModel(shape);
}

/** Each component is in one scan: either one for all, or one each. */
function drawScans(stream: Uint8Array, header: FrameHeader, canvas: Canvas): void {
  const tables = new Map<number, HuffmanTable>();
  const waiting = new Set(header.components.map((_, place) => place));
  let restartInterval = 0;
  let offset = 2;
  while (waiting.size > 0) {
    const segment = segmentAt(stream, offset);
    if (segment === null) throw broken("it was cut off before its end");
    offset = segment.end;
    if (segment.marker === DHT) readTables(segment.body, tables);
    if (segment.marker === DRI && segment.body.byteLength >= 2) restartInterval = segment.body.getUint16(0);
    if (segment.marker !== SOS) continue;
    const scan = readScan(segment, header, tables, restartInterval);
    for (const { place } of scan.parts) if (!waiting.delete(place)) throw broken("a component comes twice");
    offset = drawScan(stream, scan, canvas);
  }
}

function readScan(segment: Segment, header: FrameHeader, tables: ReadonlyMap<number, HuffmanTable>, restartInterval: number): Scan {
  const { body } = segment;
  const count = body.byteLength > 0 ? body.getUint8(0) : 0;
  if (count < 1 || body.byteLength < 4 + 2 * count) throw broken("the header of a scan is not complete");
  const parts = Array.from({ length: count }, (_, i) => {
    const place = header.components.findIndex(({ id }) => id === body.getUint8(1 + 2 * i));
    const table = tables.get(body.getUint8(2 + 2 * i) >> 4);
    if (place < 0 || table === undefined) throw broken("a scan names a component or a table that is not there");
    return { place, table };
  });
  const predictor = body.getUint8(1 + 2 * count);
  const pointTransform = body.getUint8(3 + 2 * count) & 15;
  if (predictor < 1 || predictor > 7 || pointTransform >= header.precision)
    throw broken(`predictor ${predictor} or point transform ${pointTransform} is not valid`);
  if (restartInterval % header.columns !== 0) // H.1.1
    throw broken(`its restart interval of ${restartInterval} is not a number of rows`);
  return { parts, predictor, pointTransform, restartRows: restartInterval / header.columns, dataAt: segment.end };
}

/** Where the marker behind the scan stands. */
function drawScan(stream: Uint8Array, scan: Scan, canvas: Canvas): number {
  const reader = new DifferenceReader(stream, scan.dataAt);
  const rows = scan.parts.map(() => [new Int32Array(canvas.columns), new Int32Array(canvas.columns)] as const);
  let everyBit = 0;
  for (let row = 0; row < canvas.rows; row++) {
    const restarts = scan.restartRows > 0 && row % scan.restartRows === 0;
    if (restarts && row > 0) reader.restart(RST0 + ((row / scan.restartRows - 1) % 8));
    everyBit |= drawRow(reader, scan, canvas, rows, row, row === 0 || restarts);
  }
  if (everyBit >>> canvas.precision !== 0) throw broken("it holds values of more bits than it says");
  return reader.position;
}

type RowPair = readonly [Int32Array, Int32Array];

/** All bits that occurred in the row. Rows are kept as they are predicted, before the point transform. */
function drawRow(reader: DifferenceReader, scan: Scan, canvas: Canvas, rows: readonly RowPair[], row: number, first: boolean): number {
  const { values, columns, samples, precision } = canvas;
  const { parts, predictor, pointTransform } = scan;
  const start = 1 << (precision - pointTransform - 1);
  let everyBit = 0;
  for (let column = 0; column < columns; column++) {
    for (let p = 0; p < parts.length; p++) {
      const part = parts[p];
      const pair = rows[p];
      if (part === undefined || pair === undefined) continue;
      const above = pair[(row + 1) & 1] as Int32Array;
      const here = pair[row & 1] as Int32Array;
      const predicted = first
        ? column === 0 ? start : at(here, column - 1)
        : column === 0 ? at(above, 0) : predict(predictor, at(here, column - 1), at(above, column), at(above, column - 1));
      const value = (predicted + reader.next(part.table)) & 0xffff; // modulo 2^16: H.1.2.1
      here[column] = value;
      const shifted = value << pointTransform;
      everyBit |= shifted;
      values[(row * columns + column) * samples + part.place] = shifted;
    }
  }
  return everyBit;
}

function at(row: Int32Array, column: number): number {
  return row[column] ?? 0;
}

/** Table H.1: left, above, above left. */
function predict(predictor: number, a: number, b: number, c: number): number {
  switch (predictor) {
    case 1: return a;
    case 2: return b;
    case 3: return c;
    case 4: return a + b - c;
    case 5: return a + ((b - c) >> 1);
    case 6: return b + ((a - c) >> 1);
    default: return (a + b) >> 1;
  }
}

function broken(why: string): DecodeError {
  return new DecodeError(`The JPEG lossless stream is broken: ${why}.`);
}
