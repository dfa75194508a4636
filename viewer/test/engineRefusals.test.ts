/** What the engine refuses to draw, and how it says so. */
import { describe, expect, it } from "vitest";
import type { CellDraw, FramePixels } from "../src/engine/cell";
import { refusalOf } from "../src/engine/refusals";
import { cell, frame, lut } from "./cells";

const refusal = (changedFrame: Partial<FramePixels>, changedCell: Partial<CellDraw> = {}) =>
  refusalOf({ ...frame, ...changedFrame }, { ...cell, ...changedCell });
const invalid = expect.objectContaining({ code: "frame_invalid" });

describe("a cell is refused", () => {
  it("not when all is well", () => {
    expect(refusal({})).toBeNull();
  });
  it("when the frame has another number of values than its size says", () => {
    expect(refusal({ height: 4 })).toEqual(invalid);
    expect(refusal({ model: "rgb", samples: 3, values: new Uint8Array(12) })).toEqual(invalid);
  });
  it("when the size is none", () => {
    expect(refusal({ width: 0, values: new Uint16Array(0) })).toEqual(invalid);
    expect(refusal({ width: 1.5, height: 8 })).toEqual(invalid);
  });
  it.each([
    { bitsStored: 0, highBit: 11 },
    { bitsStored: 12, highBit: 10 },
    { bitsStored: 12, highBit: 16 },
    { bitsStored: Number.NaN, highBit: 11 },
  ])("when the bits do not fit their word: %o", (bits) => {
    expect(refusal({}, { layout: { ...bits, signed: false, isFloat: false } })).toEqual(invalid);
  });
  it("when a word of 8 bits is to have its high bit at 11", () => {
    expect(refusal({ values: new Uint8Array(12) })).toEqual(invalid);
  });
  it("but not 32 bits of 32, nor floats, which have no stored bits", () => {
    const layout = { bitsStored: 32, highBit: 31, signed: true, isFloat: false };
    expect(refusal({ values: new Uint32Array(12) }, { layout })).toBeNull();
    expect(refusal({ values: new Float32Array(12) }, { layout: { ...layout, isFloat: true } })).toBeNull();
  });
  it("when floats are declared and integers came, or the reverse", () => {
    expect(refusal({}, { layout: { ...cell.layout, isFloat: true } })).toEqual(invalid);
    expect(refusal({ values: new Float32Array(12) })).toEqual(invalid);
  });
  it.each([
    ["LINEAR", 0.5, false],
    ["LINEAR", 1, true],
    ["LINEAR_EXACT", 0.5, true],
    ["LINEAR_EXACT", 0, false],
    ["SIGMOID", 0.5, true],
    ["SIGMOID", -1, false],
  ] as const)("or drawn by the Standard's least width: %s %d", (name, width, drawn) => {
    const voi = { kind: "window", window: { center: 0, width, function: name } } as const;
    expect(refusal({}, { voi }) === null).toBe(drawn);
  });
  it("when rescale, window or view are no numbers", () => {
    expect(refusal({}, { slope: Number.NaN })).toEqual(invalid);
    expect(refusal({}, { intercept: Infinity })).toEqual(invalid);
    expect(refusal({ base: Number.NaN })).toEqual(invalid);
    expect(refusal({}, { voi: { kind: "window", window: { center: Number.NaN, width: 1, function: "LINEAR" } } })).toEqual(invalid);
    expect(refusal({}, { imageFromScreen: { ...cell.imageFromScreen, xy: Number.NaN } })).toEqual(invalid);
  });
  it("when a grey image has no VOI", () => {
    expect(refusal({}, { voi: null })).toEqual(invalid);
  });
  it("when a lookup table has no entries, or more bits than an entry", () => {
    expect(refusal({}, { modalityLut: lut([]) })).toEqual(invalid);
    expect(refusal({}, { modalityLut: lut([1], 0, 17) })).toEqual(invalid);
    expect(refusal({}, { voi: { kind: "table", table: lut([1], 0.5) } })).toEqual(invalid);
    expect(refusal({}, { modalityLut: lut([1, 2]), voi: { kind: "table", table: lut([3], -7) } })).toBeNull();
  });
  it("when floats are to be looked up in a modality LUT", () => {
    const layout = { ...cell.layout, isFloat: true };
    expect(refusal({ values: new Float32Array(12) }, { layout, modalityLut: lut([1]) })).toEqual(invalid);
  });
  it("when a palette image has none, or 32 bits to look up", () => {
    const palette = [lut([1]), lut([2]), lut([3])] as const;
    expect(refusal({ model: "palette" }, { palette, voi: null })).toBeNull();
    expect(refusal({ model: "palette" }, { voi: null })).toEqual(invalid);
    const deep = { values: new Uint32Array(12), model: "palette" } as const;
    expect(refusal(deep, { palette, voi: null })).toEqual(invalid);
  });
  it("when colour has other than three samples of 8 bits", () => {
    expect(refusal({ model: "rgb", samples: 3, values: new Uint8Array(36) }, { voi: null })).toBeNull();
    expect(refusal({ model: "rgb", samples: 3, values: new Uint16Array(36) }, { voi: null })).toEqual(invalid);
    expect(refusal({ model: "ybr", samples: 1 }, { voi: null })).toEqual(invalid);
  });
});
