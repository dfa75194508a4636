/** Drags, keys and wheel. Oracle: ux.md 4 and 5, and what the hand expects (a point stays under the pointer). */
import { describe, expect, it } from "vitest";
import { apply } from "../../src/math/affine";
import { commanded, keyActions, toolFor, wheelActions, wheelSteps } from "../../src/tools/bindings";
import { TOOLS } from "../../src/tools/navigate";
import type { DragStart, DragState } from "../../src/tools/tool";
import { IDLE, step } from "../../src/tools/tool";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import { resolvedCell } from "../../src/view/resolve";
import { ACTION_IDS } from "../../src/view/keyNames";
import type { AppState, ToolName } from "../../src/view/viewState";
import { EMPTY_PLAN } from "../../src/view/viewState";
import { displaySet, hanging, image, plan, priorStudy, RGB_8, stage, stageCell, state, table } from "../plans";

function target(from: AppState) {
  const resolved = resolvedCell(from, 0);
  const viewport = from.viewports[0] ?? null;
  if (resolved === null || viewport === null) throw new Error("nothing resolved");
  return { resolved, viewport };
}

function start(from: AppState, point: readonly [number, number] = [60, 70]): DragStart {
  const cell = from.cells[0];
  if (cell === undefined) throw new Error("no cell");
  return { index: 0, cell, cells: from.cells, frameCount: 5, ...target(from), point };
}

function dragged(tool: ToolName, from: AppState, dx: number, dy: number): AppState {
  return TOOLS[tool](start(from), dx, dy).reduce(reduce, from);
}

function window(from: AppState) {
  const applied = resolvedCell(from, 0)?.window;
  if (!applied) throw new Error("no window");
  return applied;
}

describe("the window drag", () => {
  it("widens to the right and darkens downwards", () => {
    expect(window(dragged("windowLevel", state(), 30, 0)).width).toBeGreaterThan(400);
    expect(window(dragged("windowLevel", state(), 0, 30)).center).toBeGreaterThan(40);
    expect(window(dragged("windowLevel", state(), 0, 30)).width).toBe(400);
  });

  it("feels the same in a narrow and in a wide window", () => {
    const wide = image({ windows: [{ center: 0, width: 4000, function: "LINEAR", explanation: "" }] });
    const inWide = state({ plan: plan({ displaySets: [displaySet({ image: wide })] }) });
    const grown = (from: AppState): number => window(dragged("windowLevel", from, 30, 0)).width / window(from).width;
    expect(grown(inWide)).toBeCloseTo(grown(state()), 2);
  });

  it("never leaves the Standard: a LINEAR width is at least 1", () => {
    expect(window(dragged("windowLevel", state(), -100_000, 0)).width).toBe(1);
  });

  it("keeps the function of the file", () => {
    const sigmoid = image({ windows: [{ center: 0, width: 10, function: "SIGMOID", explanation: "" }] });
    const from = state({ plan: plan({ displaySets: [displaySet({ image: sigmoid })] }) });
    expect(window(dragged("windowLevel", from, 10, 10)).function).toBe("SIGMOID");
  });
});

describe("the window drag elsewhere", () => {
  const opened = (change: Parameters<typeof image>[0]): AppState => state({ plan: plan({ displaySets: [displaySet({ image: image(change) })] }) });

  it("leaves a lookup table for a ramp over its whole input, and says so", () => {
    const from = opened({ windows: [], voiLuts: [table({ first: 0, count: 4096 })] });
    const then = dragged("windowLevel", from, 0, 30);
    expect(window(then)).toMatchObject({ width: 4095, function: "LINEAR_EXACT", explanation: "lookup table off" });
    expect(window(dragged("windowLevel", then, 30, 0)).explanation).toBe("lookup table off");
  });

  it("does nothing to colours but say so", () => {
    const from = opened({ pixels: RGB_8 });
    const then = dragged("windowLevel", from, 30, 30);
    expect(then.cells).toEqual(from.cells);
    expect(then.news).toContain("no window");
  });

  it("stays in SUV: the frame's factor is applied anew on every slice", () => {
    const suv = { types: [{ name: "SUVbw", unit: "g/ml", factors: [1, 1, 0.5, 0.25, 1] }], refusal: "" };
    const then = dragged("windowLevel", opened({ suv }), 0, 30); // 0 to 5, moved by a tenth of its width
    expect(then.cells[0]?.view.window).toMatchObject({ kind: "own", suv: "SUVbw", window: { center: 3, width: 5 } });
    expect(window(then)).toMatchObject({ center: 6, width: 10 });
    expect(window(reduce(then, { kind: "scroll", cell: 0, by: 1 }))).toMatchObject({ center: 12, width: 20 });
  });
});

describe("the pan and zoom drags", () => {
  const zoomed = reduce(state(), { kind: "look", cell: 0, centerPx: [18, 13], zoom: 3 });
  const under = (from: AppState, x: number, y: number) => apply(target(from).resolved.imageFromScreen, [x, y]);

  it("pan keeps the image point under the pointer", () => {
    const [column, row] = under(zoomed, 60, 70);
    const [columnAfter, rowAfter] = under(dragged("pan", zoomed, 14, -9), 74, 61);
    expect([columnAfter, rowAfter]).toEqual([expect.closeTo(column, 9), expect.closeTo(row, 9)]);
  });

  it("pan does so on a turned and flipped image too", () => {
    const turned = ([{ kind: "rotate", cell: 0, quarterTurns: 1 }, { kind: "flip", cell: 0, axis: "horizontal" }] as const).reduce(reduce, zoomed);
    const [column, row] = under(turned, 60, 70);
    expect(under(dragged("pan", turned, 5, 6), 65, 76)).toEqual([expect.closeTo(column, 9), expect.closeTo(row, 9)]);
  });

  it("zoom goes nearer upwards and keeps the point where it began", () => {
    const [column, row] = under(zoomed, 60, 70);
    const nearer = dragged("zoom", zoomed, 0, -40);
    expect(nearer.cells[0]?.view.zoom).toBeGreaterThan(3);
    expect(under(nearer, 60, 70)).toEqual([expect.closeTo(column, 9), expect.closeTo(row, 9)]);
  });
});

describe("the scroll drag", () => {
  it("goes on downwards, back upwards, and not past the ends", () => {
    expect(dragged("scroll", state(), 0, 25).cells[0]?.frameIndex).toBe(3);
    expect(dragged("scroll", state(), 0, -25).cells[0]?.frameIndex).toBe(1);
    expect(dragged("scroll", state(), 0, 9999).cells[0]?.frameIndex).toBe(4);
  });
});

describe("the drag machine", () => {
  const down = (tool: ToolName) => ({ kind: "down", tool, start: start(state()) }) as const;
  const run = (events: readonly Parameters<typeof step>[2][]): { state: DragState; actions: readonly Action[] } =>
    events.reduce<{ state: DragState; actions: readonly Action[] }>((before, event) => step(TOOLS, before.state, event), { state: IDLE, actions: [] });

  it.each(["windowLevel", "scroll", "pan", "zoom"] as const)("%s does not drift: only start and end count", (tool) => {
    const direct = run([down(tool), { kind: "move", point: [90, 40] }]);
    const roundabout = run([down(tool), { kind: "move", point: [3, 200] }, { kind: "move", point: [150, 9] }, { kind: "move", point: [90, 40] }]);
    expect(roundabout.actions).toEqual(direct.actions);
  });

  it.each(["windowLevel", "scroll", "pan", "zoom"] as const)("%s is undone by cancel", (tool) => {
    const before = state();
    const moved = run([down(tool), { kind: "move", point: [90, 10] }]);
    const cancelled = step(TOOLS, moved.state, { kind: "cancel" });
    const after = [...moved.actions, ...cancelled.actions].reduce(reduce, before);
    expect(after.cells).toEqual(before.cells);
    expect(cancelled.state).toEqual(IDLE);
  });

  it("answers every event when idle", () => {
    for (const event of [{ kind: "move", point: [1, 1] }, { kind: "up" }, { kind: "cancel" }] as const) {
      expect(step(TOOLS, IDLE, event)).toEqual({ state: IDLE, actions: [] });
    }
  });
});

it.each([
  [0, false, "scroll"],
  [0, true, "windowLevel"],
  [1, false, "pan"],
  [2, false, "zoom"],
  [3, false, null],
])("button %d with shift %s drags %s when scroll is chosen", (button, shift, expected) => {
  expect(toolFor({ button, shift }, "scroll")).toBe(expected);
});

describe("keys", () => {
  const press = (key: string, shift = false, ctrl = false, from = state()): AppState => (keyActions({ key, shift, ctrl }, from, target(from)) ?? []).reduce(reduce, from);

  it.each([
    ["ArrowUp", 1],
    ["ArrowDown", 3],
    ["Home", 0],
    ["End", 4],
  ])("%s scrolls to %d", (key, expected) => {
    expect(press(key).cells[0]?.frameIndex).toBe(expected);
  });

  it.each([
    ["1", 400, 40],
    ["2", 1500, -600],
    ["3", 2500, 480],
    ["4", 80, 40],
  ])("%s is the CT window %d/%d", (key, width, center) => {
    expect(window(press(key))).toMatchObject({ width, center });
  });

  it("presets of CT change nothing on MR, and say so", () => {
    const mr = state({ plan: plan({ displaySets: [displaySet({ modality: "MR", image: image({ unit: "" }) })] }) });
    expect(press("1", false, false, mr)).toEqual({ ...mr, news: "No preset 1 for MR." });
  });

  it("1 to 6 are SUV ranges on PET", () => {
    const suv = { types: [{ name: "SUVbw", unit: "g/ml", factors: [0.5] }], refusal: "" };
    const pet = state({ plan: plan({ displaySets: [displaySet({ modality: "PT", image: image({ suv }) })] }) });
    const upper = ["1", "2", "3", "4", "5", "6"].map((key) => window(press(key, false, false, pet)).width * 0.5);
    expect(upper).toEqual([5, 7, 10, 15, 20, 3]);
  });

  it("j goes through all that the file offers, windows and lookup tables, and round again", () => {
    const two = image({ windows: [{ center: 1, width: 2, function: "LINEAR", explanation: "" }], voiLuts: [table({ index: 0 }), table({ index: 1 })] });
    let now = state({ plan: plan({ displaySets: [displaySet({ image: two })] }) });
    const seen = ["j", "j", "j"].map((key) => {
      now = press(key, false, false, now);
      return now.cells[0]?.view.window;
    });
    expect(seen).toEqual([{ kind: "table", index: 0 }, { kind: "table", index: 1 }, { kind: "stated", index: 0 }]);
    const colour = state({ plan: plan({ displaySets: [displaySet({ image: image({ pixels: RGB_8 }) })] }) });
    expect(press("j", false, false, colour)).toEqual(colour);
  });

  it("c plays, t and q hide what the file draws and hides, d reads in detail", () => {
    expect(press("c").cells[0]?.playing).toBe(true);
    expect(press("t").cells[0]?.view.overlaysShown).toBe(false);
    expect(press("q").cells[0]?.view.shutterShown).toBe(false);
    expect([press("d").detailed, press("d", false, false, press("d")).detailed]).toEqual([true, false]);
  });

  it("page keys go through the series that can be shown, past the refused one", () => {
    const second = press("PageDown");
    expect(second.cells[0]?.displaySet).toBe(1);
    expect(press("PageDown", false, false, second).cells[0]?.displaySet).toBe(3);
    expect(press("PageUp").cells[0]?.displaySet).toBe(0);
  });

  it("i inverts, with caps lock too; shift + space resets", () => {
    expect(press("i").cells[0]?.view.invert).toBe(true);
    expect(press("I").cells[0]?.view.invert).toBe(true);
    expect(press(" ", true, false, press("i")).cells[0]?.view.invert).toBe(false);
  });

  it("the browser's own keys are left to the browser", () => {
    for (const [key, ctrl] of [["r", true], ["+", true], ["F5", false], ["Tab", false]] as const) {
      expect(keyActions({ key, shift: false, ctrl }, state(), null)).toBeNull();
    }
  });

  it("space and . go to the next stage, , back, and neither past the ends", () => {
    const stages = hanging(stage([stageCell(0)], { name: "One" }), stage([stageCell(1)], { name: "Two" }));
    const one = state({ plan: plan({ hanging: stages }) });
    const press1 = (key: string, from: AppState): AppState => (keyActions({ key, shift: false, ctrl: false }, from, null) ?? []).reduce(reduce, from);
    expect([press1(" ", one).stage, press1(".", one).stage, press1(",", one).stage]).toEqual([1, 1, 0]);
    expect([press1(".", press1(" ", one)).stage, press1(",", press1(" ", one)).stage]).toEqual([1, 0]);
    expect(press1(".", press1(" ", one)).news).toBe("Stage 2 of 2: Two");
    expect(press1(".", state({ plan: plan({ hanging: hanging() }) })).stage).toBe(0);
  });

  it("p goes to a stage with a prior and back; s links and unlinks", () => {
    const stages = hanging(stage([stageCell(0), stageCell(1)]), stage([stageCell(0), stageCell(3)], { name: "With prior" }));
    const sets = plan().displaySets.with(3, displaySet({ study: priorStudy }));
    const from = state({ plan: plan({ hanging: stages, displaySets: sets }) });
    const there = press("p", false, false, from);
    expect([there.stage, press("p", false, false, { ...there, viewports: from.viewports }).stage]).toEqual([1, 0]);
    expect(press("p").stage).toBe(0);
    expect(press("s").cells.map(({ linked }) => linked)).toEqual([true, true]);
  });

  it("page keys go through the current study before the priors, whatever came first", () => {
    const sets = [displaySet({ study: priorStudy }), displaySet(), displaySet({ label: "Lung" })];
    const from = state({ plan: plan({ displaySets: sets, hanging: hanging(stage([stageCell(2)])) }) });
    expect(press("PageDown", false, false, from).cells[0]?.displaySet).toBe(0);
    expect(press("PageUp", false, false, from).cells[0]?.displaySet).toBe(1);
  });

  it("+ on an image at one edge keeps it at that edge", () => {
    const from = state({ plan: plan({ hanging: hanging(stage([stageCell(0, { justify: "right" })])) }) });
    const nearer = press("+", false, false, press("+", false, false, from));
    expect(apply(target(nearer).resolved.imageFromScreen, [200, 150])[0]).toBeCloseTo(40, 9);
  });

  it("+ and - zoom about the middle, = fits", () => {
    const nearer = press("+");
    expect(nearer.cells[0]?.view).toMatchObject({ zoom: 1.25, centerPx: [20, 15] });
    expect(press("=", false, false, nearer).cells[0]?.view).toMatchObject({ zoom: 1, centerPx: null });
  });

  it.each(ACTION_IDS)("%s answers while nothing is on the screen", (id) => {
    expect(commanded(id, state(), null)).toBeInstanceOf(Array);
    expect(commanded(id, state({ plan: EMPTY_PLAN }), null)).toBeInstanceOf(Array);
  });
});

describe("the wheel", () => {
  const turn = (deltaY: number, ctrl = false) => ({ deltaY, deltaMode: 0, ctrl, point: [60, 70] }) as const;

  it("goes one image a notch, whatever the notch", () => {
    expect([100, 120, -120].map((deltaY) => wheelSteps(0, turn(deltaY)).steps)).toEqual([1, 1, -1]);
    expect(wheelSteps(0, { ...turn(3), deltaMode: 1 }).steps).toBe(1);
  });

  it("gathers a touchpad's small turns, and forgets them when it turns back", () => {
    const small = wheelSteps(0, turn(25));
    expect(small).toEqual({ steps: 0, leftover: 25 });
    expect(wheelSteps(small.leftover, turn(25))).toEqual({ steps: 1, leftover: 10 });
    expect(wheelSteps(small.leftover, turn(-10))).toEqual({ steps: 0, leftover: -10 });
  });

  it("with ctrl zooms about the pointer", () => {
    const from = state();
    const before = apply(target(from).resolved.imageFromScreen, [60, 70]);
    const after = wheelActions(-1, turn(-100, true), from, 0, target(from)).reduce(reduce, from);
    expect(after.cells[0]?.view.zoom).toBe(1.25);
    const [column, row] = apply(target(after).resolved.imageFromScreen, [60, 70]);
    expect([column, row]).toEqual([expect.closeTo(before[0], 9), expect.closeTo(before[1], 9)]);
  });
});
