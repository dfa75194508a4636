/** Everything the page knows, as plain data: where each cell looks, what is loaded, how the reading stands. */
import type { Problem } from "../wire/client";
import type { DisplaySet, Plan, VoiWindow } from "../wire/types";

/** A cell's size in device pixels, and how many of them make one CSS pixel. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly devicePixelRatio: number;
}

export type ToolName = "windowLevel" | "scroll" | "pan" | "zoom";

/** Which window is applied, in modality units (HU for CT). */
export type WindowChoice =
  | { readonly kind: "default" }
  | { readonly kind: "stated"; readonly index: number }
  | { readonly kind: "own"; readonly window: VoiWindow };

/** How one cell looks at its image. Plain JSON: it can be logged, compared and undone. */
export interface ViewState {
  /**
   * The image point at the middle of the cell, [column, row], in pixels: pixel i covers i to i + 1,
   * so its centre is i + 0.5. Null: the middle of the image.
   */
  readonly centerPx: readonly [number, number] | null;
  /** 1 fits the whole image into the cell, whatever the cell's size. */
  readonly zoom: number;
  /** Clockwise on the screen, before the flip. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Left and right of the screen are exchanged. */
  readonly flip: boolean;
  readonly window: WindowChoice;
  /** The user's own inversion; MONOCHROME1 comes on top of it. */
  readonly invert: boolean;
  readonly interpolation: "nearest" | "bilinear";
}

export interface Cell {
  /** Index into the plan, null where the cell is empty. */
  readonly displaySet: number | null;
  readonly frameIndex: number;
  readonly view: ViewState;
  /** The frame whose final pixels the GPU has drawn; null where none is on the screen. */
  readonly drawnFrame: number | null;
}

/** How far one display set has come. */
export interface Load {
  /** Frames held here, decoded or ready to be. */
  readonly ready: number;
  readonly failures: Readonly<Record<number, Problem>>;
}

export type Gpu =
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly renderer: string; readonly software: boolean }
  | { readonly kind: "lost" }
  | { readonly kind: "unsupported"; readonly reason: string };

/** "readerAlone": the server could not be told. */
export type EndedBy = "reader" | "readerAlone" | "server";

export type Session = { readonly kind: "open" } | { readonly kind: "ended"; readonly by: EndedBy };

export type Drawer = "notices" | "hanging" | "help" | null;

export interface AppState {
  readonly plan: Plan;
  readonly rows: number;
  readonly columns: number;
  /** rows × columns cells, row by row. */
  readonly cells: readonly Cell[];
  /** As measured, by cell; null while a cell is not on the screen. */
  readonly viewports: readonly (Viewport | null)[];
  readonly activeCell: number;
  /** Only the active cell is on the screen. */
  readonly oneUp: boolean;
  /** What the left button does. */
  readonly tool: ToolName;
  /** By display set. */
  readonly loads: Readonly<Record<number, Load>>;
  /** Windows made from the pixels, by display set, for those that state none. */
  readonly computedWindows: Readonly<Record<number, VoiWindow>>;
  readonly gpu: Gpu;
  readonly session: Session;
  readonly online: boolean;
  /** The list open between tool row and images. */
  readonly drawer: Drawer;
  readonly railOpen: boolean;
}

export const FITTED: ViewState = {
  centerPx: null,
  zoom: 1,
  rotation: 0,
  flip: false,
  window: { kind: "default" },
  invert: false,
  interpolation: "bilinear",
};

export const NOTHING_LOADED: Load = { ready: 0, failures: {} };

export function initialState(plan: Plan): AppState {
  const { rows, columns, cells } = plan.hanging;
  const urgent = plan.notices.some(({ level }) => level !== "info");
  return {
    plan,
    rows,
    columns,
    cells: fill(rows * columns, cells.map((displaySet) => cellShowing(plan, displaySet))),
    viewports: [],
    activeCell: 0,
    oneUp: false,
    tool: "windowLevel",
    loads: {},
    computedWindows: {},
    gpu: { kind: "starting" },
    session: { kind: "open" },
    online: true,
    drawer: urgent ? "notices" : null,
    railOpen: true,
  };
}

/** A cell that shows the display set from its middle: the first and last slices are seldom what is asked for. */
export function cellShowing(plan: Plan, displaySet: number | null): Cell {
  const set = displaySet === null ? undefined : plan.displaySets[displaySet];
  const known = set === undefined ? null : displaySet;
  const frameIndex = set === undefined ? 0 : middleFrame(set);
  return { displaySet: known, frameIndex, view: FITTED, drawnFrame: null };
}

export function middleFrame({ frameCount }: DisplaySet): number {
  return Math.floor(Math.max(0, frameCount - 1) / 2);
}

export const EMPTY_CELL: Cell = { displaySet: null, frameIndex: 0, view: FITTED, drawnFrame: null };

/** Exactly `count` cells: the first of those given, then empty ones. */
export function fill(count: number, cells: readonly Cell[]): readonly Cell[] {
  return Array.from({ length: count }, (_, i) => cells[i] ?? EMPTY_CELL);
}

export function displaySetOf(state: AppState, cell: number): DisplaySet | undefined {
  const index = state.cells[cell]?.displaySet ?? null;
  return index === null ? undefined : state.plan.displaySets[index];
}

export function loadOf(state: AppState, displaySet: number): Load {
  return state.loads[displaySet] ?? NOTHING_LOADED;
}

/** The cells on the screen, by index. */
export function visibleCells(state: AppState): readonly number[] {
  return state.oneUp ? [state.activeCell] : state.cells.map((_, i) => i);
}

export type CellStatus = "empty" | "refused" | "error" | "loading" | "shown";

/** Total: there is no state in which a cell is black without a word. */
export function cellStatus(state: AppState, index: number): CellStatus {
  const cell = state.cells[index];
  const set = displaySetOf(state, index);
  if (cell === undefined || set === undefined) return "empty";
  if (set.refusal !== null || set.image === null) return "refused";
  if (problemIn(state, index) !== null) return "error";
  return cell.drawnFrame === cell.frameIndex ? "shown" : "loading";
}

/** Why the frame in view cannot be shown. */
export function problemIn(state: AppState, index: number): Problem | null {
  const cell = state.cells[index];
  if (cell === undefined || cell.displaySet === null) return null;
  return loadOf(state, cell.displaySet).failures[cell.frameIndex] ?? null;
}

const NOBODY = { name: "", birthDate: "", sex: "", mrn: "", order: "", accession: "", needed: true };

/** What is left of a plan when its reading has ended: nothing about anybody. */
export const EMPTY_PLAN: Plan = {
  revision: 0,
  banner: NOBODY,
  hanging: { protocol: "", label: "", reasons: [], rows: 1, columns: 1, cells: [null] },
  displaySets: [],
  notices: [],
};
