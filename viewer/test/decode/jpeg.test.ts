/** JPEG of the DCT and of the lossless processes. Oracle: the formulas that libjpeg-turbo encoded. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Decode } from "../../src/decode/frame";
import { DecodeError } from "../../src/decode/frame";
import {
  codec, colours, cuts, fixture, GREY, GREY8, largestError, numbers, patched, ramp, RGB, signedNumbers, SIGNED, smooth, smoothGrey, steep,
} from "./frames";

const [SOF0, SOF3, DHT, SOS, APP0, APP14] = [0xc0, 0xc3, 0xc4, 0xda, 0xe0, 0xee];
const QUANTISED = 3; // at quality 100; a colour that is misread is tens of levels off
const ybr = { ...RGB, photometricInterpretation: "YBR_FULL" };

/** The stream without its first segment of that marker. */
function without(stream: Uint8Array, marker: number): Uint8Array {
  const at = stream.findIndex((byte, i) => byte === 0xff && stream[i + 1] === marker);
  const end = at + 2 + (stream[at + 2] ?? 0) * 256 + (stream[at + 3] ?? 0);
  return Uint8Array.from([...stream.slice(0, at), ...stream.slice(end)]);
}

/** Names of the components in the frame and the scan header. */
function named(stream: Uint8Array, names: readonly [number, number, number]): Uint8Array {
  return names.reduce((bytes, name, i) => patched(patched(bytes, SOF0, 10 + 3 * i, [name]), SOS, 5 + 2 * i, [name]), stream);
}

describe("JPEG", () => {
  let decode: Decode;
  beforeAll(async () => {
    decode = await codec("jpeg");
  });

  it.each(["grey", "grey_restart", "grey_progressive"])("gives %s as it was encoded", (name) => {
    const frame = decode(fixture(`${name}.jpg`), GREY8);
    expect(largestError(frame, smoothGrey())).toBeLessThanOrEqual(QUANTISED);
    expect([frame.samples, frame.model]).toEqual([1, "grey"]);
  });
  it("widens 8 bits where 16 are allocated", () => {
    const frame = decode(fixture("grey.jpg"), GREY);
    expect(frame.values).toBeInstanceOf(Uint16Array);
    expect(largestError(frame, smoothGrey())).toBeLessThanOrEqual(QUANTISED);
  });
  it.each(["RGB", "YBR_FULL", "YBR_FULL_422"])("gives RGB of a JFIF stream that is said to be %s", (photometricInterpretation) => {
    for (const name of ["ycc_444.jpg", "ycc_420.jpg"]) {
      const frame = decode(fixture(name), { ...RGB, photometricInterpretation });
      expect(largestError(frame, smooth())).toBeLessThanOrEqual(2 * QUANTISED);
      expect([frame.samples, frame.model]).toEqual([3, "rgb"]);
    }
  });
  it.each(["RGB", "YBR_FULL_422"])("gives RGB of a stream that Adobe's mark calls RGB and the header %s", (photometricInterpretation) => {
    const frame = decode(fixture("rgb_adobe.jpg"), { ...RGB, photometricInterpretation });
    expect(largestError(frame, smooth())).toBeLessThanOrEqual(QUANTISED);
  });
  it("believes the names R, G and B where there is no mark, in either case", () => {
    const unmarked = without(fixture("rgb_adobe.jpg"), APP14);
    expect(largestError(decode(unmarked, ybr), smooth())).toBeLessThanOrEqual(QUANTISED);
    expect(largestError(decode(named(unmarked, [0x72, 0x67, 0x62]), ybr), smooth())).toBeLessThanOrEqual(QUANTISED);
  });
  it("believes subsampling before the header", () => {
    const unmarked = without(fixture("ycc_420.jpg"), APP0);
    expect(largestError(decode(unmarked, RGB), smooth())).toBeLessThanOrEqual(2 * QUANTISED);
  });
  it.each([[[1, 2, 3]], [[0, 1, 2]]] as const)("believes the header where the stream says nothing; components %j", (names) => {
    const transformed = named(without(fixture("ycc_444.jpg"), APP0), names);
    expect(largestError(decode(transformed, ybr), smooth())).toBeLessThanOrEqual(QUANTISED);
    const plain = named(without(fixture("rgb_adobe.jpg"), APP14), names);
    expect(largestError(decode(plain, RGB), smooth())).toBeLessThanOrEqual(QUANTISED);
    expect(() => decode(plain, { ...RGB, photometricInterpretation: "MONOCHROME2" })).toThrow("MONOCHROME2");
  });
  it("believes Adobe's mark before JFIF's", () => {
    const both = patched(fixture("rgb_adobe.jpg"), 0xd8, 0, []);
    const jfif = [0xff, APP0, 0, 16, ...new TextEncoder().encode("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0];
    const stream = Uint8Array.from([0xff, 0xd8, ...jfif, ...both.slice(2)]);
    expect(largestError(decode(stream, ybr), smooth())).toBeLessThanOrEqual(QUANTISED);
  });
  it("refuses three components in a grey image, and one in a colour image, before it runs", () => {
    expect(() => decode(fixture("ycc_444.jpg"), GREY8)).toThrow("8 bits and 3 samples; declared are 31 × 23 of 8 bits and 1");
    expect(() => decode(fixture("grey.jpg"), RGB)).toThrow("8 bits and 1 samples");
  });
  it("refuses 12 bits and the lossless processes by name", () => {
    expect(() => decode(fixture("grey_12bit.jpg"), GREY)).toThrow("12 bits is not decoded here");
    expect(() => decode(fixture("lossless_8bit.jpg"), GREY8)).toThrow("SOF3");
  });
  it("refuses a size that is not declared, of gigabytes too", () => {
    const huge = patched(fixture("grey.jpg"), SOF0, 5, [0xff, 0xff, 0xff, 0xff]);
    expect(() => decode(huge, GREY8)).toThrow("65535 × 65535");
    expect(() => decode(huge, { ...GREY8, rows: 65535, columns: 65535 })).toThrow("too large");
    expect(() => decode(fixture("grey.jpg"), { ...GREY8, rows: 24 })).toThrow("declared");
  });
  it.each(cuts(fixture("ycc_420.jpg").length))("refuses a stream cut after %d bytes", (size) => {
    expect(() => decode(fixture("ycc_420.jpg").slice(0, size), RGB)).toThrow(DecodeError);
  });
  it("refuses a scan that ends early, though an end marker follows", () => {
    const stream = fixture("grey.jpg");
    const cut = Uint8Array.from([...stream.slice(0, stream.length - 60), 0xff, 0xd9]);
    expect(() => decode(cut, GREY8)).toThrow("broken");
  });
  it("refuses more scans than a picture has use for", () => {
    const stream = fixture("grey_progressive.jpg");
    const scans = Array.from({ length: 65 }, () => [0xff, SOS, 0, 8, 1, 1, 0, 0, 63, 0]).flat();
    expect(() => decode(Uint8Array.from([...stream.slice(0, -2), ...scans, 0xff, 0xd9]), GREY8)).toThrow("scans");
  });
  it("refuses what is no JPEG, and decodes on", () => {
    expect(() => decode(Uint8Array.from({ length: 500 }, (_, i) => i), GREY8)).toThrow("not a JPEG stream");
    expect(() => decode(patched(fixture("grey.jpg"), DHT, 5, Array.from({ length: 16 }, () => 255)), GREY8)).toThrow("broken");
    expect(largestError(decode(fixture("grey.jpg"), GREY8), smoothGrey())).toBeLessThanOrEqual(QUANTISED);
  });
  it.each([[0], [0xff], [0, 0, 0, 0]])("ignores the padding %j behind the end", (...padding) => {
    const padded = Uint8Array.from([...fixture("grey.jpg"), ...padding]);
    expect(largestError(decode(padded, GREY8), smoothGrey())).toBeLessThanOrEqual(QUANTISED);
  });
});

describe("JPEG lossless", () => {
  let decode: Decode;
  beforeAll(async () => {
    decode = await codec("jpegLossless");
  });

  it.each([1, 2, 3, 4, 5, 6, 7])("undoes predictor %d", (predictor) => {
    expect(numbers(decode(fixture(`lossless_12bit_predictor${predictor}.jpg`), GREY))).toEqual(ramp(12));
  });
  it.each([
    ["8 bits", "lossless_8bit", GREY8, ramp(8)],
    ["16 bits with differences of every size", "lossless_16bit", GREY, steep(16)],
    ["three samples in turn", "lossless_rgb", RGB, colours()],
    ["a scan for each sample", "lossless_planes", RGB, colours()],
    ["restart markers", "lossless_restart", GREY, steep(12)],
    ["a point transform", "lossless_shifted", GREY, ramp(12).map((value) => value & ~3)],
  ] as const)("gives %s", (_, name, shape, expected) => {
    expect(numbers(decode(fixture(`${name}.jpg`), shape))).toEqual(expected);
  });
  it("takes the bits of a signed image as two's complement of the stream's depth", () => {
    const signed = ramp(12).map((value) => (value < 2048 ? value : value - 4096));
    expect(signedNumbers(decode(fixture("lossless_12bit_predictor1.jpg"), SIGNED))).toEqual(signed);
  });
  it("transforms no colours: the header says what they are, unless marks or names do", () => {
    expect(decode(fixture("lossless_planes.jpg"), RGB).model).toBe("rgb");
    expect(decode(fixture("lossless_planes.jpg"), ybr).model).toBe("ybr");
    expect(decode(fixture("lossless_rgb.jpg"), ybr).model).toBe("rgb"); // Adobe
    expect(decode(without(fixture("lossless_rgb.jpg"), APP14), ybr).model).toBe("rgb"); // R, G, B
  });
  it.each([
    ["rows", { rows: 31, columns: 23 }],
    ["bits", { bitsAllocated: 8 }],
    ["samples", RGB],
  ])("refuses a frame of other %s than declared", (_, changed) => {
    expect(() => decode(fixture("lossless_16bit.jpg"), { ...GREY, ...changed })).toThrow("declared");
  });
  it("allocates nothing for a size that its bytes cannot hold", () => {
    const huge = patched(fixture("lossless_16bit.jpg"), SOF3, 5, [0x2d, 0x41, 0x2d, 0x41]);
    expect(() => decode(huge, { ...GREY, rows: 11585, columns: 11585 })).toThrow("cut off");
  });
  it.each(["lossless_16bit", "lossless_planes", "lossless_restart"])("refuses %s wherever it is cut", (name) => {
    const stream = fixture(`${name}.jpg`);
    const shape = name === "lossless_planes" ? RGB : GREY;
    for (const size of cuts(stream.length - 2)) expect(() => decode(stream.slice(0, size), shape)).toThrow(DecodeError);
  });
  it.each([
    ["a table that is no code", DHT, 5, Array.from({ length: 16 }, () => 255)],
    ["a size above 16", DHT, 21, [17]],
    ["another component", SOS, 5, [9]],
    ["another table", SOS, 6, [0x30]],
    ["predictor 0", SOS, 7, [0]],
    ["predictor 8", SOS, 7, [8]],
    ["a point transform of every bit", SOS, 9, [12]],
    ["a process of the DCT", SOF3, 1, [SOF0]],
  ])("refuses %s", (_, marker, offset, bytes) => {
    expect(() => decode(patched(fixture("lossless_restart.jpg"), marker, offset, bytes), GREY)).toThrow(DecodeError);
  });
  it("refuses a restart interval that is no number of rows, and one whose marker is missing", () => {
    const stream = fixture("lossless_restart.jpg");
    expect(() => decode(patched(stream, 0xdd, 4, [0, 30]), GREY)).toThrow("not a number of rows");
    expect(() => decode(patched(stream, 0xd1, 1, [0xd5]), GREY)).toThrow("restart marker");
  });
  it("refuses values of more bits than it says", () => {
    const said = patched(fixture("lossless_16bit.jpg"), SOF3, 4, [12]);
    expect(() => decode(said, GREY)).toThrow("more bits than it says");
  });
});
