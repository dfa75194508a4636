/** What each kind of annotation says. Oracle: hand computation; pixels of 0.5 mm × 2 mm unless said otherwise (H7, H8, H13, H24). */
import { describe, expect, it } from "vitest";
import { assess } from "../../src/findings/assess";
import { cobbAngle } from "../../src/findings/measure";
import type { Point } from "../../src/math/affine";
import type { FrameValues } from "../../src/math/frameValues";
import type { AnnotationKind } from "../../src/wire/annotation";
import type { ImageTable, UltrasoundRegion } from "../../src/wire/types";
import { image as anyImage, RGB_8, spacing } from "../plans";

const image = (change: Partial<ImageTable> = {}): ImageTable => anyImage({ rows: 30, columns: 40, ...change });
/** Stored value = column + 100 · row; slope 1, intercept −1024. */
const frame: FrameValues = { values: Uint16Array.from({ length: 1200 }, (_, i) => (i % 40) + 100 * Math.floor(i / 40)), samples: 1, model: "grey", base: 0 };
const without = { frame: null, entriesOf: () => null };
const values = { frame, entriesOf: () => null };
const of = (kind: AnnotationKind, points: readonly Point[], on = image(), from: typeof values | typeof without = values) => assess({ kind, points, frameIndex: 0 }, on, from);
const said = (kind: AnnotationKind, points: readonly Point[], on = image()) => {
  const { measurement } = of(kind, points, on);
  if (measurement?.kind !== "measured") throw new Error("not measured");
  return { source: measurement.source, ...Object.fromEntries(measurement.quantities.map(({ name, value, unit }) => [name, `${value.toFixed(6)} ${unit}`])) };
};

const mammogram = image({ spacing: spacing({ betweenRowsMm: 0.1, betweenColumnsMm: 0.1, source: "detector", magnification: 1.25 }) });

describe("on anisotropic pixels", () => {
  it("6 columns and 2 rows are 3 and 4 mm: 5 mm", () => {
    expect(said("length", [[1, 1], [7, 3]])).toEqual({ length: "5.000000 mm", source: "in the patient" });
  });
  it("of two axes the longer is said first, whichever was drawn first", () => {
    expect(said("bidirectional", [[10, 5], [10, 7], [4, 10], [24, 10]])).toEqual({ long: "10.000000 mm", short: "4.000000 mm", source: "in the patient" });
  });
  it("an angle is that of the patient: 4 columns beside 1 row make 45°", () => {
    expect(said("angle", [[14, 10], [10, 10], [14, 11]])).toEqual({ angle: "45.000000 °", source: "in the patient" });
  });
  it("a rectangle of 8 × 5 pixels is 4 × 10 mm", () => {
    expect(said("rectangle", [[10, 5], [18, 10]])).toEqual({ area: "40.000000 mm²", source: "in the patient" });
  });
  it("an ellipse in 8 × 4 pixels has half axes of 2 and 4 mm", () => {
    expect(said("ellipse", [[10, 5], [18, 9]])).toEqual({ area: `${(8 * Math.PI).toFixed(6)} mm²`, source: "in the patient" });
  });
  it("a triangle of 8 columns by 6 rows is half of 4 × 12 mm", () => {
    expect(said("freehand", [[10, 5], [18, 5], [10, 11]])).toEqual({ area: "24.000000 mm²", source: "in the patient" });
  });
  it("an outline that crosses itself has no one area", () => {
    expect(of("freehand", [[0, 0], [10, 10], [10, 0], [0, 10]]).measurement).toEqual({ kind: "refused", reason: "the outline crosses itself" });
  });
});

describe("a Cobb angle", () => {
  const tilted = (middle: Point, degrees: number): readonly [Point, Point] => {
    const [x, y] = [8 * Math.cos((degrees * Math.PI) / 180), 8 * Math.sin((degrees * Math.PI) / 180)];
    return [[middle[0] - x, middle[1] - y], [middle[0] + x, middle[1] + y]];
  };
  const square = image({ spacing: spacing({ betweenRowsMm: 1, betweenColumnsMm: 1 }), rows: 200, columns: 100 });
  const cobb = (upper: number, lower: number, turned = false): number => {
    const [a, b] = tilted([50, 150], lower);
    const found = cobbAngle(square, 0, tilted([50, 30], upper), turned ? [b, a] : [a, b]);
    return found.kind === "measured" ? (found.quantities[0]?.value ?? Number.NaN) : Number.NaN;
  };
  it.each([
    [10, -15, 25],
    [-20, -20, 0],
    [50, -50, 100], // beyond a right angle it stays what it is
    [60, -65, 125],
  ])("between end plates at %d° and %d° is %d°, whichever way they were drawn", (upper, lower, angle) => {
    expect(cobb(upper, lower)).toBeCloseTo(angle, 9);
    expect(cobb(upper, lower, true)).toBeCloseTo(angle, 9);
  });
  it("stands in the patient: 4 columns beside 1 row tilt a line by 45°", () => {
    expect(said("cobb", [[10, 5], [14, 6], [10, 20], [14, 20]])).toMatchObject({ angle: "45.000000 °" });
  });
  it("of lines that share their middle is the smaller one", () => {
    const found = cobbAngle(square, 0, tilted([50, 50], 30), tilted([50, 50], -40));
    expect(found).toMatchObject({ quantities: [{ value: expect.closeTo(70, 9) }] });
  });
});

describe("a projection", () => {
  it("says that its millimetres are at the detector, and the object's beside it", () => {
    const { measurement, inObject } = of("length", [[0, 0], [30, 0]], mammogram);
    expect(measurement).toMatchObject({ source: "at detector", quantities: [{ value: expect.closeTo(3, 12), unit: "mm" }] });
    expect(inObject).toMatchObject({ quantities: [{ value: expect.closeTo(2.4, 12), unit: "mm" }] });
  });
  it("divides an area by the square", () => {
    const { measurement, inObject } = of("rectangle", [[0, 0], [10, 10]], mammogram);
    expect([measurement, inObject].map((one) => (one?.kind === "measured" ? one.quantities[0]?.value : null))).toEqual([expect.closeTo(1, 12), expect.closeTo(0.64, 12)]);
  });
  it("without spacing is in pixels and says so", () => {
    expect(said("length", [[0, 0], [3, 4]], image({ spacing: null }))).toEqual({ length: "5.000000 px", source: "no spacing" });
  });
});

describe("regions of ultrasound", () => {
  const region = (change: Partial<UltrasoundRegion>): UltrasoundRegion => ({
    left: 0, top: 0, right: 39, bottom: 14, spatialFormat: 1, dataType: 1, unitX: "mm", unitY: "mm", deltaX: 0.2, deltaY: 0.1, referencePixel: null, referenceValue: null, ...change,
  });
  const duplex = image({ spacing: null, regions: [[region({}), region({ top: 15, bottom: 29, spatialFormat: 3, dataType: 3, unitX: "s", unitY: "cm/s", deltaX: 0.01, deltaY: -2, referencePixel: [0, 7], referenceValue: [0, 0] })]] });
  it("measure by their own steps: 15 × 0.2 and 40 × 0.1 mm", () => {
    expect(said("length", [[2, 2], [17, 2]], duplex)).toEqual({ length: "3.000000 mm", source: "by the ultrasound region" });
  });
  it("give a probe its velocity: 3 rows above the zero line are 6 cm/s", () => {
    const { measurement } = of("probe", [[10.5, 19.5]], duplex);
    expect(measurement).toMatchObject({ quantities: [{ name: "time", value: expect.closeTo(0.1, 12) }, { name: "velocity", value: 6, unit: "cm/s" }] });
  });
  it("refuse what crosses them, and two axes in different ones", () => {
    expect(of("length", [[2, 2], [2, 20]], duplex).measurement).toMatchObject({ kind: "refused", reason: "uncalibrated: crosses regions" });
    expect(of("bidirectional", [[2, 2], [9, 2], [2, 20], [2, 25]], duplex).measurement).toMatchObject({ kind: "refused" });
  });
});

describe("what lies inside", () => {
  it("is read from native pixels: columns 10 and 11 of rows 5 and 6", () => {
    // 510 511 610 611 less 1024: mean −463.5; squares 2 · (50.5² + 49.5²), ÷ 3
    const { inside } = of("rectangle", [[10, 5], [12, 7]]);
    expect(inside).toMatchObject({ count: 4, unit: "HU", values: { mean: -463.5, min: -514, max: -413, standardDeviation: expect.closeTo(Math.sqrt((2 * (50.5 ** 2 + 49.5 ** 2)) / 3), 9) } });
  });
  it("of an ellipse takes the pixels whose centre it holds", () => {
    // half axes 1.5 about (11.5, 5.5): the nine centres less the four corners (√2 < 1.5: they are in) → 9
    expect(of("ellipse", [[10, 4], [13, 7]]).inside).toMatchObject({ count: 9 });
    expect(of("ellipse", [[10.2, 4.2], [12.8, 6.8]]).inside).toMatchObject({ count: 5 });
  });
  it("waits while the pixels are on their way, and is final after", () => {
    expect(of("ellipse", [[10, 4], [13, 7]], image(), without)).toMatchObject({ inside: "waiting", final: false });
    expect(of("ellipse", [[10, 4], [13, 7]])).toMatchObject({ final: true });
  });
  it("of a large region waits while the hand moves", () => {
    expect(assess({ kind: "rectangle", points: [[0, 0], [20, 20]], frameIndex: 0 }, image(), { ...values, mostPixels: 399 })).toMatchObject({ inside: "waiting" });
  });
  it("in colour has no values, but an area", () => {
    expect(of("rectangle", [[0, 0], [4, 4]], image({ pixels: RGB_8 }))).toMatchObject({ inside: "colour", measurement: { kind: "measured" }, final: true });
  });
});

describe("a probe", () => {
  it("reads its pixel: column 7, row 3 holds 307 − 1024", () => {
    expect(of("probe", [[7.9, 3.1]]).pixel).toMatchObject({ column: 7, row: 3, modality: -717 });
  });
  it("on the far edge reads the last pixel", () => {
    expect(of("probe", [[40, 30]]).pixel).toMatchObject({ column: 39, row: 29 });
  });
});

it("words measure nothing", () => {
  expect(of("text", [[1, 1]])).toEqual(of("arrow", [[1, 1], [5, 5]]));
  expect(of("text", [[1, 1]])).toMatchObject({ measurement: null, inside: null, pixel: null, final: true });
});
