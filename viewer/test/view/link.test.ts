/** Linked cells. Oracle: ux.md 2 and hanging.md 6 (position, zoom, pan in mm), computed by hand. */
import { describe, expect, it } from "vitest";
import { apply } from "../../src/math/affine";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import { linkedWith, linkName } from "../../src/view/link";
import { resolvedCell } from "../../src/view/resolve";
import type { AppState } from "../../src/view/viewState";
import type { Geometry, StageCell } from "../../src/wire/types";
import { AXIAL, displaySet, hanging, image, plan, priorStudy, spacing, stage, stageCell, state } from "../plans";

/** count frames from `firstMm`, `stepMm` apart along z. */
function stack(count: number, firstMm: number, stepMm: number, change: Partial<Geometry> = {}): Geometry {
  const positions = Array.from({ length: count }, (_, i) => [0, 0, firstMm + i * stepMm]).flat();
  return { ...AXIAL, positions, ...change };
}

const series = (geometry: Geometry | null, frameCount: number, change: Parameters<typeof image>[0] = {}) =>
  displaySet({ frameCount, image: image({ geometry, ...change }), study: priorStudy });

/** Set 0: −10 to 10 mm in 5 mm. Its middle frame, 2, lies at 0 mm. */
const SETS = [
  displaySet(),
  series(stack(17, -20, 2.5), 17), // 1: the same frame of reference, finer
  series(stack(9, 100, 2.5, { frameOfReference: 1 }), 9), // 2: another; its middle frame, 4, lies at 110 mm
  series(stack(9, 120, -2.5, { frameOfReference: 1 }), 9), // 3: another, stored from head to feet
  series({ ...stack(9, 0, 1), row: [0, 1, 0], column: [0, 0, -1] }, 9), // 4: sagittal
  series(null, 9), // 5: no geometry
  series(stack(5, -10, 5), 5, { columns: 20, rows: 60, spacing: spacing({ betweenRowsMm: 0.5, betweenColumnsMm: 2 }) }), // 6: 40 mm × 30 mm
];

function linked(...cells: readonly (number | readonly [number, Partial<StageCell>])[]): AppState {
  const hung = cells.map((cell) => (typeof cell === "number" ? stageCell(cell, { sync: "a" }) : stageCell(cell[0], { sync: "a", ...cell[1] })));
  const viewport = { width: 200, height: 300, devicePixelRatio: 1 };
  return state({ plan: plan({ displaySets: SETS, hanging: hanging(stage(hung)) }), viewports: hung.map(() => viewport) });
}

const after = (start: AppState, ...actions: readonly Action[]): AppState => actions.reduce(reduce, start);
const frames = ({ cells }: AppState): readonly number[] => cells.map(({ frameIndex }) => frameIndex);
const toFrame = (frameIndex: number, cell = 0): Action => ({ kind: "frame", cell, frameIndex });

describe("scrolling linked cells", () => {
  it.each([
    ["of one frame of reference goes to the nearest position", 1, 10], // 5 mm = −20 + 10 · 2.5
    ["of another goes as far from where they were linked", 2, 6], // 110 mm + 5 mm
    ["stored the other way round goes the same way in the patient", 3, 2], // 110 mm + 5 mm = 120 − 2 · 2.5
    ["of another plane stays", 4, 4],
    ["without geometry goes by as many images", 5, 5],
  ])("%s", (_name, other, expected) => {
    expect(frames(after(linked(0, other), toFrame(3)))).toEqual([3, expected]);
  });

  it("stops at the end of the other stack, and comes back without drift", () => {
    const start = linked(1, 2); // set 1 opens at frame 8, 0 mm; set 2 at 110 mm, and ends at 120 mm
    expect(frames(after(start, toFrame(16)))).toEqual([16, 8]);
    expect(frames(after(start, toFrame(16), toFrame(0), toFrame(8)))).toEqual([8, 4]);
  });

  it("leaves the window alone", () => {
    const own = { center: 1, width: 2, function: "LINEAR", explanation: "" } as const;
    expect(after(linked(0, 1), { kind: "window", cell: 0, window: { kind: "own", window: own } }).cells[1]).toEqual(linked(0, 1).cells[1]);
  });

  it("touches those that moved: a revision does not move them back", () => {
    expect(after(linked(0, 1), toFrame(3)).cells.map(({ touched }) => touched)).toEqual([true, true]);
    expect(after(linked(0, 4), toFrame(3)).cells.map(({ touched }) => touched)).toEqual([true, false]);
  });
});

describe("the link key", () => {
  const key: Action = { kind: "link", cell: 0 };

  it("unlinks the group, and links it again from where each stands then", () => {
    const apart = after(linked(0, 2), key, toFrame(4));
    expect(frames(apart)).toEqual([4, 4]);
    expect(linkedWith(apart, 0)).toEqual([]);
    expect(frames(after(apart, key, toFrame(3)))).toEqual([3, 2]); // 5 mm back from 110 mm
  });

  it("links cells that the plan left alone", () => {
    const alone = state();
    expect(linkedWith(alone, 0)).toEqual([]);
    expect(frames(after(alone, key, toFrame(4)))).toEqual([4, 4]);
  });

  it("says what it did, also where there is nothing to link", () => {
    expect([after(linked(0, 1), key).news, after(linked(0, 1), key, key).news]).toEqual(["Viewports unlinked.", "2 viewports linked."]);
    const single = after(linked(0), key);
    expect([single.news, single.cells[0]?.linked]).toEqual(["There is no other viewport to link.", true]);
  });

  it("is shown by a mark: the same for one group, letters for several", () => {
    const one = linked(0, 1);
    expect([linkName(one, 0), linkName(one, 1)]).toEqual(["", ""]);
    const two = linked(0, 1, [2, { sync: "b" }], [3, { sync: "b" }], [5, { sync: null }]);
    expect([0, 1, 2, 3, 4].map((i) => linkName(two, i))).toEqual(["A", "A", "B", "B", null]);
  });
});

describe("another series in a linked cell", () => {
  it("stays in the group, from where both stand now", () => {
    const then = after(linked(0, 1), toFrame(4), { kind: "show", cell: 1, displaySet: 2 });
    expect(frames(then)).toEqual([4, 4]);
    expect(frames(after(then, toFrame(3)))).toEqual([3, 2]);
  });
});

describe("zoom and pan of linked cells", () => {
  const resolved = (from: AppState, cell: number) => {
    const view = resolvedCell(from, cell);
    if (view === null) throw new Error("nothing resolved");
    return view;
  };
  const middle = (from: AppState, cell: number) => apply(resolved(from, cell).imageFromScreen, [100, 150]);

  it("begin at one scale in mm: that of the image that needs most room", () => {
    // set 0 alone would fit at 300 px / 60 mm = 5; set 6 needs 200 px / 40 mm = 5; set 6 turned needs 300/40
    expect([resolved(linked(0, 6), 0).scale, resolved(linked(0, 6), 1).scale]).toEqual([5, 5]);
    const wide = linked(6, [1, { sync: null }]);
    expect(resolved(wide, 1).scale).toBe(5);
  });

  it("come to the same mm a screen pixel", () => {
    const then = after(linked(0, 6), { kind: "look", cell: 0, centerPx: [20, 15], zoom: 3 });
    expect(resolved(then, 1).scale).toBeCloseTo(resolved(then, 0).scale, 12);
    expect(resolved(then, 0).scale).toBe(15);
  });

  it("go as many mm on the screen, though pixels differ", () => {
    // 4 columns of 0.5 mm and 2 rows of 2 mm: 2 mm and 4 mm = 1 column of 2 mm and 8 rows of 0.5 mm
    const then = after(linked(0, 6), { kind: "look", cell: 0, centerPx: [20 + 4, 15 + 2], zoom: 1 });
    expect(middle(then, 1)).toEqual([expect.closeTo(10 + 1, 9), expect.closeTo(30 + 8, 9)]);
  });

  it("go the same way on the screen where one is turned", () => {
    const turned = after(linked(0, 6), { kind: "rotate", cell: 1, quarterTurns: 1 });
    const then = after(turned, { kind: "look", cell: 0, centerPx: [24, 15], zoom: 1 }); // 2 mm to the right
    // Clockwise by 90°: what is right on the screen is up in the image: −4 rows of 0.5 mm.
    expect(middle(then, 1)).toEqual([expect.closeTo(10, 9), expect.closeTo(30 - 4, 9)]);
  });

  it("fit together", () => {
    const then = after(linked(0, 6), { kind: "look", cell: 0, centerPx: [24, 15], zoom: 2 }, { kind: "fit", cell: 1 });
    expect(then.cells.map(({ view }) => [view.centerPx, view.zoom])).toEqual([[null, 1], [null, 1]]);
  });

  it("are mirrored where two breasts stand back to back", () => {
    const breasts = linked([0, { justify: "right" }], [6, { justify: "left" }]);
    const [column] = middle(breasts, 1);
    const [from] = middle(breasts, 0);
    const then = after(breasts, { kind: "look", cell: 0, centerPx: [from + 4, 15], zoom: 1 }); // 2 mm towards the right
    expect(middle(then, 1)[0]).toBeCloseTo(column - 1, 9); // 1 column of 2 mm towards the left
  });

  it("are put back whole by a cancelled drag", () => {
    const start = linked(0, 6);
    const then = after(start, { kind: "look", cell: 0, centerPx: [24, 15], zoom: 2 }, toFrame(4), { kind: "restore", cells: start.cells });
    expect(then.cells).toEqual(start.cells);
  });

  it("take the factor alone where one has no millimetres", () => {
    const plain = series(stack(5, -10, 5), 5, { spacing: null });
    const start = linked(0, 1);
    const mixed = { ...start, plan: { ...start.plan, displaySets: SETS.with(1, plain) } };
    expect(after(mixed, { kind: "look", cell: 0, centerPx: [20, 15], zoom: 3 }).cells[1]?.view.zoom).toBe(3);
  });
});
