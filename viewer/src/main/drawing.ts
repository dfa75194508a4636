/** From state and pixels to what the engine draws: the one place that knows both. */
import type { CellDraw, FramePixels } from "../engine/cell";
import type { CellRect } from "../page/ports";
import { frameKey } from "../view/loadOrder";
import type { FrameRef } from "../view/loadOrder";
import type { PixelsOf } from "./derived";
import { imageOf, resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { displaySetOf, visibleCells } from "../view/viewState";
import { perFrame } from "../view/window";
import type { StoredValues } from "../decode/frame";

export interface CellPicture {
  readonly index: number;
  readonly frame: FrameRef;
  readonly draw: CellDraw;
}

/** The cells on the screen whose frame in view is decoded and has a window. */
export function pictures(state: AppState, rects: readonly (CellRect | null)[], pixels: PixelsOf): readonly CellPicture[] {
  return visibleCells(state).flatMap((index) => picture(state, index, rects[index] ?? null, pixels) ?? []);
}

function picture(state: AppState, index: number, rect: CellRect | null, pixels: PixelsOf): CellPicture | null {
  const cell = state.cells[index];
  const image = imageOf(displaySetOf(state, index));
  const resolved = resolvedCell(state, index);
  if (cell === undefined || cell.displaySet === null || rect === null || image === null) return null;
  const frame = { displaySet: cell.displaySet, frameIndex: cell.frameIndex };
  const values = pixels(frame);
  if (resolved === null || resolved.window === null || values === null) return null;
  const draw: CellDraw = {
    rect,
    frame: framePixels(frame, image.columns, image.rows, values),
    layout: image.pixels,
    slope: perFrame(image.rescaleSlope, cell.frameIndex, 1),
    intercept: perFrame(image.rescaleIntercept, cell.frameIndex, 0),
    voi: resolved.window,
    invert: (image.pixels.photometricInterpretation === "MONOCHROME1") !== cell.view.invert,
    imageFromScreen: resolved.imageFromDevice,
    interpolation: cell.view.interpolation,
  };
  return { index, frame, draw };
}

function framePixels(frame: FrameRef, width: number, height: number, values: StoredValues): FramePixels {
  return { key: frameKey(frame), width, height, values };
}
