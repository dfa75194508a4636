/** Linked cells: one moves, the others of its group go the same way in the patient and in millimetres. */
import { apply, invert } from "../math/affine";
import type { Point } from "../math/affine";
import { cross, dot } from "../math/vec3";
import type { Vec3 } from "../math/vec3";
import type { Geometry, ImageTable, VoiWindow } from "../wire/types";
import { t } from "../words/words";
import type { Cell } from "./cell";
import { groupOf, turnedTo } from "./cell";
import { anchored } from "./hang";
import { centerWithin, fitScale, imageOf, linearPart, resolvedCell, wishesOf } from "./resolve";
import { pixelSize } from "./spacing";
import type { AppState, Viewport } from "./viewState";

/** Planes that meet at less (about 18°) are read side by side; others are another view. */
const PARALLEL = 0.95;

/** The other cells that move with this one. */
export function linkedWith(state: AppState, index: number): readonly number[] {
  const source = state.cells[index];
  if (source === undefined || !source.linked) return [];
  return state.cells.flatMap((cell, i) => (i !== index && cell.linked && cell.displaySet !== null && groupOf(cell) === groupOf(source) ? [i] : []));
}

/** The mark of a linked cell: empty where there is one group, else A, B, …; null where it moves alone. */
export function linkName(state: AppState, index: number): string | null {
  const cell = state.cells[index];
  if (cell === undefined || linkedWith(state, index).length === 0) return null;
  const groups = state.cells.flatMap((one, i) => (linkedWith(state, i).length > 0 ? [groupOf(one)] : []));
  const names = [...new Set(groups)];
  return names.length === 1 ? "" : String.fromCharCode(FIRST_LETTER + names.indexOf(groupOf(cell)));
}

const FIRST_LETTER = 65;

/** Links the cell's group from where each stands, or unlinks it where all are linked. */
export function toggled(state: AppState, index: number): AppState {
  const source = state.cells[index];
  if (source === undefined) return state;
  const group = state.cells.filter((cell) => cell.displaySet !== null && groupOf(cell) === groupOf(source));
  const linked = !group.every((cell) => cell.linked);
  const cells = state.cells.map((cell) => (group.includes(cell) ? { ...cell, linked, anchor: cell.frameIndex } : cell));
  const news = group.length < 2 ? t("link.noOther") : linked ? t("link.linked", { count: group.length }) : t("link.unlinked");
  return { ...state, cells: group.length < 2 ? state.cells : cells, news };
}

/** After the reader changed the cell: the cells linked with it have followed, and count as touched with it. */
export function withLinked(before: AppState, after: AppState, index: number): AppState {
  const [was, is] = [before.cells[index], after.cells[index]];
  if (was === undefined || is === undefined || was === is) return after;
  if (was.displaySet !== is.displaySet) return { ...after, cells: anchored(after.cells, new Set([is.as.sync])) };
  const others = linkedWith(after, index);
  if (others.length === 0) return after;
  const move: Move = { state: before, index, was, is };
  const cells = after.cells.map((cell, i) => (others.includes(i) ? moved(move, cell) : cell));
  return { ...after, cells };
}

interface Move {
  /** As it was before. */
  readonly state: AppState;
  readonly index: number;
  readonly was: Cell;
  readonly is: Cell;
}

function moved(move: Move, cell: Cell): Cell {
  const after = windowed(move, looked(move, scrolled(move, cell)));
  return after === cell ? cell : { ...after, touched: true };
}

// ---- window -------------------------------------------------------------------------------------

/** Where the plan hangs both with one window, it stays one window. */
function windowed({ was, is }: Move, cell: Cell): Cell {
  if (was.view.window === is.view.window || !isPlannedAlike(is.as.window, cell.as.window)) return cell;
  const { window } = is.view;
  return window.kind === "own" || window.kind === "default" ? { ...cell, view: { ...cell.view, window } } : cell;
}

function isPlannedAlike(a: VoiWindow | null, b: VoiWindow | null): boolean {
  return a !== null && b !== null && a.center === b.center && a.width === b.width && a.function === b.function;
}

// ---- position -----------------------------------------------------------------------------------

function scrolled({ state, was, is }: Move, cell: Cell): Cell {
  if (was.frameIndex === is.frameIndex) return cell;
  const frameIndex = frameBeside(state, is, cell);
  return frameIndex === null ? cell : turnedTo(cell, frameIndex);
}

/** The frame of `cell` that belongs to the frame of `source`; null where they are no views of one plane. */
function frameBeside(state: AppState, source: Cell, cell: Cell): number | null {
  const [from, to] = [setOf(state, source), setOf(state, cell)];
  if (from === undefined || to === undefined) return null;
  const [a, b] = [from.image?.geometry ?? null, to.image?.geometry ?? null];
  const last = Math.max(0, to.frameCount - 1);
  if (a === null || b === null) return Math.min(last, Math.max(0, cell.anchor + source.frameIndex - source.anchor));
  const normal = cross(a.row, a.column);
  if (Math.abs(dot(normal, cross(b.row, b.column))) < PARALLEL) return null;
  const here = along(normal, a, source.frameIndex);
  if (a.frameOfReference === b.frameOfReference) return nearest(normal, b, here);
  return nearest(normal, b, along(normal, b, cell.anchor) + here - along(normal, a, source.anchor));
}

function setOf(state: AppState, { displaySet }: Cell) {
  return displaySet === null ? undefined : state.plan.displaySets[displaySet];
}

/** Where a frame lies along a direction, mm. */
function along(normal: Vec3, { positions }: Geometry, frameIndex: number): number {
  const at = 3 * frameIndex;
  return dot([positions[at] ?? 0, positions[at + 1] ?? 0, positions[at + 2] ?? 0], normal);
}

function nearest(normal: Vec3, geometry: Geometry, there: number): number {
  let [found, distance] = [0, Infinity];
  for (let i = 0; 3 * i < geometry.positions.length; i++) {
    const away = Math.abs(along(normal, geometry, i) - there);
    if (away < distance) [found, distance] = [i, away];
  }
  return found;
}

// ---- zoom and pan -------------------------------------------------------------------------------

function looked(move: Move, cell: Cell): Cell {
  const [was, is] = [move.was.view, move.is.view];
  if (was.zoom === is.zoom && was.centerPx === is.centerPx) return cell;
  const fitted = is.centerPx === null && is.zoom === 1;
  return fitted ? { ...cell, view: { ...cell.view, centerPx: null, zoom: 1 } } : lookedInMm(move, cell);
}

/** The same distance on the screen in mm, and the same mm a screen pixel. */
function lookedInMm({ state, index, was, is }: Move, cell: Cell): Cell {
  const viewport = state.viewports[index] ?? null;
  const [from, to] = [imageOf(setOf(state, is)), imageOf(setOf(state, cell))];
  if (viewport === null || from === null || to === null) return cell;
  const zoom = cell.view.zoom * zoomBy(state, viewport, { image: from, was, is }, { image: to, cell });
  const start = centerNow(state, viewport, was);
  const end = is.view.centerPx ?? start;
  const [right, down] = screenMm(is, from, [end[0] - start[0], end[1] - start[1]]);
  const mirrored = is.as.justify !== null && cell.as.justify !== null && is.as.justify !== cell.as.justify;
  const [column, row] = apply(linearPart(cell.view, pixelSize(to), 1), [mirrored ? -right : right, down]);
  const here = centerNow(state, viewport, cell);
  const center = centerWithin([here[0] + column, here[1] + row], zoom, cell, viewport, to, wishesOf(state, cell));
  return { ...cell, view: { ...cell.view, centerPx: center, zoom } };
}

/** With the same kind of mm both get the same scale; without, the same factor. */
function zoomBy(
  state: AppState,
  viewport: Viewport,
  from: { readonly image: ImageTable; readonly was: Cell; readonly is: Cell },
  to: { readonly image: ImageTable; readonly cell: Cell },
): number {
  const factor = from.is.view.zoom / from.was.view.zoom;
  const sameMm = from.image.spacing !== null && from.image.spacing.source === to.image.spacing?.source;
  if (!sameMm || factor === 1) return factor;
  const scaleNow = fitScale(to.cell.view, viewport, to.image, wishesOf(state, to.cell)) * to.cell.view.zoom;
  return (fitScale(from.is.view, viewport, from.image, wishesOf(state, from.is)) * from.is.view.zoom) / scaleNow;
}

/** From image pixels to mm on the screen, right and down. */
function screenMm(cell: Cell, image: ImageTable, [column, row]: Point): Point {
  const screenFromImage = invert(linearPart(cell.view, pixelSize(image), 1));
  return screenFromImage === null ? [0, 0] : apply(screenFromImage, [column, row]);
}

/** The image point at the middle of a cell as large as `viewport`. */
function centerNow(state: AppState, viewport: Viewport, cell: Cell): Point {
  if (cell.view.centerPx !== null) return cell.view.centerPx;
  const alone = { ...state, cells: [cell], viewports: [viewport] };
  const resolved = resolvedCell(alone, 0);
  return resolved === null ? [0, 0] : apply(resolved.imageFromDevice, [viewport.width / 2, viewport.height / 2]);
}
