/** From the browser's events to tools and their actions: nothing here decides what an input means. */
import type { Point } from "../math/affine";
import type { WheelInput } from "../tools/bindings";
import { keyActions, toolFor, wheelActions, wheelSteps } from "../tools/bindings";
import { TOOLS } from "../tools/navigate";
import type { DragEvent, DragStart, DragState } from "../tools/tool";
import { IDLE, step } from "../tools/tool";
import type { Action } from "../view/actions";
import { resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { displaySetOf } from "../view/viewState";

export interface Input {
  readonly pointer: (cell: number, event: PointerEvent) => void;
  readonly wheel: (cell: number, event: WheelEvent) => void;
  readonly key: (event: KeyboardEvent) => void;
  /** Resolves when no drag is under way. */
  readonly handsOff: () => Promise<void>;
}

type Send = (action: Action) => void;

export function createInput(now: () => AppState, send: Send): Input {
  let drag: DragState = IDLE;
  let leftover = 0;
  let waiting: (() => void)[] = [];

  function advance(event: DragEvent): void {
    const after = step(TOOLS, drag, event);
    drag = after.state;
    after.actions.forEach(send);
    if (drag.kind !== "idle") return;
    waiting.forEach((goOn) => { goOn(); });
    waiting = [];
  }

  function handsOff(): Promise<void> {
    if (drag.kind === "idle") return Promise.resolve();
    return new Promise((resolve) => { waiting.push(resolve); });
  }

  function pointer(cell: number, event: PointerEvent): void {
    switch (event.type) {
      case "pointerdown":
        down(cell, event);
        return;
      case "pointermove":
        if (drag.kind === "dragging") advance({ kind: "move", point: pointIn(event) });
        return;
      case "pointerup":
        advance({ kind: "up" });
        return;
      default: // the browser took the pointer away
        advance({ kind: "cancel" });
    }
  }

  function down(cell: number, event: PointerEvent): void {
    send({ kind: "activate", cell });
    const touch = event.pointerType === "touch";
    const tool = touch ? "scroll" : toolFor({ button: event.button, shift: event.shiftKey }, now().tool);
    const start = dragStart(now(), cell, pointIn(event));
    if (tool === null || start === null || drag.kind === "dragging") return;
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
    advance({ kind: "down", tool, start });
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
    if (event.defaultPrevented || event.altKey || event.metaKey || belongsToControl(event)) return;
    if (event.key === "Escape") {
      escape();
      return;
    }
    if (drag.kind === "dragging") return; // what is under the hand stays there
    const state = now();
    const input = { key: event.key, shift: event.shiftKey, ctrl: event.ctrlKey };
    const actions = keyActions(input, state, targetOf(state, state.activeCell));
    if (actions === null) return;
    event.preventDefault();
    actions.forEach(send);
  }

  function escape(): void {
    if (drag.kind === "dragging") advance({ kind: "cancel" });
    else if (now().drawer !== null) send({ kind: "drawer", drawer: null });
  }

  return { pointer, wheel, key, handsOff };
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
  return target.matches("button, a") && (key === "Enter" || key === " ");
}
