/** Statistics of a region, and the readout of one pixel. Oracle: hand computation on small images (H3, H5, H14, H24). */
import { describe, expect, it } from "vitest";
import { probe } from "../../src/findings/probe";
import type { Shape } from "../../src/findings/shape";
import type { RoiStatistics } from "../../src/findings/statistics";
import { roiStatistics } from "../../src/findings/statistics";
import type { FrameValues } from "../../src/math/frameValues";
import type { ImageTable } from "../../src/wire/types";
import { GREY_12, image as anyImage, RGB_8, spacing, table } from "../plans";

/** 4 columns × 2 rows of 12 bits; slope 2, intercept −10; 2 mm between rows, 0.5 between columns. */
const image = (change: Partial<ImageTable> = {}): ImageTable =>
  anyImage({ rows: 2, columns: 4, rescaleSlope: [2], rescaleIntercept: [-10], spacing: spacing(), ...change });
const grey = (values: FrameValues["values"], base = 0): FrameValues => ({ values, samples: 1, model: "grey", base });
const frame = grey(Uint16Array.from([1, 2, 3, 4, 5, 6, 7, 8]));
const without = () => null;

/** Columns 0 to 2 of both rows. */
const LEFT: Shape = { kind: "polygon", points: [[0, 0], [3, 0], [3, 2], [0, 2]] };
const ONE: Shape = { kind: "polygon", points: [[1, 0], [2, 0], [2, 1], [1, 1]] };

const statistics = (change: Partial<ImageTable> = {}, shape: Shape = LEFT, of = frame, entries: () => Uint16Array | null = without): RoiStatistics => {
  const found = roiStatistics(of, image(change), 0, shape, entries);
  if (found === null) throw new Error("no statistics");
  return found;
};

describe("statistics", () => {
  it("are of modality values at native pixels, the deviation a sample's", () => {
    // stored 1 2 3 5 6 7, modality −8 −6 −4 0 2 4: mean −2, squares 36 16 4 4 16 36 = 112, ÷ 5
    const { values, count, unit } = statistics();
    expect({ ...values, count, unit }).toEqual({ mean: -2, standardDeviation: expect.closeTo(Math.sqrt(112 / 5), 12), min: -8, max: 4, count: 6, unit: "HU" });
  });
  it("take their area from the outline, not from counting", () => {
    const slanted: Shape = { kind: "polygon", points: [[0, 0], [4, 0], [0, 2]] };
    expect(statistics({}, slanted).area).toMatchObject({ quantities: [{ value: 4 * 2 * 0.5 * 2 * 0.5, unit: "mm²" }] });
  });
  it("leave padding out and say how much", () => {
    expect(statistics({ padding: { low: 5, high: 7 } })).toMatchObject({ count: 3, padded: 3, values: { mean: -6, min: -8, max: -4 } });
  });
  it("leave out what lies outside the image", () => {
    const disc = (x: number): Shape => ({ kind: "ellipse", center: [x, 1], a: [100, 0], b: [0, 100] });
    expect(statistics({}, disc(4)).count).toBe(8);
    expect(statistics({}, disc(1000))).toMatchObject({ count: 0, values: null });
  });
  it("of one pixel have no deviation, of none nothing", () => {
    expect(statistics({}, ONE).values).toEqual({ mean: -6, standardDeviation: null, min: -6, max: -6 });
    expect(statistics({ padding: { low: 0, high: 9 } })).toMatchObject({ count: 0, padded: 6, values: null, suv: [] });
  });
  it("of values far from 0 keep their digits", () => {
    const far = grey(Float32Array.from([0, 1, 2, 0, 0, 1, 2, 0]), 1e9);
    const { values } = statistics({ pixels: { ...GREY_12, isFloat: true }, rescaleSlope: [1], rescaleIntercept: [0] }, LEFT, far);
    expect(values?.standardDeviation).toBeCloseTo(Math.sqrt(0.8), 9);
  });
  it("of floats leave out what is no number", () => {
    const holes = grey(Float32Array.from([1, Number.NaN, 3, 9, Infinity, 5, -Infinity, 9]));
    expect(statistics({ pixels: { ...GREY_12, isFloat: true }, rescaleSlope: [1], rescaleIntercept: [0] }, LEFT, holes)).toMatchObject({ count: 3, padded: 3, values: { mean: 3 } });
  });
  it("go through the modality LUT where there is one", () => {
    const change = { modalityLut: table({ first: 2, count: 3 }) };
    const entries = () => Uint16Array.from([100, 200, 300]);
    // stored 1 2 3 5 6 7 → 100 100 200 300 300 300
    expect(statistics(change, LEFT, frame, entries).values?.mean).toBeCloseTo(1300 / 6, 12);
    expect(roiStatistics(frame, image(change), 0, LEFT, without)).toBeNull();
  });
  it("are also in SUV, by the frame's factor", () => {
    const suv = { types: [{ name: "SUVbw", unit: "g/ml", factors: [9, 0.5] }], refusal: "" };
    const found = roiStatistics(frame, image({ suv }), 1, LEFT, without);
    expect(found?.suv).toEqual([{ name: "SUVbw", unit: "g/ml", mean: -1, standardDeviation: expect.closeTo(Math.sqrt(112 / 5) / 2, 12), min: -4, max: 2 }]);
  });
  it("of colour are none", () => {
    const colour: FrameValues = { values: new Uint8Array(24), samples: 3, model: "rgb", base: 0 };
    expect(roiStatistics(colour, image({ pixels: RGB_8 }), 0, LEFT, without)).toBeNull();
  });
});

describe("the readout of a pixel", () => {
  it("is stored value and modality value, SUV where there is one", () => {
    const suv = { types: [{ name: "SUVbw", unit: "g/ml", factors: [0.5] }], refusal: "" };
    expect(probe(frame, image({ suv }), 0, [2.9, 1.1])).toEqual({
      column: 2, row: 1, stored: 7, modality: 4, suv: [{ name: "SUVbw", unit: "g/ml", value: 2 }], rgb: null, padding: false,
    });
  });
  it("is none outside the image, and none without pixels", () => {
    for (const point of [[-0.1, 0], [4, 0], [0, 2], [0, -1]] as const) expect(probe(frame, image(), 0, point)).toBeNull();
    expect(probe(null, image(), 0, [1, 1])).toBeNull();
  });
  it("takes each frame's own rescale", () => {
    const perFrame = image({ rescaleSlope: [1, 3], rescaleIntercept: [0, 100] });
    expect([0, 1].map((index) => probe(frame, perFrame, index, [0, 0])?.modality)).toEqual([1, 103]);
  });
  it.each([
    [{ ...GREY_12, signed: true }, 0xf800, -2048], // what lies above bit 11 is dropped
    [{ ...GREY_12, bitsStored: 8, highBit: 11 }, 0xf12f, 0x12],
    [{ ...GREY_12, bitsAllocated: 32, bitsStored: 32, highBit: 31, signed: true }, 0xffffffff, -1],
    [{ ...GREY_12, bitsAllocated: 32, bitsStored: 32, highBit: 31 }, 0xffffffff, 4294967295],
  ])("masks and signs the stored bits: %o", (pixels, cell, stored) => {
    const values = grey(Uint32Array.from({ length: 8 }, () => cell));
    expect(probe(values, image({ pixels }), 0, [0, 0])?.stored).toBe(stored);
  });
  it("adds a double float's base", () => {
    const pixels = { ...GREY_12, bitsAllocated: 64, isFloat: true };
    expect(probe(grey(new Float32Array(8).fill(0.25), 1000), image({ pixels }), 0, [0, 0])?.stored).toBe(1000.25);
  });
  it("marks padding, which of floats is compared in their 32 bits", () => {
    expect(probe(frame, image({ padding: { low: 1, high: 1 } }), 0, [0, 0])?.padding).toBe(true);
    const pixels = { ...GREY_12, bitsAllocated: 64, isFloat: true };
    const values = grey(new Float32Array(8).fill(-1e30 - 7), 7);
    expect(probe(values, image({ pixels, padding: { low: -1e30, high: -1e30 } }), 0, [0, 0])?.padding).toBe(true);
  });
  it("without its modality LUT yet has a stored value only", () => {
    expect(probe(frame, image({ modalityLut: table() }), 0, [0, 0])).toMatchObject({ stored: 1, modality: null });
  });
  it("of colour is its red, green and blue", () => {
    const rgb: FrameValues = { values: Uint8Array.from({ length: 24 }, (_, i) => i), samples: 3, model: "rgb", base: 0 };
    expect(probe(rgb, image({ pixels: RGB_8 }), 0, [1, 1])).toMatchObject({ rgb: [15, 16, 17], stored: null, modality: null });
  });
  it.each([
    [[76, 85, 255], [254, 0, 0]], // pure red of JPEG's own table
    [[128, 128, 128], [128, 128, 128]],
    [[0, 0, 0], [0, 135, 0]], // green: 0.344136 × 128 + 0.714136 × 128 = 135.46
    [[255, 255, 255], [255, 121, 255]],
  ] as const)("of YBR_FULL %o is converted: %o", (ybr, rgb) => {
    const values = Uint8Array.from({ length: 24 }, (_, i) => ybr[i % 3] ?? 0);
    expect(probe({ values, samples: 3, model: "ybr", base: 0 }, image({ pixels: RGB_8 }), 0, [0, 0])?.rgb).toEqual(rgb);
  });
  it("of a palette is the entry's upper 8 bits, once it is here", () => {
    const palette = [table({ index: 0, first: 2, bits: 16 }), table({ index: 1, first: 2, bits: 8 }), table({ index: 2, first: 2, bits: 12 })] as const;
    const entries = [Uint16Array.from([0x1200, 0x3400]), Uint16Array.from([5, 6]), Uint16Array.from([0x0ff0, 0x0010])];
    const indexed: FrameValues = { ...frame, model: "palette" };
    expect(probe(indexed, image({ palette }), 0, [2, 0], ({ index }) => entries[index] ?? null)?.rgb).toEqual([0x34, 6, 1]);
    expect(probe(indexed, image({ palette }), 0, [2, 0])?.rgb).toBeNull();
  });
});
