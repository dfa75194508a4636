/** Windows. Oracle: hand computation; PS3.5 8.1.1 for the bits. */
import { describe, expect, it } from "vitest";
import { appliedWindow, presetsOf, storedValue, windowFromPixels } from "../../src/view/window";
import { displaySet, image } from "../plans";

describe("the window applied", () => {
  const two = image({ windows: [{ center: 1, width: 2, function: "LINEAR", explanation: "a" }, { center: 3, width: 4, function: "SIGMOID", explanation: "b" }] });
  const computed = { center: 9, width: 9, function: "LINEAR_EXACT", explanation: "" } as const;

  it("is the file's first unless another is chosen", () => {
    expect(appliedWindow({ kind: "default" }, two, null)).toBe(two.windows[0]);
    expect(appliedWindow({ kind: "stated", index: 1 }, two, null)).toBe(two.windows[1]);
  });

  it("is computed only where the file states none", () => {
    expect(appliedWindow({ kind: "default" }, image({ windows: [] }), computed)).toBe(computed);
    expect(appliedWindow({ kind: "default" }, image({ windows: [] }), null)).toBeNull();
    expect(appliedWindow({ kind: "default" }, two, computed)).toBe(two.windows[0]);
  });
});

describe("presets", () => {
  it("of CT are the four of the keys 1 to 4", () => {
    expect(presetsOf(displaySet()).map(({ width, center }) => [width, center])).toEqual([[400, 40], [1500, -600], [2500, 480], [80, 40]]);
  });

  it("are not offered where values are not HU", () => {
    expect(presetsOf(displaySet({ image: image({ unit: "" }) }))).toEqual([]);
    expect(presetsOf(displaySet({ modality: "MR" }))).toEqual([]);
  });
});

describe("a window from pixels", () => {
  it("spans all values, in modality units", () => {
    // stored 100 … 300, slope 2, intercept −50: 150 … 550
    const table = image({ rescaleSlope: [2], rescaleIntercept: [-50] });
    expect(windowFromPixels([100, 300, 200], table, 0, "CT")).toMatchObject({ center: 350, width: 400, function: "LINEAR_EXACT" });
  });

  it("of MR leaves out the extreme hundredth at both ends", () => {
    const values = Uint16Array.from({ length: 101 }, (_, i) => (i === 100 ? 4000 : i));
    expect(windowFromPixels(values, image({ rescaleIntercept: [0] }), 0, "MR")).toMatchObject({ center: 50, width: 98 });
  });

  it("of a flat image is still a window", () => {
    expect(windowFromPixels([7, 7], image({ rescaleIntercept: [0] }), 0, "CT")).toMatchObject({ center: 7, width: 1 });
  });

  it("uses the rescale of its own frame", () => {
    const table = image({ rescaleSlope: [1, 10], rescaleIntercept: [0, 0] });
    expect(windowFromPixels([0, 10], table, 1, "PT").width).toBe(100);
  });
});

it.each([
  ["12 bits in 16, garbage above", 12, 11, false, 0xf123, 0x123],
  ["12 bits, high bit 15, garbage below", 12, 15, false, 0x123f, 0x123],
  ["12 bits signed", 12, 11, true, 0x0fff, -1],
  ["16 bits signed", 16, 15, true, 0xfc00, -1024],
  ["16 bits unsigned", 16, 15, false, 0xfc00, 64_512],
  ["8 bits", 8, 7, false, 0xff, 255],
])("a pixel cell of %s", (_name, bitsStored, highBit, signed, cell, expected) => {
  const base = image();
  expect(storedValue({ ...base, pixels: { ...base.pixels, bitsStored, highBit, signed } })(cell)).toBe(expected);
});
