/** The four drags of a stack: window, scroll, pan, zoom. */
import { apply } from "../math/affine";
import type { Point } from "../math/affine";
import type { Action } from "../view/actions";
import type { Cell } from "../view/cell";
import type { ResolvedView } from "../view/resolve";
import { middle, zoomedAbout } from "../view/resolve";
import type { ToolName, Viewport } from "../view/viewState";
import { LOOKUP_TABLE_OFF } from "../view/voi";
import { leastWidth } from "../view/window";
import type { Tool } from "./tool";

/** Dragging this far multiplies the width by e, and moves the centre by one width. */
const WINDOW_PX = 300;
const ZOOM_PX = 200;
const SCROLL_PX = { least: 3, most: 24 } as const;

const windowLevel: Tool = ({ index, resolved }, dx, dy) => windowBy(index, resolved, dx / WINDOW_PX, dy / WINDOW_PX);

/**
 * Width times e^widthSteps, centre by centreSteps widths: a brain window and a bone window feel the same.
 * The step is of the width at the start. Where a lookup table is applied, a ramp over its input takes its place.
 */
export function windowBy(cell: number, { byHand, voi }: ResolvedView, widthSteps: number, centerSteps: number): readonly Action[] {
  if (voi?.kind === "none") return [{ kind: "say", text: "Colour images are shown as they are: they have no window." }];
  if (byHand === null) return [];
  const { window, suv } = byHand;
  const width = Math.max(leastWidth(window), window.width * Math.exp(widthSteps));
  const center = window.center + window.width * centerSteps;
  const explanation = window.explanation === LOOKUP_TABLE_OFF ? LOOKUP_TABLE_OFF : "";
  const own = { ...window, ...rounded(center, width), explanation };
  return [{ kind: "window", cell, window: { kind: "own", window: own, ...(suv === null ? {} : { suv: suv.name }) } }];
}

/** Whole units for wide windows: nobody reads tenths of HU. */
function rounded(center: number, width: number): { readonly center: number; readonly width: number } {
  return width < 100 ? { center, width } : { center: Math.round(center), width: Math.round(width) };
}

const scroll: Tool = ({ index, cell, frameCount, viewport }, _dx, dy) => {
  const heightPx = viewport.height / viewport.devicePixelRatio;
  const stepPx = Math.min(SCROLL_PX.most, Math.max(SCROLL_PX.least, heightPx / Math.max(1, frameCount)));
  return [{ kind: "frame", cell: index, frameIndex: cell.frameIndex + Math.trunc(dy / stepPx) }];
};

const pan: Tool = ({ index, cell, resolved, viewport }, dx, dy) => panned(index, cell, resolved, viewport, dx, dy);

/** The picture moves by (dx, dy) CSS pixels: right and down. */
function panned(index: number, cell: Cell, resolved: ResolvedView, viewport: Viewport, dx: number, dy: number): readonly Action[] {
  const [x, y] = middle(viewport);
  const centerPx = apply(resolved.imageFromScreen, [x - dx, y - dy]);
  return [{ kind: "look", cell: index, centerPx, zoom: cell.view.zoom }];
}

/** The eye moves by shares of the cell's width and height. */
export function panStep(
  index: number,
  cell: Cell,
  resolved: ResolvedView,
  viewport: Viewport,
  right: number,
  down: number,
): readonly Action[] {
  const [x, y] = middle(viewport);
  return panned(index, cell, resolved, viewport, -2 * x * right, -2 * y * down);
}

/** Up is nearer; the point where the drag began keeps its place. */
const zoom: Tool = (start, _dx, dy) => {
  const { centerPx, zoom } = zoomedAbout(start.cell.view, start.resolved, start.viewport, start.point, Math.exp(-dy / ZOOM_PX));
  return [{ kind: "look", cell: start.index, centerPx, zoom }];
};

export const TOOLS: Readonly<Record<ToolName, Tool>> = { windowLevel, scroll, pan, zoom };

/** Zoom as keys and buttons do: about the middle of the cell, or about the edge where the image is flush. */
export function zoomStep(index: number, cell: Cell, resolved: ResolvedView, viewport: Viewport, factor: number): readonly Action[] {
  return [{ kind: "look", cell: index, ...zoomedAbout(cell.view, resolved, viewport, steadyPoint(cell, viewport), factor) }];
}

function steadyPoint({ as }: Cell, viewport: Viewport): Point {
  const [x, y] = middle(viewport);
  if (as.justify === null) return [x, y];
  return [as.justify === "left" ? 0 : 2 * x, y];
}
