/** Windows from a rectangle and as typed; clips that flash. Oracle: hand computation; WCAG 2.3.1. */
import { describe, expect, it } from "vitest";
import { flashes } from "../../src/view/flashes";
import type { PixelReader } from "../../src/view/pixelReader";
import { regionWindow } from "../../src/view/regionWindow";
import { typedWindow, windowChoices } from "../../src/view/windowChoices";
import { displaySet, image } from "../plans";

describe("a window from a rectangle", () => {
  /** 40 × 30; the value is the column; column 7 is padding. */
  const columns: PixelReader = { kind: "grey", count: 1200, at: (pixel) => (pixel % 40 === 7 ? null : pixel % 40) };

  it("goes from the lowest to the highest of its pixels, whichever corner was first", () => {
    expect(regionWindow(columns, image(), [20, 3], [10, 9])).toMatchObject({ center: 14.5, width: 9, function: "LINEAR_EXACT" });
  });

  it("leaves padding out", () => {
    expect(regionWindow(columns, image(), [6, 0], [9, 5])).toMatchObject({ center: 7, width: 2 });
  });

  it("keeps to the image where the hand goes beyond it", () => {
    expect(regionWindow(columns, image(), [-50, -50], [500, 500])).toMatchObject({ center: 19.5, width: 39 });
  });

  it("has a width of its own where all pixels are equal", () => {
    const flat: PixelReader = { kind: "grey", count: 1200, at: () => 100 };
    expect(regionWindow(flat, image(), [0, 0], [9, 9])).toMatchObject({ center: 100, width: 1 });
  });

  it("is none of a slip of the hand, of padding alone, and of colours", () => {
    expect(regionWindow(columns, image(), [3, 3], [3.4, 9])).toBeNull();
    expect(regionWindow({ kind: "grey", count: 1200, at: () => null }, image(), [0, 0], [9, 9])).toBeNull();
    expect(regionWindow({ kind: "colour", count: 1200, at: () => [0, 0, 0] }, image(), [0, 0], [9, 9])).toBeNull();
  });
});

describe("a typed window", () => {
  const read = { window: { center: 40, width: 400, function: "LINEAR", explanation: "SOFT" }, suv: null } as const;

  it("is taken as typed, under no other name", () => {
    expect(typedWindow(1, read, -600, 1500)).toEqual({
      kind: "window",
      cell: 1,
      window: { kind: "own", window: { center: -600, width: 1500, function: "LINEAR", explanation: "" } },
    });
  });

  it.each([[40, 0], [40, -5], [40, NaN], [NaN, 400], [Infinity, 400]])("of level %d and width %d is none", (center, width) => {
    expect(typedWindow(0, read, center, width)).toBeNull();
  });
});

describe("the windows that can be chosen", () => {
  it("are the plan's, the modality's with their numbers, and the file's", () => {
    const lung = { center: -600, width: 1500, function: "LINEAR", explanation: "Lung" } as const;
    const groups = windowChoices(displaySet(), 0, lung);
    expect(groups.map(({ label }) => label)).toEqual(["As hung", "CT", "From the image"]);
    expect(groups[1]?.choices[0]).toMatchObject({ key: "1" });
    expect(groups[2]?.choices[0]).toMatchObject({ text: "SOFT  W 400  L 40", choice: { kind: "stated", index: 0 } });
  });
});

describe("a clip", () => {
  const every = (ms: number, count: number): number[] => Array.from({ length: count + 1 }, (_, i) => i * ms);
  const whole = (levels: readonly number[]): number[][] => levels.map((level) => [level, level, level, level]);

  it("flashes where light and dark change more than three times a second, there and back", () => {
    expect(flashes(whole([0, 1]), every(100, 2))).toBe(true); // five flashes a second
    expect(flashes(whole([0, 1]), every(200, 2))).toBe(false); // two and a half
  });

  it("does not flash where it brightens slowly, nor by small steps, nor between bright and brighter", () => {
    expect(flashes(whole([0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25]), every(100, 8))).toBe(false);
    expect(flashes(whole([0.4, 0.45]), every(50, 2))).toBe(false);
    expect(flashes(whole([0.85, 1]), every(50, 2))).toBe(false);
  });

  it("does not flash where less than a quarter of it does", () => {
    const corner = [[0, 0, 0, 0, 0], [1, 0, 0, 0, 0]];
    expect(flashes(corner, every(50, 2))).toBe(false);
    expect(flashes(corner.map((picture) => picture.slice(0, 4)), every(50, 2))).toBe(true);
  });

  it("of one picture is still", () => {
    expect(flashes(whole([1]), every(50, 1))).toBe(false);
    expect(flashes([], [0])).toBe(false);
  });
});
