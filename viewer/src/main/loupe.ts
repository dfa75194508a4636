/** The magnifier: the same image drawn once more about the pointer, larger, by the same renderer. */
import type { CellDraw } from "../engine/cell";
import type { Point } from "../math/affine";
import { compose } from "../math/affine";
import type { Loupe } from "../page/ports";
import { middle } from "../view/resolve";
import type { AppState } from "../view/viewState";
import type { CellPicture } from "./drawing";

const MAGNIFICATION = 2.5;
/** CSS pixels; smaller in small cells. */
const SIDE_PX = 240;
const MOST_SHARE = 0.7;

export interface Magnified {
  readonly draw: CellDraw;
  readonly loupe: Loupe;
}

/** pointer: where it is, CSS pixels of its cell; null: the middle of the active cell, for hands on the keyboard. */
export function magnified(state: AppState, shown: readonly CellPicture[], pointer: { readonly cell: number; readonly point: Point } | null): Magnified | null {
  if (!state.magnifier) return null;
  const index = pointer?.cell ?? state.activeCell;
  const picture = shown.find((one) => one.index === index);
  const viewport = state.viewports[index] ?? null;
  if (picture === undefined || viewport === null) return null;
  const { rect, imageFromScreen } = picture.draw;
  const ratio = viewport.devicePixelRatio;
  const [x, y] = (pointer?.point ?? middle(viewport)).map((at) => at * ratio) as [number, number];
  const side = Math.round(Math.min(SIDE_PX * ratio, MOST_SHARE * rect.width, MOST_SHARE * rect.height));
  const [left, top] = [placed(x, side, rect.width), placed(y, side, rect.height)];
  // What is under the pointer stays under it.
  const scale = 1 / MAGNIFICATION;
  const cellFromLoupe = { xx: scale, xy: 0, x0: x - (x - left) * scale, yx: 0, yy: scale, y0: y - (y - top) * scale };
  const there = { x: rect.x + left, y: rect.y + top, width: side, height: side };
  return {
    draw: { ...picture.draw, rect: there, imageFromScreen: compose(imageFromScreen, cellFromLoupe) },
    loupe: { ...there, devicePixelRatio: ratio, magnification: MAGNIFICATION, cell: index, corner: [left / ratio, top / ratio], origin: [cellFromLoupe.x0, cellFromLoupe.y0].map((at) => (-at * MAGNIFICATION) / ratio) as [number, number] },
  };
}

/** Whole pixels, inside of the cell. */
function placed(at: number, side: number, room: number): number {
  return Math.round(Math.min(room - side, Math.max(0, at - side / 2)));
}
