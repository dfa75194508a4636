/** Where planes of one frame of reference meet, and where one point of the patient lies in each of them. */
import type { Point } from "../math/affine";
import { perFrame } from "../math/frameValues";
import type { Plane } from "../math/plane";
import { distanceMm, imageToLps, lpsToImage, normal } from "../math/plane";
import { dot } from "../math/vec3";
import type { Vec3 } from "../math/vec3";
import type { Geometry, ImageTable } from "../wire/types";
import { pixelSize } from "./spacing";

/** Planes that meet at less (about 8°) cross far from what is read: no line is drawn. */
const PARALLEL = 0.99;
/** A point so near to a slice, in half steps, lies in it. */
const WITHIN_STEPS = 0.5;

/** Two points of an image, in its own coordinates (math/plane.ts). */
export type Segment = readonly [Point, Point];

/** The plane of one frame; null without geometry or without this frame. */
export function planeOf(image: ImageTable, frameIndex: number): Plane | null {
  const { geometry } = image;
  const [x, y, z] = geometry?.positions.slice(3 * frameIndex, 3 * frameIndex + 3) ?? [];
  if (geometry === null || x === undefined || y === undefined || z === undefined) return null;
  const pixel = pixelSize(image);
  return { position: [x, y, z], row: geometry.row, column: geometry.column, betweenRowsMm: pixel.y, betweenColumnsMm: pixel.x };
}

/** The part of `from`'s slice that `to`'s slice cuts, in image coordinates of `to`; null where they do not meet. */
export function crossing(from: Slice, to: Slice): Segment | null {
  if (Math.abs(dot(normal(from.plane), normal(to.plane))) > PARALLEL) return null;
  // On the other image a point's distance from this plane is linear: d0 + a·x + b·y.
  const at = (x: number, y: number): number => distanceMm(from.plane, imageToLps(to.plane, [x, y]));
  const d0 = at(0, 0);
  const [a, b] = [at(1, 0) - d0, at(0, 1) - d0];
  const line = alongLine(a, b, d0);
  if (line === null) return null;
  const [start, direction] = line;
  const inTo = clipped(start, direction, to);
  const inFrom = clipped(...mapped(start, direction, to.plane, from.plane), from);
  const [low, high] = [Math.max(inTo[0], inFrom[0]), Math.min(inTo[1], inFrom[1])];
  if (!(high > low)) return null;
  const on = (t: number): Point => [start[0] + t * direction[0], start[1] + t * direction[1]];
  return [on(low), on(high)];
}

/** A plane and how far its image reaches, pixels. */
export interface Slice {
  readonly plane: Plane;
  readonly columns: number;
  readonly rows: number;
}

export function sliceOf(image: ImageTable, frameIndex: number): Slice | null {
  const plane = planeOf(image, frameIndex);
  return plane === null ? null : { plane, columns: image.columns, rows: image.rows };
}

/** A point and a direction of the line a·x + b·y + d0 = 0. */
function alongLine(a: number, b: number, d0: number): Segment | null {
  const square = a * a + b * b;
  if (square === 0) return null;
  return [[(-d0 * a) / square, (-d0 * b) / square], [-b, a]];
}

/** The same line seen in another plane that holds it. */
function mapped(start: Point, [dx, dy]: Point, from: Plane, to: Plane): Segment {
  const there = lpsToImage(to, imageToLps(from, start));
  const [x, y] = lpsToImage(to, imageToLps(from, [start[0] + dx, start[1] + dy]));
  return [there, [x - there[0], y - there[1]]];
}

/** From where to where along the line it lies on the image; empty where low > high. */
function clipped([x, y]: Point, [dx, dy]: Point, { columns, rows }: Slice): readonly [low: number, high: number] {
  const [lowX, highX] = between(x, dx, columns);
  const [lowY, highY] = between(y, dy, rows);
  return [Math.max(lowX, lowY), Math.min(highX, highY)];
}

const ALONG = 1e-9;

function between(at: number, step: number, size: number): readonly [number, number] {
  if (Math.abs(step) < ALONG) return at >= 0 && at <= size ? [-Infinity, Infinity] : [Infinity, -Infinity];
  const ends = [-at / step, (size - at) / step] as const;
  return [Math.min(...ends), Math.max(...ends)];
}

export interface Foot {
  readonly point: Point;
  /** From the slice, along its normal, mm. */
  readonly awayMm: number;
}

/** Where a point of the patient lies over this slice; null beside the image. */
export function footOf({ plane, columns, rows }: Slice, point: Vec3): Foot | null {
  const [x, y] = lpsToImage(plane, point);
  if (x < 0 || y < 0 || x > columns || y > rows) return null;
  return { point: [x, y], awayMm: distanceMm(plane, point) };
}

/** The frame whose slice is nearest to the point. */
export function nearestFrame(image: ImageTable, geometry: Geometry, point: Vec3): number {
  let [found, least] = [0, Infinity];
  for (let i = 0; 3 * i < geometry.positions.length; i++) {
    const plane = planeOf(image, i);
    const away = plane === null ? Infinity : Math.abs(distanceMm(plane, point));
    if (away < least) [found, least] = [i, away];
  }
  return found;
}

/** The point lies in this slice, not beside it: within half a step, or half the thickness where there is one slice. */
export function isInSlice(image: ImageTable, frameIndex: number, awayMm: number): boolean {
  const thicknessMm = perFrame(image.sliceThicknessMm, frameIndex) ?? null;
  const stepMm = image.stack?.stepMm ?? thicknessMm ?? 1;
  return Math.abs(awayMm) <= WITHIN_STEPS * Math.max(stepMm, thicknessMm ?? 0) + ALONG;
}
