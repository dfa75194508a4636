/** The resolved view: what ViewState means on a viewport of this size. Computed, frozen, never stored. */
import { apply, compose, invert } from "../math/affine";
import type { Affine, Point } from "../math/affine";
import { add, cross, dot, scale } from "../math/vec3";
import type { Vec3 } from "../math/vec3";
import type { DisplaySet, Geometry, ImageTable, VoiWindow } from "../wire/types";
import { letters, opposite } from "./orientation";
import type { AppState, Viewport, ViewState } from "./viewState";
import { displaySetOf } from "./viewState";
import { appliedWindow } from "./window";

/** Letters at the four sides; empty where the image does not say. */
export interface Sides {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

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
  readonly window: VoiWindow | null;
}

/** What one cell shows now; null where it is not on the screen or shows no image. */
export function resolvedCell(state: AppState, index: number): ResolvedView | null {
  const cell = state.cells[index];
  const viewport = state.viewports[index] ?? null;
  const image = imageOf(displaySetOf(state, index));
  if (cell === undefined || cell.displaySet === null || viewport === null || image === null) return null;
  const computed = state.computedWindows[cell.displaySet] ?? null;
  return resolve(cell.view, viewport, image, cell.frameIndex, computed);
}

/** Size of one pixel; without spacing the pixel is the unit. */
function pixelSize(image: ImageTable): { readonly x: number; readonly y: number } {
  return { x: image.spacing?.betweenColumnsMm ?? 1, y: image.spacing?.betweenRowsMm ?? 1 };
}

export function resolve(
  view: ViewState,
  viewport: Viewport,
  image: ImageTable,
  frameIndex: number,
  computed: VoiWindow | null,
): ResolvedView {
  const pixel = pixelSize(image);
  const deviceScale = fitScale(view, viewport, image) * view.zoom;
  const imageFromDevice = placed(view, viewport, image, linearPart(view, pixel, deviceScale));
  const ratio = viewport.devicePixelRatio;
  const imageFromScreen = compose(imageFromDevice, { xx: ratio, xy: 0, x0: 0, yx: 0, yy: ratio, y0: 0 });
  return Object.freeze({
    imageFromScreen,
    screenFromImage: inverse(imageFromScreen),
    imageFromDevice,
    scale: deviceScale / ratio,
    magnification: deviceScale * pixel.x,
    sides: sides(imageFromScreen, pixel, image.geometry),
    positionMm: positionMm(image.geometry, frameIndex),
    window: appliedWindow(view.window, image, computed),
  });
}

/** Device pixels a mm at which the whole image just fits. */
function fitScale(view: ViewState, viewport: Viewport, image: ImageTable): number {
  const pixel = pixelSize(image);
  const [x, y] = [image.columns * pixel.x, image.rows * pixel.y];
  const upright = view.rotation % 180 === 0;
  return Math.min(viewport.width / (upright ? x : y), viewport.height / (upright ? y : x));
}

/** Whole quarter turns: cosine and sine without rounding error. */
const TURNS = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] } as const;

/** Image pixels a device pixel: undoes the flip, then the clockwise rotation, then the scale. */
function linearPart(view: ViewState, pixel: { x: number; y: number }, deviceScale: number): Affine {
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
function placed(view: ViewState, viewport: Viewport, image: ImageTable, linear: Affine): Affine {
  const center = view.centerPx ?? [image.columns / 2, image.rows / 2];
  const [x, y] = apply(linear, [viewport.width / 2, viewport.height / 2]);
  const [x0, y0] = [center[0] - x, center[1] - y];
  const exact = [linear.xx, linear.xy, linear.yx, linear.yy].every(Number.isInteger);
  // At 100 % a whole translation reads stored pixels back exactly (H23).
  return exact ? { ...linear, x0: Math.round(x0), y0: Math.round(y0) } : { ...linear, x0, y0 };
}

function inverse(map: Affine): Affine {
  const back = invert(map);
  if (back === null) throw new RangeError("The view has no extent: its scale is not a positive number.");
  return back;
}

function sides(imageFromScreen: Affine, pixel: { x: number; y: number }, geometry: Geometry | null): Sides {
  if (geometry === null) return { left: "", right: "", top: "", bottom: "" };
  const lps = ([columns, rows]: Point): Vec3 =>
    add(scale(geometry.row, columns * pixel.x), scale(geometry.column, rows * pixel.y));
  const right = lps([imageFromScreen.xx, imageFromScreen.yx]);
  const down = lps([imageFromScreen.xy, imageFromScreen.yy]);
  return {
    left: letters(opposite(right)),
    right: letters(right),
    top: letters(opposite(down)),
    bottom: letters(down),
  };
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
