/** A small picture for the list, of the same greys and colours as the large one: a signpost, not an image to read from. */
import { looked } from "../math/frameValues";
import type { ImageTable, VoiWindow } from "../wire/types";
import type { PixelReader, Rgb } from "./pixelReader";
import { pixelSize } from "./spacing";
import type { Voi } from "./voi";

/** RGBA bytes, row by row. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** How the pixels become greys, as the shader does it. */
export interface Look {
  readonly voi: Voi;
  /** After the VOI; colours are inverted by the reader only, never here. */
  readonly invert: boolean;
  /** Entries of the table that voi names; null where it is a window. */
  readonly entries: Uint16Array | null;
}

const LONG_SIDE_PX = 96;
const BLACK: Rgb = [0, 0, 0];

/** The nearest pixel for each of its own; the shape keeps the pixels' proportions. */
export function thumbnail(pixels: PixelReader, image: ImageTable, look: Look): Thumbnail {
  const pixel = pixelSize(image);
  const [across, down] = [image.columns * pixel.x, image.rows * pixel.y];
  const scale = LONG_SIDE_PX / Math.max(across, down);
  const width = Math.max(1, Math.round(across * scale));
  const height = Math.max(1, Math.round(down * scale));
  const colour = colourOf(pixels, look);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    const column = Math.floor((((i % width) + 0.5) / width) * image.columns);
    const row = Math.floor(((Math.floor(i / width) + 0.5) / height) * image.rows);
    rgba.set(colour(row * image.columns + column), 4 * i);
  }
  return { width, height, rgba };
}

function colourOf(pixels: PixelReader, look: Look): (pixel: number) => Rgb {
  if (pixels.kind === "colour") return pixels.at;
  const display = displayOf(look);
  return (pixel) => {
    const value = pixels.at(pixel);
    if (value === null) return BLACK; // padding, inverted or not (H5)
    const level = Math.floor((look.invert ? 1 - display(value) : display(value)) * 255 + 0.5);
    return [level, level, level];
  };
}

/** From modality values to 0 … 1. */
function displayOf({ voi, entries }: Look): (value: number) => number {
  switch (voi.kind) {
    case "window":
      return (value) => windowed(voi.window, value);
    case "table": {
      const { first, bits } = voi.table;
      const largest = 2 ** bits - 1;
      return (value) => (entries === null ? 0 : looked(entries, first, Math.floor(value + 0.5)) / largest);
    }
    case "none":
      return () => 0; // of colours, which are not asked
  }
}

/** PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2. */
export function windowed({ center, width, function: curve }: VoiWindow, value: number): number {
  if (curve === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const [middle, span] = curve === "LINEAR" ? [center - 0.5, width - 1] : [center, width];
  if (value <= middle - span / 2) return 0;
  return value > middle + span / 2 ? 1 : (value - middle) / span + 0.5;
}
