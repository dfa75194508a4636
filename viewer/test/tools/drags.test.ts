/** Drags that turn, point, scroll fast and draw a region. Oracle: hand computation. */
import { describe, expect, it } from "vitest";
import { ENDS, TOOLS } from "../../src/tools/navigate";
import { toolFor } from "../../src/tools/bindings";
import type { DragStart, DragState } from "../../src/tools/tool";
import { IDLE, step } from "../../src/tools/tool";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import { resolvedCell } from "../../src/view/resolve";
import type { AppState, ToolName } from "../../src/view/viewState";
import { state } from "../plans";

/** 200 × 300 px: the image is 100 px wide and 300 high, 5 px a mm. */
function start(from: AppState, point: readonly [number, number]): DragStart {
  const [cell, resolved, viewport] = [from.cells[0], resolvedCell(from, 0), from.viewports[0] ?? null];
  if (cell === undefined || resolved === null || viewport === null) throw new Error("nothing to drag");
  return { index: 0, cell, cells: from.cells, frameCount: 5, resolved, viewport, point };
}

function dragged(tool: ToolName, points: readonly (readonly [number, number])[], from: AppState = state()): { readonly now: AppState; readonly actions: readonly Action[] } {
  const [first = [0, 0] as const, ...others] = points;
  let drag: DragState = IDLE;
  const actions: Action[] = [];
  const events = [{ kind: "down", tool, start: start(from, first) } as const, ...others.map((point) => ({ kind: "move", point }) as const), { kind: "up" } as const];
  for (const event of events) {
    const after = step(TOOLS, drag, event, ENDS);
    drag = after.state;
    actions.push(...after.actions);
  }
  return { now: actions.reduce(reduce, from), actions };
}

describe("turning", () => {
  it("goes by quarters, as the pointer goes about the middle", () => {
    const right: readonly [number, number] = [180, 150];
    expect(dragged("rotate", [right, [100, 230]]).now.cells[0]?.view.rotation).toBe(90); // from three o'clock to six
    expect(dragged("rotate", [right, [100, 70]]).now.cells[0]?.view.rotation).toBe(270);
    expect(dragged("rotate", [right, [170, 180]]).now.cells[0]?.view.rotation).toBe(0);
  });

  it("touches nothing while it turns by less than half a quarter", () => {
    expect(dragged("rotate", [[180, 150], [179, 160]]).now.cells[0]?.touched).toBe(false);
  });
});

it("a fast drag scrolls ten times as far", () => {
  const from = state({ cells: state().cells.map((cell) => ({ ...cell, frameIndex: 0 })) });
  expect(dragged("scroll", [[50, 50], [50, 60]], from).now.cells[0]?.frameIndex).toBe(0);
  expect(dragged("fastScroll", [[50, 50], [50, 60]], from).now.cells[0]?.frameIndex).toBe(4); // 100 px at 24 px a frame
});

describe("the cross-cell cursor", () => {
  it("is set by the press, and goes with the pointer", () => {
    expect(dragged("crosshair", [[100, 150]]).now.cursor?.point).toEqual([9.75, 29, 0]); // column 20, row 15
    expect(dragged("crosshair", [[100, 150], [105, 150]]).now.cursor?.point).toEqual([10.75, 29, 0]); // 1 mm on
  });
});

describe("a region", () => {
  it("is drawn while the hand draws, and done when it lets go", () => {
    const { actions } = dragged("windowRegion", [[100, 150], [110, 160], [120, 170]]);
    const regions = actions.map((action) => (action.kind === "screen" && action.act.kind === "region" ? action.act.region : null));
    expect(regions.map((region) => region?.done)).toEqual([false, false, true]);
    expect(regions.at(-1)).toMatchObject({ from: [20, 15], to: [28, 17] }); // 20 px are 4 mm: 8 columns, 2 rows
  });

  it("that is cancelled leaves none", () => {
    const from = state();
    const down = step(TOOLS, IDLE, { kind: "down", tool: "windowRegion", start: start(from, [100, 150]) }, ENDS);
    const moved = step(TOOLS, down.state, { kind: "move", point: [120, 170] }, ENDS);
    const cancelled = step(TOOLS, moved.state, { kind: "cancel" }, ENDS);
    expect([...moved.actions, ...cancelled.actions].reduce(reduce, from).region).toBeNull();
  });
});

describe("with alt", () => {
  const alt = (stack: boolean) => toolFor({ button: 0, shift: false, alt: true, stack }, "windowLevel", state().preferences);

  it("a stack scrolls fast, a single image turns", () => {
    expect([alt(true), alt(false)]).toEqual(["fastScroll", "rotate"]);
  });
});
