/** JPEG-LS. Oracle: the formulas that were encoded by CharLS of another build. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Decode } from "../../src/decode/frame";
import { DecodeError } from "../../src/decode/frame";
import type { CharlsModule } from "../../src/decode/jpegls";
import { decodeJpegLs, readHeader } from "../../src/decode/jpegls";
import { codec, colours, cuts, fixture, GREY, GREY8, largestError, numbers, patched, ramp, RGB, SIGNED, signedNumbers } from "./frames";

const SOF55 = 0xf7;
let decode: Decode;
beforeAll(async () => {
  decode = await codec("charls");
});

describe("JPEG-LS", () => {
  it("gives the values of a 12-bit frame", () => {
    const frame = decode(fixture("ramp_12bit.jls"), GREY);
    expect(frame.values).toBeInstanceOf(Uint16Array);
    expect(numbers(frame)).toEqual(ramp(12));
    expect([frame.samples, frame.model, frame.base]).toEqual([1, "grey", 0]);
  });
  it("gives 8 bits as 8 bits, and widens them where more are allocated", () => {
    const shapes = [GREY8, GREY, { ...GREY, bitsAllocated: 32 }];
    const frames = shapes.map((shape) => decode(fixture("ramp_8bit.jls"), shape));
    expect(frames.map(({ values }) => values.BYTES_PER_ELEMENT)).toEqual([1, 2, 4]);
    for (const frame of frames) expect(numbers(frame)).toEqual(ramp(8));
  });
  it("takes the bits of a signed image as two's complement of the stream's depth", () => {
    const signed = ramp(12).map((value) => (value < 2048 ? value : value - 4096));
    expect(signedNumbers(decode(fixture("ramp_12bit.jls"), SIGNED))).toEqual(signed);
  });
  it("gives a near-lossless frame within its declared error of 3", () => {
    expect(largestError(decode(fixture("ramp_12bit_near3.jls"), GREY), ramp(12))).toBeLessThanOrEqual(3);
  });
  it.each(["planes", "lines", "samples"])("gives colours that were written by %s as pixels", (mode) => {
    const frame = decode(fixture(`colours_${mode}.jls`), RGB);
    expect(numbers(frame)).toEqual(colours());
    expect([frame.samples, frame.model]).toEqual([3, "rgb"]);
  });
  it("leaves YBR_FULL to the drawing side, and indices of a palette what they are", () => {
    const ybr = { ...RGB, photometricInterpretation: "YBR_FULL" };
    expect(decode(fixture("colours_lines.jls"), ybr).model).toBe("ybr");
    expect(decode(fixture("ramp_8bit.jls"), { ...GREY8, photometricInterpretation: "PALETTE COLOR" }).model).toBe("palette");
  });
  it("keeps nothing of one frame in the next", () => {
    const first = decode(fixture("ramp_12bit.jls"), GREY);
    decode(fixture("ramp_12bit_near3.jls"), GREY);
    expect(numbers(first)).toEqual(ramp(12));
  });
  it.each([
    ["rows", { rows: 31, columns: 23 }],
    ["fewer rows", { rows: 22 }],
    ["bits", { bitsAllocated: 8 }],
    ["samples", RGB],
  ])("refuses a frame of other %s than declared", (_, changed) => {
    expect(() => decode(fixture("ramp_12bit.jls"), { ...GREY, ...changed })).toThrow(/declared/);
  });
  it("refuses a header that asks for gigabytes before it runs the codec", () => {
    const huge = patched(fixture("ramp_12bit.jls"), SOF55, 5, [0xff, 0xff, 0xff, 0xff]);
    const untouched = { JpegLSDecoder: () => expect.fail("ran"), getExceptionMessage: String };
    expect(() => decodeJpegLs(untouched as unknown as CharlsModule, huge, GREY)).toThrow(DecodeError);
    const agreed = { ...GREY, rows: 65535, columns: 65535 };
    expect(() => decodeJpegLs(untouched as unknown as CharlsModule, huge, agreed)).toThrow("too large");
  });
  it("refuses three components", () => {
    expect(() => decode(patched(fixture("ramp_12bit.jls"), SOF55, 9, [3]), GREY)).toThrow(DecodeError);
  });
  it.each([...cuts(378), 377])("refuses a stream cut after %d bytes", (size) => {
    expect(() => decode(fixture("ramp_12bit.jls").slice(0, size), GREY)).toThrow(DecodeError);
  });
  it("refuses what is no JPEG-LS at all", () => {
    const words = new TextEncoder().encode("<html>not an image</html>");
    expect(() => decode(words, GREY)).toThrow("not a JPEG-LS stream");
    expect(() => readHeader(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), GREY)).toThrow("no frame header");
    expect(() => decode(fixture("grey.jpg"), GREY8)).toThrow("a JPEG stream, not a JPEG-LS one");
  });
  it("decodes on after a broken stream", () => {
    expect(() => decode(fixture("ramp_12bit.jls").slice(0, 200), GREY)).toThrow(/broken/);
    expect(numbers(decode(fixture("ramp_12bit.jls"), GREY))).toEqual(ramp(12));
  });
  it.each([[0], [0, 0], [0xff]])("ignores the padding %j behind the end", (...padding) => {
    const padded = Uint8Array.from([...fixture("ramp_12bit.jls"), ...padding]);
    expect(numbers(decode(padded, GREY))).toEqual(ramp(12));
  });
  it("finds the frame header behind other segments and fill bytes", () => {
    const stream = fixture("ramp_12bit.jls");
    const comment = [0xff, 0xff, 0xfe, 0x00, 0x04, 0xff, 0xf7];
    const longer = Uint8Array.from([0xff, 0xd8, ...comment, ...stream.slice(2)]);
    expect(readHeader(longer, GREY)).toMatchObject({ precision: 12, rows: 23, columns: 31 });
  });
});
