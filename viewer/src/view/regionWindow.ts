/** A window that shows the pixels of a rectangle. */
import type { Point } from "../math/affine";
import type { ImageTable, VoiWindow } from "../wire/types";
import type { PixelReader } from "./pixelReader";

/** So much at both ends is left out: a speck of metal does not decide. */
const CLIPPED_SHARE = 0.01;
const MOST_SAMPLES = 65_536;
/** A smaller rectangle is a slip of the hand, pixels. */
const LEAST_SIDE = 2;

/** From low to high of the rectangle's pixels, modality units, padding left out; null where it holds none. */
export function regionWindow(pixels: PixelReader, { columns, rows }: Pick<ImageTable, "columns" | "rows">, from: Point, to: Point): VoiWindow | null {
  if (pixels.kind !== "grey") return null;
  const [left, right] = span(from[0], to[0], columns);
  const [top, bottom] = span(from[1], to[1], rows);
  if (right - left < LEAST_SIDE || bottom - top < LEAST_SIDE) return null;
  const step = Math.max(1, Math.ceil(((right - left) * (bottom - top)) / MOST_SAMPLES));
  const values: number[] = [];
  for (let i = 0; i < (right - left) * (bottom - top); i += step) {
    const value = pixels.at((top + Math.floor(i / (right - left))) * columns + left + (i % (right - left)));
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(CLIPPED_SHARE), at(1 - CLIPPED_SHARE)];
  const width = high - low;
  return { center: (low + high) / 2, width: width > 0 ? width : 1, function: "LINEAR_EXACT", explanation: "" };
}

/** Whole pixels that lie on the image. */
function span(a: number, b: number, size: number): readonly [number, number] {
  const within = (value: number): number => Math.min(size, Math.max(0, Math.round(value)));
  return [within(Math.min(a, b)), within(Math.max(a, b))];
}
