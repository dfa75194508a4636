/** Handles and how they move. Oracle: hand computation on pixels of 0.5 mm × 2 mm. */
import { describe, expect, it } from "vitest";
import { acrossFrom, handlesOf, isLargeEnough, reshaped, shapeOf } from "../../src/findings/reshape";
import type { Point } from "../../src/math/affine";
import type { AnnotationKind } from "../../src/wire/annotation";

const BOUNDS = { columns: 100, rows: 50 };
const SQUARE = { x: 1, y: 1 };
/** 0.5 mm between columns, 2 mm between rows. */
const TALL = { x: 0.5, y: 2 };
const at = (kind: AnnotationKind, ...points: readonly Point[]) => ({ kind, points });

describe("a handle", () => {
  it("of a length moves its own end alone", () => {
    expect(reshaped(at("length", [10, 10], [20, 20]), 1, [5, -3], BOUNDS, SQUARE)).toEqual([[10, 10], [25, 17]]);
  });
  it("stays on the image", () => {
    expect(reshaped(at("length", [10, 10], [20, 20]), 1, [500, 500], BOUNDS, SQUARE)).toEqual([[10, 10], [100, 50]]);
    expect(reshaped(at("length", [10, 10], [20, 20]), "all", [-50, 40], BOUNDS, SQUARE)).toEqual([[0, 40], [10, 50]]);
  });
  it("of a rectangle is one of its four corners, and the opposite one stays", () => {
    const box = at("rectangle", [10, 10], [30, 20]);
    expect(handlesOf(box)).toEqual([[10, 10], [30, 10], [30, 20], [10, 20]]);
    const corners = [0, 1, 2, 3].map((corner) => shapeOf({ kind: "rectangle", points: reshaped(box, corner, [1, 2], BOUNDS, SQUARE) }));
    expect(corners).toEqual([
      { kind: "polygon", points: [[11, 12], [30, 12], [30, 20], [11, 20]] },
      { kind: "polygon", points: [[10, 12], [31, 12], [31, 20], [10, 20]] },
      { kind: "polygon", points: [[10, 10], [31, 10], [31, 22], [10, 22]] },
      { kind: "polygon", points: [[11, 10], [30, 10], [30, 22], [11, 22]] },
    ]);
  });
  it("of an outline takes the points beside it along, and leaves the others", () => {
    const points: readonly Point[] = Array.from({ length: 24 }, (_, i) => [50 + 20 * Math.cos((i * Math.PI) / 12), 25 + 20 * Math.sin((i * Math.PI) / 12)]);
    const outline = at("freehand", ...points);
    expect(handlesOf(outline)).toHaveLength(12);
    const moved = reshaped(outline, 3, [4, -2], BOUNDS, SQUARE);
    const by = moved.map((point, i) => [point[0] - (points[i]?.[0] ?? 0), point[1] - (points[i]?.[1] ?? 0)].map((part) => Number(part.toFixed(9)) + 0));
    expect(by.slice(4, 9)).toEqual([[0, 0], [2, -1], [4, -2], [2, -1], [0, 0]]);
    expect([...by.slice(0, 4), ...by.slice(9)].flat().every((part) => part === 0)).toBe(true);
  });
  it("that is none changes nothing", () => {
    expect(reshaped(at("length", [1, 1], [2, 2]), 7, [1, 1], BOUNDS, SQUARE)).toEqual([[1, 1], [2, 2]]);
  });
});

describe("two axes", () => {
  /** In mm: along (30, 40) from the origin; a right angle to it is along (−40, 30). */
  const axis = [[0, 0], [60, 20]] as const;
  it("meet at a right angle in the patient, not in the array", () => {
    const end = acrossFrom(axis, [40, 10], [40, 20], { columns: 1000, rows: 1000 }, TALL);
    // the cursor is (0, 20) mm from the foot; along (−0.8, 0.6) that is 12 mm: (−9.6, 7.2) mm, (−19.2, 3.6) pixels
    expect(end).toEqual([expect.closeTo(40 - 19.2, 9), expect.closeTo(13.6, 9)]);
  });
  it("keep their angle and their place when the first is moved", () => {
    const crossed = at("bidirectional", [40, 20], [80, 20], [50, 30], [50, 24]);
    // The first axis, 20 mm along the columns, now runs down 10 rows of 2 mm. The other stands a quarter along it,
    // 20 and 8 mm beside: 40 and 16 columns to the left.
    expect(reshaped(crossed, 1, [-40, 10], BOUNDS, TALL)).toEqual([[40, 20], [40, 30], [0, 22.5], [24, 22.5]]);
  });
  it("follow a moved foot in parallel", () => {
    const crossed = at("bidirectional", [0, 0], [80, 0], [20, 10], [20, 4]);
    expect(reshaped(crossed, 2, [10, 0], BOUNDS, TALL)).toEqual([[0, 0], [80, 0], [30, 10], [30, 4]]);
  });
});

describe("what is too small to mean anything", () => {
  it.each([
    [at("length", [1, 1], [1.2, 1]), false],
    [at("length", [1, 1], [2, 1]), true],
    [at("angle", [1, 1], [5, 5], [5, 5]), false],
    [at("cobb", [1, 1], [5, 5], [9, 9], [9, 9]), false],
    [at("ellipse", [1, 1], [9, 1]), false],
    [at("freehand", [1, 1], [9, 1]), false],
    [at("freehand", [1, 1], [9, 1], [5, 5]), true],
    [at("probe", [1, 1]), true],
    [at("text"), false],
  ] as const)("%j: %s", (draft, large) => {
    expect(isLargeEnough(draft)).toBe(large);
  });
});
