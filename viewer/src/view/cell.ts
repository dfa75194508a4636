/** One cell: what it shows, how it looks at it, and what the plan hung it for. */
import type { Problem } from "../wire/client";
import type { DisplaySet, Plan, StageCell, VoiWindow } from "../wire/types";
import type { Tuning } from "./cine";
import { AS_STATED } from "./cine";

/** Which VOI is applied. "default": the plan's for this cell, else the image's. */
export type WindowChoice =
  | { readonly kind: "default" }
  /** One of the image's windows. */
  | { readonly kind: "stated"; readonly index: number }
  /** One of the image's VOI lookup tables. */
  | { readonly kind: "table"; readonly index: number }
  /** suv: the type of SUV that the window is in; absent: modality units (HU for CT). */
  | { readonly kind: "own"; readonly window: VoiWindow; readonly suv?: string };

/** How one cell looks at its image. Plain JSON: it can be logged, compared and undone. */
export interface ViewState {
  /**
   * The image point at the middle of the cell, [column, row], in pixels: pixel i covers i to i + 1,
   * so its centre is i + 0.5. Null: where the plan places the image, else its middle.
   */
  readonly centerPx: readonly [number, number] | null;
  /** 1 fits the whole image, and those it is compared with, into the cell, whatever the cell's size. */
  readonly zoom: number;
  /** Clockwise on the screen, before the flip. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Left and right of the screen are exchanged. */
  readonly flip: boolean;
  readonly window: WindowChoice;
  /** The user's own inversion; MONOCHROME1 comes on top of it. */
  readonly invert: boolean;
  readonly interpolation: "nearest" | "bilinear";
  /** Overlays of the file (60xx) are drawn. */
  readonly overlaysShown: boolean;
  /** Shutters of the file hide what they hide; without them the cell says so. */
  readonly shutterShown: boolean;
}

/** The plan's wishes for a cell, as they were when it was hung. */
export interface HungAs {
  readonly window: VoiWindow | null;
  readonly label: string;
  readonly sync: string | null;
  readonly justify: StageCell["justify"];
  readonly invert: boolean;
  /**
   * Display sets of the same group: all fit at one scale in mm. Written down when hung, so that a later
   * arrival cannot change the size of what the reader looks at.
   */
  readonly scaleWith: readonly number[];
}

export interface Cell {
  /** Index into the plan, null where the cell is empty. */
  readonly displaySet: number | null;
  readonly frameIndex: number;
  /** Which way it was last scrolled: there the next frames are wanted. 0: not yet. */
  readonly heading: -1 | 0 | 1;
  readonly view: ViewState;
  /** The frame whose final pixels the GPU has drawn; null where none is on the screen. */
  readonly drawnFrame: number | null;
  /** It was drawn with every n-th pixel only; 1: with all. */
  readonly drawnReduced: number;
  /** It was drawn without an overlay of the file, which did not come. */
  readonly drawnWithoutOverlay: boolean;
  /** Why the frame in view is not drawn though its pixels are here: what gives them their meaning did not come. */
  readonly lacking: Problem | null;
  /** The cine runs. */
  readonly playing: boolean;
  readonly cine: Tuning;
  readonly as: HungAs;
  /** The reader has changed it: no revision of the plan will (DESIGN.md 2). */
  readonly touched: boolean;
  /** Moves with the linked cells of its group. */
  readonly linked: boolean;
  /** The frame at the moment of linking: other frames of reference follow from there. */
  readonly anchor: number;
}

export const FITTED: ViewState = {
  centerPx: null,
  zoom: 1,
  rotation: 0,
  flip: false,
  window: { kind: "default" },
  invert: false,
  interpolation: "bilinear",
  overlaysShown: true,
  shutterShown: true,
};

/** As the image itself says, alone. */
export const BY_ITSELF: HungAs = { window: null, label: "", sync: null, justify: null, invert: false, scaleWith: [] };

/** The view that a cell opens with, and returns to. */
export function opened(as: HungAs): ViewState {
  return as.invert ? { ...FITTED, invert: true } : FITTED;
}

/** A cell that shows the display set from its middle: the first and last slices are seldom what is asked for. */
export function cellShowing(plan: Plan, displaySet: number | null, as: HungAs = BY_ITSELF): Cell {
  const set = displaySet === null ? undefined : plan.displaySets[displaySet];
  const known = set === undefined ? null : displaySet;
  const frameIndex = set === undefined ? 0 : middleFrame(set);
  return { ...EMPTY_CELL, displaySet: known, frameIndex, view: opened(as), as, linked: as.sync !== null, anchor: frameIndex };
}

export function middleFrame({ frameCount }: DisplaySet): number {
  return Math.floor(Math.max(0, frameCount - 1) / 2);
}

export const EMPTY_CELL: Cell = {
  displaySet: null,
  frameIndex: 0,
  heading: 0,
  view: FITTED,
  drawnFrame: null,
  drawnReduced: 1,
  drawnWithoutOverlay: false,
  lacking: null,
  playing: false,
  cine: AS_STATED,
  as: BY_ITSELF,
  touched: false,
  linked: false,
  anchor: 0,
};

/** Exactly `count` cells: the first of those given, then empty ones. */
export function fill(count: number, cells: readonly Cell[]): readonly Cell[] {
  return Array.from({ length: count }, (_, i) => cells[i] ?? EMPTY_CELL);
}

/** Cells of one group are linked together; those that the plan gave none make one group. */
export function groupOf({ as }: Cell): string {
  return as.sync ?? "";
}

/** The same cell at another frame of its display set. */
export function turnedTo(cell: Cell, frameIndex: number): Cell {
  if (frameIndex === cell.frameIndex) return cell;
  return { ...cell, frameIndex, lacking: null, heading: frameIndex > cell.frameIndex ? 1 : -1 };
}
