/** What the engine refuses to draw, and how it says so. */
import { describe, expect, it } from "vitest";
import type { CellDraw, FramePixels } from "../src/engine/cell";
import { refusalOf } from "../src/engine/cell";
import { identity } from "../src/math/affine";

const frame: FramePixels = { key: "0/0", width: 4, height: 3, values: new Uint16Array(12) };
const cell: CellDraw = {
  rect: { x: 0, y: 0, width: 10, height: 10 },
  frame,
  layout: { bitsStored: 12, highBit: 11, signed: false },
  slope: 1,
  intercept: -1024,
  voi: { center: 40, width: 400, function: "LINEAR" },
  invert: false,
  imageFromScreen: identity,
  interpolation: "bilinear",
};

const refusal = (changedFrame: Partial<FramePixels>, changedCell: Partial<CellDraw> = {}) =>
  refusalOf({ ...frame, ...changedFrame }, { ...cell, ...changedCell }, 2048);

describe("a cell is refused", () => {
  it("not when all is well", () => {
    expect(refusal({})).toBeNull();
  });
  it("when the frame has another number of values than its size says", () => {
    expect(refusal({ height: 4 })).toMatchObject({ code: "frame_invalid" });
  });
  it("when the size is none", () => {
    expect(refusal({ width: 0, values: new Uint16Array(0) })).toMatchObject({ code: "frame_invalid" });
    expect(refusal({ width: 1.5, height: 8 })).toMatchObject({ code: "frame_invalid" });
  });
  it("when the image is larger than a texture, with both numbers in the text", () => {
    const large = { width: 4774, height: 1, values: new Uint16Array(4774) };
    expect(refusal(large)).toMatchObject({ code: "frame_too_large" });
    expect(refusal(large)?.text).toMatch(/4774.*2048/);
  });
  it.each([
    { bitsStored: 0, highBit: 11 },
    { bitsStored: 12, highBit: 10 },
    { bitsStored: 12, highBit: 16 },
    { bitsStored: Number.NaN, highBit: 11 },
  ])("when the bits do not fit their word: %o", (bits) => {
    const refused = refusal({}, { layout: { ...bits, signed: false } });
    expect(refused).toMatchObject({ code: "frame_invalid" });
  });
  it("when a word of 8 bits is to have its high bit at 11", () => {
    expect(refusal({ values: new Uint8Array(12) })).toMatchObject({ code: "frame_invalid" });
  });
  it.each([
    ["LINEAR", 0.5, false],
    ["LINEAR", 1, true],
    ["LINEAR_EXACT", 0.5, true],
    ["LINEAR_EXACT", 0, false],
    ["SIGMOID", 0.5, true],
    ["SIGMOID", -1, false],
  ] as const)("or drawn by the Standard's least width: %s %d", (name, width, drawn) => {
    const voi = { center: 0, width, function: name };
    expect(refusal({}, { voi }) === null).toBe(drawn);
  });
  it("when rescale or window are no numbers", () => {
    expect(refusal({}, { slope: Number.NaN })).toMatchObject({ code: "frame_invalid" });
    expect(refusal({}, { intercept: Infinity })).toMatchObject({ code: "frame_invalid" });
  });
});
