/** From the browser's events to tools and their actions: nothing here decides what an input means. */
import type { Point } from "../math/affine";
import type { WheelInput } from "../tools/bindings";
import { keyActions, toolFor, wheelActions, wheelSteps } from "../tools/bindings";
import { ENDS, TOOLS } from "../tools/navigate";
import type { DragEvent, DragStart, DragState } from "../tools/tool";
import { IDLE, step } from "../tools/tool";
import type { Action } from "../view/actions";
import type { KeyPressed } from "../view/keys";
import { resolvedCell } from "../view/resolve";
import type { AppState, ToolName } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import type { FingerEvent } from "./touch";
import { createTouch } from "./touch";

export interface Input {
  readonly pointer: (cell: number, event: PointerEvent) => void;
  readonly doubleClick: (cell: number) => void;
  readonly wheel: (cell: number, event: WheelEvent) => void;
  readonly key: (event: KeyboardEvent) => void;
  /** Resolves when no drag is under way. */
  readonly handsOff: () => Promise<void>;
  /** Something outside has come to rest: who waits may go on. */
  readonly settle: () => void;
}

type Send = (action: Action) => void;

/** Left and right button together. */
const CHORD = 3;
/** A press that moves less is a click. */
const CLICK_PX = 4;

/** Sees each event before the tools do; true where it has dealt with it. */
export interface First {
  readonly pointer: (cell: number, event: PointerEvent, point: Point) => boolean;
  /** Fingers that it gives back to the image. */
  readonly released: () => readonly FingerEvent[];
  readonly doubleClick: () => boolean;
  readonly key: (event: KeyboardEvent) => boolean;
  /** What a key did after all. */
  readonly keyDone: (actions: readonly Action[]) => void;
  readonly escape: () => boolean;
  readonly isBusy: () => boolean;
}

const NOBODY: First = { pointer: () => false, released: () => [], doubleClick: () => false, key: () => false, keyDone: () => undefined, escape: () => false, isBusy: () => false };

export function createInput(now: () => AppState, send: Send, first: First = NOBODY): Input {
  let drag: DragState = IDLE;
  let leftover = 0;
  let waiting: (() => void)[] = [];
  /** Where a right button went down and has not moved since. */
  let menuAt: Point | null = null;
  let byTouch = false;

  function advance(event: DragEvent): void {
    const after = step(TOOLS, drag, event, ENDS);
    drag = after.state;
    after.actions.forEach(send);
    settle();
  }

  function settle(): void {
    if (drag.kind !== "idle" || touch.isDown() || first.isBusy()) return;
    waiting.forEach((goOn) => { goOn(); });
    waiting = [];
  }

  const touch = createTouch({
    now,
    send,
    advance,
    start: (cell, point) => dragStart(now(), cell, point),
    tool: () => toolFor({ button: 0, shift: false }, now().touchTool, now().preferences),
    later: (run, ms) => window.setTimeout(run, ms),
    forget: (timer) => { clearTimeout(timer); },
  });

  function handsOff(): Promise<void> {
    if (drag.kind === "idle" && !touch.isDown() && !first.isBusy()) return Promise.resolve();
    return new Promise((resolve) => { waiting.push(resolve); });
  }

  function pointer(cell: number, event: PointerEvent): void {
    if (first.pointer(cell, event, pointIn(event))) return;
    if (event.pointerType === "touch") {
      first.released().forEach(touch.finger);
      fingers(cell, event);
      return;
    }
    byTouch = false;
    switch (event.type) {
      case "pointerdown":
        down(cell, event);
        return;
      case "pointermove":
        moved(cell, event);
        return;
      case "pointerup":
        up(cell);
        return;
      default: // the browser took the pointer away
        menuAt = null;
        advance({ kind: "cancel" });
    }
  }

  const FINGERS: Readonly<Record<string, FingerEvent["type"]>> = { pointerdown: "down", pointermove: "move", pointerup: "up", pointercancel: "cancel" };

  function fingers(cell: number, event: PointerEvent): void {
    byTouch = true;
    const type = FINGERS[event.type];
    if (type === undefined) return; // capture is lost with the finger
    if (type === "down") capture(event);
    touch.finger({ type, id: event.pointerId, cell, point: pointIn(event), pageX: event.clientX, timeMs: event.timeStamp });
    settle();
  }

  function down(cell: number, event: PointerEvent): void {
    send({ kind: "activate", cell });
    if (now().menu !== null) send({ kind: "screen", act: { kind: "menu", menu: null } });
    const stack = (displaySetOf(now(), cell)?.frameCount ?? 1) > 1;
    menuAt = event.button === 2 ? pointIn(event) : null;
    begin(cell, event, toolFor({ button: event.button, shift: event.shiftKey, alt: event.altKey, stack }, now().tool, now().preferences));
  }

  function begin(cell: number, event: PointerEvent, tool: ToolName | null): void {
    const start = dragStart(now(), cell, pointIn(event));
    if (event.button === 2 || tool !== null) capture(event);
    if (tool === null || start === null || drag.kind === "dragging") return;
    advance({ kind: "down", tool, start });
  }

  function moved(cell: number, event: PointerEvent): void {
    const point = pointIn(event);
    if (menuAt !== null && Math.hypot(point[0] - menuAt[0], point[1] - menuAt[1]) > CLICK_PX) menuAt = null;
    if (drag.kind !== "dragging") return;
    if ((event.buttons & CHORD) === CHORD && drag.tool !== "scroll") {
      menuAt = null;
      advance({ kind: "cancel" });
      begin(cell, event, "scroll");
    }
    // A right button that has hardly moved may be a click.
    if (menuAt === null) advance({ kind: "move", point });
  }

  function up(cell: number): void {
    advance({ kind: "up" });
    if (menuAt !== null) send({ kind: "screen", act: { kind: "menu", menu: { cell, x: menuAt[0], y: menuAt[1] } } });
    menuAt = null;
  }

  /** Two taps have done it already. */
  function doubleClick(cell: number): void {
    if (!first.doubleClick() && !byTouch) send({ kind: "oneUp", cell });
  }

  function wheel(cell: number, event: WheelEvent): void {
    event.preventDefault();
    const input: WheelInput = { deltaY: event.deltaY, deltaMode: event.deltaMode, ctrl: event.ctrlKey, point: pointIn(event) };
    const turned = wheelSteps(leftover, input);
    leftover = turned.leftover;
    send({ kind: "activate", cell });
    wheelActions(turned.steps, input, now(), cell, targetOf(now(), cell)).forEach(send);
  }

  function key(event: KeyboardEvent): void {
    if (event.defaultPrevented || belongsToControl(event)) return;
    if (event.key === "Escape") {
      escape();
      return;
    }
    if (drag.kind === "dragging") return; // what is under the hand stays there
    if (first.key(event)) {
      event.preventDefault();
      return;
    }
    const state = now();
    const actions = keyActions(keyPressed(event), state, targetOf(state, state.activeCell));
    if (actions === null) return;
    event.preventDefault();
    actions.forEach(send);
    first.keyDone(actions);
  }

  function escape(): void {
    if (drag.kind === "dragging") advance({ kind: "cancel" });
    else if (first.escape()) return;
    else if (now().flashing !== null) send({ kind: "screen", act: { kind: "flashing", cell: null } });
    else if (now().menu !== null) send({ kind: "screen", act: { kind: "menu", menu: null } });
    else if (now().cursor !== null) send({ kind: "screen", act: { kind: "point", cell: 0, at: null } });
    else if (now().drawer !== null) send({ kind: "drawer", drawer: null });
  }

  return { pointer, doubleClick, wheel, key, handsOff, settle };
}

function capture({ currentTarget, pointerId }: PointerEvent): void {
  if (currentTarget instanceof HTMLElement) currentTarget.setPointerCapture(pointerId);
}

/** AltGraph is part of a character ("@" on many keyboards), not a modifier of its own. */
export function keyPressed(event: KeyboardEvent): KeyPressed {
  const altGraph = event.getModifierState("AltGraph");
  return { key: event.key, code: event.code, shift: event.shiftKey, ctrl: (event.ctrlKey || event.metaKey) && !altGraph, alt: event.altKey && !altGraph };
}

/** A cell as keys and buttons act on it. */
export function targetOf(state: AppState, cell: number) {
  const resolved = resolvedCell(state, cell);
  const viewport = state.viewports[cell] ?? null;
  return resolved === null || viewport === null ? null : { resolved, viewport };
}

function dragStart(state: AppState, index: number, point: Point): DragStart | null {
  const cell = state.cells[index];
  const target = targetOf(state, index);
  if (cell === undefined || target === null) return null;
  return { index, cell, cells: state.cells, frameCount: displaySetOf(state, index)?.frameCount ?? 1, ...target, point };
}

/** CSS pixels of the element that listens. */
export function pointIn(event: MouseEvent): Point {
  if (!(event.currentTarget instanceof Element)) return [event.offsetX, event.offsetY];
  const box = event.currentTarget.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

/** A menu or a button under focus keeps its own keys. */
function belongsToControl({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches("select, input, textarea, [contenteditable]")) return true;
  return target.matches("button, a, summary") && (key === "Enter" || key === " ");
}
