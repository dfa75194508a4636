/** Shutters and overlays on the pixels. Oracle: pictures drawn by hand (PS3.3 C.7.6.11, C.9.2). */
import { describe, expect, it } from "vitest";
import type { LyingOver } from "../src/engine/mask";
import { maskOf } from "../src/engine/mask";
import type { Shutter } from "../src/wire/types";

const OPEN: Shutter = { rectangle: null, circle: null, polygon: [], presentationValue: 0 };
const drawn = (columns: number, rows: number, shutter: Shutter | null, overlays: readonly LyingOver[] = [], cells: readonly number[] = [], stretch = 1): readonly string[] => {
  const mask = maskOf({ rows, columns, stretch }, shutter, overlays, cells);
  return Array.from({ length: rows }, (_, row) => Array.from(mask.subarray(row * columns, (row + 1) * columns), (cover) => ".ox"[cover]).join(""));
};

describe("a shutter", () => {
  it("of a rectangle leaves its edges visible, counted from 1", () => {
    const rectangle = { left: 2, right: 4, upper: 2, lower: 2 };
    expect(drawn(5, 3, { ...OPEN, rectangle })).toEqual(["xxxxx", "x...x", "xxxxx"]);
  });
  it("of a circle leaves its rim visible", () => {
    expect(drawn(5, 5, { ...OPEN, circle: { row: 3, column: 3, radius: 2 } })).toEqual(["xx.xx", "x...x", ".....", "x...x", "xx.xx"]);
  });
  it("of a circle is round where pixels are twice as high as wide: the radius counts columns", () => {
    expect(drawn(5, 3, { ...OPEN, circle: { row: 2, column: 3, radius: 2 } }, [], [], 2)).toEqual(["xx.xx", ".....", "xx.xx"]);
  });
  it("of a polygon leaves its sides visible", () => {
    const triangle = [1, 1, 4, 1, 4, 4]; // row, column
    expect(drawn(5, 5, { ...OPEN, polygon: triangle })).toEqual([".xxxx", "..xxx", "...xx", "....x", "xxxxx"]);
  });
  it("of a polygon may be hollow: a bay is hidden", () => {
    const letterU = [1, 1, 4, 1, 4, 5, 1, 5, 1, 4, 3, 4, 3, 2, 1, 2];
    expect(drawn(5, 4, { ...OPEN, polygon: letterU })).toEqual(["..x..", "..x..", ".....", "....."]);
  });
  it("of a polygon partly outside the image is cut off by it", () => {
    expect(drawn(3, 3, { ...OPEN, polygon: [-4, -4, -4, 2, 2, 2, 2, -4] })).toEqual(["..x", "..x", "xxx"]);
  });
  it("of several shapes hides what any of them hides", () => {
    const rectangle = { left: 1, right: 3, upper: 1, lower: 5 };
    expect(drawn(5, 5, { ...OPEN, rectangle, circle: { row: 3, column: 3, radius: 2 } })[2]).toBe("...xx");
  });
  it("without a shape hides nothing", () => {
    expect(drawn(2, 1, OPEN)).toEqual([".."]);
  });
});

describe("an overlay", () => {
  /** 3 columns, 2 rows: "o.o" above ".o.", the lowest bit of the byte first. */
  const overlay: LyingOver = { rows: 2, columns: 3, origin: [1, 1], bit: 0, bits: Uint8Array.from([0b010_101]) };
  it("lies where its origin says, the first bit the lowest", () => {
    expect(drawn(4, 3, null, [{ ...overlay, origin: [2, 2] }])).toEqual(["....", ".o.o", "..o."]);
  });
  it("may begin outside the image and is cut off by it", () => {
    expect(drawn(4, 3, null, [{ ...overlay, origin: [0, 0] }])).toEqual(["o...", "....", "...."]);
    expect(drawn(4, 3, null, [{ ...overlay, origin: [3, 4] }])).toEqual(["....", "....", "...o"]);
    expect(drawn(4, 3, null, [{ ...overlay, origin: [30, -40] }])).toEqual(["....", "....", "...."]);
  });
  it("may lie in a bit of the pixel cells that the pixel does not use", () => {
    const cells = [0x1000, 0x0fff, 0x3000, 0x2000];
    const embedded = { rows: 2, columns: 2, origin: [1, 1] as const, bit: 12, bits: null };
    expect(drawn(2, 2, null, [embedded], cells)).toEqual(["o.", "o."]);
  });
  it("is seen above a shutter", () => {
    const rectangle = { left: 4, right: 4, upper: 1, lower: 3 };
    expect(drawn(4, 3, { ...OPEN, rectangle }, [overlay])).toEqual(["oxo.", "xox.", "xxx."]);
  });
});
