/** Windows that no file states. Oracle: hand computation; display.md 4. */
import { describe, expect, it } from "vitest";
import type { PixelReader } from "../../src/view/pixelReader";
import { presetsOf, windowFromPixels } from "../../src/view/window";
import { displaySet, GREY_12, image } from "../plans";

type Grey = Extract<PixelReader, { readonly kind: "grey" }>;

/** Modality values, padding as null. */
const grey = (...values: readonly (number | null)[]): Grey => ({ kind: "grey", count: values.length, at: (pixel) => values[pixel] ?? null });

describe("presets", () => {
  it("of CT are those of the keys 1 to 9", () => {
    expect(presetsOf(displaySet()).map(({ window }) => [window.width, window.center])).toEqual([[400, 40], [1500, -600], [2500, 480], [80, 40], [350, 50], [150, 30], [40, 40], [600, 300], [215, 75]]);
  });

  it("are not offered where values are not HU", () => {
    expect(presetsOf(displaySet({ image: image({ unit: "" }) }))).toEqual([]);
    expect(presetsOf(displaySet({ modality: "MR" }))).toEqual([]);
  });
});

describe("a window from pixels", () => {
  it("spans all values", () => {
    expect(windowFromPixels(grey(150, 550, 350), image(), "CT")).toMatchObject({ center: 350, width: 400, function: "LINEAR_EXACT" });
  });

  it("leaves padding out: GE's −2000 does not darken the chest", () => {
    expect(windowFromPixels(grey(null, -1000, 400, null), image(), "CT")).toMatchObject({ center: -300, width: 1400 });
  });

  it("of MR leaves out the extreme hundredth at both ends, after the padding", () => {
    const values = Array.from({ length: 101 }, (_, i) => (i === 100 ? 4000 : i));
    expect(windowFromPixels(grey(...values), image(), "MR")).toMatchObject({ center: 50, width: 98 });
    const padded = [...values.flatMap((value) => [value, null])];
    expect(windowFromPixels(grey(...padded), image(), "MR")).toMatchObject({ center: 50, width: 98 });
  });

  it("of NM and PET begins at 0", () => {
    expect(windowFromPixels(grey(20, 100), image(), "NM")).toMatchObject({ center: 50, width: 100 });
    expect(windowFromPixels(grey(-10, 100), image(), "PT")).toMatchObject({ center: 45, width: 110 });
  });

  it("of eight bits made for a screen shows them as they are", () => {
    const screen = image({ pixels: { ...GREY_12, bitsAllocated: 8, bitsStored: 8, highBit: 7 }, rescaleIntercept: [0] });
    expect(windowFromPixels(grey(40, 60), screen, "US")).toMatchObject({ center: 127.5, width: 255, function: "LINEAR_EXACT" });
    expect(windowFromPixels(grey(40, 60), screen, "CT")).toMatchObject({ center: 50, width: 20 });
    expect(windowFromPixels(grey(40, 60), image({ ...screen, rescaleSlope: [2] }), "US")).toMatchObject({ center: 50, width: 20 });
  });

  it("of a flat or an all padded image is still a window", () => {
    expect(windowFromPixels(grey(7, 7), image(), "CT")).toMatchObject({ center: 7, width: 1 });
    expect(windowFromPixels(grey(null, null), image(), "CT")).toMatchObject({ center: 0, width: 1 });
    expect(windowFromPixels(grey(null, null), image(), "MR")).toMatchObject({ center: 0, width: 1 });
    expect(windowFromPixels(grey(), image(), "MR")).toMatchObject({ center: 0, width: 1 });
  });

  it("keeps tiny and huge values: float pixels have any size", () => {
    expect(windowFromPixels(grey(1e-7, 3e-7), image(), "OT").width).toBeCloseTo(2e-7, 15);
    expect(windowFromPixels(grey(-3e9, 3e9), image(), "OT")).toMatchObject({ center: 0, width: 6e9 });
  });
});
