/** Thumbnails show what the large picture shows. Oracle: PS3.3 C.11.2.1.2 and C.11.2.1.3 by hand; grey = ⌊255 d + ½⌋. */
import { describe, expect, it } from "vitest";
import type { PixelReader, Rgb } from "../../src/view/pixelReader";
import type { Look } from "../../src/view/thumbnail";
import { thumbnail, windowed } from "../../src/view/thumbnail";
import type { VoiWindow } from "../../src/wire/types";
import { image, RGB_8, table } from "../plans";

const FOUR = image({ rows: 2, columns: 2, spacing: null });
const window = (center: number, width: number, curve: VoiWindow["function"] = "LINEAR"): VoiWindow => ({ center, width, function: curve, explanation: "" });
const look = (change: Partial<Look> = {}): Look => ({ voi: { kind: "window", window: window(128, 256) }, invert: false, entries: null, ...change });
const grey = (...values: readonly (number | null)[]): PixelReader => ({ kind: "grey", count: values.length, at: (pixel) => values[pixel] ?? null });

/** The colours of the four quarters, row by row. */
function quarters(pixels: PixelReader, how: Look): readonly Rgb[] {
  const { width, height, rgba } = thumbnail(pixels, FOUR, how);
  return [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]].map(([x = 0, y = 0]) => {
    const at = 4 * (y * width + x);
    expect(rgba[at + 3]).toBe(255);
    return [rgba[at] ?? -1, rgba[at + 1] ?? -1, rgba[at + 2] ?? -1];
  });
}
const greys = (pixels: PixelReader, how: Look): readonly number[] => quarters(pixels, how).map(([level, ...rest]) => (rest.every((other) => other === level) ? level : NaN));

describe("greys", () => {
  it("follow the window: LINEAR 128/256 shows 8 bits as they are", () => {
    expect(greys(grey(0, 1, 127, 255), look())).toEqual([0, 1, 127, 255]);
  });

  it("turn round once, and padding stays black", () => {
    expect(greys(grey(0, null, 127, 255), look({ invert: true }))).toEqual([255, 0, 128, 0]);
  });

  it("follow a lookup table, clamped at both ends, by the nearest whole input", () => {
    const voi = { kind: "table", table: table({ first: 10, count: 3, bits: 12 }) } as const;
    const entries = Uint16Array.of(0, 4095, 2048);
    expect(greys(grey(-99, 10.6, 12.4, 99), look({ voi, entries }))).toEqual([0, 255, 128, 128]);
  });
});

describe("colours", () => {
  const colours: readonly Rgb[] = [[255, 0, 0], [0, 254, 0], [1, 2, 3], [255, 255, 255]];
  it("are shown as they are, without a window", () => {
    const pixels: PixelReader = { kind: "colour", count: 4, at: (pixel) => colours[pixel] ?? [0, 0, 0] };
    expect(quarters(pixels, look({ voi: { kind: "none" } }))).toEqual(colours);
  });
});

describe("the shape", () => {
  const size = (change: Parameters<typeof image>[0]): readonly number[] => {
    const { width, height } = thumbnail(grey(), image({ rows: 100, columns: 100, spacing: null, ...change }), look());
    return [width, height];
  };
  it("keeps the proportions of millimetres, or of the pixels' own shape (H7)", () => {
    expect(size({})).toEqual([96, 96]);
    expect(size({ pixelAspect: [1, 2] })).toEqual([96, 48]);
    expect(size({ pixelAspect: [2, 1] })).toEqual([48, 96]);
    expect(size({ rows: 10_000, columns: 1 })).toEqual([1, 96]);
    expect(size({ pixels: RGB_8, rows: 50 })).toEqual([96, 48]);
  });
});

it.each<[VoiWindow, number, number]>([
  [window(2048, 4096), 0, 0],
  [window(2048, 4096), 2047.5, 0.5],
  [window(2048, 4096), 4095, 1],
  [window(2048, 1), 2047.5, 0],
  [window(2048, 1), 2048, 1],
  [window(0, 100, "LINEAR_EXACT"), -50, 0],
  [window(0, 100, "LINEAR_EXACT"), 25, 0.75],
  [window(0, 100, "LINEAR_EXACT"), 50, 1],
  [window(0, 0.5, "LINEAR_EXACT"), 0.125, 0.75],
  [window(2048, 4096, "SIGMOID"), 2048, 0.5],
  [window(2048, 4096, "SIGMOID"), 2048 + 1024, 1 / (1 + Math.exp(-1))],
])("%j of %d is %d", (of, value, expected) => {
  expect(windowed(of, value)).toBeCloseTo(expected, 12);
});
