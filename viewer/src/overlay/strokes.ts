/** The lines of an annotation on the screen, as SVG paths in CSS pixels of the cell. */
import type { Affine, Point } from "../math/affine";
import { apply } from "../math/affine";
import type { Draft } from "../wire/annotation";

export interface Strokes {
  readonly solid: string;
  /** What belongs to it, but is not measured. */
  readonly dashed: string;
  /** Closed and filled. */
  readonly filled: string;
  /** Of all points, CSS pixels. */
  readonly points: readonly Point[];
}

const n = (value: number): string => String(Math.round(value * 100) / 100);
const at = ([x, y]: Point): string => `${n(x)} ${n(y)}`;
const line = (points: readonly Point[]): string => (points.length === 0 ? "" : `M${points.map(at).join("L")}`);
const closed = (points: readonly Point[]): string => (points.length < 3 ? line(points) : `${line(points)}Z`);
const circle = (center: Point, rx: number, ry = rx): string => {
  const [left, right] = [[center[0] - rx, center[1]] as const, [center[0] + rx, center[1]] as const];
  return `M${at(left)}A${n(rx)} ${n(ry)} 0 1 1 ${at(right)}A${n(rx)} ${n(ry)} 0 1 1 ${at(left)}Z`;
};

const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
const apart = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1]);

/** Also of one that is not complete: what is there. */
export function strokesOf({ kind, points }: Pick<Draft, "kind" | "points">, screenFromImage: Affine): Strokes {
  const screen = points.map((point) => apply(screenFromImage, point));
  return { solid: "", dashed: "", filled: "", points: screen, ...parts(kind, screen) };
}

function parts(kind: Draft["kind"], screen: readonly Point[]): Partial<Strokes> {
  const [a, b, c, d] = screen;
  if (a === undefined) return {};
  switch (kind) {
    case "length":
      return b === undefined ? {} : { solid: line([a, b]) + ends(a, b) };
    case "bidirectional":
      return b === undefined ? {} : { solid: line([a, b]) + (c === undefined || d === undefined ? "" : line([c, d])) };
    case "angle":
      return { solid: line(screen), dashed: b === undefined || c === undefined ? "" : arc(a, b, c) };
    case "cobb":
      return cobb(screen);
    case "rectangle":
      return b === undefined ? {} : { solid: closed([a, [b[0], a[1]], b, [a[0], b[1]]]) };
    case "ellipse":
      return b === undefined ? {} : { solid: circle(middle(a, b), Math.abs(b[0] - a[0]) / 2, Math.abs(b[1] - a[1]) / 2) };
    case "freehand":
      return { solid: closed(screen) };
    case "arrow":
      return b === undefined ? {} : { solid: line([a, b]), filled: head(a, b) };
    case "text":
      return { filled: circle(a, 2) };
    case "probe":
      return { solid: circle(a, 5) + line([[a[0] - 9, a[1]], [a[0] - 2, a[1]]]) + line([[a[0] + 2, a[1]], [a[0] + 9, a[1]]]) + line([[a[0], a[1] - 9], [a[0], a[1] - 2]]) + line([[a[0], a[1] + 2], [a[0], a[1] + 9]]) };
  }
}

const END_PX = 4;

/** Short strokes across both ends of a length. */
function ends(a: Point, b: Point): string {
  const size = apart(a, b);
  if (size === 0) return "";
  const [x, y] = [(-(b[1] - a[1]) * END_PX) / size, ((b[0] - a[0]) * END_PX) / size];
  return [a, b].map((end) => line([[end[0] - x, end[1] - y], [end[0] + x, end[1] + y]])).join("");
}

const HEAD_PX = 12;

/** The head of an arrow that points at `tip`. */
function head(tip: Point, foot: Point): string {
  const size = apart(tip, foot);
  if (size === 0) return "";
  const [x, y] = [((foot[0] - tip[0]) * HEAD_PX) / size, ((foot[1] - tip[1]) * HEAD_PX) / size];
  return closed([tip, [tip[0] + x - y * 0.4, tip[1] + y + x * 0.4], [tip[0] + x + y * 0.4, tip[1] + y - x * 0.4]]);
}

const ARC_PX = 22;

/** Between two arms, about the vertex. */
function arc(a: Point, vertex: Point, b: Point): string {
  const [one, other] = [apart(vertex, a), apart(vertex, b)];
  const radius = Math.min(ARC_PX, one / 2, other / 2);
  if (!(radius > 2)) return "";
  const from: Point = [vertex[0] + ((a[0] - vertex[0]) * radius) / one, vertex[1] + ((a[1] - vertex[1]) * radius) / one];
  const end: Point = [vertex[0] + ((b[0] - vertex[0]) * radius) / other, vertex[1] + ((b[1] - vertex[1]) * radius) / other];
  const turn = (from[0] - vertex[0]) * (end[1] - vertex[1]) - (from[1] - vertex[1]) * (end[0] - vertex[0]);
  return `M${at(from)}A${n(radius)} ${n(radius)} 0 0 ${turn > 0 ? "1" : "0"} ${at(end)}`;
}

function cobb([a, b, c, d]: readonly Point[]): Partial<Strokes> {
  if (a === undefined || b === undefined) return {};
  if (c === undefined || d === undefined) return { solid: line([a, b]) };
  return { solid: line([a, b]) + line([c, d]), dashed: line([middle(a, b), middle(c, d)]) };
}
