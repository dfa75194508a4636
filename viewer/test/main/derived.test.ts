/** What is made from decoded pixels. Oracle: hand computation from stored values; PS3.5 8.1.1, PS3.3 C.7.5.1.1.2, C.7.6.3.1.2, C.7.6.3.1.5. */
import { describe, expect, it } from "vitest";
import type { DecodedFrame } from "../../src/decode/frame";
import { computedWindows, withThumbnails } from "../../src/main/derived";
import type { PixelSources } from "../../src/main/derived";
import type { Action } from "../../src/view/actions";
import type { Thumbnail } from "../../src/view/thumbnail";
import type { ImageTable } from "../../src/wire/types";
import { displaySet, GREY_12, image, plan, RGB_8, state, table } from "../plans";

const decoded = (values: DecodedFrame["values"], change: Partial<DecodedFrame> = {}): DecodedFrame => ({ values, samples: 1, model: "grey", base: 0, ...change });
/** One display set of one frame, 2 × 2 pixels. */
const opened = (change: Partial<ImageTable>, modality = "CT") => {
  const small = image({ rows: 2, columns: 2, spacing: null, windows: [], rescaleIntercept: [0], ...change });
  return state({ plan: plan({ displaySets: [displaySet({ modality, frameCount: 1, image: small })] }) });
};
const from = (frame: DecodedFrame | null, tables: Readonly<Record<number, Uint16Array>> = {}): PixelSources => {
  return { pixels: ({ displaySet: set }) => (set === 0 ? frame : null), entries: (_set, { index }) => tables[index] ?? null };
};
const windows = (change: Partial<ImageTable>, sources: PixelSources, modality?: string): readonly Action[] => computedWindows(opened(change, modality), sources);
function thumbnail(change: Partial<ImageTable>, sources: PixelSources): Thumbnail | null {
  return withThumbnails({}, opened(change), sources)[0] ?? null;
}
/** Of the four quarters, row by row. */
function quarters(picture: Thumbnail | null): readonly (readonly number[])[] {
  if (picture === null) return [];
  const { width, height, rgba } = picture;
  return [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]].map(([x = 0, y = 0]) => [...rgba.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)]);
}

describe("a computed window", () => {
  it("takes stored bits, not cells: garbage above 12 bits and the sign", () => {
    const cells = Uint16Array.of(0xf123, 0x0000, 0x0001, 0x0200);
    expect(windows({}, from(decoded(cells)))).toMatchObject([{ window: { center: 0x100, width: 0x200 } }]);
    const signed = Uint16Array.of(0x0fff, 0x0001, 0, 0); // −1, 1
    expect(windows({ pixels: { ...GREY_12, signed: true } }, from(decoded(signed)))).toMatchObject([{ window: { center: 0, width: 2 } }]);
  });

  it("leaves padding out, in stored values", () => {
    const padding = { low: 0, high: 10 };
    expect(windows({ padding, rescaleIntercept: [-1024] }, from(decoded(Uint16Array.of(0, 10, 24, 2024))))).toMatchObject([{ window: { center: 0, width: 2000 } }]);
  });

  it("takes floats as they are, without those that are no number, and adds the base of doubles", () => {
    const float = { ...GREY_12, bitsAllocated: 32, bitsStored: 32, highBit: 31, isFloat: true };
    const values = Float32Array.of(0.25, NaN, 0.75, Infinity);
    expect(windows({ pixels: float }, from(decoded(values)))).toMatchObject([{ window: { center: 0.5, width: 0.5 } }]);
    expect(windows({ pixels: float }, from(decoded(values, { base: 1000 })))).toMatchObject([{ window: { center: 1000.5, width: 0.5 } }]);
  });

  it("takes all 32 bits, signed or not", () => {
    const deep = { ...GREY_12, bitsAllocated: 32, bitsStored: 32, highBit: 31 };
    const cells = Uint32Array.of(0xffff_ffff, 0, 1, 2);
    expect(windows({ pixels: deep }, from(decoded(cells)))).toMatchObject([{ window: { width: 4_294_967_295 } }]);
    expect(windows({ pixels: { ...deep, signed: true } }, from(decoded(cells)))).toMatchObject([{ window: { center: 0.5, width: 3 } }]);
  });

  it("waits for the Modality LUT, and is in its output", () => {
    const modalityLut = table({ index: 3, first: 10, count: 3, bits: 12 });
    const frame = decoded(Uint16Array.of(0, 10, 11, 4000));
    expect(windows({ modalityLut }, from(frame))).toEqual([]);
    expect(windows({ modalityLut }, from(frame, { 3: Uint16Array.of(100, 900, 500) }))).toMatchObject([{ window: { center: 500, width: 800 } }]);
  });

  it("is not made where the file offers a VOI of any kind, nor for colours", () => {
    const frame = decoded(Uint16Array.of(0, 1, 2, 3));
    expect(windows({ windows: image().windows }, from(frame))).toEqual([]);
    expect(windows({ voiLuts: [table()] }, from(frame))).toEqual([]);
    expect(windows({ pixels: RGB_8 }, from(decoded(new Uint8Array(12), { samples: 3, model: "rgb" })))).toEqual([]);
  });
});

describe("a thumbnail", () => {
  const identity = { windows: [{ center: 128, width: 256, function: "LINEAR", explanation: "" }] } as const;

  it("of greys has those of its window, inverted once, padding black", () => {
    const frame = decoded(Uint16Array.of(0, 1, 254, 255));
    expect(quarters(thumbnail(identity, from(frame)))).toEqual([0, 1, 254, 255].map((level) => [level, level, level]));
    const inverse = thumbnail({ ...identity, inverse: true, padding: { low: 0, high: 0 } }, from(frame));
    expect(quarters(inverse)).toEqual([0, 254, 1, 0].map((level) => [level, level, level]));
  });

  it("of RGB and of YBR_FULL shows the same colours", () => {
    const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 128, 128, 128);
    expect(quarters(thumbnail({ pixels: RGB_8 }, from(decoded(rgb, { samples: 3, model: "rgb" }))))).toEqual([[255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128]]);
    // Y = 0.299 R + 0.587 G + 0.114 B; Cb, Cr about 128 (C.7.6.3.1.2), by hand: red, black, white, grey
    const ybr = Uint8Array.of(76, 85, 255, 0, 128, 128, 255, 128, 128, 100, 128, 128);
    const shown = quarters(thumbnail({ pixels: { ...RGB_8, photometricInterpretation: "YBR_FULL" } }, from(decoded(ybr, { samples: 3, model: "ybr" }))));
    expect(shown).toEqual([[254, 0, 0], [0, 0, 0], [255, 255, 255], [100, 100, 100]]);
  });

  it("of a palette waits for it, and shows its upper eight bits, clamped at both ends", () => {
    const of = (index: number) => table({ index, first: 10, count: 2, bits: 16 });
    const pixels = { ...GREY_12, bitsAllocated: 8, bitsStored: 8, highBit: 7, photometricInterpretation: "PALETTE COLOR" };
    const frame = decoded(Uint8Array.of(0, 10, 11, 99), { model: "palette" });
    const colours = { pixels, palette: [of(0), of(1), of(2)] } as const;
    const tables = { 0: Uint16Array.of(0xff00, 0x10ff), 1: Uint16Array.of(0, 0x2000), 2: Uint16Array.of(0x7fff, 0x3000) };
    expect(thumbnail(colours, from(frame))).toBeNull();
    expect(thumbnail(colours, from(frame, { 0: tables[0], 1: tables[1] }))).toBeNull();
    expect(quarters(thumbnail(colours, from(frame, tables)))).toEqual([[255, 0, 127], [255, 0, 127], [16, 32, 48], [16, 32, 48]]);
  });

  it("of an image with a VOI LUT waits for it", () => {
    const change = { voiLuts: [table({ index: 7, first: 1, count: 2, bits: 8 })] };
    const frame = decoded(Uint16Array.of(0, 1, 2, 3));
    expect(thumbnail(change, from(frame))).toBeNull();
    expect(quarters(thumbnail(change, from(frame, { 7: Uint16Array.of(51, 204) })))).toEqual([51, 51, 204, 204].map((level) => [level, level, level]));
  });

  it("is made once", () => {
    const frame = from(decoded(Uint16Array.of(0, 1, 2, 3)));
    const first = withThumbnails({}, opened(identity), frame);
    expect(withThumbnails(first, opened(identity), frame)).toBe(first);
  });
});
