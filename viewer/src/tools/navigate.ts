/** The drags of a stack: window, scroll, pan, zoom, turn, point. */
import { apply } from "../math/affine";
import type { Point } from "../math/affine";
import type { Action } from "../view/actions";
import type { Cell } from "../view/cell";
import type { ResolvedView } from "../view/resolve";
import { middle, zoomedAbout } from "../view/resolve";
import type { Viewport } from "../view/viewState";
import { lookupTableOff } from "../view/voi";
import { leastWidth } from "../view/window";
import { t } from "../words/words";
import type { AllEnds, DragStart, Tool, Tools } from "./tool";

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
  if (voi?.kind === "none") return [{ kind: "say", text: t("window.noneForColour") }];
  if (byHand === null) return [];
  const { window, suv } = byHand;
  const width = Math.max(leastWidth(window), window.width * Math.exp(widthSteps));
  const center = window.center + window.width * centerSteps;
  const explanation = window.explanation === lookupTableOff() ? window.explanation : "";
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

/** So many images for each that a plain drag scrolls. */
const FAST = 10;

const fastScroll: Tool = (start, dx, dy) => scroll(start, dx, FAST * dy);

/** By quarters, as the pointer turns about the middle of the cell. */
const rotate: Tool = ({ index, cell, viewport, point }, dx, dy) => {
  const [x, y] = middle(viewport);
  const turned = Math.atan2(point[1] + dy - y, point[0] + dx - x) - Math.atan2(point[1] - y, point[0] - x);
  const quarters = Math.round(turned / (Math.PI / 2));
  return [{ kind: "turnTo", cell: index, rotation: turnedBy(cell.view.rotation, cell.view.flip ? -quarters : quarters) }];
};

function turnedBy(rotation: 0 | 90 | 180 | 270, quarters: number): 0 | 90 | 180 | 270 {
  const turns = [0, 90, 180, 270] as const;
  return turns[(((rotation / 90 + quarters) % 4) + 4) % 4] ?? rotation;
}

/** The point of the patient under the pointer, in every cell of its frame of reference. */
const crosshair: Tool = ({ index, resolved, point }, dx, dy) => {
  return [{ kind: "screen", act: { kind: "point", cell: index, at: apply(resolved.imageFromScreen, [point[0] + dx, point[1] + dy]) } }];
};

const windowRegion: Tool = (start, dx, dy) => regionOf(start, dx, dy, false);

function regionOf({ index, resolved, point }: DragStart, dx: number, dy: number, done: boolean): readonly Action[] {
  const from = apply(resolved.imageFromScreen, point);
  const to = apply(resolved.imageFromScreen, [point[0] + dx, point[1] + dy]);
  return [{ kind: "screen", act: { kind: "region", region: { cell: index, from, to, done } } }];
}

export const TOOLS: Tools = { windowLevel, windowRegion, scroll, fastScroll, pan, zoom, rotate, crosshair };

export const ENDS: AllEnds = {
  crosshair: { press: crosshair },
  windowRegion: { release: (start, dx, dy) => regionOf(start, dx, dy, true) },
};

/** Zoom as keys and buttons do: about the middle of the cell, or about the edge where the image is flush. */
export function zoomStep(index: number, cell: Cell, resolved: ResolvedView, viewport: Viewport, factor: number): readonly Action[] {
  return [{ kind: "look", cell: index, ...zoomedAbout(cell.view, resolved, viewport, steadyPoint(cell, viewport), factor) }];
}

function steadyPoint({ as }: Cell, viewport: Viewport): Point {
  const [x, y] = middle(viewport);
  if (as.justify === null) return [x, y];
  return [as.justify === "left" ? 0 : 2 * x, y];
}
