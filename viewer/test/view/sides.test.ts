/** Orientation letters (H16). Oracle: matrices in the test; PS3.3 C.7.6.1.1.1 for the letters. */
import { describe, expect, it } from "vitest";
import { bothWays, directionParts } from "../../src/view/orientation";
import { resolve } from "../../src/view/resolve";
import type { ViewState } from "../../src/view/cell";
import { FITTED } from "../../src/view/cell";
import type { ImageTable } from "../../src/wire/types";
import { AXIAL, image } from "../plans";

type Vec = readonly number[];
type Matrix = readonly Vec[]; // by rows

const viewport = { width: 200, height: 300, devicePixelRatio: 1 };
const times = (matrix: Matrix, vector: Vec): Vec => matrix.map((row) => row.reduce((sum, value, i) => sum + value * (vector[i] ?? 0), 0));
const product = (a: Matrix, b: Matrix): Matrix => a.map((row) => (b[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * (b[k]?.[j] ?? 0), 0)));
const transposed = (matrix: Matrix): Matrix => (matrix[0] ?? []).map((_, j) => matrix.map((row) => row[j] ?? 0));

/** All 48: each axis of the image lies along an axis of the patient, one way or the other. */
const PLACED: readonly Matrix[] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].flatMap((axes) =>
  [1, -1].flatMap((a) => [1, -1].flatMap((b) => [1, -1].map((c) => [0, 1, 2].map((row) => axes.map((axis, i) => (axis === row ? [a, b, c][i] ?? 0 : 0))))))
);

const TURN: Matrix = [[0, -1], [1, 0]]; // clockwise on a screen whose y grows downwards: right becomes down
const MIRROR: Matrix = [[-1, 0], [0, 1]];
const STILL: Matrix = [[1, 0], [0, 1]];

const VIEWS = ([0, 90, 180, 270] as const).flatMap((rotation) => [false, true].map((flip) => {
  const turned = Array.from({ length: rotation / 90 }).reduce<Matrix>((before) => product(TURN, before), STILL);
  return { view: { rotation, flip }, screenFromImage: flip ? product(MIRROR, turned) : turned };
}));

const BIPED = ["LR", "PA", "HF"].map((pair) => [...pair]);
const QUADRUPED = [["Le", "Rt"], ["D", "V"], ["Cr", "Cd"]];

function letterOf(direction: Vec, names: readonly (readonly string[])[]): string {
  const axis = direction.findIndex((part) => part !== 0);
  return names[axis]?.[(direction[axis] ?? 0) > 0 ? 0 : 1] ?? "";
}

/** What stands at the sides, by matrices alone. */
function expected(placed: Matrix, screenFromImage: Matrix, names: readonly (readonly string[])[]) {
  const onScreen = (right: number, down: number): string => {
    const [columns = 0, rows = 0] = times(transposed(screenFromImage), [right, down]); // its inverse: it is orthogonal
    return letterOf(times(placed, [columns, rows, 0]), names);
  };
  return { left: onScreen(-1, 0), right: onScreen(1, 0), top: onScreen(0, -1), bottom: onScreen(0, 1) };
}

const shown = (table: ImageTable, view: Partial<ViewState>) => resolve({ ...FITTED, ...view }, viewport, table, 0, null).sides;
const axis = (placed: Matrix, column: number) => {
  const [x = 0, y = 0, z = 0] = placed.map((row) => row[column] ?? 0);
  return [x, y, z] as const;
};
const written = (direction: Vec, names: readonly (readonly string[])[]): string => letterOf(direction, names).toUpperCase();

describe("all 48 ways to place an image in a patient, each seen in 8 ways", () => {
  it.each([
    ["a biped by geometry", BIPED, false, true],
    ["a quadruped by geometry", QUADRUPED, true, true],
    ["a biped by its letters", BIPED, false, false],
    ["a quadruped by its letters", QUADRUPED, true, false],
  ])("%s", (_name, names, quadruped, byGeometry) => {
    expect([PLACED.length, VIEWS.length]).toEqual([48, 8]);
    for (const placed of PLACED) {
      const [row, column] = [axis(placed, 0), axis(placed, 1)];
      const table = byGeometry
        ? image({ quadruped, geometry: { ...AXIAL, row, column } })
        : image({ quadruped, geometry: null, patientOrientation: [[written(row, names), written(column, names)]] });
      for (const { view, screenFromImage } of VIEWS) {
        expect(shown(table, view), JSON.stringify({ placed, view })).toEqual(expected(placed, screenFromImage, names));
      }
    }
  });
});

describe("letters as the file writes them", () => {
  const projection = (row: string, column: string, change: Partial<ImageTable> = {}): ImageTable => {
    return image({ geometry: null, patientOrientation: [[row, column]], ...change });
  };

  it("of a DX image A\\F and of a mammogram P\\L", () => {
    expect(shown(projection("A", "F"), {})).toEqual({ left: "P", right: "A", top: "H", bottom: "F" });
    expect(shown(projection("P", "L"), {})).toEqual({ left: "A", right: "P", top: "R", bottom: "L" });
    expect(shown(projection("P", "L"), { flip: true })).toEqual({ left: "P", right: "A", top: "R", bottom: "L" });
  });

  it("of an oblique one are turned round part by part", () => {
    expect(shown(projection("LAF", "FR"), {})).toEqual({ left: "RPH", right: "LAF", top: "HL", bottom: "FR" });
  });

  it("belong to each frame where frames differ, and are missing where a frame has none", () => {
    const table = image({ geometry: null, patientOrientation: [["A", "F"], null, ["R", "F"]] });
    const sides = [0, 1, 2].map((frame) => resolve(FITTED, viewport, table, frame, null).sides.right);
    expect(sides).toEqual(["A", "", "R"]);
  });

  it("yield to geometry", () => {
    expect(shown(image({ patientOrientation: [["H", "F"]] }), {})).toMatchObject({ left: "R", right: "L" });
  });

  it.each(["", "X", "S", "l", "A P", "RT"])("that are not in the Standard (%j) are not shown", (row) => {
    expect(shown(projection(row, "F"), {})).toEqual({ left: "", right: "", top: "H", bottom: "F" });
  });
});

describe("quadrupeds", () => {
  it.each([
    ["CRD", ["Cr", "D"]],
    ["LE", ["Le"]],
    ["L", ["L"]],
    ["RT", ["Rt"]],
    ["R", ["R"]],
    ["DLE", ["D", "Le"]],
    ["PRL", ["Pr", "L"]],
    ["CDPA", ["Cd", "Pa"]],
    ["H", null],
    ["", null],
  ])("%s reads as %j", (text, parts) => {
    expect(directionParts(text, true)).toEqual(parts);
  });

  it.each([
    ["LE", "Rt"], ["RT", "Le"], ["D", "V"], ["V", "D"], ["CR", "Cd"], ["CD", "Cr"],
    ["R", "Cd"], ["M", "L"], ["L", "M"], ["PR", "Di"], ["DI", "Pr"], ["PA", "D"], ["PL", "D"],
  ])("the way back from %s is %s", (there, back) => {
    expect(bothWays(there, true)[1]).toBe(back);
  });

  it("on a limb the way back from dorsal is not guessed: palmar or plantar", () => {
    expect(bothWays("D", true, "PR")).toEqual(["D", ""]);
    expect(bothWays("D", true, "CR")).toEqual(["D", "V"]);
  });

  it("are not read as bipeds: L is left of one, lateral of the other", () => {
    expect(bothWays("L", false)).toEqual(["L", "R"]);
    expect(bothWays("L", true)).toEqual(["L", "M"]);
  });
});

it("a view that is a mirror image is flipped, and no other", () => {
  for (const { view } of VIEWS) {
    const { xx, xy, yx, yy } = resolve({ ...FITTED, ...view }, viewport, image(), 0, null).imageFromScreen;
    expect(xx * yy - xy * yx < 0, JSON.stringify(view)).toBe(view.flip);
  }
});
