/** What is drawn over a cell. Oracle: hand computation of where things lie on the screen; labels upright and inside. */
import { describe, expect, it } from "vitest";
import { assess } from "../../src/findings/assess";
import type { Affine, Point } from "../../src/math/affine";
import { apply } from "../../src/math/affine";
import { overlaps, placeLabel, sizeOf } from "../../src/overlay/label";
import { marksOf } from "../../src/overlay/scene";
import { strokesOf } from "../../src/overlay/strokes";
import { labelLines, valueText } from "../../src/overlay/valueWords";
import { resolve } from "../../src/view/resolve";
import { FITTED } from "../../src/view/cell";
import type { ViewState } from "../../src/view/cell";
import type { Annotation } from "../../src/wire/annotation";
import type { ImageTable } from "../../src/wire/types";
import { image as anyImage, spacing } from "../plans";

const image = (change: Partial<ImageTable> = {}): ImageTable => anyImage(change);
const CELL = { width: 400, height: 600 };
const annotation = (change: Partial<Annotation> = {}): Annotation => ({ id: 3, number: 1, kind: "length", displaySet: 0, frameIndex: 0, points: [[10, 10], [30, 10]], text: "", labelAt: null, reduced: 1, ...change });
const marked = (one: Annotation, on = image()) => ({ draft: one, annotation: one, assessment: assess(one, on, { frame: null, entriesOf: () => null }), selected: false, grip: null });
const marks = (one: Annotation, view: Partial<ViewState> = {}, on = image()) => {
  const { screenFromImage } = resolve({ ...FITTED, ...view }, { ...CELL, devicePixelRatio: 1 }, on, 0, null);
  return { marks: marksOf([marked(one, on)], screenFromImage, CELL), screenFromImage };
};
const near = (points: readonly Point[] = []) => points.map((point) => point.map((part) => Number(part.toFixed(6))));
const numbers = (path: string): readonly number[] => path.match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];

describe("lines", () => {
  // 20 mm × 60 mm fit 400 × 600 at 10 pixels a mm: columns are 5 wide, rows 20 high, and 100 are left at both sides.
  it("lie where the image lies", () => {
    const [mark] = marks(annotation()).marks;
    expect(near(mark?.handles.map(({ at }) => at))).toEqual([[150, 200], [250, 200]]);
    expect(numbers(mark?.strokes.solid ?? "").slice(0, 4)).toEqual([150, 200, 250, 200]);
  });
  it.each([
    [{ flip: true }, [[250, 200], [150, 200]]],
    [{ rotation: 180 }, [[250, 400], [150, 400]]],
    [{ zoom: 2 }, [[100, 100], [300, 100]]],
  ] as const)("stay on the anatomy: %j", (view, points) => {
    expect(near(marks(annotation(), view).marks[0]?.handles.map(({ at }) => at))).toEqual(points);
  });
  it("turned by a quarter, a row runs down the screen", () => {
    const { marks: [mark], screenFromImage } = marks(annotation(), { rotation: 90 });
    const [a, b] = mark?.handles.map(({ at }) => at) ?? [];
    expect([a, b]).toEqual([[10, 10], [30, 10]].map((point) => apply(screenFromImage, point as unknown as Point)));
    expect(a?.[0]).toBeCloseTo(b?.[0] ?? 0, 9);
    expect((b?.[1] ?? 0) - (a?.[1] ?? 0)).toBeCloseTo(10 * (400 / 60), 9);
  });
  it("of an ellipse have the half axes of its box", () => {
    const map: Affine = { xx: 5, xy: 0, x0: 0, yx: 0, yy: 20, y0: 0 };
    expect(strokesOf({ kind: "ellipse", points: [[10, 10], [18, 14]] }, map).solid).toMatch(/^M50 240A20 40 /);
  });
  it("of an angle have an arc inside of it", () => {
    const identity: Affine = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
    expect(strokesOf({ kind: "angle", points: [[100, 0], [0, 0], [0, 100]] }, identity).dashed).toBe("M22 0A22 22 0 0 1 0 22");
  });
  it("of what is not complete are those that are there", () => {
    const identity: Affine = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
    for (const kind of ["length", "bidirectional", "angle", "cobb", "ellipse", "rectangle", "freehand", "arrow", "text", "probe"] as const) {
      for (const points of [[], [[1, 1]], [[1, 1], [9, 9]], [[1, 1], [9, 9], [1, 9]]] as const) expect(strokesOf({ kind, points }, identity).solid).not.toMatch(/NaN|undefined/);
    }
  });
});

describe("a label", () => {
  it("says value, unit and where the unit comes from", () => {
    expect(labelLines(annotation(), marked(annotation()).assessment)).toEqual([{ text: "10.0 mm", tone: "value" }, { text: "in the patient", tone: "quiet" }]);
    const detector = image({ spacing: spacing({ source: "detector", magnification: 2 }) });
    expect(labelLines(annotation(), marked(annotation(), detector).assessment).map(({ text }) => text)).toEqual(["10.0 mm", "at detector", "5.0 mm in the object's plane, estimated: detector ÷ 2"]);
    expect(labelLines(annotation(), marked(annotation(), image({ spacing: null })).assessment).map(({ text }) => text)).toEqual(["20.0 px", "no spacing"]);
  });
  it("says that the image was reduced, and the reader's own name first", () => {
    const lines = labelLines(annotation({ text: "Node", reduced: 4 }), marked(annotation()).assessment);
    expect(lines.map(({ text }) => text)).toEqual(["Node", "10.0 mm", "in the patient", "placed on a reduced image (1/4)"]);
  });
  it("of a region has mean, deviation, ends and area", () => {
    const values = Uint16Array.from({ length: 1200 }, (_, i) => i % 40);
    const region = annotation({ kind: "rectangle", points: [[10, 5], [12, 7]] });
    const assessment = assess(region, image(), { frame: { values, samples: 1, model: "grey", base: 0 }, entriesOf: () => null });
    // columns 10 and 11 less 1024: mean −1013.5, deviation √(4 · 0.25 / 3); 1 mm × 4 mm
    expect(valueText(assessment)).toBe("Area 4.00 mm², Mean −1013.5  SD 0.6 HU, Min −1014  Max −1013 HU, 4 pixels, in the patient");
  });
  it("stands beside its line where there is room, inside of the cell", () => {
    const lines = [{ text: "10.0 mm", tone: "value" }] as const;
    const right = placeLabel(lines, [[100, 100], [200, 100]], null, CELL, []);
    expect(right?.box.x).toBe(214);
    const left = placeLabel(lines, [[100, 100], [390, 100]], null, CELL, []);
    expect(left?.box.x).toBeLessThan(100);
    for (const point of [[0, 0], [400, 0], [400, 600], [0, 600], [200, 300]] as const) {
      const box = placeLabel(lines, [point], null, CELL, [])?.box ?? { x: -1, y: -1, width: 0, height: 0 };
      expect([box.x >= 0, box.y >= 0, box.x + box.width <= CELL.width, box.y + box.height <= CELL.height]).toEqual([true, true, true, true]);
    }
  });
  it("keeps clear of another one", () => {
    const one = marked(annotation());
    const { screenFromImage } = marks(annotation());
    const [first, second] = marksOf([one, { ...one, annotation: annotation({ id: 4 }) }], screenFromImage, CELL);
    expect(first?.label && second?.label && overlaps(first.label.box, second.label.box)).toBe(false);
  });
  it("is led to what it is about when the reader has put it elsewhere", () => {
    const label = placeLabel([{ text: "10.0 mm", tone: "value" }], [[100, 100], [200, 100]], [250, 300], CELL, []);
    expect(label?.box).toMatchObject({ x: 250, y: 300 });
    expect(label?.leader).toEqual([[250, 300], [200, 100]]);
    expect(placeLabel([{ text: "10.0 mm", tone: "value" }], [[100, 100], [200, 100]], null, CELL, [])?.leader?.[1]).toEqual([200, 100]);
  });
  it("is not there where what it is about is out of sight", () => {
    expect(placeLabel([{ text: "10.0 mm", tone: "value" }], [[-100, -100], [-20, -50]], null, CELL, [])).toBeNull();
  });
  it("has room for its words", () => {
    expect(sizeOf([{ text: "Mean −1013.5  SD 0.6 HU", tone: "value" }]).width).toBeGreaterThan(140);
  });
});

it("a screen reader hears name, value and source", () => {
  expect(marks(annotation()).marks[0]?.name).toBe("Length 1: 10.0 mm, in the patient");
});
