/**
 * Frames to stored values. Oracle: the formula from which the fixtures were made; they were
 * encoded by pyjpegls (CharLS of another build): 23 rows, 31 columns, value (37x + 61y) mod 2^bits.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import createCharls from "@cornerstonejs/codec-charls/decodewasmjs";
import { beforeAll, describe, expect, it } from "vitest";
import { DecodeError, valueCount } from "../src/decode/frame";
import type { FrameShape } from "../src/decode/frame";
import type { CharlsModule } from "../src/decode/jpegls";
import { decodeJpegLs, readHeader } from "../src/decode/jpegls";
import { decoderOf } from "../src/decode/protocol";
import { decodeRaw } from "../src/decode/raw";

const shape: FrameShape = { rows: 23, columns: 31, bitsAllocated: 16, samplesPerPixel: 1 };
const ramp = (bits: number) =>
  Array.from({ length: 23 * 31 }, (_, index) => (37 * (index % 31) + 61 * Math.floor(index / 31)) % 2 ** bits);
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}.jls`, import.meta.url)));
const wasmFile = () =>
  createRequire(import.meta.url).resolve("@cornerstonejs/codec-charls/decodewasm");

let codec: CharlsModule;
beforeAll(async () => {
  const wasm = new Uint8Array(readFileSync(wasmFile()));
  codec = (await createCharls({ wasmBinary: wasm.buffer })) as CharlsModule;
});

/** The fixture with some of its header's bytes replaced. */
function patched(name: string, offsetInFrameHeader: number, bytes: readonly number[]): Uint8Array {
  const stream = fixture(name);
  const start = stream.findIndex((byte, index) => byte === 0xff && stream[index + 1] === 0xf7);
  stream.set(bytes, start + 4 + offsetInFrameHeader);
  return stream;
}

describe("JPEG-LS", () => {
  it("gives the values of a 12-bit frame", () => {
    const values = decodeJpegLs(codec, fixture("ramp_12bit"), shape);
    expect(values).toBeInstanceOf(Uint16Array);
    expect(Array.from(values)).toEqual(ramp(12));
  });
  it("gives 8 bits as 8 bits, and widens them where 16 are allocated", () => {
    const narrow = decodeJpegLs(codec, fixture("ramp_8bit"), { ...shape, bitsAllocated: 8 });
    const wide = decodeJpegLs(codec, fixture("ramp_8bit"), shape);
    expect([narrow.BYTES_PER_ELEMENT, wide.BYTES_PER_ELEMENT]).toEqual([1, 2]);
    expect(Array.from(narrow)).toEqual(ramp(8));
    expect(Array.from(wide)).toEqual(ramp(8));
  });
  it("gives a near-lossless frame within its declared error of 3", () => {
    const values = decodeJpegLs(codec, fixture("ramp_12bit_near3"), shape);
    const errors = ramp(12).map((value, index) => Math.abs(value - (values[index] ?? NaN)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(3);
  });
  it("keeps nothing of one frame in the next", () => {
    const first = decodeJpegLs(codec, fixture("ramp_12bit"), shape);
    decodeJpegLs(codec, fixture("ramp_12bit_near3"), shape);
    expect(Array.from(first)).toEqual(ramp(12));
  });
  it.each([
    ["rows", { rows: 31, columns: 23 }],
    ["fewer rows", { rows: 22 }],
    ["bits", { bitsAllocated: 8 }],
  ])("refuses a frame of other %s than declared", (_, changed) => {
    expect(() => decodeJpegLs(codec, fixture("ramp_12bit"), { ...shape, ...changed })).toThrow(/declared/);
  });
  it("refuses a header that asks for gigabytes before it runs the codec", () => {
    const huge = patched("ramp_12bit", 1, [0xff, 0xff, 0xff, 0xff]);
    const untouched = { JpegLSDecoder: () => expect.fail("ran"), getExceptionMessage: String };
    expect(() => decodeJpegLs(untouched as unknown as CharlsModule, huge, shape)).toThrow(DecodeError);
  });
  it("refuses three components", () => {
    expect(() => decodeJpegLs(codec, patched("ramp_12bit", 5, [3]), shape)).toThrow(DecodeError);
  });
  it.each([0, 1, 2, 3, 10, 24, 40, 200, 376, 377])("refuses a stream cut after %d bytes", (size) => {
    expect(() => decodeJpegLs(codec, fixture("ramp_12bit").slice(0, size), shape)).toThrow(DecodeError);
  });
  it("refuses what is no JPEG-LS at all", () => {
    const words = new TextEncoder().encode("<html>not an image</html>");
    expect(() => decodeJpegLs(codec, words, shape)).toThrow("not a JPEG-LS stream");
    expect(() => readHeader(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9))).toThrow("no frame header");
  });
  it("decodes on after a broken stream", () => {
    expect(() => decodeJpegLs(codec, fixture("ramp_12bit").slice(0, 200), shape)).toThrow(/broken/);
    expect(Array.from(decodeJpegLs(codec, fixture("ramp_12bit"), shape))).toEqual(ramp(12));
  });
  it.each([[0], [0, 0], [0xff]])("ignores the padding %j behind the end", (...padding) => {
    const padded = Uint8Array.from([...fixture("ramp_12bit"), ...padding]);
    expect(Array.from(decodeJpegLs(codec, padded, shape))).toEqual(ramp(12));
  });
  it("finds the frame header behind other segments and fill bytes", () => {
    const stream = fixture("ramp_12bit");
    const comment = [0xff, 0xff, 0xfe, 0x00, 0x04, 0xff, 0xf7];
    const longer = Uint8Array.from([0xff, 0xd8, ...comment, ...stream.slice(2)]);
    expect(readHeader(longer)).toEqual({ bitsPerSample: 12, rows: 23, columns: 31, components: 1 });
  });
});

describe("native frames", () => {
  it("are little endian, signed bits kept as they are", () => {
    const bytes = Uint8Array.of(0x34, 0x12, 0xff, 0xff, 0x00, 0x80).buffer;
    const values = decodeRaw(bytes, { ...shape, rows: 1, columns: 3 });
    expect(Array.from(values)).toEqual([0x1234, 0xffff, 0x8000]);
  });
  it("are not copied", () => {
    const bytes = new ArrayBuffer(6);
    expect(decodeRaw(bytes, { ...shape, rows: 1, columns: 3 }).buffer).toBe(bytes);
  });
  it("may have one padding byte after an odd number of bytes, and no other", () => {
    const odd = { ...shape, rows: 1, columns: 3, bitsAllocated: 8 };
    expect(Array.from(decodeRaw(Uint8Array.of(1, 2, 3, 0).buffer, odd))).toEqual([1, 2, 3]);
    expect(() => decodeRaw(new ArrayBuffer(5), odd)).toThrow(DecodeError);
    expect(() => decodeRaw(new ArrayBuffer(2), odd)).toThrow(DecodeError);
    expect(() => decodeRaw(new ArrayBuffer(5), { ...odd, columns: 4 })).toThrow(DecodeError);
  });
});

describe("shapes", () => {
  it.each([
    { rows: 0 },
    { columns: 65536 },
    { rows: 1.5 },
    { columns: Number.NaN },
    { samplesPerPixel: 3 },
    { bitsAllocated: 32 },
    { bitsAllocated: 1 },
  ])("that are not decoded are refused: %o", (changed) => {
    expect(() => valueCount({ ...shape, ...changed })).toThrow(DecodeError);
  });
  it("are told by their transfer syntax how to be decoded", () => {
    expect(decoderOf("1.2.840.10008.1.2")).toBe("raw");
    expect(decoderOf("1.2.840.10008.1.2.4.81")).toBe("charls");
    expect(decoderOf("1.2.840.10008.1.2.2")).toBeNull(); // big endian
  });
});
