/** JPEG 2000 and HTJ2K. Oracle: the formulas that OpenJPEG and OpenJPH of other builds encoded. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Decode } from "../../src/decode/frame";
import { DecodeError } from "../../src/decode/frame";
import { completed, readHeader } from "../../src/decode/jpeg2000Header";
import {
  codec, colours, cuts, fixture, GREY, GREY8, largestError, numbers, patched, ramp, RGB, SIGNED, signedNumbers, signedRamp, smooth, steep,
} from "./frames";

const [SIZ, COD, SOT] = [0x51, 0x52, 0x90];
const signed8 = { ...GREY8, signed: true };
let jpeg2000: Decode;
let highThroughput: Decode;
beforeAll(async () => {
  jpeg2000 = await codec("openjpeg");
  highThroughput = await codec("openjph");
});

describe("JPEG 2000", () => {
  it.each([
    ["grey_8bit.j2k", GREY8, ramp(8)],
    ["grey_8bit.j2k", GREY, ramp(8)],
    ["grey_12bit.j2k", GREY, ramp(12)],
    ["grey_16bit.j2k", GREY, steep(16)],
    ["tiled.j2k", GREY8, ramp(8)],
    ["boxed.jp2", GREY, ramp(12)],
  ])("gives the values of %s", (name, shape, expected) => {
    const frame = jpeg2000(fixture(name), shape);
    expect(numbers(frame)).toEqual(expected);
    expect(frame.values.BYTES_PER_ELEMENT).toBe(shape.bitsAllocated / 8);
  });
  it("gives signed values, the negative ones of 8 bits too", () => {
    expect(signedNumbers(jpeg2000(fixture("signed_8bit.j2k"), signed8))).toEqual(signedRamp(8));
    expect(signedNumbers(jpeg2000(fixture("signed_12bit.j2k"), SIGNED))).toEqual(signedRamp(12));
  });
  it("keeps the bits where stream and header disagree about the sign", () => {
    const asSigned = ramp(12).map((value) => (value < 2048 ? value : value - 4096));
    expect(signedNumbers(jpeg2000(fixture("grey_12bit.j2k"), SIGNED))).toEqual(asSigned);
    const asBits = signedRamp(12).map((value) => value & 0xfff);
    expect(numbers(jpeg2000(fixture("signed_12bit.j2k"), GREY))).toEqual(asBits);
  });
  it("undoes its own transform of colours, whatever the header calls them", () => {
    for (const photometricInterpretation of ["YBR_RCT", "YBR_ICT", "RGB", "YBR_FULL"]) {
      const frame = jpeg2000(fixture("rgb_transformed.j2k"), { ...RGB, photometricInterpretation });
      expect(numbers(frame)).toEqual(colours());
      expect([frame.samples, frame.model]).toEqual([3, "rgb"]);
    }
  });
  it("leaves samples that were not transformed to what the header says", () => {
    const models = ["RGB", "YBR_FULL", "YBR_RCT"].map((photometricInterpretation) => {
      const frame = jpeg2000(fixture("three_plain.j2k"), { ...RGB, photometricInterpretation });
      expect(numbers(frame)).toEqual(colours());
      return frame.model;
    });
    expect(models).toEqual(["rgb", "ybr", "rgb"]); // a transform that is only claimed was not made
  });
  it("gives a lossy frame near to what was encoded", () => {
    expect(largestError(jpeg2000(fixture("lossy.j2k"), { ...RGB, photometricInterpretation: "YBR_ICT" }), smooth())).toBeLessThanOrEqual(4);
  });
  it.each([
    ["rows", { rows: 31, columns: 23 }],
    ["bits", { bitsAllocated: 8 }],
    ["samples", RGB],
  ])("refuses a frame of other %s than declared", (_, changed) => {
    expect(() => jpeg2000(fixture("grey_16bit.j2k"), { ...GREY, ...changed })).toThrow("declared");
  });
  it("refuses a header that asks for gigabytes", () => {
    const huge = patched(fixture("grey_16bit.j2k"), SIZ, 6, [0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    expect(() => jpeg2000(huge, GREY)).toThrow("65535 × 65535");
    expect(() => jpeg2000(huge, { ...GREY, rows: 65535, columns: 65535 })).toThrow("too large");
  });
  it.each([
    ["an offset", 14, [0, 0, 0, 1, 0, 0, 0, 1], "offset"],
    ["a subsampled component", 41, [2], "size or depth"],
    ["20 bits", 40, [19], "declared|20 bits"],
  ])("refuses %s", (_, offset, bytes, words) => {
    expect(() => jpeg2000(patched(fixture("grey_16bit.j2k"), SIZ, offset, bytes), GREY)).toThrow(new RegExp(words));
    expect(() => jpeg2000(patched(fixture("grey_16bit.j2k"), SIZ, 40, [19]), { ...GREY, bitsAllocated: 32 })).toThrow("20 bits");
  });
  it.each(cuts(fixture("grey_16bit.j2k").length))("refuses a stream cut after %d bytes", (size) => {
    expect(() => jpeg2000(fixture("grey_16bit.j2k").slice(0, size), GREY)).toThrow(DecodeError);
  });
  it("refuses tiles that are missing, and any number of them", () => {
    const stream = fixture("tiled.j2k");
    const third = [...stream.keys()].filter((at) => stream[at] === 0xff && stream[at + 1] === SOT)[2];
    expect(() => jpeg2000(Uint8Array.from([...stream.slice(0, third), 0xff, 0xd9]), GREY8)).toThrow("cut off");
    expect(() => jpeg2000(patched(stream, SIZ, 22, [0, 0, 0, 0, 0, 0, 0, 0]), GREY8)).toThrow(DecodeError);
    expect(() => jpeg2000(patched(stream, SIZ, 22, [0, 0, 0, 1, 0, 0, 0, 1]), GREY8)).toThrow("cut off");
    const many = patched(stream, SIZ, 6, [0, 0, 0xff, 0, 0, 0, 0xff, 0]);
    expect(() => completed(many)).toThrow("tiles is not decoded here");
  });
  it("refuses precincts of a pixel in a large image, and 40 levels", () => {
    const stream = patched(fixture("grey_16bit.j2k"), SIZ, 6, [0, 0, 4, 0, 0, 0, 4, 0]);
    const at = stream.findIndex((byte, i) => byte === 0xff && stream[i + 1] === COD);
    const cod = stream.slice(at, at + 14);
    cod[3] = 12 + 3; // two levels, hence three sizes
    cod[4] = (cod[4] ?? 0) | 1;
    cod[9] = 2;
    const small = Uint8Array.from([...stream.slice(0, at), ...cod, 0, 0, 0, ...stream.slice(at + 14)]);
    expect(() => readHeader(small)).toThrow("precincts");
    const usual = Uint8Array.from([...stream.slice(0, at), ...cod, 0x66, 0x77, 0x77, ...stream.slice(at + 14)]);
    expect(readHeader(usual)).toMatchObject({ rows: 1024, columns: 1024, precision: 16 });
    expect(() => readHeader(patched(stream, COD, 9, [40]))).toThrow("levels");
  });
  it("takes a tile of unstated length as the rest, and a stream that only lacks its end marker", () => {
    const open = patched(fixture("grey_12bit.j2k"), SOT, 6, [0, 0, 0, 0]);
    expect(numbers(jpeg2000(open, GREY))).toEqual(ramp(12));
    const endless = fixture("grey_12bit.j2k").slice(0, -2);
    expect(numbers(jpeg2000(endless, GREY))).toEqual(ramp(12));
  });
  it.each([[0], [0xff], [0, 0]])("ignores the padding %j behind the end", (...padding) => {
    expect(numbers(jpeg2000(Uint8Array.from([...fixture("grey_12bit.j2k"), ...padding]), GREY))).toEqual(ramp(12));
  });
  it("refuses what is no JPEG 2000, and decodes on", () => {
    expect(() => jpeg2000(fixture("grey.jpg"), GREY8)).toThrow("not a JPEG 2000 stream");
    expect(() => jpeg2000(patched(fixture("grey_12bit.j2k"), COD, 9, [40]), GREY)).toThrow("broken");
    expect(numbers(jpeg2000(fixture("grey_12bit.j2k"), GREY))).toEqual(ramp(12));
  });
  it("refuses a multi-component transform of part 2, wherever its marker stands", () => {
    const stream = fixture("grey_12bit.j2k");
    for (const marker of [COD, SOT]) {
      const at = stream.findIndex((byte, i) => byte === 0xff && stream[i + 1] === marker);
      const extended = Uint8Array.from([...stream.slice(0, at), 0xff, 0x77, 0, 2, ...stream.slice(at)]);
      expect(() => readHeader(extended)).toThrow("part 2");
    }
  });
  it("finds the code stream in boxes, one with a length of 64 bits too", () => {
    const stream = fixture("boxed.jp2");
    const at = stream.findIndex((_, i) => String.fromCharCode(...stream.slice(i, i + 4)) === "jp2c");
    const long = new Uint8Array(16 + stream.length - at - 4);
    const view = new DataView(long.buffer);
    view.setUint32(0, 1);
    view.setUint32(4, 0x6a703263);
    view.setUint32(12, long.length);
    long.set(stream.slice(at + 4), 16);
    expect(numbers(jpeg2000(Uint8Array.from([...stream.slice(0, at - 4), ...long]), GREY))).toEqual(ramp(12));
    expect(() => jpeg2000(stream.slice(0, at), GREY)).toThrow("not a JPEG 2000 stream");
  });
});

describe("HTJ2K", () => {
  it.each([
    ["grey_8bit.jph", GREY8, ramp(8)],
    ["grey_8bit.jph", GREY, ramp(8)],
    ["grey_16bit.jph", GREY, steep(16)],
    ["rgb.jph", { ...RGB, photometricInterpretation: "YBR_RCT" }, colours()],
  ])("gives the values of %s", (name, shape, expected) => {
    expect(numbers(highThroughput(fixture(name), shape))).toEqual(expected);
  });
  it("gives signed values, the negative ones of 8 bits too", () => {
    expect(signedNumbers(highThroughput(fixture("signed_8bit.jph"), signed8))).toEqual(signedRamp(8));
    expect(signedNumbers(highThroughput(fixture("signed_16bit.jph"), SIGNED))).toEqual(signedRamp(16));
  });
  it.each(cuts(fixture("grey_16bit.jph").length))("refuses a stream cut after %d bytes", (size) => {
    expect(() => highThroughput(fixture("grey_16bit.jph").slice(0, size), GREY)).toThrow(DecodeError);
  });
  it("refuses a frame of another shape, and decodes on", () => {
    expect(() => highThroughput(fixture("grey_16bit.jph"), RGB)).toThrow("declared");
    expect(() => highThroughput(patched(fixture("grey_16bit.jph"), COD, 9, [40]), GREY)).toThrow("broken");
    expect(numbers(highThroughput(fixture("grey_16bit.jph"), GREY))).toEqual(steep(16));
  });
});
