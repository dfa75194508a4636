/** What can happen, and what it changes: `reduce` is pure and total. */
import type { Problem } from "../wire/client";
import type { VoiWindow } from "../wire/types";
import type { AppState, Cell, Drawer, EndedBy, Gpu, Load, ToolName, Viewport, ViewState, WindowChoice } from "./viewState";
import { cellShowing, displaySetOf, EMPTY_PLAN, fill, FITTED, initialState, loadOf } from "./viewState";

/** What a reader does to one cell. */
export type CellAction =
  | { readonly kind: "show"; readonly cell: number; readonly displaySet: number }
  | { readonly kind: "frame"; readonly cell: number; readonly frameIndex: number }
  | { readonly kind: "scroll"; readonly cell: number; readonly by: number }
  | { readonly kind: "window"; readonly cell: number; readonly window: WindowChoice }
  /** centerPx: [column, row], pixels; see ViewState. */
  | { readonly kind: "look"; readonly cell: number; readonly centerPx: readonly [number, number]; readonly zoom: number }
  | { readonly kind: "fit"; readonly cell: number }
  | { readonly kind: "invert"; readonly cell: number }
  | { readonly kind: "interpolate"; readonly cell: number }
  | { readonly kind: "rotate"; readonly cell: number; readonly quarterTurns: number }
  | { readonly kind: "flip"; readonly cell: number; readonly axis: "horizontal" | "vertical" }
  | { readonly kind: "reset"; readonly cell: number }
  /** A cancelled drag puts back what it found. */
  | { readonly kind: "restore"; readonly cell: number; readonly view: ViewState; readonly frameIndex: number };

export type Action =
  | CellAction
  | { readonly kind: "activate"; readonly cell: number }
  | { readonly kind: "activateNext"; readonly by: number }
  | { readonly kind: "tool"; readonly tool: ToolName }
  | { readonly kind: "layout"; readonly rows: number; readonly columns: number }
  | { readonly kind: "oneUp"; readonly cell: number }
  | { readonly kind: "drawer"; readonly drawer: Drawer }
  | { readonly kind: "rail" }
  | { readonly kind: "loaded"; readonly ready: Readonly<Record<number, number>> }
  | { readonly kind: "failed"; readonly displaySet: number; readonly frameIndex: number; readonly problem: Problem }
  | { readonly kind: "retry"; readonly displaySet: number }
  | { readonly kind: "viewports"; readonly viewports: readonly (Viewport | null)[] }
  | { readonly kind: "drawn"; readonly frames: readonly (number | null)[] }
  | { readonly kind: "computedWindow"; readonly displaySet: number; readonly window: VoiWindow }
  | { readonly kind: "gpu"; readonly gpu: Gpu }
  | { readonly kind: "online"; readonly online: boolean }
  | { readonly kind: "ended"; readonly by: EndedBy };

const MOST_CELLS_A_SIDE = 5;
const ZOOM_LIMITS = [0.1, 64] as const;

export function reduce(state: AppState, action: Action): AppState {
  switch (action.kind) {
    case "activate":
      return action.cell in state.cells ? { ...state, activeCell: action.cell } : state;
    case "activateNext":
      return { ...state, activeCell: wrap(state.activeCell + action.by, state.cells.length) };
    case "tool":
      return { ...state, tool: action.tool };
    case "layout":
      return laidOut(state, sides(action.rows), sides(action.columns));
    case "oneUp":
      return action.cell in state.cells ? { ...state, activeCell: action.cell, oneUp: !state.oneUp } : state;
    case "drawer":
      return { ...state, drawer: state.drawer === action.drawer ? null : action.drawer };
    case "rail":
      return { ...state, railOpen: !state.railOpen };
    case "loaded":
      return loaded(state, action.ready);
    case "failed":
      return failed(state, action.displaySet, action.frameIndex, action.problem);
    case "retry":
      return withLoad(state, action.displaySet, { ...loadOf(state, action.displaySet), failures: {} });
    case "viewports":
      return { ...state, viewports: action.viewports };
    case "drawn":
      return drawn(state, action.frames);
    case "computedWindow":
      return { ...state, computedWindows: { ...state.computedWindows, [action.displaySet]: action.window } };
    case "gpu":
      return { ...(action.gpu.kind === "ready" ? state : drawn(state, [])), gpu: action.gpu };
    case "online":
      return { ...state, online: action.online };
    case "ended":
      return { ...initialState(EMPTY_PLAN), gpu: state.gpu, session: { kind: "ended", by: action.by } };
    default:
      return onCell(state, action);
  }
}

function onCell(state: AppState, action: CellAction): AppState {
  const cell = state.cells[action.cell];
  if (cell === undefined) return state;
  const changed = reduceCell(state, cell, action);
  if (changed === cell) return state;
  return { ...state, cells: state.cells.with(action.cell, changed) };
}

function reduceCell(state: AppState, cell: Cell, action: CellAction): Cell {
  const { view } = cell;
  const looking = (change: Partial<ViewState>): Cell => ({ ...cell, view: { ...view, ...change } });
  switch (action.kind) {
    case "show":
      return action.displaySet in state.plan.displaySets ? cellShowing(state.plan, action.displaySet) : cell;
    case "frame":
      return atFrame(state, cell, action.cell, action.frameIndex);
    case "scroll":
      return atFrame(state, cell, action.cell, cell.frameIndex + action.by);
    case "window":
      return looking({ window: action.window });
    case "look":
      return looking({ centerPx: withinImage(state, action.cell, action.centerPx), zoom: clamp(action.zoom, ...ZOOM_LIMITS) });
    case "fit":
      return looking({ centerPx: null, zoom: 1 });
    case "invert":
      return looking({ invert: !view.invert });
    case "interpolate":
      return looking({ interpolation: view.interpolation === "nearest" ? "bilinear" : "nearest" });
    case "rotate":
      return looking({ rotation: turned(view.rotation, view.flip ? -action.quarterTurns : action.quarterTurns) });
    case "flip":
      return looking({ flip: !view.flip, rotation: action.axis === "vertical" ? turned(view.rotation, 2) : view.rotation });
    case "reset":
      return { ...cell, view: FITTED };
    case "restore":
      return { ...atFrame(state, cell, action.cell, action.frameIndex), view: action.view };
  }
}

function atFrame(state: AppState, cell: Cell, index: number, frameIndex: number): Cell {
  const last = (displaySetOf(state, index)?.frameCount ?? 1) - 1;
  const there = clamp(Math.round(frameIndex), 0, Math.max(0, last));
  return there === cell.frameIndex ? cell : { ...cell, frameIndex: there };
}

/** The middle of the cell stays on the image, so that panning cannot lose it. */
function withinImage(state: AppState, cell: number, [column, row]: readonly [number, number]): readonly [number, number] {
  const image = displaySetOf(state, cell)?.image;
  if (!image) return [column, row];
  return [clamp(column, 0, image.columns), clamp(row, 0, image.rows)];
}

function laidOut(state: AppState, rows: number, columns: number): AppState {
  const cells = fill(rows * columns, state.cells);
  return { ...state, rows, columns, cells, oneUp: false, activeCell: Math.min(state.activeCell, cells.length - 1) };
}

function loaded(state: AppState, ready: Readonly<Record<number, number>>): AppState {
  const changed = Object.entries(ready).map(([index, count]): [string, Load] => {
    return [index, { ...loadOf(state, Number(index)), ready: count }];
  });
  return { ...state, loads: { ...state.loads, ...Object.fromEntries(changed) } };
}

function failed(state: AppState, displaySet: number, frameIndex: number, problem: Problem): AppState {
  const load = loadOf(state, displaySet);
  return withLoad(state, displaySet, { ...load, failures: { ...load.failures, [frameIndex]: problem } });
}

function withLoad(state: AppState, displaySet: number, load: Load): AppState {
  return { ...state, loads: { ...state.loads, [displaySet]: load } };
}

function drawn(state: AppState, frames: readonly (number | null)[]): AppState {
  if (state.cells.every((cell, i) => cell.drawnFrame === (frames[i] ?? null))) return state;
  return { ...state, cells: state.cells.map((cell, i) => ({ ...cell, drawnFrame: frames[i] ?? null })) };
}

function turned(rotation: ViewState["rotation"], quarterTurns: number): ViewState["rotation"] {
  return ([0, 90, 180, 270] as const)[wrap(rotation / 90 + quarterTurns, 4)] ?? 0;
}

function sides(count: number): number {
  return clamp(Math.round(count), 1, MOST_CELLS_A_SIDE);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function wrap(value: number, count: number): number {
  return ((value % count) + count) % count;
}
