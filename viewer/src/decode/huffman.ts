/** Huffman coded values of an entropy-coded segment (ISO 10918-1 Annexes C and F.2.2). */

import { DecodeError } from "./frame";

const LOOKAHEAD_BITS = 9;
const LONGEST_CODE = 16;
const LONGEST_DIFFERENCE = 16; // SSSS, ISO 10918-1 table H.2

/** One table of a DHT segment, ready for decoding. */
export interface HuffmanTable {
  /** For the next LOOKAHEAD_BITS bits: code length × 256 + value; 0 where the code is longer. */
  readonly short: Uint16Array;
  /** The greatest code of each length, -1 where there is none. */
  readonly greatest: Int32Array;
  /** Add it to a code of that length for the index of its value. */
  readonly offset: Int32Array;
  readonly values: Uint8Array;
}

/** Tables by class and destination, Tc × 16 + Th. DecodeError where a list of lengths is no code. */
export function readTables(body: DataView, tables: Map<number, HuffmanTable>): void {
  let at = 0;
  while (at < body.byteLength) {
    if (at + 1 + LONGEST_CODE > body.byteLength) throw badTable();
    const destination = body.getUint8(at);
    const counts = Array.from({ length: LONGEST_CODE }, (_, i) => body.getUint8(at + 1 + i));
    at += 1 + LONGEST_CODE;
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (at + total > body.byteLength) throw badTable();
    const values = Uint8Array.from({ length: total }, (_, i) => body.getUint8(at + i));
    tables.set(destination, tableOf(counts, values));
    at += total;
  }
}

function tableOf(counts: readonly number[], values: Uint8Array): HuffmanTable {
  const short = new Uint16Array(1 << LOOKAHEAD_BITS);
  const greatest = new Int32Array(LONGEST_CODE + 1).fill(-1);
  const offset = new Int32Array(LONGEST_CODE + 1);
  let [code, index] = [0, 0];
  for (let length = 1; length <= LONGEST_CODE; length++, code <<= 1) {
    const count = counts[length - 1] ?? 0;
    if (code + count > 1 << length) throw badTable();
    if (count === 0) continue;
    offset[length] = index - code;
    for (let i = 0; i < count; i++, code++, index++) {
      const spare = LOOKAHEAD_BITS - length;
      if (spare >= 0) short.fill((length << 8) | (values[index] ?? 0), code << spare, (code + 1) << spare);
    }
    greatest[length] = code - 1;
  }
  if (values.some((value) => value > LONGEST_DIFFERENCE)) throw badTable();
  return { short, greatest, offset, values };
}

function badTable(): DecodeError {
  return new DecodeError("The JPEG stream is broken: a Huffman table is not valid.");
}

/** Reads differences from `stream` until a marker, which it does not pass. */
export class DifferenceReader {
  private bits = 0;
  private count = 0;

  constructor(
    private readonly stream: Uint8Array,
    private at: number,
  ) {}

  /** Where the marker after this segment stands. */
  get position(): number {
    return this.at;
  }

  /** The next difference of H.1.2.2. DecodeError where the segment ends before it. */
  next(table: HuffmanTable): number {
    if (this.count < LONGEST_CODE) this.fill();
    const known = table.short[(this.bits >>> (32 - LOOKAHEAD_BITS)) & ((1 << LOOKAHEAD_BITS) - 1)] ?? 0;
    let size = known & 0xff;
    if (known !== 0) this.skip(known >> 8);
    else size = this.longer(table);
    if (size === 0) return 0;
    if (size === 16) return 32768; // no bits follow
    if (this.count < size) this.fill();
    const value = this.bits >>> (32 - size);
    this.skip(size);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** Drops what is left of this segment and passes the restart marker behind it. */
  restart(expected: number): void {
    this.bits = this.count = 0;
    while (this.stream[this.at] === 0xff && this.stream[this.at + 1] === 0xff) this.at += 1;
    if (this.stream[this.at] !== 0xff || this.stream[this.at + 1] !== expected)
      throw new DecodeError("The JPEG stream is broken: a restart marker is missing.");
    this.at += 2;
  }

  private longer(table: HuffmanTable): number {
    for (let length = LOOKAHEAD_BITS + 1; length <= LONGEST_CODE; length++) {
      const code = this.bits >>> (32 - length);
      if (code > (table.greatest[length] ?? -1)) continue;
      this.skip(length);
      return table.values[code + (table.offset[length] ?? 0)] ?? 0;
    }
    throw new DecodeError("The JPEG stream is broken: it holds a code that is not in its table.");
  }

  private skip(length: number): void {
    this.count -= length;
    if (this.count < 0) throw new DecodeError("The JPEG stream is broken: it was cut off before its end.");
    this.bits <<= length;
  }

  /** At least 16 bits as long as the segment lasts; a zero follows each 0xFF of its data (B.1.1.5). */
  private fill(): void {
    const { stream } = this;
    while (this.count <= 24) {
      const byte = stream[this.at];
      if (byte === undefined) return;
      if (byte === 0xff) {
        if (stream[this.at + 1] !== 0) return;
        this.at += 1;
      }
      this.at += 1;
      this.bits |= byte << (24 - this.count);
      this.count += 8;
    }
  }
}
