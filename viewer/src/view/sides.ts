/** What lies at the four sides of a view: from geometry, else from what the file writes of its own directions. */
import type { Affine, Point } from "../math/affine";
import { perFrame } from "../math/frameValues";
import { add, scale } from "../math/vec3";
import type { Vec3 } from "../math/vec3";
import type { Geometry, ImageTable } from "../wire/types";
import { bothWays, letters, opposite } from "./orientation";
import { pixelSize } from "./spacing";

/** Letters at the four sides; empty where the image does not say. */
export interface Sides {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const UNKNOWN: Sides = { left: "", right: "", top: "", bottom: "" };

export function sidesOf(imageFromScreen: Affine, image: ImageTable, frameIndex: number): Sides {
  if (image.geometry !== null) return fromGeometry(imageFromScreen, image, image.geometry);
  const written = perFrame(image.patientOrientation, frameIndex) ?? null;
  return written === null ? UNKNOWN : fromWords(imageFromScreen, written, image.quadruped);
}

function fromGeometry({ xx, yx, xy, yy }: Affine, image: ImageTable, geometry: Geometry): Sides {
  const pixel = pixelSize(image);
  const lps = ([columns, rows]: Point): Vec3 =>
    add(scale(geometry.row, columns * pixel.x), scale(geometry.column, rows * pixel.y));
  const [right, down] = [lps([xx, yx]), lps([xy, yy])];
  const named = (direction: Vec3): string => letters(direction, image.quadruped);
  return { left: named(opposite(right)), right: named(right), top: named(opposite(down)), bottom: named(down) };
}

/** Rows and columns lie along the sides of the screen: a view turns by quarters. */
function fromWords({ xx, yx, xy, yy }: Affine, [row, column]: readonly [string, string], quadruped: boolean): Sides {
  const along = bothWays(row, quadruped, column);
  const downwards = bothWays(column, quadruped, row);
  const towards = (columns: number, rows: number): readonly [string, string] => {
    const [[there, back], forwards] = Math.abs(columns) > Math.abs(rows) ? [along, columns > 0] : [downwards, rows > 0];
    return forwards ? [there, back] : [back, there];
  };
  const [right, left] = towards(xx, yx);
  const [bottom, top] = towards(xy, yy);
  return { left, right, top, bottom };
}
