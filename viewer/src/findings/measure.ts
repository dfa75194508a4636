/** Lengths, areas and angles on one frame, each with its unit and where the unit comes from (H7, H8, H13). Points: math/plane.ts. */
import type { Point } from "../math/affine";
import type { UltrasoundRegion } from "../wire/types";
import { t } from "../words/words";
import type { Calibration, Depth, Spaced } from "./calibration";
import { calibrationOf } from "./calibration";
import type { Shape } from "./shape";
import { areaPx, boxOf, boxOfShape, crossesItself } from "./shape";

export interface Quantity {
  /** "length", "area", "angle"; along axes of different kinds one for each, e.g. "time" and "velocity". */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

export type Measurement =
  /** source: what the unit rests on, e.g. "at detector"; shown with every value. */
  | { readonly kind: "measured"; readonly quantities: readonly Quantity[]; readonly source: string }
  | { readonly kind: "refused"; readonly reason: string };

const measured = (source: string, ...quantities: readonly Quantity[]): Measurement => ({ kind: "measured", quantities, source });
const refused = (reason: string): Measurement => ({ kind: "refused", reason });

/** From a to b. Where the axes differ in kind: the difference along each that has a unit. */
export function length(image: Spaced, frameIndex: number, a: Point, b: Point, depth: Depth = "detector"): Measurement {
  const calibration = calibrationOf(image, frameIndex, boxOf([a, b]), depth);
  if (calibration.kind === "refused") return calibration;
  const [across, down] = [Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1])];
  if (calibration.kind === "axes") return measured(calibration.source, ...differences(calibration.region, across, down));
  const value = Math.hypot(across * calibration.x, down * calibration.y);
  return measured(calibration.source, { name: "length", value, unit: calibration.unit });
}

export function area(image: Spaced, frameIndex: number, shape: Shape, depth: Depth = "detector"): Measurement {
  if (shape.kind === "polygon" && shape.points.length < 3) return refused(t("measure.refused.few"));
  if (shape.kind === "polygon" && crossesItself(shape.points)) return refused(t("measure.refused.crossed"));
  const calibration = calibrationOf(image, frameIndex, boxOfShape(shape), depth);
  if (calibration.kind !== "plane") return withoutPlane(calibration, "area");
  const value = areaPx(shape) * calibration.x * calibration.y;
  return measured(calibration.source, { name: "area", value, unit: `${calibration.unit}²` });
}

/** At `vertex`, from 0° to 180°. */
export function angle(image: Spaced, frameIndex: number, a: Point, vertex: Point, b: Point): Measurement {
  return directions(image, frameIndex, [vertex, a], [vertex, b], (degrees) => degrees);
}

/** Between two lines, whichever way they were drawn: from 0° to 90°. */
export function angleOfLines(image: Spaced, frameIndex: number, first: readonly [Point, Point], second: readonly [Point, Point]): Measurement {
  return directions(image, frameIndex, first, second, (degrees) => Math.min(degrees, 180 - degrees));
}

/**
 * Of the curve between two end plates, from 0° to 180°, whichever way the lines were drawn: each is taken so that
 * the way from the middle of the first line to that of the second lies on the same side. Curves beyond 90° stay so.
 */
export function cobbAngle(image: Spaced, frameIndex: number, first: Segment, second: Segment): Measurement {
  const { x, y } = aspectOf(image, frameIndex, [...first, ...second]);
  const along: Point = [(middle(second)[0] - middle(first)[0]) * x, (middle(second)[1] - middle(first)[1]) * y];
  const side = ([from, to]: Segment): number => (to[0] - from[0]) * x * along[1] - (to[1] - from[1]) * y * along[0];
  const [one, other] = [side(first), side(second)];
  if (one === 0 || other === 0) return angleOfLines(image, frameIndex, first, second);
  return directions(image, frameIndex, first, one * other > 0 ? second : [second[1], second[0]], (degrees) => degrees);
}

const middle = ([a, b]: Segment): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/** How wide and how high a pixel is there, in one unit; square where nothing is known. */
export function aspectOf(image: Spaced, frameIndex: number, points: readonly Point[]): { readonly x: number; readonly y: number } {
  const calibration = calibrationOf(image, frameIndex, boxOf(points));
  return calibration.kind === "plane" && calibration.unit === "mm" ? calibration : shapeOfPixel(image);
}

export type Segment = readonly [Point, Point];

/** Needs no millimetres, only how a pixel's height stands to its width. */
function directions(image: Spaced, frameIndex: number, first: Segment, second: Segment, folded: (degrees: number) => number): Measurement {
  const calibration = calibrationOf(image, frameIndex, boxOf([...first, ...second]));
  if (calibration.kind !== "plane") return withoutPlane(calibration, "angle");
  const { x, y } = calibration.unit === "px" ? shapeOfPixel(image) : calibration;
  const vector = ([from, to]: Segment): Point => [(to[0] - from[0]) * x, (to[1] - from[1]) * y];
  const [u, v] = [vector(first), vector(second)];
  if (Math.hypot(...u) === 0 || Math.hypot(...v) === 0) return refused(t("measure.refused.line"));
  const radians = Math.atan2(Math.abs(u[0] * v[1] - u[1] * v[0]), u[0] * v[0] + u[1] * v[1]);
  return measured(calibration.source, { name: "angle", value: folded((radians * 180) / Math.PI), unit: "°" });
}

/** Without a ratio stated pixels are square (PS3.3 C.7.6.3.1.7). */
function shapeOfPixel({ pixelAspect }: Spaced): { readonly x: number; readonly y: number } {
  const [vertical, horizontal] = pixelAspect ?? [1, 1];
  return { x: horizontal, y: vertical };
}

function withoutPlane(calibration: Exclude<Calibration, { kind: "plane" }>, name: "area" | "angle"): Measurement {
  return calibration.kind === "refused" ? calibration : refused(t(`measure.refused.${name}`));
}

/** What an ultrasound region says at one point, e.g. the velocity; null where it gives no reference or the point lies in none. */
export function axisValues(image: Spaced, frameIndex: number, point: Point): Measurement | null {
  const calibration = calibrationOf(image, frameIndex, boxOf([point]));
  if (calibration.kind !== "axes") return null;
  const { region, source } = calibration;
  const { referencePixel, referenceValue } = region;
  if (referencePixel === null || referenceValue === null) return null;
  const x = referenceValue[0] + (point[0] - (region.left + referencePixel[0] + 0.5)) * region.deltaX;
  const y = referenceValue[1] + (point[1] - (region.top + referencePixel[1] + 0.5)) * region.deltaY;
  return measured(source, ...stated(region, x, y));
}

function differences(region: UltrasoundRegion, across: number, down: number): readonly Quantity[] {
  return stated(region, across * Math.abs(region.deltaX), down * Math.abs(region.deltaY));
}

function stated({ unitX, unitY }: UltrasoundRegion, x: number, y: number): readonly Quantity[] {
  const both = [
    { name: nameOf(unitX, "across"), value: x, unit: unitX },
    { name: nameOf(unitY, "down"), value: y, unit: unitY },
  ];
  return both.filter(({ unit }) => unit !== "");
}

const NAMES: Readonly<Record<string, string>> = { mm: "distance", s: "time", "cm/s": "velocity", Hz: "frequency", dB: "level", "%": "share" };

function nameOf(unit: string, otherwise: string): string {
  return NAMES[unit] ?? otherwise;
}
