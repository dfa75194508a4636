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

/** What some tools also do: at the press alone, and when the hand lets go. */
export interface Ends {
  readonly press?: Tool;
  readonly release?: Tool;
}

export type Tools = Readonly<Record<ToolName, Tool>>;
export type AllEnds = Readonly<Partial<Record<ToolName, Ends>>>;

export type DragState =
  | { readonly kind: "idle" }
  /** point: where the pointer was last. */
  | { readonly kind: "dragging"; readonly tool: ToolName; readonly start: DragStart; readonly point: Point };

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
export function step(tools: Tools, state: DragState, event: DragEvent, ends: AllEnds = {}): Step {
  switch (event.kind) {
    case "down":
      return { state: { kind: "dragging", tool: event.tool, start: event.start, point: event.start.point }, actions: ends[event.tool]?.press?.(event.start, 0, 0) ?? [] };
    case "move":
      return state.kind === "idle" ? { state, actions: [] } : { state: { ...state, point: event.point }, actions: moved(tools[state.tool], state.start, event.point) };
    case "up":
      return { state: IDLE, actions: state.kind === "idle" ? [] : moved(ends[state.tool]?.release, state.start, state.point) };
    case "cancel":
      return { state: IDLE, actions: undone(state) };
  }
}

function moved(tool: Tool | undefined, start: DragStart, [x, y]: Point): readonly Action[] {
  const [startX, startY] = start.point;
  return tool?.(start, x - startX, y - startY) ?? [];
}

/** A cancelled drag leaves nothing: not the cells as they went, not a half-drawn region. */
function undone(state: DragState): readonly Action[] {
  if (state.kind === "idle") return [];
  const back: Action = { kind: "restore", cells: state.start.cells };
  return state.tool === "windowRegion" ? [back, { kind: "screen", act: { kind: "region", region: null } }] : [back];
}
