/** Stages and what a newer plan may move. Oracle: DESIGN.md 2 ("a cell the reader touched is never re-hung"), ux.md 5, by hand. */
import { describe, expect, it } from "vitest";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import { departs, priorToggle, stageKey, stageOf } from "../../src/view/hang";
import { resolvedCell } from "../../src/view/resolve";
import type { AppState } from "../../src/view/viewState";
import { EMPTY_PLAN, initialState } from "../../src/view/viewState";
import type { DisplaySet, Plan } from "../../src/wire/types";
import { displaySet, hanging, plan, priorStudy, stage, stageCell, state } from "../plans";

const after = (start: AppState, ...actions: readonly Action[]): AppState => actions.reduce(reduce, start);
const shown = ({ cells }: AppState): readonly (number | null)[] => cells.map((cell) => cell.displaySet);
const sets: readonly DisplaySet[] = [displaySet(), displaySet({ label: "Lung" }), displaySet({ label: "Old", study: priorStudy }), displaySet({ label: "Old lung", study: priorStudy })];
const LUNG = { center: -600, width: 1500, function: "LINEAR", explanation: "Lung" } as const;
const both = stage([stageCell(0), stageCell(1, { window: LUNG, label: "Lung" })], { name: "Both" });
const withPrior = stage([stageCell(1), stageCell(3)], { name: "With prior" });
const four = stage([0, 1, 2, 3].map((set) => stageCell(set)), { name: "All", rows: 2, columns: 2 });

/** Three stages: current, with prior, all four. */
const staged = (change: Partial<Plan> = {}): Plan => plan({ displaySets: sets, hanging: hanging(both, withPrior, four), ...change });
const opened = (change: Partial<Plan> = {}): AppState => state({ plan: staged(change) });
const go = (index: number): Action => ({ kind: "stage", index });
const revise = (change: Partial<Plan>): Action => ({ kind: "revised", plan: staged({ revision: 2, ...change }) });

describe("a stage", () => {
  it("opens as the plan wants it: cells, grid and windows", () => {
    const start = opened();
    expect([start.rows, start.columns, ...shown(start)]).toEqual([1, 2, 0, 1]);
    expect(resolvedCell(start, 1)?.window).toEqual(LUNG);
    expect(resolvedCell(start, 0)?.window?.explanation).toBe("SOFT"); // null in the plan: the file's own
  });

  it("follows another, with its own grid and name", () => {
    const then = after(opened(), go(2));
    expect([then.stage, then.rows, then.columns, ...shown(then)]).toEqual([2, 2, 2, 0, 1, 2, 3]);
    expect(then.news).toBe("Stage 3 of 3: All");
  });

  it.each([-1, 3, NaN])("of number %d is not there", (index) => {
    const start = opened();
    expect(after(start, go(index))).toBe(start);
  });

  it("that was left is found again as the reader left it", () => {
    const changed = after(opened(), { kind: "frame", cell: 1, frameIndex: 4 }, { kind: "invert", cell: 0 }, { kind: "activate", cell: 1 });
    const there = after(changed, go(1));
    expect(there.cells.map(({ touched }) => touched)).toEqual([false, false]);
    expect(after(there, go(0))).toMatchObject({ activeCell: 1, cells: [{ view: { invert: true } }, { frameIndex: 4 }] });
  });

  it("keeps the reader's own grid of that stage", () => {
    const back = after(opened(), { kind: "layout", rows: 3, columns: 1 }, go(1), go(0));
    expect([back.rows, back.columns, ...shown(back)]).toEqual([3, 1, 0, 1, null]);
  });

  it("that was left untouched follows the plan that came meanwhile", () => {
    const back = after(opened(), go(1), revise({ hanging: hanging(stage([stageCell(1), stageCell(0)], { name: "Both" }), withPrior) }), go(0));
    expect(shown(back)).toEqual([1, 0]);
  });

  it("can be hung as planned again", () => {
    const changed = after(opened(), { kind: "layout", rows: 1, columns: 1 }, { kind: "show", cell: 0, displaySet: 3 });
    expect(departs(changed, changed.plan, stageOf(changed.plan, 0))).toBe(true);
    const again = after(changed, { kind: "rehang" });
    expect([again.rows, again.columns, ...shown(again)]).toEqual([1, 2, 0, 1]);
    expect(departs(again, again.plan, stageOf(again.plan, 0))).toBe(false);
  });

  it("is missing in a plan without images: one empty cell, no stage to go to", () => {
    const nothing = initialState(EMPTY_PLAN);
    expect([nothing.rows, nothing.columns, ...shown(nothing)]).toEqual([1, 1, null]);
    expect(after(nothing, go(0))).toBe(nothing);
  });

  it("has a key of its own though another has its name", () => {
    const twins = staged({ hanging: hanging(both, both, withPrior) });
    expect(new Set([0, 1, 2].map((i) => stageKey(twins, i))).size).toBe(3);
  });

  it("resets to the plan's window, not to the file's", () => {
    const own = { kind: "own", window: { ...LUNG, width: 7 } } as const;
    const reset = after(opened(), { kind: "window", cell: 1, window: own }, { kind: "reset", cell: 1 });
    expect(resolvedCell(reset, 1)?.window).toEqual(LUNG);
  });

  it("keeps the plan's window for its own series only", () => {
    expect(resolvedCell(after(opened(), { kind: "show", cell: 1, displaySet: 0 }), 1)?.window?.explanation).toBe("SOFT");
  });
});

describe("the prior key", () => {
  it.each([
    [0, 1],
    [1, 0],
    [2, 0],
  ])("goes from stage %d to stage %d", (from, to) => {
    expect(priorToggle(staged(), from)).toBe(to);
  });

  it("has nowhere to go where no stage, or every stage, has a prior", () => {
    expect(priorToggle(staged({ hanging: hanging(both) }), 0)).toBeNull();
    expect(priorToggle(staged({ hanging: hanging(withPrior) }), 0)).toBeNull();
  });
});

describe("a revision", () => {
  const before = plan({ displaySets: sets.slice(0, 2), hanging: hanging(both), complete: false });
  const start = (): AppState => state({ plan: before });
  const priorBeside = stage([stageCell(0), stageCell(2)], { name: "Both" });
  const swapped: Action = { kind: "revised", plan: staged({ revision: 2, hanging: hanging(priorBeside) }) };

  it("hangs anew what nobody touched, in the new plan's first stage", () => {
    const then = after(start(), { kind: "revised", plan: staged({ revision: 2, hanging: hanging(four, both) }) });
    expect([then.stage, then.rows, then.columns, ...shown(then)]).toEqual([0, 2, 2, 0, 1, 2, 3]);
  });

  it("leaves the frame and the pixels of a series that stays where it is", () => {
    const drawn = after(start(), { kind: "drawn", frames: [2, 2] });
    const grown = sets.with(0, displaySet({ frameCount: 5 + 20 }));
    const then = after(drawn, { kind: "revised", plan: staged({ revision: 2, displaySets: grown, hanging: hanging(priorBeside) }) });
    expect(then.cells[0]).toMatchObject({ displaySet: 0, frameIndex: 2, drawnFrame: 2 });
    expect(then.cells[1]).toMatchObject({ displaySet: 2, drawnFrame: null });
  });

  const touches: readonly (readonly [string, Action])[] = [
    ["scrolled", { kind: "scroll", cell: 1, by: 1 }],
    ["windowed", { kind: "window", cell: 1, window: { kind: "own", window: LUNG } }],
    ["zoomed", { kind: "look", cell: 1, centerPx: [3, 4], zoom: 2 }],
    ["inverted", { kind: "invert", cell: 1 }],
    ["turned", { kind: "rotate", cell: 1, quarterTurns: 1 }],
    ["given another series", { kind: "show", cell: 1, displaySet: 0 }],
    ["looked at alone", { kind: "oneUp", cell: 1 }],
  ];
  it.each(touches)("does not move a cell that was %s; the other follows", (_name, touch) => {
    const touched = after(start(), touch);
    const then = after(touched, { kind: "revised", plan: staged({ revision: 2, hanging: hanging(stage([stageCell(3), stageCell(2)], { name: "Both" })) }) });
    expect(then.cells[1]).toEqual(touched.cells[1]);
    expect(then.cells[0]?.displaySet).toBe(3);
    expect(then.oneUp).toBe(touched.oneUp);
  });

  it("does not move anything in a grid that the reader chose", () => {
    const own = after(start(), { kind: "layout", rows: 2, columns: 1 });
    expect(after(own, swapped).cells).toEqual(own.cells);
  });

  it("does not change the grid under a touched cell, and says that the view is kept", () => {
    const touched = after(start(), { kind: "scroll", cell: 0, by: 1 });
    const then = after(touched, { kind: "revised", plan: staged({ revision: 2, hanging: hanging(four) }) });
    expect(then).toMatchObject({ rows: 1, columns: 2, cells: touched.cells });
    expect(then.news).toContain("Your view is kept as it is.");
  });

  it("keeps the reader in the stage that he chose, wherever it stands now", () => {
    const there = after(opened(), go(1));
    const then = after(there, revise({ hanging: hanging(four, both, withPrior) }));
    expect([then.stage, ...shown(then)]).toEqual([2, 1, 3]);
  });

  it("says which priors have arrived, and that the search is complete", () => {
    const { news } = after(start(), swapped);
    expect(news).toBe("Prior arrived: CT CHEST, PRIOR 2024-03-02 (−32 mo), 2 series. The search is complete.");
  });

  it("says a study that was blocked first", () => {
    const { news } = after(start(), revise({ notices: [{ level: "blocked", text: "A study was blocked." }] }));
    expect(news).toMatch(/^A study was blocked\./);
  });

  it("that is equal or older changes nothing", () => {
    const newer = after(start(), swapped);
    expect(after(newer, swapped)).toBe(newer);
    expect(after(newer, { kind: "revised", plan: before })).toBe(newer);
  });

  it("that lacks a display set cannot take it from the screen", () => {
    const then = after(opened(), revise({ displaySets: sets.slice(0, 1) }));
    expect(then.plan.displaySets).toHaveLength(4);
  });

  it("after the end of the reading changes nothing", () => {
    const ended = after(start(), { kind: "ended", by: "server" });
    expect(after(ended, swapped)).toBe(ended);
  });
});

/** A small generator of its own: the same numbers on every run. */
function numbers(seed: number): (below: number) => number {
  let now = seed;
  return (below) => {
    now = (Math.imul(now, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((now / 2 ** 32) * below);
  };
}

function anyAction(next: (below: number) => number): Action {
  const cell = next(4);
  const actions: readonly Action[] = [
    { kind: "scroll", cell, by: next(7) - 3 },
    { kind: "window", cell, window: { kind: "own", window: { ...LUNG, width: 1 + next(99) } } },
    { kind: "look", cell, centerPx: [next(40), next(30)], zoom: 1 + next(5) },
    { kind: "show", cell, displaySet: next(5) },
    { kind: "layout", rows: 1 + next(2), columns: 1 + next(3) },
    { kind: "stage", index: next(4) },
    { kind: "oneUp", cell },
    { kind: "link", cell },
    { kind: "activate", cell },
    { kind: "rehang" },
  ];
  return actions[next(actions.length)] ?? { kind: "rehang" };
}

function anyPlan(next: (below: number) => number, revision: number): Plan {
  const count = 1 + next(6);
  const displaySets = Array.from({ length: count }, (_, i) => displaySet({ label: String(i), frameCount: 5, study: i % 2 === 0 ? priorStudy : displaySet().study }));
  const stages = Array.from({ length: next(4) }, (_, i) => {
    const [rows, columns] = [1 + next(2), 1 + next(3)];
    const cells = Array.from({ length: rows * columns }, () => stageCell(next(4) === 0 ? null : next(count), { sync: next(2) === 0 ? "a" : null }));
    return stage(cells, { name: `Stage ${String(next(3))}${i === 0 ? "" : "b"}`, rows, columns });
  });
  return plan({ revision, displaySets, hanging: hanging(...stages), complete: next(3) === 0 });
}

it("whatever the reader does and whatever arrives: touched cells stay, indices hold, and every cell has its grid", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = numbers(seed);
    let now = state({ plan: anyPlan(next, 1) });
    for (let turn = 0; turn < 25; turn++) {
      const revision = now.plan.revision + next(4) - 1;
      const arrives = next(3) === 0;
      const then = reduce(now, arrives ? { kind: "revised", plan: anyPlan(next, revision) } : anyAction(next));
      if (arrives && revision <= now.plan.revision) expect(then).toBe(now);
      if (arrives) now.cells.forEach((cell, i) => { if (cell.touched) expect({ seed, cell: then.cells[i] }).toMatchObject({ seed, cell: { ...cell, anchor: expect.any(Number) as number } }); });
      expect(then.plan.displaySets.length).toBeGreaterThanOrEqual(now.plan.displaySets.length);
      expect(then.cells).toHaveLength(then.rows * then.columns);
      expect(then.cells[then.activeCell]).toBeDefined();
      for (const { displaySet: set, frameIndex } of then.cells) {
        if (set !== null) expect(frameIndex).toBeLessThan(then.plan.displaySets[set]?.frameCount ?? 0);
      }
      now = then;
    }
  }
});
