/** What is drawn over a cell in lines: where another slice cuts it, one point of the patient, a rectangle. CSS pixels. */
import type { Affine, Point } from "../math/affine";
import { apply } from "../math/affine";
import type { Segment } from "./reference";
import { crossing, footOf, isInSlice, sliceOf } from "./reference";
import { imageOf, resolvedCell } from "./resolve";
import type { AppState } from "./viewState";
import { displaySetOf } from "./viewState";

/** Where the active cell's slice cuts this one; null for itself, other frames of reference and parallel slices. */
export function referenceLine(state: AppState, index: number): Segment | null {
  const { activeCell, referenceLines } = state;
  if (!referenceLines || index === activeCell) return null;
  const [from, to] = [state.cells[activeCell], state.cells[index]];
  const [a, b] = [imageOf(displaySetOf(state, activeCell)), imageOf(displaySetOf(state, index))];
  const resolved = resolvedCell(state, index);
  if (from === undefined || to === undefined || a === null || b === null || resolved === null) return null;
  if (a.geometry === null || a.geometry.frameOfReference !== b.geometry?.frameOfReference) return null;
  const [there, here] = [sliceOf(a, from.frameIndex), sliceOf(b, to.frameIndex)];
  const line = there === null || here === null ? null : crossing(there, here);
  return line === null ? null : onScreen(resolved.screenFromImage, line);
}

function onScreen(map: Affine, [start, end]: Segment): Segment {
  return [apply(map, start), apply(map, end)];
}

export interface CursorMark {
  readonly point: Point;
  /** The point lies in this slice. */
  readonly inSlice: boolean;
  /** From the slice along its normal, mm. */
  readonly awayMm: number;
}

/** The cross-cell cursor in this cell; null where its frame of reference is another or the point is beside the image. */
export function cursorMark(state: AppState, index: number): CursorMark | null {
  const { cursor } = state;
  const cell = state.cells[index];
  const image = imageOf(displaySetOf(state, index));
  const resolved = resolvedCell(state, index);
  if (cursor === null || cell === undefined || image === null || resolved === null) return null;
  if (image.geometry?.frameOfReference !== cursor.frameOfReference) return null;
  const slice = sliceOf(image, cell.frameIndex);
  const foot = slice === null ? null : footOf(slice, cursor.point);
  if (foot === null) return null;
  return { point: apply(resolved.screenFromImage, foot.point), inSlice: isInSlice(image, cell.frameIndex, foot.awayMm), awayMm: foot.awayMm };
}

/** The corners of the rectangle that is being drawn in this cell, in order round it. */
export function regionMark(state: AppState, index: number): readonly Point[] {
  const { region } = state;
  const resolved = resolvedCell(state, index);
  if (region === null || region.done || region.cell !== index || resolved === null) return [];
  const { from, to } = region;
  const corners: readonly Point[] = [from, [to[0], from[1]], to, [from[0], to[1]]];
  return corners.map((corner) => apply(resolved.screenFromImage, corner));
}
