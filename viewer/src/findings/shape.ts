/** Outlines on an image, in image points (math/plane.ts): the pixel of column c and row r covers [c, c + 1) × [r, r + 1). */
import type { Point } from "../math/affine";

export type Shape =
  | { readonly kind: "polygon"; readonly points: readonly Point[] }
  /** a, b: half axes, as vectors from the centre; any two conjugate ones will do. */
  | { readonly kind: "ellipse"; readonly center: Point; readonly a: Point; readonly b: Point };

/** Its smallest upright rectangle; low and high are corners. */
export interface Box {
  readonly low: Point;
  readonly high: Point;
}

/** Of at least one point. */
export function boxOf(points: readonly Point[]): Box {
  const [x, y] = [points.map((point) => point[0]), points.map((point) => point[1])];
  return { low: [Math.min(...x), Math.min(...y)], high: [Math.max(...x), Math.max(...y)] };
}

export function boxOfShape(shape: Shape): Box {
  if (shape.kind === "polygon") return boxOf(shape.points);
  const { center, a, b } = shape;
  const [x, y] = [Math.hypot(a[0], b[0]), Math.hypot(a[1], b[1])];
  return { low: [center[0] - x, center[1] - y], high: [center[0] + x, center[1] + y] };
}

/** In pixels squared, by the formula of the shape and not by counting (H24); never negative. */
export function areaPx(shape: Shape): number {
  if (shape.kind === "ellipse") return Math.PI * Math.abs(crossed(shape.a, shape.b));
  const twice = edges(shape.points).reduce((sum, [from, to]) => sum + crossed(from, to), 0);
  return Math.abs(twice) / 2;
}

/** Whether two edges that are no neighbours meet: such an outline has no one area. */
export function crossesItself(points: readonly Point[]): boolean {
  const sides = edges(points);
  return sides.some((side, i) => sides.some((other, j) => j > i + 1 && !(i === 0 && j === sides.length - 1) && meet(side, other)));
}

/** Runs of columns, [from, to), whose pixel centres of `row` lie inside. */
export function spans(shape: Shape, row: number): readonly (readonly [from: number, to: number])[] {
  return shape.kind === "polygon" ? polygonSpans(shape.points, row + 0.5) : ellipseSpans(shape, row + 0.5);
}

/** Even-odd; of two polygons that share an edge, a centre on it belongs to the right or lower one. */
function polygonSpans(points: readonly Point[], y: number): readonly (readonly [number, number])[] {
  const crossings = edges(points)
    .filter(([from, to]) => from[1] <= y !== to[1] <= y)
    .map(([from, to]) => from[0] + ((y - from[1]) * (to[0] - from[0])) / (to[1] - from[1]))
    .sort((p, q) => p - q);
  const runs: (readonly [number, number])[] = [];
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [enter = 0, leave = 0] = crossings.slice(i, i + 2);
    runs.push([Math.ceil(enter - 0.5), Math.ceil(leave - 0.5)]);
  }
  return runs;
}

/** The line y = const cuts u² + v² ≤ 1 where u and v run linearly with x. */
function ellipseSpans({ center, a, b }: Extract<Shape, { kind: "ellipse" }>, y: number): readonly (readonly [number, number])[] {
  const determinant = crossed(a, b);
  if (determinant === 0) return [];
  const down = y - center[1];
  const [ux, vx] = [b[1] / determinant, -a[1] / determinant];
  const [u0, v0] = [(-b[0] * down) / determinant, (a[0] * down) / determinant];
  const square = ux * ux + vx * vx;
  const middle = -(ux * u0 + vx * v0) / square;
  const reach = Math.sqrt((1 - u0 * u0 - v0 * v0) / square + middle * middle);
  if (!(reach >= 0)) return [];
  const x = center[0] + middle;
  return [[Math.ceil(x - reach - 0.5), Math.floor(x + reach - 0.5) + 1]];
}

type Edge = readonly [from: Point, to: Point];

function edges(points: readonly Point[]): readonly Edge[] {
  return points.map((point, i) => [point, points[(i + 1) % points.length] ?? point]);
}

function crossed(a: Point, b: Point): number {
  return a[0] * b[1] - a[1] * b[0];
}

function meet([a, b]: Edge, [c, d]: Edge): boolean {
  const side = (p: Point, q: Point, r: Point): number => Math.sign(crossed([q[0] - p[0], q[1] - p[1]], [r[0] - p[0], r[1] - p[1]]));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}
