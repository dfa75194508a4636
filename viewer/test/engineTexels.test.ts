/** What textures are filled with. Oracle: hand-written small images. */
import { describe, expect, it } from "vitest";
import { frameTexels, maskTexels, paletteRange, paletteTexels, reducedSize, reductionOf, tableTexels } from "../src/engine/texels";
import { frame, lut } from "./cells";

/** Value 10 · row + column. */
const numbered = (width: number, height: number) => ({
  ...frame,
  width,
  height,
  values: Uint16Array.from({ length: width * height }, (_, i) => 10 * Math.floor(i / width) + (i % width)),
});

describe("a frame", () => {
  it("is uploaded as it is, by the kind of its numbers", () => {
    expect(frameTexels(frame, 1)).toMatchObject({ name: frame.values, format: "R16UI", width: 4, height: 3 });
    expect(frameTexels(frame, 1).data()).toBe(frame.values);
    const of = (values: Uint8Array | Uint32Array | Float32Array) => frameTexels({ ...frame, values }, 1).format;
    expect([of(new Uint8Array(12)), of(new Uint32Array(12)), of(new Float32Array(12))]).toEqual(["R8UI", "R32UI", "R32F"]);
    expect(frameTexels({ ...frame, model: "ybr", samples: 3, values: new Uint8Array(36) }, 1).format).toBe("RGB8UI");
  });
  it("too large for a texture is divided by the smallest whole number that makes it fit", () => {
    const sized = (width: number, height: number) => reductionOf({ ...frame, width, height }, 2048);
    expect([sized(2048, 10), sized(2049, 10), sized(10, 4096), sized(4774, 3000), sized(6145, 1)]).toEqual([1, 2, 2, 3, 4]);
    expect(reducedSize({ ...frame, width: 4774, height: 3000 }, 3)).toEqual([1592, 1000]);
  });
  it("reduced keeps stored values, each from the middle of its texel", () => {
    const texels = frameTexels(numbered(6, 3), 3);
    expect([texels.width, texels.height]).toEqual([2, 1]);
    expect([...(texels.data() as Uint16Array)]).toEqual([11, 14]); // the middles of columns 0–2, 3–5 and of rows 0–2
    // rows 0–2 in two texels of 1.5: their middles 0.75 and 2.25 lie in rows 0 and 2
    expect([...(frameTexels(numbered(6, 3), 2).data() as Uint16Array)]).toEqual([1, 3, 5, 21, 23, 25]);
  });
  it("reduced keeps the samples of a pixel together", () => {
    const values = Uint8Array.from({ length: 18 }, (_, i) => i); // 3 columns, 2 rows
    const texels = frameTexels({ ...frame, model: "rgb", samples: 3, width: 3, height: 2, values }, 3);
    expect([...(texels.data() as Uint8Array)]).toEqual([12, 13, 14]); // row 1, column 1
  });
});

describe("a mask", () => {
  const covered = Uint8Array.from([2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2]);
  it("reduced keeps every overlay line, and the shutter as the middles have it", () => {
    const mask = { name: {}, covered: () => covered, shutterLevel: 0 };
    expect([...(maskTexels(mask, frame, 1).data() as Uint8Array)]).toEqual([...covered]);
    // 4 × 3 in 2 × 2: middles are columns 1, 3 of rows 0, 2; the overlay of row 1, column 1 lies in the lower left texel
    expect([...(maskTexels(mask, frame, 2).data() as Uint8Array)]).toEqual([0, 0, 1, 2]);
  });
});

describe("a table", () => {
  it("is folded into rows of 1024", () => {
    const entries = Array.from({ length: 1030 }, (_, i) => i);
    const texels = tableTexels(lut(entries));
    const data = texels.data() as Uint16Array;
    expect([texels.width, texels.height, data.length]).toEqual([1024, 2, 2048]);
    expect([data[1023], data[1024], data[1029], data[1030]]).toEqual([1023, 1024, 1029, 0]);
  });
});

describe("a palette", () => {
  it("keeps the upper 8 bits of longer entries and all of shorter ones", () => {
    const palette = [lut([0x1234, 0xff00]), lut([0x0fff, 0x0800], 0, 12), lut([7, 9], 0, 8)] as const;
    expect([...(paletteTexels(palette).data() as Uint8Array).subarray(0, 6)]).toEqual([0x12, 0xff, 7, 0xff, 0x80, 9]);
  });
  it("of tables that start and end apart reaches over all, each holding at its own ends", () => {
    const palette = [lut([1, 2], 5, 8), lut([3], 6, 8), lut([4, 5], 7, 8)] as const;
    expect(paletteRange(palette)).toEqual({ first: 5, count: 4 });
    const colours = [...(paletteTexels(palette).data() as Uint8Array).subarray(0, 12)];
    expect(colours).toEqual([1, 3, 4, 2, 3, 4, 2, 3, 4, 2, 3, 5]);
  });
});
