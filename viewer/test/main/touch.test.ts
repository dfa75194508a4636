/** Fingers (ux.md 8). Oracle: the requirement, with a clock of the test's own. */
import { describe, expect, it } from "vitest";
import type { FingerEvent } from "../../src/main/touch";
import { createTouch } from "../../src/main/touch";
import { TOOLS } from "../../src/tools/navigate";
import type { DragState } from "../../src/tools/tool";
import { IDLE, step } from "../../src/tools/tool";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import { resolvedCell } from "../../src/view/resolve";
import type { AppState } from "../../src/view/viewState";
import { state } from "../plans";

function tablet(from: AppState = state()) {
  let now = from;
  let drag: DragState = IDLE;
  let timer: (() => void) | null = null;
  const sent: Action[] = [];
  const send = (action: Action): void => {
    sent.push(action);
    now = reduce(now, action);
  };
  const touch = createTouch({
    now: () => now,
    send,
    advance: (event) => {
      const after = step(TOOLS, drag, event);
      drag = after.state;
      after.actions.forEach(send);
    },
    start: (index, point) => {
      const [cell, resolved, viewport] = [now.cells[index], resolvedCell(now, index), now.viewports[index] ?? null];
      return cell === undefined || resolved === null || viewport === null ? null : { index, cell, cells: now.cells, frameCount: 5, resolved, viewport, point };
    },
    tool: () => "scroll",
    later: (run) => {
      timer = run;
      return 1;
    },
    forget: () => { timer = null; },
  });
  const finger = (type: FingerEvent["type"], id: number, x: number, y: number, timeMs = 0): void => {
    touch.finger({ type, id, cell: 0, point: [x, y], pageX: 200 + x, timeMs });
  };
  return { finger, touch, sent, now: () => now, wait: () => { timer?.(); }, waits: () => timer !== null };
}

describe("one finger", () => {
  it("scrolls, and a little trembling is no drag", () => {
    const { finger, now } = tablet();
    finger("down", 1, 100, 100);
    finger("move", 1, 104, 104);
    expect(now().cells[0]?.frameIndex).toBe(2);
    finger("move", 1, 100, 130); // at most 24 px a frame
    expect(now().cells[0]?.frameIndex).toBe(3);
  });

  it("makes its cell the active one", () => {
    const { finger, now } = tablet(state({ activeCell: 1 }));
    finger("down", 1, 100, 100);
    expect(now().activeCell).toBe(0);
  });
});

describe("two fingers", () => {
  it("zoom by as much as they go apart, about their middle", () => {
    const { finger, now } = tablet();
    finger("down", 1, 60, 150);
    finger("down", 2, 140, 150);
    finger("move", 1, 20, 150);
    finger("move", 2, 180, 150);
    expect(now().cells[0]?.view.zoom).toBeCloseTo(2, 9);
    expect(now().cells[0]?.view.centerPx).toEqual([20, 15]); // the middle stays in the middle
  });

  it("pan: what is under them stays under them", () => {
    const { finger, now } = tablet();
    finger("down", 1, 60, 150);
    finger("down", 2, 140, 150);
    const before = resolvedCell(now(), 0);
    finger("move", 1, 60, 170);
    finger("move", 2, 140, 170);
    const [a, b] = [before, resolvedCell(now(), 0)];
    expect(now().cells[0]?.view.zoom).toBe(1);
    expect((b?.screenFromImage.y0 ?? 0) - (a?.screenFromImage.y0 ?? 0)).toBeCloseTo(20, 9);
  });

  it("scroll nothing, though the first was down before the second", () => {
    const { finger, now } = tablet();
    finger("down", 1, 60, 150);
    finger("move", 1, 60, 155);
    finger("down", 2, 140, 150);
    finger("move", 1, 60, 190);
    finger("move", 2, 140, 190);
    expect(now().cells[0]?.frameIndex).toBe(2);
  });
});

describe("three fingers", () => {
  it("change the window", () => {
    const { finger, now } = tablet();
    [1, 2, 3].forEach((id) => { finger("down", id, 50 + 30 * id, 150); });
    [1, 2, 3].forEach((id) => { finger("move", id, 110 + 30 * id, 150); });
    const { window } = now().cells[0]?.view ?? {};
    expect(window).toMatchObject({ kind: "own", window: { center: 40 } });
    expect(window?.kind === "own" && window.window.width).toBeGreaterThan(400);
  });
});

describe("taps", () => {
  const tap = (on: ReturnType<typeof tablet>, x: number, timeMs: number): void => {
    on.finger("down", 1, x, 100, timeMs);
    on.finger("up", 1, x, 100, timeMs + 80);
  };

  it("twice show the cell alone, and twice again all", () => {
    const on = tablet();
    tap(on, 100, 0);
    expect(on.now().oneUp).toBe(false);
    tap(on, 104, 200);
    expect(on.now().oneUp).toBe(true);
    tap(on, 100, 1000);
    tap(on, 100, 1200);
    expect(on.now().oneUp).toBe(false);
  });

  it("too far apart, in time or place, are two single ones", () => {
    const on = tablet();
    tap(on, 100, 0);
    tap(on, 100, 900);
    tap(on, 180, 1000);
    expect(on.now().oneUp).toBe(false);
  });

  it("twice on a tablet held upright show all cells", () => {
    const on = tablet(state({ held: "portrait" }));
    tap(on, 100, 0);
    tap(on, 100, 200);
    expect(on.now().held).toBeNull();
  });
});

describe("a long press", () => {
  it("opens the menu where the finger is", () => {
    const on = tablet();
    on.finger("down", 1, 30, 40);
    on.wait();
    expect(on.now().menu).toEqual({ cell: 0, x: 30, y: 40 });
  });

  it("is none when the finger moves, when another comes, and when it is gone", () => {
    const moved = tablet();
    moved.finger("down", 1, 30, 40);
    moved.finger("move", 1, 30, 80);
    expect(moved.waits()).toBe(false);
    const two = tablet();
    two.finger("down", 1, 30, 40);
    two.finger("down", 2, 90, 40);
    two.wait();
    expect(two.now().menu).toBeNull();
    const gone = tablet();
    gone.finger("down", 1, 30, 40);
    gone.finger("up", 1, 30, 40);
    expect(gone.waits()).toBe(false);
  });
});

describe("from the edge", () => {
  const swipe = (on: ReturnType<typeof tablet>): void => {
    on.touch.finger({ type: "down", id: 1, cell: 0, point: [5, 100], pageX: 5, timeMs: 0 });
    on.touch.finger({ type: "move", id: 1, cell: 0, point: [70, 100], pageX: 70, timeMs: 50 });
  };

  it("a swipe opens the list, and scrolls nothing", () => {
    const on = tablet(state({ railOpen: false }));
    swipe(on);
    expect(on.now().railOpen).toBe(true);
    expect(on.now().cells[0]?.frameIndex).toBe(2);
  });

  it("it closes nothing that is open", () => {
    const on = tablet();
    swipe(on);
    expect(on.now().railOpen).toBe(true);
  });
});

it("what the browser takes away leaves nothing behind", () => {
  const on = tablet();
  on.finger("down", 1, 100, 100);
  on.finger("move", 1, 100, 180);
  on.finger("cancel", 1, 100, 180);
  expect(on.now().cells[0]?.frameIndex).toBe(2);
  expect(on.touch.isDown()).toBe(false);
});
