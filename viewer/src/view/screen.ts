/** How the reader arranges the screen for himself, and how he compares. */
import type { Point } from "../math/affine";
import type { Vec3 } from "../math/vec3";
import { imageToLps } from "../math/plane";
import type { Cell } from "./cell";
import { cellShowing, BY_ITSELF, turnedTo } from "./cell";
import { counterpart } from "./compare";
import type { Held } from "./grid";
import { priorToggle } from "./hang";
import { nextLevel } from "./overlayWords";
import { nearestFrame, planeOf } from "./reference";
import { imageOf } from "./resolve";
import type { CellMenu, Chrome, Region, WordLevel } from "./screenState";
import { atStage } from "./stages";
import type { AppState } from "./viewState";
import { displaySetOf } from "./viewState";

export type ScreenAct =
  | { readonly kind: "words"; readonly level?: WordLevel }
  | { readonly kind: "chrome"; readonly chrome: Chrome }
  | { readonly kind: "fullScreen"; readonly on?: boolean }
  | { readonly kind: "magnifier" }
  | { readonly kind: "referenceLines" }
  /** at: a point of the cell's image; null takes the cursor away. */
  | { readonly kind: "point"; readonly cell: number; readonly at: Point | null }
  | { readonly kind: "region"; readonly region: Region | null }
  /** A window from all pixels of the cell's image. */
  | { readonly kind: "auto"; readonly cell: number }
  | { readonly kind: "menu"; readonly menu: CellMenu | null }
  | { readonly kind: "held"; readonly held: Held }
  | { readonly kind: "compare" }
  | { readonly kind: "flashing"; readonly cell: number | null }
  | { readonly kind: "allowFlashes"; readonly displaySet: number };

export function onScreen(state: AppState, act: ScreenAct): AppState {
  switch (act.kind) {
    case "words":
      return { ...state, words: act.level ?? nextLevel(state.words) };
    case "chrome":
      return { ...state, chrome: act.chrome };
    case "fullScreen":
      return { ...state, fullScreen: act.on ?? !state.fullScreen };
    case "magnifier":
      return { ...state, magnifier: !state.magnifier };
    case "referenceLines":
      return { ...state, referenceLines: !state.referenceLines };
    case "point":
      return act.at === null ? { ...state, cursor: null } : pointed(state, act.cell, act.at);
    case "region":
      return { ...state, region: act.region };
    case "auto":
      return auto(state, act.cell);
    case "menu":
      return act.menu !== null && !(act.menu.cell in state.cells) ? state : { ...state, menu: act.menu };
    case "held":
      return state.held === act.held ? state : { ...state, held: act.held };
    case "compare":
      return compared(state);
    case "flashing":
      return { ...state, flashing: act.cell };
    case "allowFlashes":
      return { ...state, flashing: null, flashesAllowed: [...state.flashesAllowed, act.displaySet] };
  }
}

function auto(state: AppState, cell: number): AppState {
  const image = imageOf(displaySetOf(state, cell));
  return image === null ? state : { ...state, region: { cell, from: [0, 0], to: [image.columns, image.rows], done: true } };
}

// ---- the cross-cell cursor ----------------------------------------------------------------------

/** The other cells of this frame of reference turn to the slice that is nearest to the point. */
function pointed(state: AppState, index: number, at: Point): AppState {
  const cell = state.cells[index];
  const image = imageOf(displaySetOf(state, index));
  const plane = cell === undefined || image === null ? null : planeOf(image, cell.frameIndex);
  const frameOfReference = image?.geometry?.frameOfReference;
  if (plane === null || frameOfReference === undefined) return { ...state, cursor: null };
  const point = imageToLps(plane, at);
  const cells = state.cells.map((one, i) => (i === index ? one : turnedToPoint(state, i, one, point, frameOfReference)));
  return { ...state, cells, cursor: { point, frameOfReference, cell: index } };
}

function turnedToPoint(state: AppState, index: number, cell: Cell, point: Vec3, frameOfReference: number): Cell {
  const image = imageOf(displaySetOf(state, index));
  if (image === null || image.geometry?.frameOfReference !== frameOfReference) return cell;
  const turned = turnedTo(cell, nearestFrame(image, image.geometry, point));
  return turned === cell ? cell : { ...turned, playing: false, touched: true };
}

// ---- current and prior --------------------------------------------------------------------------

/** The plan's own stage with the prior; else the prior beside the active cell, and back again. */
function compared(state: AppState): AppState {
  const back = state.compared;
  if (back !== null && back.stage === state.stage) return { ...state, ...back.before, activeCell: 0, compared: null };
  const there = priorToggle(state.plan, state.stage);
  if (there !== null) return atStage(state, there);
  const cell = state.cells[state.activeCell];
  const other = cell === undefined || cell.displaySet === null ? null : counterpart(state.plan, cell.displaySet);
  return cell === undefined || other === null ? state : besides(state, cell, other);
}

const TOGETHER = "compared";

function besides(state: AppState, cell: Cell, other: number): AppState {
  const { rows, columns, cells, stage } = state;
  const as = { ...BY_ITSELF, window: cell.as.window, sync: TOGETHER };
  const here: Cell = { ...cell, as: { ...cell.as, sync: TOGETHER }, linked: true, anchor: cell.frameIndex, touched: true };
  const there: Cell = { ...cellShowing(state.plan, other, as), touched: true };
  const pair = state.plan.displaySets[other]?.study.role === "prior" ? [here, there] : [there, here];
  return { ...state, rows: 1, columns: 2, cells: pair, oneUp: false, activeCell: pair.indexOf(here), compared: { stage, before: { rows, columns, cells } } };
}
