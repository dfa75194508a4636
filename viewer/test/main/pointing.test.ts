/** The readout under the pointer. Oracle: hand computation on a 2 × 2 image. */
import { describe, expect, it } from "vitest";
import type { DecodedFrame } from "../../src/decode/frame";
import { createPointing } from "../../src/main/pointing";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import { displaySet, image, plan, state } from "../plans";

const FRAME: DecodedFrame = { values: Uint16Array.of(1024, 1064, 0, 24), samples: 1, model: "grey", base: 0 };
/** 2 × 2 pixels fill a cell of 200 × 200 CSS pixels on a screen of ratio 2. */
const opened: AppState = reduce(
  state({
    plan: plan({ displaySets: [displaySet({ frameCount: 1, image: image({ rows: 2, columns: 2, spacing: null, padding: { low: 0, high: 0 } }) })] }),
    viewports: [{ width: 400, height: 400, devicePixelRatio: 2 }, null],
  }),
  { kind: "drawn", frames: [0, null] },
);

function pointing(start: AppState = opened) {
  let now = start;
  let changes = 0;
  const made = createPointing(() => now, { pixels: () => FRAME, entries: () => null }, () => { changes += 1; });
  return { ...made, become: (next: AppState) => { now = next; }, changes: () => changes };
}

describe("under the pointer", () => {
  it.each([
    [[50, 50], { column: 0, row: 0, text: "column 1, row 1 · stored 1024 · 0 HU" }],
    [[199, 1], { column: 1, row: 0, text: "column 2, row 1 · stored 1064 · 40 HU" }],
    [[150, 150], { column: 1, row: 1, text: "column 2, row 2 · stored 24 · −1000 HU" }],
    [[50, 150], { column: 0, row: 1, text: "column 1, row 2 · stored 0 · padding" }],
  ] as const)("at %j CSS pixels", (point, expected) => {
    const at = pointing();
    at.moved(0, point);
    expect(at.readout()).toMatchObject({ cell: 0, at: "pointer", ...expected });
    expect(at.changes()).toBe(1);
  });

  it("is nothing beside the image, off the cell, or while the frame is not on the screen", () => {
    const at = pointing();
    expect(at.readout()).toBeNull();
    at.moved(0, [-1, 50]);
    expect(at.readout()).toBeNull();
    at.moved(0, [50, 50]);
    at.become(reduce(opened, { kind: "drawn", frames: [null, null] }));
    expect(at.readout()).toBeNull();
    at.become(opened);
    expect(at.readout()).not.toBeNull();
    at.left(1);
    expect(at.readout()).not.toBeNull();
    at.left(0);
    expect(at.readout()).toBeNull();
  });

  it("follows what is under it through a flip", () => {
    const at = pointing();
    at.moved(0, [50, 50]);
    at.become(reduce(opened, { kind: "flip", cell: 0, axis: "horizontal" }));
    expect(at.readout()).toMatchObject({ column: 1, row: 0 });
  });
});

it("in detail stands at the middle of the active cell until there is a pointer", () => {
  const at = pointing(reduce(opened, { kind: "detail" }));
  expect(at.readout()).toMatchObject({ cell: 0, at: "middle", column: 1, row: 1 });
  at.moved(0, [50, 50]);
  expect(at.readout()).toMatchObject({ at: "pointer", column: 0, row: 0 });
});
