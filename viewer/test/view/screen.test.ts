/** What a reader arranges for himself, and how he compares. Oracle: hand geometry and the rules of ux.md 1, 2 and 8. */
import { describe, expect, it } from "vitest";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import { counterpart } from "../../src/view/compare";
import { gridOf } from "../../src/view/grid";
import { corners } from "../../src/view/labels";
import { cursorMark, referenceLine, regionMark } from "../../src/view/marks";
import { wordsAt } from "../../src/view/overlayWords";
import { resolvedCell } from "../../src/view/resolve";
import { scaleBar } from "../../src/view/scaleBar";
import type { ScreenAct } from "../../src/view/screen";
import type { AppState } from "../../src/view/viewState";
import { displaySetOf } from "../../src/view/viewState";
import type { Corners } from "../../src/view/labels";
import type { Geometry } from "../../src/wire/types";
import { AXIAL, displaySet, hanging, image, plan, priorStudy, spacing, stage, stageCell, state } from "../plans";

const act = (from: AppState, ...acts: readonly ScreenAct[]): AppState => acts.reduce((now, one) => reduce(now, { kind: "screen", act: one }), from);
const after = (from: AppState, ...actions: readonly Action[]): AppState => actions.reduce(reduce, from);

/** Rows go back, columns go down, 1 mm apart, at x = 2, 4 and 6 mm. */
const SAGITTAL: Geometry = { row: [0, 1, 0], column: [0, 0, -1], positions: [2, 0, 20, 4, 0, 20, 6, 0, 20], frameOfReference: 0 };
const sagittal = displaySet({ label: "Sagittal", frameCount: 3, image: image({ geometry: SAGITTAL, spacing: spacing({ betweenRowsMm: 1, betweenColumnsMm: 1 }) }) });
const crossed = state({ plan: plan({ displaySets: [displaySet(), sagittal] }) });

describe("words on the images", () => {
  const said = (all: Corners): string => [...all.topLeft, ...all.topRight, ...all.bottomLeft, ...all.bottomRight].map(({ text }) => text).join("\n");
  const at = (level: AppState["words"], from = state()): string => {
    const [cell, set] = [from.cells[0], displaySetOf(from, 0)];
    return cell === undefined || set === undefined ? "" : said(wordsAt(level, corners(cell, set, resolvedCell(from, 0))));
  };

  it("are all, few and who it is, and all again", () => {
    const levels = [1, 2, 3].map((times) => act(state(), ...Array.from({ length: times }, (): ScreenAct => ({ kind: "words" }))).words);
    expect(levels).toEqual(["minimum", "none", "full"]);
  });

  it.each(["full", "minimum", "none"] as const)("say who it is at the level %s", (level) => {
    expect(at(level)).toContain("EXAMPLE, ADA");
    expect(at(level)).toContain("MRN-1");
  });

  it("keep the place in few words, and drop the window", () => {
    expect(at("minimum")).toContain("3 / 5");
    expect(at("minimum")).not.toContain("W 400");
    expect(at("none")).not.toContain("3 / 5");
  });

  it("never drop a warning", () => {
    const flipped = after(state(), { kind: "flip", cell: 0, axis: "horizontal" });
    expect(at("none", flipped)).toContain("FLIPPED");
    const warned = state({ plan: plan({ displaySets: [displaySet({ study: { ...priorStudy, warnings: ["Birth date not verified."] } })] }) });
    expect(at("none", warned)).toContain("PRIOR 2024-03-02");
    expect(at("none", warned)).toContain("Birth date not verified.");
  });
});

describe("the grid of a tablet", () => {
  const four = after(state(), { kind: "layout", rows: 2, columns: 2 });

  it("shows one cell upright, two lying, and all where the reader chose a grid", () => {
    expect(gridOf(act(four, { kind: "held", held: "portrait" }))).toEqual({ rows: 1, columns: 1, cells: [0] });
    expect(gridOf(act(four, { kind: "held", held: "landscape" }))).toEqual({ rows: 1, columns: 2, cells: [0, 1] });
    const chosen = after(act(four, { kind: "held", held: "portrait" }), { kind: "layout", rows: 2, columns: 2 });
    expect(gridOf(chosen).cells).toEqual([0, 1, 2, 3]);
  });

  it("turns to the pair of the active cell", () => {
    const lying = after(act(four, { kind: "held", held: "landscape" }), { kind: "activate", cell: 3 });
    expect(gridOf(lying).cells).toEqual([2, 3]);
  });
});

describe("reference lines", () => {
  it("stand in the other cell where its slice is cut, and not in the cell itself", () => {
    expect(referenceLine(crossed, 1)).not.toBeNull();
    expect(referenceLine(crossed, 0)).toBeNull();
  });

  it("lie where hand geometry puts them", () => {
    const line = referenceLine(crossed, 1);
    const resolved = resolvedCell(crossed, 1);
    // The axial slice at z = 0 cuts the sagittal image at row (20 − 0) / 1 + 0.5 = 20.5 of 30, from −1 to 40 mm: columns 0 to 40.
    const [y0, scale] = [resolved?.screenFromImage.y0 ?? NaN, resolved?.screenFromImage.yy ?? NaN];
    for (const point of line ?? []) expect(point[1]).toBeCloseTo(20.5 * scale + y0, 9);
  });

  it("are gone when switched off, and between frames of reference", () => {
    expect(referenceLine(act(crossed, { kind: "referenceLines" }), 1)).toBeNull();
    const other = displaySet({ image: image({ geometry: { ...SAGITTAL, frameOfReference: 1 } }) });
    expect(referenceLine(state({ plan: plan({ displaySets: [displaySet(), other] }) }), 1)).toBeNull();
  });
});

describe("the cross-cell cursor", () => {
  /** Column 12.5: 6 mm to the left; row 10.5: 20 mm back; the slice at z = 0. */
  const pointed = act(crossed, { kind: "point", cell: 0, at: [12.5, 10.5] });

  it("is one point of the patient", () => {
    expect(pointed.cursor).toEqual({ point: [6, 20, 0], frameOfReference: 0, cell: 0 });
  });

  it("turns the other cell to the nearest slice, and counts as the reader's own doing", () => {
    expect(pointed.cells[1]).toMatchObject({ frameIndex: 2, touched: true });
    expect(pointed.cells[0]?.frameIndex).toBe(2);
  });

  it("is seen in both, and says how far away it lies when the reader scrolls on", () => {
    expect(cursorMark(pointed, 1)).toMatchObject({ inSlice: true, awayMm: 0 });
    const scrolled = after(pointed, { kind: "scroll", cell: 0, by: 1 });
    expect(cursorMark(scrolled, 0)).toMatchObject({ inSlice: false, awayMm: -5 });
  });

  it("moves no cell of another frame of reference, and none without geometry", () => {
    const other = displaySet({ image: image({ geometry: { ...AXIAL, frameOfReference: 7 } }) });
    const apart = act(state({ plan: plan({ displaySets: [displaySet(), other] }) }), { kind: "point", cell: 0, at: [1, 1] });
    expect(apart.cells[1]?.touched).toBe(false);
    expect(cursorMark(apart, 1)).toBeNull();
    const flat = state({ plan: plan({ displaySets: [displaySet({ image: image({ geometry: null }) })] }) });
    expect(act(flat, { kind: "point", cell: 0, at: [1, 1] }).cursor).toBeNull();
  });

  it("goes with its tool", () => {
    expect(after(pointed, { kind: "tool", tool: "pan" }).cursor).toBeNull();
  });
});

describe("comparing", () => {
  const prior = displaySet({ label: "Soft old", study: priorStudy, frameCount: 3 });
  const two = plan({ displaySets: [displaySet(), displaySet({ label: "Lung" }), prior, displaySet({ label: "US", modality: "US", study: priorStudy })] });

  it("finds the prior of the same modality that is most alike", () => {
    expect(counterpart(two, 0)).toBe(2);
    expect(counterpart(plan(), 0)).toBeNull();
  });

  it("puts the prior beside the active cell, linked, and takes it away again", () => {
    const from = state({ plan: two });
    const beside = act(from, { kind: "compare" });
    expect(beside.cells.map(({ displaySet: index, linked }) => [index, linked])).toEqual([[0, true], [2, true]]);
    expect(act(beside, { kind: "compare" }).cells).toEqual(from.cells);
  });

  it("prefers the stage that the plan has for it", () => {
    const staged = state({ plan: { ...two, hanging: hanging(stage([stageCell(0)]), stage([stageCell(0), stageCell(2)], { name: "With prior" })) } });
    const there = act(staged, { kind: "compare" });
    expect([there.stage, there.compared]).toEqual([1, null]);
    expect(act(there, { kind: "compare" }).stage).toBe(0);
  });

  it("does nothing where there is no prior", () => {
    expect(act(state(), { kind: "compare" })).toEqual(state());
  });
});

describe("windows of linked cells", () => {
  const soft = { center: 40, width: 400, function: "LINEAR", explanation: "" } as const;
  const hung = (second: typeof soft | null) => state({ plan: plan({ hanging: hanging(stage([stageCell(0, { sync: "a", window: soft }), stageCell(1, { sync: "a", window: second })])) }) });
  const bone: Action = { kind: "window", cell: 0, window: { kind: "own", window: { ...soft, center: 480, width: 2500 } } };

  it("stay one window where the plan hangs both alike", () => {
    const [a, b] = after(hung({ ...soft }), bone).cells;
    expect(b?.view.window).toEqual(a?.view.window);
  });

  it("stay apart where it does not", () => {
    expect(after(hung(null), bone).cells[1]?.view.window).toEqual({ kind: "default" });
  });
});

describe("the scale bar", () => {
  const bar = (scale: number, width: number, change = {}) => {
    const resolved = resolvedCell(state(), 0);
    return resolved === null ? null : scaleBar(image(change), { ...resolved, scale }, width);
  };

  it("is the longest of 1, 2, 5, 10 … mm that has room", () => {
    // 30 % of 500 px are 150 px; at 2 px a mm that are 75 mm.
    expect(bar(2, 500)).toEqual({ mm: 50, lengthPx: 100, ticks: 5, source: "patient" });
    expect(bar(0.7, 500)).toMatchObject({ mm: 200, lengthPx: 140 });
    expect(bar(40, 500)).toMatchObject({ mm: 2, lengthPx: 80, ticks: 4 });
  });

  it("says of which kind its millimetres are", () => {
    expect(bar(2, 500, { spacing: spacing({ source: "detector" }) })?.source).toBe("detector");
  });

  it("is not there without millimetres, nor where it would be a stub", () => {
    expect(bar(2, 500, { spacing: null })).toBeNull();
    expect(bar(2, 60)).toBeNull();
  });
});

describe("the rectangle of a window", () => {
  it("is drawn while the hand draws it, and not after", () => {
    const drawn = act(state(), { kind: "region", region: { cell: 0, from: [5, 5], to: [10, 8], done: false } });
    expect(regionMark(drawn, 0)).toHaveLength(4);
    expect(regionMark(drawn, 1)).toEqual([]);
    expect(regionMark(act(drawn, { kind: "region", region: null }), 0)).toEqual([]);
  });

  it("is the whole image for an automatic window", () => {
    expect(act(state(), { kind: "auto", cell: 0 }).region).toEqual({ cell: 0, from: [0, 0], to: [40, 30], done: true });
  });
});

describe("menus", () => {
  it("open for a cell that there is, and close", () => {
    const open = act(state(), { kind: "menu", menu: { cell: 1, x: 5, y: 6 } });
    expect(open.menu).toEqual({ cell: 1, x: 5, y: 6 });
    expect(act(open, { kind: "menu", menu: null }).menu).toBeNull();
    expect(act(state(), { kind: "menu", menu: { cell: 9, x: 0, y: 0 } }).menu).toBeNull();
  });
});
