/** Which variant is drawn and with which numbers. Oracle: hand computation, by the rules at the top of frame.frag.glsl. */
import { describe, expect, it } from "vitest";
import type { CellDraw, FramePixels } from "../src/engine/cell";
import { numbersOf, placeOf, texelsFromScreen, variantOf } from "../src/engine/variant";
import { apply } from "../src/math/affine";
import { cell, frame, lut } from "./cells";

const variant = (changedFrame: Partial<FramePixels>, changed: Partial<CellDraw> = {}) =>
  variantOf({ ...frame, ...changedFrame }, { ...cell, interpolation: "nearest", ...changed }).join(" ");
const numbers = (changedFrame: Partial<FramePixels>, changed: Partial<CellDraw> = {}) =>
  numbersOf({ ...frame, ...changedFrame }, { ...cell, ...changed });

const mask = { name: {}, covered: () => new Uint8Array(12), shutterLevel: 7 };
const palette = [lut([1]), lut([2]), lut([3])] as const;
const table = { kind: "table", table: lut([1, 2, 3], -5, 12) } as const;
const SIGNED_32 = { bitsStored: 32, highBit: 31, signed: true, isFloat: false };
const FLOAT = { ...SIGNED_32, isFloat: true };
const deep = { values: new Uint32Array(12) };
const float = { values: new Float32Array(12) };

describe("the variant", () => {
  it("names what the image has and nothing else", () => {
    expect(variant({})).toBe("");
    expect(variant(deep)).toBe("CELLS_DEEP");
    expect(variant(float, { layout: FLOAT })).toBe("CELLS_FLOAT");
    expect(variant({ model: "ybr", samples: 3 })).toBe("CELLS_COLOUR");
    expect(variant({}, { modalityLut: lut([1]), voi: table, padding: { low: 0, high: 0 }, mask })).toBe("MASKED MODALITY_LUT PADDED VOI_LUT");
  });
  it("of colour has no grey's parts, whatever the header says", () => {
    const all = { modalityLut: lut([1]), voi: table, padding: { low: 0, high: 0 }, palette };
    expect(variant({ model: "palette" }, all)).toBe("CELLS_PALETTE");
    expect(variant({ model: "rgb", samples: 3 }, { ...all, mask })).toBe("CELLS_COLOUR MASKED");
  });
  it("of floats tests for padding by itself, and integers without any padding in range do not", () => {
    expect(variant(float, { layout: FLOAT, padding: { low: 0, high: 0 } })).toBe("CELLS_FLOAT");
    expect(variant({}, { padding: { low: -2000, high: -2000 } })).toBe(""); // 12 bits unsigned hold no such value
  });
});

it("what a view can be is a variant, not a branch in the shader", () => {
  const voi = (name: "LINEAR" | "LINEAR_EXACT" | "SIGMOID") => ({ kind: "window", window: { center: 0, width: 1, function: name } }) as const;
  expect(["LINEAR", "LINEAR_EXACT", "SIGMOID"].map((name) => variant({}, { voi: voi(name as "LINEAR") }))).toEqual(["", "VOI_EXACT", "VOI_SIGMOID"]);
  expect(variant({}, { interpolation: "bilinear", voi: voi("SIGMOID") })).toBe("INTERPOLATED VOI_SIGMOID");
});

describe("the numbers", () => {
  it("subtract the window's centre from the intercept", () => {
    expect(numbers({}).floats).toMatchObject({ rescale_slope: 1, intercept_from_center: -1064, voi_width: 400 });
    expect(numbers({}).ints).toMatchObject({ invert: 0 });
  });
  it("say where the stored bits lie in their word, and which is the sign", () => {
    const layout = { bitsStored: 10, highBit: 13, signed: true, isFloat: false };
    expect(numbers({}).uints).toMatchObject({ stored_shift: 0, stored_mask: 4095, stored_sign: 0 });
    expect(numbers({}, { layout }).uints).toMatchObject({ stored_shift: 4, stored_mask: 1023, stored_sign: 512 });
    expect(numbers(deep, { layout: SIGNED_32 }).uints).toMatchObject({ stored_mask: 2 ** 32 - 1, stored_sign: 2 ** 31 });
  });
  it("of a modality LUT have slope 1 and intercept 0: the table wins", () => {
    const { floats, ints } = numbers({}, { modalityLut: lut([5, 6], -3), slope: 9, intercept: 9 });
    expect(floats).toMatchObject({ rescale_slope: 1, intercept_from_center: -40 });
    expect(ints).toMatchObject({ table_first: -3, table_count: 2 });
  });
  it("of a VOI LUT count from its first input", () => {
    const { floats, ints } = numbers({}, { voi: table });
    expect(floats).toMatchObject({ intercept_from_center: -1024 + 5, voi_lut_largest: 4095 });
    expect(ints).toMatchObject({ voi_lut_count: 3 });
  });
  it("of 32 bits count from the stored value nearest to the window's centre", () => {
    const voi = { kind: "window", window: { center: 2_000_000_000.4, width: 10, function: "LINEAR" } } as const;
    const { floats, uints } = numbers(deep, { layout: SIGNED_32, voi, intercept: 0 });
    expect(uints).toMatchObject({ stored_reference: 2_000_000_000 + 2 ** 31 });
    expect(floats.intercept_from_center).toBeCloseTo(-0.4, 6);
  });
  it("of 32 bits stay within what can be stored", () => {
    const voi = { kind: "window", window: { center: -50, width: 10, function: "LINEAR" } } as const;
    const layout = { ...SIGNED_32, signed: false };
    expect(numbers(deep, { layout, voi, intercept: 0 })).toMatchObject({ uints: { stored_reference: 0 }, floats: { intercept_from_center: 50 } });
    const flat = numbers(deep, { layout, voi, intercept: -50, slope: 0 }); // 0 ÷ 0: the lowest
    expect(flat).toMatchObject({ uints: { stored_reference: 0 }, floats: { intercept_from_center: 0 } });
  });
  it("of padding are ordered as the stored values are, and cut to what can be stored", () => {
    expect(numbers({}, { padding: { low: -7, high: 63 } }).uints).toMatchObject({ padding_low: 0, padding_high: 63 });
    const layout = { bitsStored: 12, highBit: 11, signed: true, isFloat: false };
    expect(numbers({}, { layout, padding: { low: -2000, high: -2000 } }).uints).toMatchObject({ padding_low: 2 ** 31 - 2000, padding_high: 2 ** 31 - 2000 });
  });
  it("of double floats are relative to the frame's base, padding too", () => {
    const change = { layout: FLOAT, slope: 2, intercept: 1, padding: { low: 1000.25, high: 1001 } };
    const { floats } = numbers({ ...float, base: 1000 }, change);
    expect(floats).toMatchObject({ intercept_from_center: 1000 * 2 + 1 - 40, padding_low: 0.25, padding_high: 1 });
    expect(numbers(float, { layout: FLOAT }).floats).toMatchObject({ padding_low: 1, padding_high: 0 }); // none
  });
  it("of colour say which model it is, of a palette where its tables begin", () => {
    expect(numbers({ model: "ybr", samples: 3 }).ints).toMatchObject({ colour_model: 1 });
    expect(numbers({ model: "rgb", samples: 3 }).ints).toMatchObject({ colour_model: 0 });
    expect(numbers({ model: "palette" }, { palette }).ints).toMatchObject({ table_first: 0, table_count: 1 });
  });
  it("of a mask give the shutter's grey", () => {
    expect(numbers({}, { mask }).floats).toMatchObject({ shutter_level: 7 });
  });
});

describe("the place", () => {
  it("of a reduced image ends at the same screen points", () => {
    const map = { xx: 2, xy: 0, x0: 5, yx: 0, yy: 3, y0: 1 };
    const reduced = texelsFromScreen(map, { ...frame, width: 101, height: 60 }, [51, 30]);
    const [x, y] = apply(reduced, [48, 59 / 3]); // the image's far corner, (101, 60)
    expect([x, y]).toEqual([expect.closeTo(51, 10), expect.closeTo(30, 10)]);
  });
  it("is taken from the cell's centre, counted from below", () => {
    const place = placeOf({ ...cell, rect: { x: 3, y: 4, width: 10, height: 20 } }, cell.imageFromScreen, 100);
    expect(place).toMatchObject({ viewport_center_px: [8, 86], image_center_px: [5, 10], image_px_per_screen_px_right: [1, 0] });
  });
});
