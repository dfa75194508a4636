/**
 * Planes of images in the patient (PS3.3 C.7.6.2.1.1).
 *
 * Image coordinates are continuous, (x, y) = (along a row, along a column), and the pixel of
 * column c and row r covers [c, c + 1) × [r, r + 1): its centre is (c + 0.5, r + 0.5).
 * ImagePositionPatient is the centre of the first pixel, hence the image point (0.5, 0.5).
 */

import type { Point } from "./affine";
import { add, cross, dot, scale, subtract } from "./vec3";
import type { Vec3 } from "./vec3";

export interface Plane {
  readonly position: Vec3; // centre of the first pixel, LPS mm
  readonly row: Vec3; // unit vector towards growing x
  readonly column: Vec3; // unit vector towards growing y
  readonly betweenRowsMm: number; // the step of y
  readonly betweenColumnsMm: number; // the step of x
}

/** The unit normal, row × column. */
export function normal(plane: Plane): Vec3 {
  return cross(plane.row, plane.column);
}

export function imageToLps(plane: Plane, [x, y]: Point): Vec3 {
  const alongRow = scale(plane.row, (x - 0.5) * plane.betweenColumnsMm);
  const alongColumn = scale(plane.column, (y - 0.5) * plane.betweenRowsMm);
  return add(plane.position, add(alongRow, alongColumn));
}

/** The image point nearest to `point` (its foot on the plane). */
export function lpsToImage(plane: Plane, point: Vec3): Point {
  const offset = subtract(point, plane.position);
  return [
    dot(offset, plane.row) / plane.betweenColumnsMm + 0.5,
    dot(offset, plane.column) / plane.betweenRowsMm + 0.5,
  ];
}

/** Signed distance of `point` from the plane in mm, positive along the normal. */
export function distanceMm(plane: Plane, point: Vec3): number {
  return dot(subtract(point, plane.position), normal(plane));
}
