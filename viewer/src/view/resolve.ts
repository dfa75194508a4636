/** The resolved view: what ViewState means on a viewport of this size. Computed, frozen, never stored. */
import { apply, compose, invert } from "../math/affine";
import type { Affine, Point } from "../math/affine";
import { cross, dot } from "../math/vec3";
import type { DisplaySet, Geometry, ImageTable, VoiWindow } from "../wire/types";
import type { Cell, HungAs, ViewState } from "./cell";
import { isColour } from "./pixelKind";
import type { Sides } from "./sides";
import { sidesOf } from "./sides";
import { pixelSize } from "./spacing";
import type { AppState, Viewport } from "./viewState";
import { displaySetOf } from "./viewState";
import type { AppliedVoi, ReadWindow, Voi } from "./voi";
import { appliedVoi, windowByHand } from "./voi";

export interface ResolvedView {
  /** CSS pixels of the viewport (origin top left, y down) ↔ image points as in math/plane.ts. */
  readonly imageFromScreen: Affine;
  readonly screenFromImage: Affine;
  /** The same from device pixels, for the engine. */
  readonly imageFromDevice: Affine;
  /** CSS pixels a mm, or a column where the image has no millimetres. */
  readonly scale: number;
  /** Device pixels a column: 1 is "100 %". */
  readonly magnification: number;
  readonly sides: Sides;
  /** Along the normal row × column, mm; null without geometry. */
  readonly positionMm: number | null;
  /** Null while the window is not computed yet: then the image is not drawn. */
  readonly voi: Voi | null;
  /** The window applied, in modality units; null for a lookup table and for colours. */
  readonly window: VoiWindow | null;
  /** The same as it is read: in SUV where there is one. */
  readonly read: ReadWindow | null;
  /** From where a hand changes it; null for colours. */
  readonly byHand: ReadWindow | null;
  /** The image's own inversion or the reader's, not both (H4). */
  readonly invert: boolean;
}

/** What one cell shows now; null where it is not on the screen or shows no image. */
export function resolvedCell(state: AppState, index: number): ResolvedView | null {
  const cell = state.cells[index];
  const viewport = state.viewports[index] ?? null;
  const image = imageOf(displaySetOf(state, index));
  if (cell === undefined || cell.displaySet === null || viewport === null || image === null) return null;
  const computed = state.computedWindows[cell.displaySet] ?? null;
  return resolve(cell.view, viewport, image, cell.frameIndex, computed, wishesOf(state, cell));
}

/** What the plan wants of a cell, with the images it is compared with. */
export interface Wishes extends Pick<HungAs, "window" | "justify"> {
  readonly scaleWith: readonly ImageTable[];
}

const NO_WISHES: Wishes = { window: null, justify: null, scaleWith: [] };

export function wishesOf({ plan }: AppState, { as }: Cell): Wishes {
  return { ...as, scaleWith: as.scaleWith.flatMap((index) => imageOf(plan.displaySets[index]) ?? []) };
}

export function resolve(
  view: ViewState,
  viewport: Viewport,
  image: ImageTable,
  frameIndex: number,
  computed: VoiWindow | null,
  wishes: Wishes = NO_WISHES,
): ResolvedView {
  const pixel = pixelSize(image);
  const deviceScale = fitScale(view, viewport, image, wishes) * view.zoom;
  const applied = appliedVoi(view.window, { image, frameIndex, computed, planned: wishes.window });
  const imageFromDevice = placed(view, viewport, image, linearPart(view, pixel, deviceScale), wishes);
  const ratio = viewport.devicePixelRatio;
  const imageFromScreen = compose(imageFromDevice, { xx: ratio, xy: 0, x0: 0, yx: 0, yy: ratio, y0: 0 });
  return Object.freeze({
    imageFromScreen,
    screenFromImage: inverse(imageFromScreen),
    imageFromDevice,
    scale: deviceScale / ratio,
    magnification: deviceScale * pixel.x,
    sides: sidesOf(imageFromScreen, image, frameIndex),
    positionMm: positionMm(image.geometry, frameIndex),
    ...voiOf(applied),
    invert: isColour(image) ? view.invert : image.inverse !== view.invert,
  });
}

function voiOf(applied: AppliedVoi | null): Pick<ResolvedView, "voi" | "window" | "read" | "byHand"> {
  if (applied === null) return { voi: null, window: null, read: null, byHand: null };
  const { voi, read } = applied;
  return { voi, window: voi.kind === "window" ? voi.window : null, read, byHand: windowByHand(applied) };
}

/** Device pixels a mm at which the whole image, and each that it is compared with in the same mm, just fits. */
export function fitScale(view: ViewState, viewport: Viewport, image: ImageTable, { scaleWith }: Wishes): number {
  const source = image.spacing?.source;
  const compared = source === undefined ? [] : scaleWith.filter(({ spacing }) => spacing?.source === source);
  return Math.min(...[image, ...compared].map((one) => fitAlone(view, viewport, one)));
}

function fitAlone(view: ViewState, viewport: Viewport, image: ImageTable): number {
  const [across, down] = extent(view, image);
  return Math.min(viewport.width / across, viewport.height / down);
}

/** Of the image on the screen, mm: across and down. */
function extent({ rotation }: ViewState, image: ImageTable): Point {
  const pixel = pixelSize(image);
  const [x, y] = [image.columns * pixel.x, image.rows * pixel.y];
  return rotation % 180 === 0 ? [x, y] : [y, x];
}

/** Whole quarter turns: cosine and sine without rounding error. */
const TURNS = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] } as const;

/** Image pixels a device pixel: undoes the flip, then the clockwise rotation, then the scale. */
export function linearPart(view: ViewState, pixel: { x: number; y: number }, deviceScale: number): Affine {
  const [cos, sin] = TURNS[view.rotation];
  const mirror = view.flip ? -1 : 1;
  return {
    xx: (mirror * cos) / (deviceScale * pixel.x),
    xy: sin / (deviceScale * pixel.x),
    x0: 0,
    yx: (-mirror * sin) / (deviceScale * pixel.y),
    yy: cos / (deviceScale * pixel.y),
    y0: 0,
  };
}

/** The linear part moved so that the view's centre lies at the viewport's middle. */
function placed(view: ViewState, viewport: Viewport, image: ImageTable, linear: Affine, { justify }: Wishes): Affine {
  const center = view.centerPx ?? plannedCenter(view, viewport, image, linear, justify);
  const [x, y] = apply(linear, [viewport.width / 2, viewport.height / 2]);
  const [x0, y0] = [center[0] - x, center[1] - y];
  const exact = [linear.xx, linear.xy, linear.yx, linear.yy].every(Number.isInteger);
  // At 100 % a whole translation reads stored pixels back exactly (H23).
  return exact ? { ...linear, x0: Math.round(x0), y0: Math.round(y0) } : { ...linear, x0, y0 };
}

/** The image point at the viewport's middle: the image's own, or beside it so that one edge is flush with the cell's. */
function plannedCenter(view: ViewState, viewport: Viewport, image: ImageTable, linear: Affine, justify: Wishes["justify"]): Point {
  const center: Point = [image.columns / 2, image.rows / 2];
  if (justify === null) return center;
  const pixel = pixelSize(image);
  const deviceScale = 1 / Math.hypot(linear.xx * pixel.x, linear.yx * pixel.y);
  const spare = (viewport.width - extent(view, image)[0] * deviceScale) / 2;
  const [column, row] = apply(linear, [justify === "left" ? spare : -spare, 0]);
  return [center[0] + column, center[1] + row];
}

/** At least this share of a justified image stays in its cell. */
const LEAST_IN_VIEW = 1 / 2;

/**
 * A centre at which panning cannot lose the image: the middle of the cell stays on it. Where the plan places
 * the image at one edge the middle may lie beside it, and half of the image stays in view.
 */
export function centerWithin(
  [column, row]: Point,
  zoom: number,
  cell: Cell,
  viewport: Viewport | null,
  image: ImageTable,
  wishes: Wishes,
): Point {
  const beside = wishes.justify === null || viewport === null ? 0 : besidePx(zoom, cell, viewport, image, wishes);
  const within = (value: number, size: number, margin: number): number => Math.min(size + margin, Math.max(0 - margin, value));
  const upright = cell.view.rotation % 180 === 0;
  return [within(column, image.columns, upright ? beside : 0), within(row, image.rows, upright ? 0 : beside)];
}

function besidePx(zoom: number, { view }: Cell, viewport: Viewport, image: ImageTable, wishes: Wishes): number {
  const upright = view.rotation % 180 === 0;
  const pixel = pixelSize(image);
  const pixelsAcross = viewport.width / (fitScale(view, viewport, image, wishes) * zoom * (upright ? pixel.x : pixel.y));
  return Math.max(0, pixelsAcross / 2 - LEAST_IN_VIEW * (upright ? image.columns : image.rows));
}

function inverse(map: Affine): Affine {
  const back = invert(map);
  if (back === null) throw new RangeError("The view has no extent: its scale is not a positive number.");
  return back;
}

/** Where the frame lies along its normal, mm from the origin of the frame of reference. */
export function positionMm(geometry: Geometry | null, frameIndex: number): number | null {
  if (geometry === null) return null;
  const [x, y, z] = geometry.positions.slice(3 * frameIndex, 3 * frameIndex + 3);
  if (x === undefined || y === undefined || z === undefined) return null;
  return dot([x, y, z], cross(geometry.row, geometry.column));
}

/** CSS pixels. */
export function middle({ width, height, devicePixelRatio }: Viewport): Point {
  return [width / 2 / devicePixelRatio, height / 2 / devicePixelRatio];
}

/** The view zoomed about a screen point (CSS pixels) that keeps its place; null keeps the middle. */
export function zoomedAbout(
  view: ViewState,
  resolved: ResolvedView,
  viewport: Viewport,
  point: Point,
  factor: number,
): { readonly centerPx: Point; readonly zoom: number } {
  const [anchorX, anchorY] = apply(resolved.imageFromScreen, point);
  const [middleX, middleY] = apply(resolved.imageFromScreen, middle(viewport));
  return {
    centerPx: [anchorX + (middleX - anchorX) / factor, anchorY + (middleY - anchorY) / factor],
    zoom: view.zoom * factor,
  };
}

/** What can be drawn of it: null for a refused display set. */
export function imageOf(displaySet: DisplaySet | undefined): ImageTable | null {
  return displaySet?.refusal === null ? displaySet.image : null;
}
