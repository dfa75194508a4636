/** Screen, image and patient. Oracle: hand computation in the test; spacing and rows ≠ columns make swaps visible. */
import { describe, expect, it } from "vitest";
import { apply } from "../../src/math/affine";
import type { Point } from "../../src/math/affine";
import { positionMm, resolve, resolvedCell, zoomedAbout } from "../../src/view/resolve";
import type { ViewState } from "../../src/view/cell";
import { FITTED } from "../../src/view/cell";
import type { Viewport } from "../../src/view/viewState";
import type { Geometry } from "../../src/wire/types";
import { AXIAL, image, spacing, state } from "../plans";

const viewport: Viewport = { width: 200, height: 300, devicePixelRatio: 1 };
const looking = (change: Partial<ViewState>, geometry: Geometry | null = AXIAL, on = viewport) =>
  resolve({ ...FITTED, ...change }, on, image({ geometry }), 0, null);
const near = (point: Point, expected: Point): void => {
  expect(point[0]).toBeCloseTo(expected[0], 9);
  expect(point[1]).toBeCloseTo(expected[1], 9);
};

describe("fit", () => {
  it("is limited by the longer side in mm: 60 mm on 300 px are 5 px a mm", () => {
    expect(looking({}).scale).toBe(5);
  });

  it("puts the image's middle at the viewport's, and its edges where they belong", () => {
    // 20 mm wide = 100 px about x = 100; 60 mm high = all 300 px
    const { imageFromScreen } = looking({});
    near(apply(imageFromScreen, [100, 150]), [20, 15]);
    near(apply(imageFromScreen, [50, 0]), [0, 0]);
    near(apply(imageFromScreen, [150, 300]), [40, 30]);
  });

  it("stays fit when the cell is resized", () => {
    const { imageFromScreen } = looking({}, AXIAL, { width: 50, height: 600, devicePixelRatio: 1 });
    near(apply(imageFromScreen, [0, 300]), [0, 15]); // now 20 mm fill the 50 px
    near(apply(imageFromScreen, [50, 300]), [40, 15]);
  });

  it("turns with the image", () => {
    // upright 60 mm is now across: 200 px / 60 mm
    expect(looking({ rotation: 90 }).scale).toBeCloseTo(200 / 60, 12);
  });

  it("takes pixels for the unit where there are no millimetres", () => {
    const plain = resolve(FITTED, viewport, image({ spacing: null }), 0, null);
    expect(plain.scale).toBe(5); // 200 px / 40 columns
  });
});

describe("the affine", () => {
  it("is the inverse of its inverse for every turn and flip", () => {
    for (const rotation of [0, 90, 180, 270] as const) {
      for (const flip of [false, true]) {
        const { imageFromScreen, screenFromImage } = looking({ rotation, flip, zoom: 1.7, centerPx: [7, 9] });
        near(apply(screenFromImage, apply(imageFromScreen, [33, 44])), [33, 44]);
        near(apply(imageFromScreen, [100, 150]), [7, 9]);
      }
    }
  });

  it("turns clockwise: after 90° the image's left edge is at the top", () => {
    const [column] = apply(looking({ rotation: 90 }).imageFromScreen, [100, 150 - 10]);
    expect(column).toBeLessThan(20);
  });

  it("differs between device and CSS pixels by their ratio alone", () => {
    const sharp = looking({}, AXIAL, { width: 400, height: 600, devicePixelRatio: 2 });
    near(apply(sharp.imageFromScreen, [50, 0]), [0, 0]);
    near(apply(sharp.imageFromDevice, [100, 0]), [0, 0]);
    expect(sharp.scale).toBe(5);
  });

  it("is whole at 100 %, so that stored pixels are read back exactly", () => {
    const square = image({ spacing: spacing({ betweenRowsMm: 1, betweenColumnsMm: 1 }) });
    const odd = { width: 41, height: 30, devicePixelRatio: 1 };
    const { imageFromDevice, magnification } = resolve(FITTED, odd, square, 0, null);
    expect(magnification).toBe(1);
    expect(imageFromDevice.xx).toBe(1);
    expect(Number.isInteger(imageFromDevice.x0)).toBe(true);
  });
});

describe("orientation letters", () => {
  const geometry = (row: Geometry["row"], column: Geometry["column"]): Geometry => ({ ...AXIAL, row, column });
  const c = Math.cos(Math.PI / 6);
  const s = Math.sin(Math.PI / 6);

  it.each([
    ["axial", geometry([1, 0, 0], [0, 1, 0]), "R L A P"],
    ["coronal", geometry([1, 0, 0], [0, 0, -1]), "R L H F"],
    ["sagittal", geometry([0, 1, 0], [0, 0, -1]), "A P H F"],
    ["prone axial", geometry([-1, 0, 0], [0, -1, 0]), "L R P A"],
    ["turned 30° about the feet-head axis", geometry([c, s, 0], [-s, c, 0]), "RA LP AL PR"],
    ["doubly oblique", geometry([0.8, 0.5, -0.3317], [-0.5, 0.3899, -0.7734]), "RAH LPF HLA FRP"],
    ["tilted by 3°, which is set-up", geometry([1, 0, 0], [0, 0.99863, -0.05234]), "R L A P"],
  ])("of a view that is %s", (_name, plane, expected) => {
    const { left, right, top, bottom } = looking({}, plane).sides;
    expect(`${left} ${right} ${top} ${bottom}`).toBe(expected);
  });

  it.each([
    [{ rotation: 90 }, "P A R L"],
    [{ rotation: 180 }, "L R P A"],
    [{ rotation: 270 }, "A P L R"],
    [{ flip: true }, "L R A P"],
    [{ flip: true, rotation: 90 }, "A P R L"],
    [{ flip: true, rotation: 180 }, "R L P A"],
    [{ flip: true, rotation: 270 }, "P A L R"],
  ] as const)("follow %j", (change, expected) => {
    const { left, right, top, bottom } = looking(change).sides;
    expect(`${left} ${right} ${top} ${bottom}`).toBe(expected);
  });

  it("are absent, not guessed, without geometry", () => {
    expect(looking({}, null).sides).toEqual({ left: "", right: "", top: "", bottom: "" });
  });
});

it("the position is the distance along row × column", () => {
  // sagittal: row +y, column −z, so row × column = (0,1,0) × (0,0,−1) = (−1, 0, 0)
  const sagittal: Geometry = { row: [0, 1, 0], column: [0, 0, -1], positions: [12, 3, 4, 15, 3, 4], frameOfReference: 0 };
  expect([positionMm(sagittal, 0), positionMm(sagittal, 1), positionMm(sagittal, 2)]).toEqual([-12, -15, null]);
});

it("a zoom about a point keeps that point in its place", () => {
  const view: ViewState = { ...FITTED, centerPx: [12, 8], zoom: 1.5, rotation: 90, flip: true };
  const before = resolve(view, viewport, image(), 0, null);
  const after = resolve({ ...view, ...zoomedAbout(view, before, viewport, [31, 220], 2) }, viewport, image(), 0, null);
  near(apply(after.imageFromScreen, [31, 220]), apply(before.imageFromScreen, [31, 220]));
  expect(after.scale / before.scale).toBeCloseTo(2, 12);
});

it("a cell off the screen or without an image resolves to nothing", () => {
  expect(resolvedCell(state({ viewports: [null, viewport] }), 0)).toBeNull();
  expect(resolvedCell(state(), 7)).toBeNull();
});

describe("an image that the plan wants at one edge", () => {
  const hung = (justify: "left" | "right", change: Partial<ViewState> = {}, scaleWith = [] as ReturnType<typeof image>[]) =>
    resolve({ ...FITTED, ...change }, viewport, image(), 0, null, { window: null, justify, scaleWith });

  it("is flush with it: 20 mm at 5 px a mm are 100 of the 200 px", () => {
    near(apply(hung("left").imageFromScreen, [0, 0]), [0, 0]);
    near(apply(hung("left").imageFromScreen, [100, 300]), [40, 30]);
    near(apply(hung("right").imageFromScreen, [200, 300]), [40, 30]);
    near(apply(hung("right").imageFromScreen, [100, 0]), [0, 0]);
  });

  it("is so flipped and turned: the edge is the screen's", () => {
    near(apply(hung("left", { flip: true }).imageFromScreen, [0, 0]), [40, 0]);
    // turned by 90° it is 60 mm across and fits: 200 px / 60 mm
    near(apply(hung("right", { rotation: 180 }).imageFromScreen, [200, 0]), [0, 30]);
  });

  it("leaves its edge as soon as the reader moves it", () => {
    near(apply(hung("left", { centerPx: [7, 9] }).imageFromScreen, [100, 150]), [7, 9]);
  });

  it("is as small as the largest that it is compared with in the same mm", () => {
    const large = image({ rows: 60 }); // 120 mm high: 2.5 px a mm
    expect(hung("left", {}, [large]).scale).toBe(2.5);
    near(apply(hung("left", {}, [large]).imageFromScreen, [50, 150]), [40, 15]);
    const otherMm = image({ rows: 60, spacing: spacing({ source: "detector" }) });
    expect(hung("left", {}, [otherMm]).scale).toBe(5);
    expect(hung("left", {}, [image({ rows: 60, spacing: null })]).scale).toBe(5);
  });
});
