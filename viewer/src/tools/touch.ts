/** Two fingers: the image points under them stay under them. */
import { apply } from "../math/affine";
import type { Point } from "../math/affine";
import type { Action } from "../view/actions";
import { middle } from "../view/resolve";
import type { DragStart } from "./tool";

/** from, to: the fingers' middle at the start and now, CSS pixels of the cell; factor: how far apart they went. */
export function pinched({ index, cell, resolved, viewport }: DragStart, from: Point, to: Point, factor: number): readonly Action[] {
  if (!(factor > 0) || !Number.isFinite(factor)) return [];
  const [heldX, heldY] = apply(resolved.imageFromScreen, from);
  const [middleX, middleY] = apply(resolved.imageFromScreen, middle(viewport));
  const [toX, toY] = apply(resolved.imageFromScreen, to);
  const centerPx: Point = [heldX + (middleX - toX) / factor, heldY + (middleY - toY) / factor];
  return [{ kind: "look", cell: index, centerPx, zoom: cell.view.zoom * factor }];
}
