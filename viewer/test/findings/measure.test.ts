/** Lengths, areas, angles and their units. Oracle: hand computation; unequal steps make swaps visible (H7, H8, H13). */
import { describe, expect, it } from "vitest";
import type { Point } from "../../src/math/affine";
import type { Depth, Spaced } from "../../src/findings/calibration";
import type { Measurement } from "../../src/findings/measure";
import { angle, angleOfLines, area, axisValues, length } from "../../src/findings/measure";
import type { UltrasoundRegion } from "../../src/wire/types";
import { spacing } from "../plans";

/** 2 mm between rows, 0.5 mm between columns. */
const patient: Spaced = { spacing: spacing(), pixelAspect: null, regions: [] };
const none: Spaced = { ...patient, spacing: null };
const mammogram: Spaced = {
  ...patient,
  spacing: spacing({ betweenRowsMm: 0.07, betweenColumnsMm: 0.07, source: "detector", magnification: 1.07 }),
};

/** 2-D tissue at columns 10–109, rows 20–219: 0.2 mm across, 0.1 mm up a pixel. */
const tissue: UltrasoundRegion = {
  left: 10, top: 20, right: 109, bottom: 219, spatialFormat: 1, dataType: 1,
  unitX: "mm", unitY: "mm", deltaX: 0.2, deltaY: -0.1, referencePixel: null, referenceValue: null,
};
/** Spectral Doppler below it: 4 ms across, 0.5 cm/s up a pixel; the zero line is its 51st row. */
const spectrum: UltrasoundRegion = {
  left: 10, top: 220, right: 109, bottom: 319, spatialFormat: 3, dataType: 3,
  unitX: "s", unitY: "cm/s", deltaX: 0.004, deltaY: -0.5, referencePixel: [0, 50], referenceValue: [0, 0],
};
const duplex: Spaced = { ...none, regions: [[tissue, spectrum]] };

const one = (measurement: Measurement): readonly [number, string, string] => {
  if (measurement.kind === "refused") throw new Error(measurement.reason);
  const [{ value, unit } = { value: Number.NaN, unit: "" }] = measurement.quantities;
  return [Number(value.toFixed(9)), unit, measurement.source];
};
const refused = (reason: string) => ({ kind: "refused", reason });

describe("a length", () => {
  it("in the patient takes the spacing of each direction: 6 columns and 2 rows are 3 and 4 mm", () => {
    expect(one(length(patient, 0, [1.5, 1.5], [7.5, 3.5]))).toEqual([5, "mm", "in the patient"]);
  });
  it("of a projection is at the detector, never silently in the object", () => {
    expect(one(length(mammogram, 0, [0, 0], [100, 0]))).toEqual([7, "mm", "at detector"]);
  });
  it("is divided by the file's magnification only when asked for, and says so", () => {
    expect(one(length(mammogram, 0, [0, 0], [100, 0], "object"))).toEqual([Number((7 / 1.07).toFixed(9)), "mm", "in the object's plane, estimated: detector ÷ 1.07"]);
  });
  it("stays at the detector where there is no magnification to divide by", () => {
    const plain = { ...mammogram, spacing: spacing({ betweenRowsMm: 0.07, betweenColumnsMm: 0.07, source: "detector" }) };
    expect(one(length(plain, 0, [0, 0], [100, 0], "object"))).toEqual([7, "mm", "at detector"]);
  });
  it("in the patient is never divided", () => {
    const odd = { ...patient, spacing: spacing({ magnification: 2 }) };
    expect(one(length(odd, 0, [0, 0], [0, 1], "object"))).toEqual([2, "mm", "in the patient"]);
  });
  it("of a calibrated projection carries the file's words", () => {
    const fiducial = { ...patient, spacing: spacing({ source: "calibrated", note: "FIDUCIAL 10 mm ball" }) };
    expect(one(length(fiducial, 0, [0, 0], [0, 3]))).toEqual([6, "mm", "calibrated: FIDUCIAL 10 mm ball"]);
  });
  it.each([
    ["detector", "calibration unknown", "calibration unknown"],
    ["detector", "on the film or page that was scanned", "on the film or page that was scanned"],
    ["patient", "localizer: at the isocentre", "in the patient, localizer: at the isocentre"],
  ] as const)("of the %s with the note %s says it", (source, note, expected) => {
    expect(one(length({ ...patient, spacing: spacing({ source, note }) }, 0, [0, 0], [0, 3]))).toEqual([6, "mm", expected]);
  });
  it("without spacing is in pixels, and says where those are not square", () => {
    expect(one(length(none, 0, [0, 0], [3, 4]))).toEqual([5, "px", "no spacing"]);
    expect(one(length({ ...none, pixelAspect: [2, 1] }, 0, [0, 0], [0, 4]))).toEqual([4, "px", "no spacing; pixels are not square (2 : 1)"]);
  });
  it("is refused where the spacing is no distance", () => {
    for (const betweenRowsMm of [0, -1, Number.NaN, Infinity]) {
      expect(length({ ...patient, spacing: spacing({ betweenRowsMm }) }, 0, [0, 0], [1, 1]).kind).toBe("refused");
    }
  });
  it("is refused between points that are no places", () => {
    expect(length(patient, 0, [Number.NaN, 0], [1, 1]).kind).toBe("refused");
    expect(length(none, 0, [0, 0], [Infinity, 1]).kind).toBe("refused");
  });
});

describe("an ultrasound region", () => {
  it("gives mm by its own steps, negative ones too: 30 × 0.2 and 80 × 0.1", () => {
    expect(one(length(duplex, 0, [20, 30], [50, 110]))).toEqual([10, "mm", "by the ultrasound region"]);
  });
  it("of a spectrum gives time and velocity, and no length", () => {
    expect(length(duplex, 0, [20, 230], [45, 250])).toEqual({
      kind: "measured",
      source: "by the ultrasound region",
      quantities: [{ name: "time", value: expect.closeTo(0.1, 12), unit: "s" }, { name: "velocity", value: 10, unit: "cm/s" }],
    });
    expect(area(duplex, 0, { kind: "ellipse", center: [50, 270], a: [10, 0], b: [0, 10] }).kind).toBe("refused");
    expect(angle(duplex, 0, [20, 230], [30, 240], [40, 230]).kind).toBe("refused");
  });
  it("gives the velocity at a point from its reference: 20 rows above the zero line are 10 cm/s", () => {
    // the zero line is the centre of row 220 + 50; the time starts at the centre of column 10
    expect(axisValues(duplex, 0, [35.5, 250.5])).toEqual({
      kind: "measured",
      source: "by the ultrasound region",
      quantities: [{ name: "time", value: expect.closeTo(0.1, 12), unit: "s" }, { name: "velocity", value: 10, unit: "cm/s" }],
    });
    expect(axisValues(duplex, 0, [20, 30])).toBeNull();
    expect(axisValues({ ...none, regions: [[{ ...spectrum, referencePixel: null }]] }, 0, [20, 230])).toBeNull();
  });
  it("is not left: between two regions there is no unit", () => {
    expect(length(duplex, 0, [20, 30], [20, 230])).toEqual(refused("uncalibrated: crosses regions"));
    expect(length(duplex, 0, [20, 30], [5, 30])).toEqual(refused("uncalibrated: crosses regions"));
  });
  it("of the whole frame gives no length across a trace that lies on it", () => {
    const whole = { ...tissue, left: 0, top: 0, right: 199, bottom: 319 };
    const ecg = { ...spectrum, top: 300, spatialFormat: 4, dataType: 0xa, unitY: "", deltaY: 0 };
    for (const regions of [[whole, spectrum], [spectrum, whole], [whole, ecg]]) {
      const on = { ...none, regions: [regions] };
      expect(length(on, 0, [20, 30], [20, 310])).toEqual(refused("uncalibrated: crosses regions"));
      expect(area(on, 0, { kind: "polygon", points: [[20, 200], [50, 200], [50, 310]] })).toEqual(refused("uncalibrated: crosses regions"));
      expect(angle(on, 0, [20, 30], [20, 310], [40, 310])).toEqual(refused("uncalibrated: crosses regions"));
      expect(one(length(on, 0, [20, 30], [50, 110]))[0]).toBe(10);
    }
    const touching = { ...none, regions: [[whole, { ...ecg, left: 40, right: 60, top: 40, bottom: 60 }]] };
    expect(length(touching, 0, [20, 50], [100, 50])).toEqual(refused("uncalibrated: crosses regions")); // right across
    expect(length(touching, 0, [20, 50], [40, 50])).toEqual(refused("uncalibrated: crosses regions"));
    expect(length(touching, 0, [61, 50], [80, 50])).toEqual(refused("uncalibrated: crosses regions"));
    expect(length(touching, 0, [61.5, 50], [80, 50]).kind).toBe("measured");
  });
  it("is measured across another of the same scale, such as a colour box", () => {
    const flow = { ...tissue, left: 30, right: 60, dataType: 2 };
    expect(one(length({ ...none, regions: [[tissue, flow]] }, 0, [20, 30], [45, 30]))[0]).toBe(5);
  });
  it("ends with its last pixel", () => {
    expect(one(length(duplex, 0, [10, 20], [110, 20]))[0]).toBe(20);
    expect(length(duplex, 0, [10, 20], [110.01, 20]).kind).toBe("refused");
  });
  it("gives none of its millimetres outside", () => {
    expect(one(length(duplex, 0, [200, 30], [203, 34]))).toEqual([5, "px", "uncalibrated: outside the calibrated regions"]);
  });
  it("holds on its own frame", () => {
    const zoomed = { ...none, regions: [[tissue], [{ ...tissue, deltaX: 0.4 }]] };
    expect([0, 1].map((frame) => one(length(zoomed, frame, [20, 30], [30, 30]))[0])).toEqual([2, 4]);
  });
  it("under another of the same scale changes nothing, of another scale it is refused", () => {
    const flow = { ...tissue, left: 30, right: 60, dataType: 2 };
    expect(one(length({ ...none, regions: [[tissue, flow]] }, 0, [35, 30], [45, 30]))[0]).toBe(2);
    const inset = { ...flow, deltaX: 0.1 };
    expect(length({ ...none, regions: [[tissue, inset]] }, 0, [35, 30], [45, 30])).toEqual(refused("uncalibrated: regions of different scale overlap here"));
  });
  it.each([
    ["a grey bar in mm", { dataType: 0xd }],
    ["M-mode", { spatialFormat: 2, unitX: "s" }],
  ] as const)("that is no plane of tissue gives no length: %s", (_name, change) => {
    const measured = length({ ...none, regions: [[{ ...tissue, ...change }]] }, 0, [20, 30], [50, 110]);
    expect(measured.kind === "measured" && measured.quantities.length).toBe(2);
  });
  it.each([{ deltaX: 0 }, { deltaY: Number.NaN }, { unitX: "", unitY: "" }])("is refused without a step or unit: %o", (change) => {
    expect(length({ ...none, regions: [[{ ...tissue, ...change }]] }, 0, [20, 30], [50, 110]).kind).toBe("refused");
  });
  it("of a trace measures along the axis that has a unit", () => {
    const ecg = { ...spectrum, spatialFormat: 4, dataType: 0xa, unitY: "", deltaY: 0 };
    const measured = length({ ...none, regions: [[ecg]] }, 0, [20, 230], [45, 300]);
    expect(measured).toMatchObject({ quantities: [{ name: "time", unit: "s" }] });
  });
  it("wins over a spacing of the whole image", () => {
    expect(one(length({ ...duplex, spacing: spacing() }, 0, [20, 30], [30, 30]))).toEqual([2, "mm", "by the ultrasound region"]);
  });
});

describe("an area", () => {
  const square: readonly Point[] = [[1, 1], [5, 1], [5, 4], [1, 4]];
  it("of a polygon is its outline's, in mm²: 4 × 0.5 by 3 × 2", () => {
    expect(one(area(patient, 0, { kind: "polygon", points: square }))).toEqual([12, "mm²", "in the patient"]);
    expect(one(area(patient, 0, { kind: "polygon", points: [...square].reverse() }))[0]).toBe(12);
  });
  it("of an ellipse is π a b, however it lies", () => {
    const value = (a: Point, b: Point): number => one(area(patient, 0, { kind: "ellipse", center: [20, 20], a, b }))[0];
    expect(value([4, 0], [0, 3])).toBeCloseTo(Math.PI * 2 * 6, 8);
    expect(value([4, 3], [-3, 4])).toBeCloseTo(Math.PI * 25, 8); // a circle of 5 px; a px² is 1 mm²
  });
  it("takes the chosen depth twice", () => {
    const of = (depth: Depth) => one(area(mammogram, 0, { kind: "polygon", points: square }, depth))[0];
    expect(of("detector") / of("object")).toBeCloseTo(1.07 ** 2, 6);
  });
  it("is refused where there is none: two points, or an outline that crosses itself", () => {
    expect(area(patient, 0, { kind: "polygon", points: [[0, 0], [1, 1]] }).kind).toBe("refused");
    const bow: readonly Point[] = [[0, 0], [4, 4], [4, 0], [0, 4]];
    expect(area(patient, 0, { kind: "polygon", points: bow })).toEqual(refused("the outline crosses itself"));
  });
  it("of a turned ellipse that leaves its region is refused", () => {
    const lying = (x: number): Measurement => area(duplex, 0, { kind: "ellipse", center: [x, 100], a: [7, 7], b: [-7, 7] });
    expect(lying(20).kind).toBe("measured"); // its reach is √98 = 9.9 px
    expect(lying(19).kind).toBe("refused");
  });
});

describe("an angle", () => {
  it("is the patient's, not the screen's: 4 columns and 1 row are 2 mm and 2 mm", () => {
    expect(one(angle(patient, 0, [10, 0], [0, 0], [4, 1]))).toEqual([45, "°", "in the patient"]);
  });
  it("needs no millimetres, but the shape of a pixel", () => {
    expect(one(angle(none, 0, [1, 0], [0, 0], [1, 1]))[0]).toBe(45);
    expect(one(angle({ ...none, pixelAspect: [2, 1] }, 0, [1, 0], [0, 0], [2, 1]))[0]).toBe(45);
  });
  it("between lines does not depend on which way they were drawn", () => {
    const [flat, steep] = [[[0, 0], [8, 0]], [[4, 4], [0, 3]]] as const;
    expect(one(angleOfLines(patient, 0, flat, steep))[0]).toBe(45);
    expect(one(angleOfLines(patient, 0, flat, [steep[1], steep[0]]))[0]).toBe(45);
  });
  it("of a point is none", () => {
    expect(angle(patient, 0, [1, 1], [1, 1], [4, 1]).kind).toBe("refused");
  });
});
