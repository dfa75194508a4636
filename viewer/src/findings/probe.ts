/** What one pixel says: for the readout at the cursor. */
import type { Point } from "../math/affine";
import type { FrameValues, Rgb } from "../math/frameValues";
import { perFrame, storedValue } from "../math/frameValues";
import type { ImageTable } from "../wire/types";
import type { EntriesOf } from "./values";
import { greyReader, rgbAt } from "./values";

export interface Suv {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

export interface Probe {
  /** From 0. */
  readonly column: number;
  readonly row: number;
  /** Null in colour. */
  readonly stored: number | null;
  /** In image.unit; null in colour, and while the modality LUT is on its way. */
  readonly modality: number | null;
  /** By type, the default first; empty where there is none. */
  readonly suv: readonly Suv[];
  /** Null in grey, and while the palette is on its way. */
  readonly rgb: Rgb | null;
  readonly padding: boolean;
}

const NOT_LOADED: EntriesOf = () => null;

/** At an image point; null outside the image, and while there are no pixels. */
export function probe(
  frame: FrameValues | null,
  image: ImageTable,
  frameIndex: number,
  [x, y]: Point,
  entriesOf: EntriesOf = NOT_LOADED,
): Probe | null {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const inside = column >= 0 && row >= 0 && column < image.columns && row < image.rows;
  if (frame === null || !inside) return null;
  const pixel = row * image.columns + column;
  if (frame.model !== "grey") {
    return { column, row, stored: null, modality: null, suv: [], rgb: rgbAt(frame, image, pixel, entriesOf), padding: false };
  }
  return { column, row, ...grey(frame, image, frameIndex, frame.values[pixel] ?? 0, entriesOf), rgb: null };
}

function grey(frame: FrameValues, image: ImageTable, frameIndex: number, cell: number, entriesOf: EntriesOf) {
  const read = greyReader(frame, image, frameIndex, entriesOf);
  const stored = storedValue(image.pixels, frame.base)(cell);
  if (read === null) return { stored, modality: null, suv: [], padding: false };
  const modality = read.modality(cell);
  return { stored, modality, suv: suvOf(image, frameIndex, modality), padding: read.isPadding(cell) };
}

/** Modality value × factor, for each type that the image allows (H14). */
export function suvOf({ suv }: ImageTable, frameIndex: number, modality: number): readonly Suv[] {
  return (suv?.types ?? []).flatMap(({ name, unit, factors }) => {
    const factor = perFrame(factors, frameIndex);
    return factor === undefined ? [] : [{ name, unit, value: modality * factor }];
  });
}
