/** How annotations are held and moved: handles, and what follows when one of them is moved. In image points (math/plane.ts). */
import type { Point } from "../math/affine";
import type { AnnotationKind, Draft } from "../wire/annotation";
import type { Shape } from "./shape";
import { boxOf } from "./shape";

/** The index of a handle, or the whole. */
export type Grip = number | "all";

/** How many points a kind is placed by; null: as many as the reader likes, at least three. */
export const POINT_COUNTS: Readonly<Record<AnnotationKind, number | null>> = {
  length: 2,
  bidirectional: 4,
  angle: 3,
  cobb: 4,
  ellipse: 2,
  rectangle: 2,
  freehand: null,
  arrow: 2,
  text: 1,
  probe: 1,
};

/** What is measured, as a shape; null for what encloses nothing. */
export function shapeOf({ kind, points }: Pick<Draft, "kind" | "points">): Shape | null {
  const [p, q] = points;
  if (kind === "freehand") return { kind: "polygon", points };
  if (p === undefined || q === undefined) return null;
  if (kind === "rectangle") return { kind: "polygon", points: cornersOf(p, q) };
  if (kind !== "ellipse") return null;
  const center: Point = [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
  return { kind: "ellipse", center, a: [Math.abs(q[0] - p[0]) / 2, 0], b: [0, Math.abs(q[1] - p[1]) / 2] };
}

/** In the order in which they follow each other round. */
function cornersOf(p: Point, q: Point): readonly Point[] {
  return [p, [q[0], p[1]], q, [p[0], q[1]]];
}

const MOST_HANDLES = 12;

/** Every how many points of an outline one is a handle. */
function stepOf(points: readonly Point[]): number {
  return Math.max(1, Math.ceil(points.length / MOST_HANDLES));
}

export function handlesOf({ kind, points }: Pick<Draft, "kind" | "points">): readonly Point[] {
  const [p, q] = points;
  if ((kind === "ellipse" || kind === "rectangle") && p !== undefined && q !== undefined) return cornersOf(p, q);
  if (kind === "freehand") return points.filter((_, i) => i % stepOf(points) === 0);
  return points;
}

/** How wide and how high a pixel is, in one unit: right angles are right in the patient, not in the array. */
export interface Aspect {
  readonly x: number;
  readonly y: number;
}

/** An image's size: nothing is placed beside it. */
export interface Bounds {
  readonly columns: number;
  readonly rows: number;
}

export function within({ columns, rows }: Bounds, [x, y]: Point): Point {
  return [Math.min(columns, Math.max(0, x)), Math.min(rows, Math.max(0, y))];
}

/** The points after the grip has been moved by (dx, dy) image pixels from where it is in `draft`. */
export function reshaped(draft: Pick<Draft, "kind" | "points">, grip: Grip, [dx, dy]: Point, bounds: Bounds, aspect: Aspect): readonly Point[] {
  const { kind, points } = draft;
  if (grip === "all") return shifted(points, [dx, dy], bounds);
  const from = handlesOf(draft)[grip];
  if (from === undefined) return points;
  const to = within(bounds, [from[0] + dx, from[1] + dy]);
  switch (kind) {
    case "ellipse":
    case "rectangle":
      return withCorner(points, grip, to);
    case "freehand":
      return bent(points, grip * stepOf(points), stepOf(points), [to[0] - from[0], to[1] - from[1]]);
    case "bidirectional":
      return withAxis(points, grip, to, bounds, aspect);
    default:
      return points.with(grip, to);
  }
}

/** The whole, as far as it stays on the image. */
function shifted(points: readonly Point[], [dx, dy]: Point, { columns, rows }: Bounds): readonly Point[] {
  const { low, high } = boxOf(points);
  const x = Math.min(columns - high[0], Math.max(-low[0], dx));
  const y = Math.min(rows - high[1], Math.max(-low[1], dy));
  return points.map((point) => [point[0] + x, point[1] + y]);
}

/** Corners as cornersOf numbers them. */
function withCorner([p = [0, 0], q = [0, 0]]: readonly Point[], corner: number, to: Point): readonly Point[] {
  switch (corner) {
    case 0:
      return [to, q];
    case 1:
      return [[p[0], to[1]], [to[0], q[1]]];
    case 2:
      return [p, to];
    default:
      return [[to[0], p[1]], [q[0], to[1]]];
  }
}

/** An outline gives way between the two neighbouring handles. */
function bent(points: readonly Point[], at: number, reach: number, [dx, dy]: Point): readonly Point[] {
  const count = points.length;
  return points.map((point, i) => {
    const apart = Math.min((i - at + count) % count, (at - i + count) % count);
    const share = Math.max(0, 1 - apart / reach);
    return [point[0] + share * dx, point[1] + share * dy];
  });
}

// ---- two axes -----------------------------------------------------------------------------------

/** The second axis stays at a right angle to the first, keeps its place along it and its lengths on both sides. */
function withAxis(points: readonly Point[], grip: number, to: Point, bounds: Bounds, aspect: Aspect): readonly Point[] {
  const [a = to, b = to, c = to, d = to] = points;
  if (grip === 3) return [a, b, c, acrossFrom([a, b], c, to, bounds, aspect)];
  if (grip === 2) {
    const end = within(bounds, [d[0] + to[0] - c[0], d[1] + to[1] - c[1]]);
    return [a, b, to, acrossFrom([a, b], to, end, bounds, aspect)];
  }
  const axis = grip === 0 ? ([to, b] as const) : ([a, to] as const);
  const ends = [c, d].map((end) => placedOn(axis, placeOn([a, b], end, aspect), aspect));
  return [...axis, ...ends.map((end) => within(bounds, end))];
}

type Axis = readonly [Point, Point];

/** The end of the second axis nearest to `to`: on the line through `from` at a right angle to the first. */
export function acrossFrom(axis: Axis, from: Point, to: Point, bounds: Bounds, aspect: Aspect): Point {
  const [ux, uy] = unit(axis, aspect);
  const along = -uy * (to[0] - from[0]) * aspect.x + ux * (to[1] - from[1]) * aspect.y;
  const step: Point = [(-uy * along) / aspect.x, (ux * along) / aspect.y];
  const share = Math.min(1, shareInside(from[0], step[0], bounds.columns), shareInside(from[1], step[1], bounds.rows));
  return [from[0] + share * step[0], from[1] + share * step[1]];
}

/** How much of a step can be taken without leaving 0 … size. */
function shareInside(from: number, step: number, size: number): number {
  if (step === 0) return 1;
  return Math.max(0, ((step > 0 ? size : 0) - from) / step);
}

/** In the unit of the aspect. A first axis without length lies along the rows. */
function unit([a, b]: Axis, aspect: Aspect): Point {
  const [x, y] = [(b[0] - a[0]) * aspect.x, (b[1] - a[1]) * aspect.y];
  const size = Math.hypot(x, y);
  return size === 0 ? [1, 0] : [x / size, y / size];
}

/** How far along the first axis, as a share of it, and how far beside it. */
function placeOn(axis: Axis, point: Point, aspect: Aspect): Point {
  const [a, b] = axis;
  const [ux, uy] = unit(axis, aspect);
  const [x, y] = [(point[0] - a[0]) * aspect.x, (point[1] - a[1]) * aspect.y];
  const size = Math.hypot((b[0] - a[0]) * aspect.x, (b[1] - a[1]) * aspect.y);
  return [size === 0 ? 0 : (x * ux + y * uy) / size, y * ux - x * uy];
}

function placedOn(axis: Axis, [share, beside]: Point, aspect: Aspect): Point {
  const [a, b] = axis;
  const [ux, uy] = unit(axis, aspect);
  return [a[0] + share * (b[0] - a[0]) - (beside * uy) / aspect.x, a[1] + share * (b[1] - a[1]) + (beside * ux) / aspect.y];
}

// ---- what is too small ------------------------------------------------------------------------------

/** Parts of a pixel: below, a hand did not mean to measure. */
const LEAST_PX = 0.5;

/** Whether it has anything to measure. */
export function isLargeEnough({ kind, points }: Pick<Draft, "kind" | "points">): boolean {
  const far = (i: number, j: number): boolean => {
    const [p, q] = [points[i], points[j]];
    return p !== undefined && q !== undefined && Math.hypot(q[0] - p[0], q[1] - p[1]) >= LEAST_PX;
  };
  switch (kind) {
    case "length":
    case "arrow":
      return far(0, 1);
    case "angle":
      return far(0, 1) && far(1, 2);
    case "bidirectional":
    case "cobb":
      return far(0, 1) && far(2, 3);
    case "ellipse":
    case "rectangle":
    case "freehand":
      return points.length >= (kind === "freehand" ? 3 : 2) && boxOf(points).high.every((high, i) => high - (boxOf(points).low[i] ?? high) >= LEAST_PX);
    case "text":
    case "probe":
      return points.length === 1;
  }
}
