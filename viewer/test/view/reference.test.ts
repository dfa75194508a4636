/** Planes that cross. Oracle: hand geometry in LPS millimetres. */
import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/math/vec3";
import type { Slice } from "../../src/view/reference";
import { crossing, footOf, isInSlice, nearestFrame, planeOf, sliceOf } from "../../src/view/reference";
import { AXIAL, image } from "../plans";

/** 40 columns of 0.5 mm, 30 rows of 2 mm: 20 mm to the left (L), 60 mm to the back (P); first centre at the origin, z as given. */
const axial = (z: number): Slice => ({ plane: { position: [0, 0, z], row: [1, 0, 0], column: [0, 1, 0], betweenRowsMm: 2, betweenColumnsMm: 0.5 }, columns: 40, rows: 30 });
/** Rows go back, columns go down; 1 mm pixels, 100 × 100; it lies at x mm, from y = −20 back and from z = 50 down. */
const sagittal = (x: number): Slice => ({ plane: { position: [x, -20, 50], row: [0, 1, 0], column: [0, 0, -1], betweenRowsMm: 1, betweenColumnsMm: 1 }, columns: 100, rows: 100 });

describe("where another slice cuts this one", () => {
  it("an axial slice at z = 10 is a level line on the sagittal one, as long as the axial image", () => {
    const line = crossing(axial(10), sagittal(5));
    // z = 50 − (y − 0.5): y = 40.5. The axial rows reach from −1 mm (half a pixel before the first) to 59 mm: x = 19.5 to 79.5.
    expect(line?.map(([x, y]) => [x, y].map((at) => Number(at.toFixed(9)))).sort()).toEqual([[19.5, 40.5], [79.5, 40.5]]);
  });

  it("a sagittal slice at x = 5 is an upright line on the axial one, inside of it", () => {
    const line = crossing(sagittal(5), axial(10));
    // x = 5 mm lies at column 5 / 0.5 + 0.5 = 10.5; all 30 rows are within the sagittal image.
    expect(line?.map(([x, y]) => [x, y].map((at) => Number(at.toFixed(9)))).sort()).toEqual([[10.5, 0], [10.5, 30]]);
  });

  it("a tilted slice cuts obliquely", () => {
    const tilt: Vec3 = [0, Math.SQRT1_2, Math.SQRT1_2]; // down the column: back and up, 45°
    const tilted: Slice = { plane: { position: [0, 0, 0], row: [1, 0, 0], column: tilt, betweenRowsMm: 1, betweenColumnsMm: 1 }, columns: 20, rows: 40 };
    const [start, end] = crossing(tilted, sagittal(5)) ?? [[0, 0], [1, 0]];
    // On it z = y; on the sagittal image x − 0.5 = y + 20 and y − 0.5 = 50 − z: the sum stays 71.
    for (const [x, y] of [start, end]) expect(x + y).toBeCloseTo(71, 9);
  });

  it("there is no line where it lies beside the image", () => {
    expect(crossing(sagittal(30), axial(10))).toBeNull(); // the axial image ends at 19.75 mm
    expect(crossing(axial(80), sagittal(5))).toBeNull(); // above the sagittal image
  });

  it("there is no line between parallel slices, nor between nearly parallel ones", () => {
    expect(crossing(axial(0), axial(10))).toBeNull();
    const leaning: Slice = { ...axial(10), plane: { ...axial(10).plane, column: [0, Math.cos(0.1), Math.sin(0.1)] } };
    expect(crossing(axial(0), leaning)).toBeNull();
  });
});

describe("one point of the patient", () => {
  it("has its foot on the slice, and its distance along the normal", () => {
    expect(footOf(axial(10), [5, 20, 13])).toEqual({ point: [10.5, 10.5], awayMm: 3 });
    expect(footOf(axial(10), [5, 20, 8])?.awayMm).toBe(-2);
  });

  it("has none beside the image", () => {
    expect(footOf(axial(10), [-1, 20, 10])).toBeNull();
  });

  it("lies in a slice within half a step, and beside it farther away", () => {
    const of = image(); // 5 mm steps
    expect([2.5, -2.5].map((mm) => isInSlice(of, 0, mm))).toEqual([true, true]);
    expect(isInSlice(of, 0, 2.6)).toBe(false);
  });

  it("lies in thick slices that overlap as far as they reach", () => {
    expect(isInSlice(image({ sliceThicknessMm: [8] }), 0, 3.9)).toBe(true);
  });

  it("is nearest to one frame", () => {
    expect([-100, -7.6, -7.4, 4, 100].map((z) => nearestFrame(image(), AXIAL, [0, 0, z]))).toEqual([0, 0, 1, 3, 4]);
  });
});

describe("the plane of a frame", () => {
  it("begins at that frame's position", () => {
    expect(planeOf(image(), 3)).toEqual({ position: [0, 0, 5], row: [1, 0, 0], column: [0, 1, 0], betweenRowsMm: 2, betweenColumnsMm: 0.5 });
  });

  it("is unknown without geometry and beyond the frames", () => {
    expect(planeOf(image({ geometry: null }), 0)).toBeNull();
    expect(sliceOf(image(), 5)).toBeNull();
  });
});
