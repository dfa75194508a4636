/** What each action changes. Oracle: ux.md 4 to 6, by hand. */
import { describe, expect, it } from "vitest";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import { FITTED } from "../../src/view/cell";
import { cellStatus, problemIn } from "../../src/view/viewState";
import { displaySet, hanging, image, plan, stage, stageCell, state } from "../plans";
import { initialState } from "../../src/view/viewState";

const after = (start: AppState, ...actions: readonly Action[]): AppState => actions.reduce(reduce, start);
const problem = { status: 502, code: "upstream_unavailable", title: "t", detail: "d", nextStep: "n", correlationId: "c" };

describe("scrolling", () => {
  it("opens each stack in its middle", () => {
    expect(state().cells.map(({ frameIndex }) => frameIndex)).toEqual([2, 2]);
  });

  it.each([
    [1, 3],
    [-1, 1],
    [99, 4],
    [-99, 0],
    [Infinity, 4],
    [-Infinity, 0],
  ])("by %d from image 2 of 0 to 4 goes to %d", (by, expected) => {
    expect(after(state(), { kind: "scroll", cell: 0, by }).cells[0]?.frameIndex).toBe(expected);
  });

  it("leaves the other cell alone", () => {
    const before = state();
    expect(after(before, { kind: "scroll", cell: 0, by: 1 }).cells[1]).toBe(before.cells[1]);
  });

  it("keeps the window", () => {
    const own = { kind: "own", window: { center: 1, width: 2, function: "LINEAR", explanation: "" } } as const;
    const then = after(state(), { kind: "window", cell: 0, window: own }, { kind: "scroll", cell: 0, by: 1 });
    expect(then.cells[0]?.view.window).toEqual(own);
  });
});

describe("looking", () => {
  it("keeps the middle of the cell on the image", () => {
    const then = after(state(), { kind: "look", cell: 0, centerPx: [-100, 31], zoom: 2 });
    expect(then.cells[0]?.view).toMatchObject({ centerPx: [0, 30], zoom: 2 });
  });

  it.each([
    [0, 0.1],
    [1e9, 64],
  ])("bounds a zoom of %d", (zoom, expected) => {
    expect(after(state(), { kind: "look", cell: 0, centerPx: [1, 1], zoom }).cells[0]?.view.zoom).toBe(expected);
  });

  it("undoes every change with reset", () => {
    const turned = after(state(), { kind: "invert", cell: 0 }, { kind: "rotate", cell: 0, quarterTurns: 1 }, { kind: "flip", cell: 0, axis: "vertical" });
    expect(turned.cells[0]?.view).not.toEqual(FITTED);
    expect(after(turned, { kind: "reset", cell: 0 }).cells[0]?.view).toEqual(FITTED);
  });

  it("comes back after four quarter turns, either way, flipped or not", () => {
    for (const quarterTurns of [1, -1]) {
      const turn = { kind: "rotate", cell: 0, quarterTurns } as const;
      const start = after(state(), { kind: "flip", cell: 0, axis: "horizontal" });
      expect(after(start, turn, turn, turn, turn).cells[0]?.view).toEqual(start.cells[0]?.view);
    }
  });

  it("makes half a turn of both flips", () => {
    const both = after(state(), { kind: "flip", cell: 0, axis: "horizontal" }, { kind: "flip", cell: 0, axis: "vertical" });
    expect(both.cells[0]?.view).toMatchObject({ flip: false, rotation: 180 });
  });
});

describe("cells", () => {
  it("go round with the arrows", () => {
    const step = (by: number): Action => ({ kind: "activateNext", by });
    expect(after(state(), step(1)).activeCell).toBe(1);
    expect(after(state(), step(1), step(1)).activeCell).toBe(0);
    expect(after(state(), step(-1)).activeCell).toBe(1);
  });

  it("show another series from its middle, with a fresh view", () => {
    const then = after(state(), { kind: "invert", cell: 0 }, { kind: "show", cell: 0, displaySet: 3 });
    expect(then.cells[0]).toMatchObject({ displaySet: 3, frameIndex: 1, view: FITTED, drawnFrame: null });
  });

  it("keep what they show when the layout grows and shrinks", () => {
    const grown = after(state(), { kind: "layout", rows: 2, columns: 2 });
    expect(grown.cells.map(({ displaySet }) => displaySet)).toEqual([0, 1, null, null]);
    expect(after(grown, { kind: "layout", rows: 1, columns: 1 })).toMatchObject({ activeCell: 0, cells: [{ displaySet: 0 }] });
  });

  it("are put back by a cancelled drag", () => {
    const before = state();
    const cell = before.cells[0];
    if (cell === undefined) throw new Error("no cell");
    const then = after(before, { kind: "scroll", cell: 0, by: 2 }, { kind: "invert", cell: 0 }, { kind: "restore", cells: before.cells });
    expect(then.cells[0]).toEqual(cell);
  });
});

describe("cine", () => {
  const play = { kind: "cine", cell: 0 } as const;

  it("is started and stopped by the same act, and says its rate", () => {
    const playing = after(state(), play);
    expect([playing.cells[0]?.playing, playing.cells[1]?.playing, playing.news]).toEqual([true, false, "Cine at 10 fps (assumed)."]);
    expect(after(playing, play).cells[0]?.playing).toBe(false);
  });

  it("goes on with the clock and stops when the reader scrolls", () => {
    const next = after(state(), play, { kind: "cineFrame", cell: 0, frameIndex: 4 });
    expect(next.cells[0]).toMatchObject({ frameIndex: 4, playing: true });
    for (const by of [{ kind: "scroll", cell: 0, by: -1 }, { kind: "frame", cell: 0, frameIndex: 1 }] as const) {
      expect(after(next, by).cells[0]?.playing).toBe(false);
    }
  });

  it("no longer moves what has been stopped: a late tick changes nothing", () => {
    const stopped = after(state(), play, { kind: "cineStop" });
    expect(stopped.cells[0]?.playing).toBe(false);
    expect(after(stopped, { kind: "cineFrame", cell: 0, frameIndex: 4 })).toBe(stopped);
  });

  it("is not there for a still", () => {
    const still = state({ plan: plan({ displaySets: [displaySet({ frameCount: 1 })] }) });
    const tried = after(still, play);
    expect([tried.cells[0]?.playing, tried.news]).toEqual([false, "A single image: there is no cine."]);
  });

  it("is not there for stills beside each other", () => {
    const stills = state({ plan: plan({ displaySets: [displaySet({ modality: "CR", image: image({ geometry: null, stack: null }) })] }) });
    const tried = after(stills, play);
    expect([tried.cells[0]?.playing, tried.news]).toEqual([false, "Single images: there is no cine."]);
  });

  it("has one leader among linked cells, and the others follow it", () => {
    const group = [stageCell(0, { sync: "a" }), stageCell(1, { sync: "a" })];
    const from = state({ plan: plan({ hanging: hanging(stage(group)) }) });
    const second = after(from, play, { kind: "cine", cell: 1 });
    expect(second.cells.map(({ playing }) => playing)).toEqual([false, true]);
    expect(after(second, { kind: "cineFrame", cell: 1, frameIndex: 4 }).cells.map(({ frameIndex }) => frameIndex)).toEqual([4, 4]);
  });

  it("ends with another series, with another stage, and survives a cancelled drag", () => {
    const playing = after(state(), play);
    expect(after(playing, { kind: "show", cell: 0, displaySet: 3 }).cells[0]?.playing).toBe(false);
    expect(after(playing, { kind: "restore", cells: state().cells }).cells[0]?.playing).toBe(true);
  });
});

describe("what the file draws and hides", () => {
  it("is shown until it is switched off, and comes back with reset", () => {
    const off = after(state(), { kind: "overlays", cell: 0 }, { kind: "shutter", cell: 0 });
    expect(off.cells[0]?.view).toMatchObject({ overlaysShown: false, shutterShown: false });
    expect(after(off, { kind: "reset", cell: 0 }).cells[0]?.view).toEqual(FITTED);
  });
});

describe("a cell that is hung inverted", () => {
  it("opens inverted, toggles once, and returns to inverted with reset", () => {
    const pet = state({ plan: plan({ hanging: hanging(stage([stageCell(0, { invert: true })])) }) });
    const inverted = (from: AppState): boolean | undefined => from.cells[0]?.view.invert;
    const turned = after(pet, { kind: "invert", cell: 0 });
    expect([inverted(pet), inverted(turned), inverted(after(turned, { kind: "reset", cell: 0 }))]).toEqual([true, false, true]);
    expect(inverted(after(pet, { kind: "show", cell: 0, displaySet: 3 }))).toBe(false);
  });
});

describe("one bad frame in a stack", () => {
  it("says so itself, and the others scroll", () => {
    const failed = after(state(), { kind: "failed", displaySet: 0, frameIndex: 3, problem }, { kind: "drawn", frames: [2, 2] });
    expect(cellStatus(failed, 0)).toBe("shown");
    const there = after(failed, { kind: "scroll", cell: 0, by: 1 });
    expect(cellStatus(there, 0)).toBe("error");
    const beyond = after(there, { kind: "scroll", cell: 0, by: 1 }, { kind: "drawn", frames: [4, 2] });
    expect(cellStatus(beyond, 0)).toBe("shown");
  });
});

describe("what a picture goes without", () => {
  const nothing = { overlay: false, lacking: null };
  it("is an overlay: the image is shown all the same", () => {
    const drawn = after(state(), { kind: "drawn", frames: [2, 2], without: [{ overlay: true, lacking: null }, nothing] });
    expect([cellStatus(drawn, 0), drawn.cells.map(({ drawnWithoutOverlay }) => drawnWithoutOverlay)]).toEqual(["shown", [true, false]]);
    expect(after(drawn, { kind: "drawn", frames: [2, 2] }).cells[0]?.drawnWithoutOverlay).toBe(false);
  });
  it("is a table: that cell says so until a draw finds it on its way or here, and no other frame does", () => {
    const lacking = after(state(), { kind: "drawn", frames: [null, 2], without: [{ overlay: false, lacking: problem }, nothing] });
    expect([cellStatus(lacking, 0), problemIn(lacking, 0), cellStatus(lacking, 1)]).toEqual(["error", problem, "shown"]);
    expect(cellStatus(after(lacking, { kind: "scroll", cell: 0, by: 1 }), 0)).toBe("loading");
    expect(cellStatus(after(lacking, { kind: "drawn", frames: [null, 2] }), 0)).toBe("loading");
    expect(cellStatus(after(lacking, { kind: "drawn", frames: [2, 2] }), 0)).toBe("shown");
  });
});

it("what was drawn with fewer pixels is known until it is drawn with all", () => {
  const reduced = after(state(), { kind: "drawn", frames: [2, 2], reduced: [2, 1] });
  expect(reduced.cells.map(({ drawnReduced }) => drawnReduced)).toEqual([2, 1]);
  expect(after(reduced, { kind: "drawn", frames: [2, 2], reduced: [2, 1] })).toBe(reduced);
  expect(after(reduced, { kind: "drawn", frames: [2, 2] }).cells[0]?.drawnReduced).toBe(1);
});

describe("status of a cell", () => {
  it("is shown only while the frame in view is the one drawn", () => {
    const drawn = after(state(), { kind: "drawn", frames: [2, null] });
    expect([cellStatus(drawn, 0), cellStatus(drawn, 1)]).toEqual(["shown", "loading"]);
    expect(cellStatus(after(drawn, { kind: "scroll", cell: 0, by: 1 }), 0)).toBe("loading");
  });

  it("is an error for the frame that failed, until it is tried again", () => {
    const failed = after(state(), { kind: "failed", displaySet: 0, frameIndex: 2, problem });
    expect(cellStatus(failed, 0)).toBe("error");
    expect(cellStatus(after(failed, { kind: "retry", displaySet: 0 }), 0)).toBe("loading");
  });

  it("is refused or empty in words, never a loading that cannot end", () => {
    expect(cellStatus(after(state(), { kind: "show", cell: 0, displaySet: 2 }), 0)).toBe("refused");
    expect(cellStatus(after(state(), { kind: "layout", rows: 2, columns: 2 }), 3)).toBe("empty");
  });

  it("is no longer shown when the graphics are lost", () => {
    const lost = after(state(), { kind: "drawn", frames: [2, 2] }, { kind: "gpu", gpu: { kind: "lost" } });
    expect(cellStatus(lost, 0)).toBe("loading");
  });
});

describe("the end of the reading", () => {
  it("leaves nothing about the patient in the state", () => {
    const ended = after(state(), { kind: "ended", by: "server" });
    expect(ended.session).toEqual({ kind: "ended", by: "server" });
    expect(JSON.stringify(ended)).not.toMatch(/EXAMPLE|MRN|1961/);
  });
});

describe("notices", () => {
  it("open by themselves when one blocks or warns, and can be dismissed and found again", () => {
    const start = initialState(plan({ notices: [{ level: "blocked", text: "x" }] }));
    const dismissed = after(start, { kind: "drawer", drawer: null });
    expect([start.drawer, dismissed.drawer, after(dismissed, { kind: "drawer", drawer: "notices" }).drawer]).toEqual(["notices", null, "notices"]);
  });
});

it("an action for a cell that is not there changes nothing", () => {
  const before = state();
  expect(reduce(before, { kind: "invert", cell: 99 })).toBe(before);
  expect(reduce(before, { kind: "activate", cell: 99 })).toBe(before);
  expect(reduce(before, { kind: "show", cell: 0, displaySet: 99 })).toBe(before);
});
