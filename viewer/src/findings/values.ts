/** What the cells of one frame mean: stored values, modality values, colours, padding. From native pixels, never from the screen (H24). */
import type { FrameValues, Rgb } from "../math/frameValues";
import { looked, perFrame, rgbOfYbr, storedValue } from "../math/frameValues";
import type { ImageTable, Table } from "../wire/types";

/** The entries of a table; null while they are on their way. */
export type EntriesOf = (table: Table) => Uint16Array | null;

/** cell: one value as the decoder gave it. */
export interface GreyReader {
  readonly stored: (cell: number) => number;
  /** In image.unit. */
  readonly modality: (cell: number) => number;
  /** No tissue: padding (PS3.3 C.7.5.1.1.2), or a float that is no number. */
  readonly isPadding: (cell: number) => boolean;
}

/** Null while the modality LUT is on its way. */
export function greyReader(frame: FrameValues, image: ImageTable, frameIndex: number, entriesOf: EntriesOf): GreyReader | null {
  const stored = storedValue(image.pixels, frame.base);
  const modality = modalityOf(image, frameIndex, entriesOf);
  if (modality === null) return null;
  return { stored, modality: (cell) => modality(stored(cell)), isPadding: paddingOf(image, frame.base, stored) };
}

/** PS3.3 C.11.1: a table wins over slope and intercept. */
function modalityOf(image: ImageTable, frameIndex: number, entriesOf: EntriesOf): ((stored: number) => number) | null {
  const table = image.modalityLut;
  if (table === null) {
    const slope = perFrame(image.rescaleSlope, frameIndex) ?? 1;
    const intercept = perFrame(image.rescaleIntercept, frameIndex) ?? 0;
    return (stored) => stored * slope + intercept;
  }
  const entries = entriesOf(table);
  return entries === null ? null : (stored) => looked(entries, table.first, stored);
}

/** Floats are compared as they came, in 32 bits: so is their padding value. */
function paddingOf({ padding, pixels }: ImageTable, base: number, stored: (cell: number) => number): (cell: number) => boolean {
  if (!pixels.isFloat) return padding === null ? () => false : (cell) => stored(cell) >= padding.low && stored(cell) <= padding.high;
  const low = padding === null ? Infinity : Math.fround(padding.low - base);
  const high = padding === null ? -Infinity : Math.fround(padding.high - base);
  return (cell) => !Number.isFinite(cell) || (cell >= low && cell <= high);
}

/** The colour at a pixel, 0 to 255; null for a grey image, and while the palette is on its way. */
export function rgbAt(frame: FrameValues, image: ImageTable, pixel: number, entriesOf: EntriesOf): Rgb | null {
  if (frame.model === "grey") return null;
  if (frame.model === "palette") return paletteColour(frame, image, pixel, entriesOf);
  const [a = 0, b = 0, c = 0] = frame.values.subarray(3 * pixel, 3 * pixel + 3);
  return frame.model === "ybr" ? rgbOfYbr(a, b, c) : [a, b, c];
}

function paletteColour(frame: FrameValues, { palette, pixels }: ImageTable, pixel: number, entriesOf: EntriesOf): Rgb | null {
  if (palette === null) return null;
  const index = storedValue(pixels)(frame.values[pixel] ?? 0);
  const levels = palette.map((table) => {
    const entries = entriesOf(table);
    return entries === null ? null : looked(entries, table.first, index) >> Math.max(0, table.bits - 8);
  });
  const [red = null, green = null, blue = null] = levels;
  return red === null || green === null || blue === null ? null : [red, green, blue];
}
