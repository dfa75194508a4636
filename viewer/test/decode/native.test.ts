/** Native and RLE frames, and the shapes of all. Oracle: bytes written out here, and pydicom's RLE encoder. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Decode } from "../../src/decode/frame";
import { compressedCount, DecodeError, valueCount } from "../../src/decode/frame";
import { codecOf, WASM_FILES } from "../../src/decode/protocol";
import { decodeRaw, viewRaw } from "../../src/decode/raw";
import { codec, colours, cuts, fixture, GREY, GREY8, numbers, ramp, RGB } from "./frames";

const line = { ...GREY, rows: 1, columns: 3 };

describe("native frames", () => {
  it("are little endian, signed bits kept as they are", () => {
    const bytes = Uint8Array.of(0x34, 0x12, 0xff, 0xff, 0x00, 0x80).buffer;
    expect(numbers(decodeRaw(bytes, line))).toEqual([0x1234, 0xffff, 0x8000]);
  });
  it("are not copied", () => {
    const bytes = new ArrayBuffer(6);
    expect(viewRaw(bytes, line)?.values.buffer).toBe(bytes);
  });
  it("may have 32 bits, of integers or of floating point", () => {
    const bytes = Float32Array.of(1.5, -2, 1e30).buffer;
    const floats = viewRaw(bytes, { ...line, bitsAllocated: 32, isFloat: true });
    expect(floats?.values).toEqual(Float32Array.of(1.5, -2, 1e30));
    const integers = viewRaw(Uint32Array.of(1, 0xffffffff, 7).buffer, { ...line, bitsAllocated: 32 });
    expect(integers?.values).toEqual(Uint32Array.of(1, 0xffffffff, 7));
  });
  it("of double floats keep their digits relative to a base", () => {
    const doubles = Float64Array.of(1e9 + 0.25, 1e9 + 0.5, 1e9 - 0.125); // 32 bits round these to 64
    const frame = decodeRaw(doubles.buffer, { ...line, bitsAllocated: 64, isFloat: true });
    expect(frame.values).toBeInstanceOf(Float32Array);
    expect(numbers(frame).map((value) => value + frame.base)).toEqual(Array.from(doubles));
  });
  it("of double floats without a finite value have the base 0", () => {
    const frame = decodeRaw(Float64Array.of(NaN, Infinity, -Infinity).buffer, { ...line, bitsAllocated: 64, isFloat: true });
    expect([frame.base, ...numbers(frame)]).toEqual([0, NaN, Infinity, -Infinity]);
  });
  it("of three samples are taken as they are, or plane by plane", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6).buffer;
    const shape = { ...RGB, rows: 2, columns: 1 };
    expect(viewRaw(bytes, shape)?.values.buffer).toBe(bytes);
    expect(viewRaw(bytes, { ...shape, planarConfiguration: 1 })).toBeNull();
    expect(numbers(decodeRaw(bytes, { ...shape, planarConfiguration: 1 }))).toEqual([1, 3, 5, 2, 4, 6]);
  });
  it("of YBR_FULL_422 give both pixels of a pair its chrominance", () => {
    const shape = { ...RGB, rows: 1, columns: 4, photometricInterpretation: "YBR_FULL_422" };
    const frame = decodeRaw(Uint8Array.of(1, 2, 101, 201, 3, 4, 103, 203).buffer, shape);
    expect(numbers(frame)).toEqual([1, 101, 201, 2, 101, 201, 3, 103, 203, 4, 103, 203]);
    expect([frame.samples, frame.model]).toEqual([3, "ybr"]);
  });
  it("of YBR_FULL_422 that were written whole are taken whole; odd rows are refused", () => {
    const shape = { ...RGB, rows: 1, columns: 2, photometricInterpretation: "YBR_FULL_422" };
    expect(numbers(decodeRaw(Uint8Array.of(1, 2, 3, 4, 5, 6).buffer, shape))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(() => decodeRaw(new ArrayBuffer(6), { ...shape, columns: 3 })).toThrow("rows of 3");
  });
  it("may have one padding byte after an odd number of bytes, and no other", () => {
    const odd = { ...GREY8, rows: 1, columns: 3 };
    expect(numbers(decodeRaw(Uint8Array.of(1, 2, 3, 0).buffer, odd))).toEqual([1, 2, 3]);
    expect(() => decodeRaw(new ArrayBuffer(5), odd)).toThrow(DecodeError);
    expect(() => decodeRaw(new ArrayBuffer(2), odd)).toThrow(DecodeError);
    expect(() => decodeRaw(new ArrayBuffer(5), { ...odd, columns: 4 })).toThrow(DecodeError);
  });
  it.each([
    [1, "RGB"],
    [1, "YBR_FULL"],
    [3, "MONOCHROME2"],
    [3, "CMYK"],
    [3, "YBR_PARTIAL_422"],
  ])("of %d samples are refused where they are said to be %s", (samplesPerPixel, photometricInterpretation) => {
    const shape = { ...GREY8, rows: 1, columns: 2, samplesPerPixel, photometricInterpretation };
    expect(() => decodeRaw(new ArrayBuffer(2 * samplesPerPixel), shape)).toThrow(photometricInterpretation);
  });
});

describe("RLE", () => {
  let decode: Decode;
  beforeAll(async () => {
    decode = await codec("rle");
  });
  /** One frame of the segments given, as PS3.5 G.5 lays them out. */
  function rle(...segments: number[][]): Uint8Array {
    const header = new DataView(new ArrayBuffer(64));
    header.setUint32(0, segments.length, true);
    let at = 64;
    segments.forEach(({ length }, i) => {
      header.setUint32(4 + 4 * i, at, true);
      at += length;
    });
    return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
  }

  it.each([
    ["grey_8bit", GREY8, ramp(8)],
    ["grey_16bit", GREY, ramp(16)],
    ["colours", RGB, colours()],
  ])("gives the values of %s", (name, shape, expected) => {
    expect(numbers(decode(fixture(`${name}.rle`), shape))).toEqual(expected);
  });
  it("reads literal and replicate runs, and passes over -128", () => {
    const bytes = rle([2, 9, 8, 7, 0x80, 0xfe, 5, 0]);
    expect(numbers(decode(bytes, { ...GREY8, rows: 2, columns: 3 }))).toEqual([9, 8, 7, 5, 5, 5]);
  });
  it("puts the most significant byte first", () => {
    const four = rle([0, 0xfe], [0, 0xdc], [0, 0xba], [0, 0x98]);
    expect(numbers(decode(four, { ...GREY, rows: 1, columns: 1, bitsAllocated: 32 }))).toEqual([0xfedcba98]);
  });
  it("takes a run that goes on behind the last pixel only as far as the image", () => {
    expect(numbers(decode(rle([0x81, 4]), { ...GREY8, rows: 1, columns: 5 }))).toEqual([4, 4, 4, 4, 4]);
  });
  it("refuses another number of segments than declared", () => {
    expect(() => decode(fixture("grey_16bit.rle"), GREY8)).toThrow("2 segments where 1");
    expect(() => decode(fixture("grey_8bit.rle"), RGB)).toThrow("1 segments where 3");
  });
  it.each(cuts(fixture("colours.rle").length))("refuses a frame cut after %d bytes", (size) => {
    expect(() => decode(fixture("colours.rle").slice(0, size), RGB)).toThrow(DecodeError);
  });
  it.each([[0], [63], [67], [0xffffffff]])("refuses a segment that starts at %d", (start) => {
    const frame = rle([0, 1], [0, 2]);
    new DataView(frame.buffer).setUint32(8, start, true);
    expect(() => decode(frame, { ...GREY, rows: 1, columns: 1 })).toThrow(/overlap|cut off/);
  });
  it("allocates nothing for a size that its bytes cannot hold", () => {
    const lying = { ...GREY8, rows: 11585, columns: 11585 };
    expect(() => decode(rle([0x81, 4]), lying)).toThrow("cannot hold");
  });
});

describe("shapes", () => {
  it.each([
    { rows: 0 },
    { columns: 65536 },
    { rows: 1.5 },
    { columns: Number.NaN },
    { samplesPerPixel: 2 },
    { samplesPerPixel: 4 },
    { samplesPerPixel: 3 }, // of 16 bits
    { bitsAllocated: 64 },
    { bitsAllocated: 1 },
    { bitsAllocated: 24 },
    { isFloat: true }, // of 16 bits
    { rows: 65535, columns: 65535 },
  ])("that are not decoded are refused: %o", (changed) => {
    expect(() => valueCount({ ...GREY, ...changed })).toThrow(DecodeError);
  });
  it("of floating point are refused where they are compressed", () => {
    expect(() => compressedCount({ ...GREY, bitsAllocated: 32, isFloat: true })).toThrow("floating point");
  });
  it("are told by their transfer syntax how to be decoded", () => {
    const codecs = ["", ".1", ".5", ".4.50", ".4.51", ".4.57", ".4.70", ".4.80", ".4.81", ".4.90", ".4.91", ".4.201", ".4.202", ".4.203"]
      .map((end) => codecOf(`1.2.840.10008.1.2${end}`));
    expect(codecs).toEqual([
      "raw", "raw", "rle", "jpeg", "jpeg", "jpegLossless", "jpegLossless", "charls", "charls",
      "openjpeg", "openjpeg", "openjph", "openjph", "openjph",
    ]);
    expect(new Set(codecs)).toEqual(new Set(Object.keys(WASM_FILES)));
    expect(codecOf("1.2.840.10008.1.2.2")).toBeNull(); // big endian
  });
});
