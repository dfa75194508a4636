/** What the decode tests share: the fixtures (fixtures/README.md), their formulas, and codecs from their packages. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Decode, DecodedFrame, FrameShape } from "../../src/decode/frame";
import { openCodec } from "../../src/decode/openCodec";
import type { CodecName } from "../../src/decode/protocol";

export const ROWS = 23;
export const COLUMNS = 31;

/** 16-bit grey, unsigned. */
export const GREY: FrameShape = {
  rows: ROWS,
  columns: COLUMNS,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  signed: false,
  isFloat: false,
  samplesPerPixel: 1,
  planarConfiguration: 0,
  photometricInterpretation: "MONOCHROME2",
};
export const GREY8: FrameShape = { ...GREY, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
export const RGB: FrameShape = { ...GREY8, samplesPerPixel: 3, photometricInterpretation: "RGB" };
export const SIGNED: FrameShape = { ...GREY, signed: true };

const pixels = Array.from({ length: ROWS * COLUMNS }, (_, i) => ({ x: i % COLUMNS, y: Math.floor(i / COLUMNS) }));

export const ramp = (bits: number): number[] => pixels.map(({ x, y }) => (37 * x + 61 * y) % 2 ** bits);
export const signedRamp = (bits: number): number[] => ramp(bits).map((value) => value - 2 ** (bits - 1));
export const steep = (bits: number): number[] =>
  pixels.map(({ x, y }) => (1201 * x * x + 2177 * x * y * y + 40009 * y) % 2 ** bits);
export const colours = (): number[] =>
  pixels.flatMap(({ x, y }) => [37 * x + 61 * y, 11 * x + 5 * y + 80, 200 + 3 * x + 7 * y].map((value) => value % 256));
export const smooth = (): number[] => pixels.flatMap(({ x, y }) => [4 * x + 3 * y, 200 - 3 * x, 40 + 5 * y]);
export const smoothGrey = (): number[] => pixels.map(({ x, y }) => 4 * x + 3 * y);

export const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));

const WASM_OF: Partial<Record<CodecName, string>> = {
  charls: "codec-charls/decodewasm",
  jpeg: "codec-libjpeg-turbo-8bit/decodewasm",
  openjpeg: "codec-openjpeg/decodewasm",
  openjph: "codec-openjph/wasm",
};

export function codec(name: CodecName): Promise<Decode> {
  const file = WASM_OF[name];
  if (file === undefined) return openCodec(name, null);
  const path = createRequire(import.meta.url).resolve(`@cornerstonejs/${file}`);
  return openCodec(name, new WebAssembly.Module(readFileSync(path)));
}

export const numbers = ({ values }: DecodedFrame): number[] => Array.from(values);

/** As the drawing side reads 16-bit cells of a signed image. */
export const signedNumbers = ({ values }: DecodedFrame): number[] =>
  Array.from(values.BYTES_PER_ELEMENT === 1 ? Int8Array.from(values) : Int16Array.from(values));

export function largestError(frame: DecodedFrame, expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(value - (frame.values[i] ?? NaN))));
}

/** The stream with bytes replaced, `offset` behind the first `marker` (its second byte). */
export function patched(stream: Uint8Array, marker: number, offset: number, bytes: readonly number[]): Uint8Array {
  const copy = stream.slice();
  const start = copy.findIndex((byte, i) => byte === 0xff && copy[i + 1] === marker);
  copy.set(bytes, start + offset);
  return copy;
}

/** Every so many lengths that are shorter than `length`, the shortest and the longest too. */
export const cuts = (length: number): number[] =>
  [0, 1, 2, 3, 10, ...Array.from({ length: 12 }, (_, i) => Math.floor(((i + 1) * length) / 13)), length - 3];
