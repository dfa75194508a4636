/** What a tool is: from where a drag began and how far it went to actions. It keeps nothing (STYLE.md 7). */
import type { Point } from "../math/affine";
import type { Action } from "../view/actions";
import type { Cell } from "../view/cell";
import type { ResolvedView } from "../view/resolve";
import type { ToolName, Viewport } from "../view/viewState";

/** What the tool saw when the pointer went down. */
export interface DragStart {
  readonly index: number;
  readonly cell: Cell;
  /** All cells: linked ones move with it, and are put back with it. */
  readonly cells: readonly Cell[];
  readonly frameCount: number;
  readonly viewport: Viewport;
  readonly resolved: ResolvedView;
  /** CSS pixels of the viewport. */
  readonly point: Point;
}

/** dx, dy: CSS pixels from the start, right and down. Always from the start: a long drag cannot drift. */
export type Tool = (start: DragStart, dx: number, dy: number) => readonly Action[];

export type DragState = { readonly kind: "idle" } | { readonly kind: "dragging"; readonly tool: ToolName; readonly start: DragStart };

export type DragEvent =
  | { readonly kind: "down"; readonly tool: ToolName; readonly start: DragStart }
  | { readonly kind: "move"; readonly point: Point }
  | { readonly kind: "up" }
  | { readonly kind: "cancel" };

export interface Step {
  readonly state: DragState;
  readonly actions: readonly Action[];
}

export const IDLE: DragState = { kind: "idle" };

/** One step of the drag machine; every state answers every event. */
export function step(tools: Readonly<Record<ToolName, Tool>>, state: DragState, event: DragEvent): Step {
  switch (event.kind) {
    case "down":
      return { state: { kind: "dragging", tool: event.tool, start: event.start }, actions: [] };
    case "move":
      return { state, actions: moved(tools, state, event.point) };
    case "up":
      return { state: IDLE, actions: [] };
    case "cancel":
      return { state: IDLE, actions: undone(state) };
  }
}

function moved(tools: Readonly<Record<ToolName, Tool>>, state: DragState, [x, y]: Point): readonly Action[] {
  if (state.kind === "idle") return [];
  const [startX, startY] = state.start.point;
  return tools[state.tool](state.start, x - startX, y - startY);
}

function undone(state: DragState): readonly Action[] {
  if (state.kind === "idle") return [];
  return [{ kind: "restore", cells: state.start.cells }];
}
