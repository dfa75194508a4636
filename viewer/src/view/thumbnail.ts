/** A small grey picture for the list: a signpost, not an image to read from. */
import type { ImageTable, VoiWindow } from "../wire/types";
import { perFrame, storedValue } from "./window";

/** RGBA bytes, row by row. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

const LONG_SIDE_PX = 96;

/** cells: one frame as the decoder gave it. The shape keeps the millimetres' proportions. */
export function thumbnail(cells: ArrayLike<number>, image: ImageTable, frameIndex: number, window: VoiWindow): Thumbnail {
  const [across, down] = [image.columns * (image.spacing?.betweenColumnsMm ?? 1), image.rows * (image.spacing?.betweenRowsMm ?? 1)];
  const scale = LONG_SIDE_PX / Math.max(across, down);
  const width = Math.max(1, Math.round(across * scale));
  const height = Math.max(1, Math.round(down * scale));
  const grey = greyOf(image, frameIndex, window);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    const column = Math.floor((((i % width) + 0.5) / width) * image.columns);
    const row = Math.floor(((Math.floor(i / width) + 0.5) / height) * image.rows);
    rgba.fill(grey(cells[row * image.columns + column] ?? 0), 4 * i, 4 * i + 3);
  }
  return { width, height, rgba };
}

/** Grey between 0 and 255; every window is drawn as a ramp at this size. */
function greyOf(image: ImageTable, frameIndex: number, { center, width }: VoiWindow): (cell: number) => number {
  const stored = storedValue(image);
  const slope = perFrame(image.rescaleSlope, frameIndex, 1);
  const intercept = perFrame(image.rescaleIntercept, frameIndex, 0);
  const inverted = image.pixels.photometricInterpretation === "MONOCHROME1";
  return (cell) => {
    const display = (stored(cell) * slope + intercept - center) / width + 0.5;
    return 255 * (inverted ? 1 - display : display);
  };
}
