/** Where a label stands: upright beside what it is about, inside the cell, and not over another one. CSS pixels. */
import type { Point } from "../math/affine";
import type { ValueLine } from "./valueWords";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Label {
  readonly box: Rect;
  readonly lines: readonly ValueLine[];
  /** From the label to what it is about; null where it stands beside it. */
  readonly leader: readonly [Point, Point] | null;
  /** CSS pixels to the pixel of this file: it grows with the reader's text size. */
  readonly unit: number;
}

export const LINE_PX = 16;
export const PADDING_PX = 5;
/** Of the label's type, wide ones among them: a little too wide is better than too narrow. */
const CHARACTER_PX = 6.6;
const LEAST_WIDTH_PX = 24;
/** Between a label and what it is about; farther, a leader joins them. */
const GAP_PX = 14;
const LEADER_FROM_PX = 8;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function sizeOf(lines: readonly ValueLine[]): Size {
  const longest = Math.max(0, ...lines.map(({ text }) => [...text].length));
  return { width: Math.max(LEAST_WIDTH_PX, longest * CHARACTER_PX + 2 * PADDING_PX), height: lines.length * LINE_PX + 2 * PADDING_PX - 4 };
}

/**
 * Beside the points where there is room; `wanted`: its nearest corner, where the reader has put it. Null where
 * there is nothing to say, or what it is about lies outside the cell.
 */
export function placeLabel(lines: readonly ValueLine[], points: readonly Point[], wanted: Point | null, cell: Size, taken: readonly Rect[], unit = 1): Label | null {
  const small = ([x, y]: Point): Point => [x / unit, y / unit];
  const label = placed(lines, points.map(small), wanted === null ? null : small(wanted), { width: cell.width / unit, height: cell.height / unit }, taken.map((rect) => scaled(rect, 1 / unit)));
  if (label === null) return null;
  const large = ([x, y]: Point): Point => [x * unit, y * unit];
  return { box: scaled(label.box, unit), lines, leader: label.leader === null ? null : [large(label.leader[0]), large(label.leader[1])], unit };
}

function scaled({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x * by, y: y * by, width: width * by, height: height * by };
}

function placed(lines: readonly ValueLine[], points: readonly Point[], wanted: Point | null, cell: Size, taken: readonly Rect[]): Omit<Label, "unit"> | null {
  const size = sizeOf(lines);
  if (lines.length === 0 || points.length === 0 || !isSeen(around(points), cell)) return null;
  const box = wanted === null ? free(candidates(size, points), cell, taken) : inside({ x: wanted[0], y: wanted[1], ...size }, cell);
  return { box, lines, leader: leaderTo(box, points) };
}

/** Its edges belong to the cell. */
function isSeen({ x, y, width, height }: Rect, cell: Size): boolean {
  return x <= cell.width && y <= cell.height && x + width >= 0 && y + height >= 0;
}

export function around(points: readonly Point[]): Rect {
  const [x, y] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const [left, top] = [Math.min(...x), Math.min(...y)];
  return { x: left, y: top, width: Math.max(...x) - left, height: Math.max(...y) - top };
}

/** Right of the rightmost point, left of the leftmost, below and above. */
function candidates({ width, height }: Size, points: readonly Point[]): readonly Rect[] {
  const by = (better: (a: Point, b: Point) => boolean): Point => points.reduce((best, point) => (better(point, best) ? point : best));
  const [right, left] = [by((a, b) => a[0] > b[0]), by((a, b) => a[0] < b[0])];
  const [low, high] = [by((a, b) => a[1] > b[1]), by((a, b) => a[1] < b[1])];
  return [
    { x: right[0] + GAP_PX, y: right[1] - height / 2, width, height },
    { x: left[0] - GAP_PX - width, y: left[1] - height / 2, width, height },
    { x: low[0] - width / 2, y: low[1] + GAP_PX, width, height },
    { x: high[0] - width / 2, y: high[1] - GAP_PX - height, width, height },
  ];
}

function free(boxes: readonly Rect[], cell: Size, taken: readonly Rect[]): Rect {
  const moved = boxes.map((box) => inside(box, cell));
  const first = moved.find((box, i) => isSame(box, boxes[i]) && !taken.some((other) => overlaps(box, other)));
  const beside = first ?? moved.find((box) => !taken.some((other) => overlaps(box, other)));
  return beside ?? below(moved[0] ?? { x: 0, y: 0, width: 0, height: 0 }, cell, taken);
}

/** Under those that are in its way; where the cell is full it stands over another one. */
function below(box: Rect, cell: Size, taken: readonly Rect[]): Rect {
  const lowest = taken.filter((other) => overlaps({ ...box, y: 0, height: cell.height }, other)).map(({ y, height }) => y + height);
  return inside({ ...box, y: Math.max(box.y, ...lowest) + 2 }, cell);
}

function inside(box: Rect, cell: Size): Rect {
  const within = (value: number, size: number, most: number): number => Math.max(0, Math.min(value, most - size));
  return { ...box, x: within(box.x, box.width, cell.width), y: within(box.y, box.height, cell.height) };
}

function isSame(a: Rect, b: Rect | undefined): boolean {
  return a.x === b?.x && a.y === b.y;
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** From the label's edge to the nearest point. */
function leaderTo(box: Rect, points: readonly Point[]): readonly [Point, Point] | null {
  const ways = points.map((point) => [edgeAt(box, point), point] as const);
  const length = ([from, to]: readonly [Point, Point]): number => Math.hypot(to[0] - from[0], to[1] - from[1]);
  const shortest = ways.reduce<readonly [Point, Point] | null>((best, way) => (best === null || length(way) < length(best) ? way : best), null);
  return shortest === null || length(shortest) < LEADER_FROM_PX ? null : shortest;
}

/** The point of the box nearest to `point`. */
function edgeAt({ x, y, width, height }: Rect, point: Point): Point {
  return [Math.min(x + width, Math.max(x, point[0])), Math.min(y + height, Math.max(y, point[1]))];
}
