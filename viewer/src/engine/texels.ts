/** What textures are filled with: frames, tables and masks as integers or floats that no filter touches. */

import type { FramePixels, LookupTable, Mask, Palette } from "./cell";
import { COVER } from "./mask";

export type TexelFormat = "R8UI" | "R16UI" | "R32UI" | "R32F" | "RGB8UI";

/** The contents of one texture. */
export interface Texels {
  /** The same object means the same contents. */
  readonly name: object;
  readonly format: TexelFormat;
  readonly width: number;
  readonly height: number;
  /** Made when it is uploaded, not before. */
  readonly data: () => ArrayBufferView;
}

/** On the GPU; three channels take four. */
const TEXEL_BYTES: Readonly<Record<TexelFormat, number>> = { R8UI: 1, R16UI: 2, R32UI: 4, R32F: 4, RGB8UI: 4 };

export function bytesOf({ format, width, height }: Texels): number {
  return TEXEL_BYTES[format] * width * height;
}

/** The smallest whole number by which an image must be divided to fit a texture; 1 where it fits. */
export function reductionOf({ width, height }: FramePixels, maxTextureSize: number): number {
  return Math.max(1, Math.ceil(Math.max(width, height) / maxTextureSize));
}

/** Size in texels of an image reduced by a whole number. */
export function reducedSize({ width, height }: FramePixels, reduction: number): readonly [width: number, height: number] {
  return [Math.ceil(width / reduction), Math.ceil(height / reduction)];
}

/**
 * Reduced, each texel is the stored value nearest to its middle: a true value of the file, where an average
 * would be a value that nobody measured, and none at all of padding or of bits above the stored ones.
 */
export function frameTexels(frame: FramePixels, reduction: number): Texels {
  const [width, height] = reducedSize(frame, reduction);
  const { values } = frame;
  const data = (): FramePixels["values"] => (reduction === 1 ? values : decimated(frame, width, height));
  return { name: values, format: formatOf(frame), width, height, data };
}

function formatOf({ values, samples }: FramePixels): TexelFormat {
  if (samples === 3) return "RGB8UI";
  if (values instanceof Float32Array) return "R32F";
  if (values instanceof Uint32Array) return "R32UI";
  return values instanceof Uint16Array ? "R16UI" : "R8UI";
}

function decimated({ values, samples, width, height }: FramePixels, columns: number, rows: number): FramePixels["values"] {
  const kept = values.slice(0, columns * rows * samples);
  const across = middles(width, columns);
  let to = 0;
  for (const row of middles(height, rows)) {
    for (const column of across) {
      const from = (row * width + column) * samples;
      for (let sample = 0; sample < samples; sample++) kept[to++] = values[from + sample] ?? 0;
    }
  }
  return kept;
}

/** Of `size` pixels shared out to `parts` equal texels, the pixel at the middle of each. */
function middles(size: number, parts: number): Uint32Array {
  return Uint32Array.from({ length: parts }, (_, part) => Math.min(size - 1, Math.floor(((part + 0.5) * size) / parts)));
}

/** A texel is covered as its middle is; but where an overlay's line passes, the line stays. */
export function maskTexels({ name, covered }: Mask, frame: FramePixels, reduction: number): Texels {
  const [width, height] = reducedSize(frame, reduction);
  const data = (): Uint8Array => (reduction === 1 ? covered() : coveredAnywhere(covered(), frame, width, height));
  return { name, format: "R8UI", width, height, data };
}

function coveredAnywhere(covered: Uint8Array, frame: FramePixels, columns: number, rows: number): Uint8Array {
  const kept = decimated({ ...frame, values: covered, samples: 1 }, columns, rows) as Uint8Array;
  covered.forEach((value, pixel) => {
    if (value !== COVER.overlay) return;
    const row = Math.floor(((Math.floor(pixel / frame.width) + 0.5) * rows) / frame.height);
    const column = Math.floor((((pixel % frame.width) + 0.5) * columns) / frame.width);
    kept[row * columns + column] = COVER.overlay;
  });
  return kept;
}

/** Tables are folded into rows of so many entries, as the shader unfolds them. */
const TABLE_ROW = 1024;

export function tableTexels({ entries }: LookupTable): Texels {
  const height = Math.ceil(entries.length / TABLE_ROW);
  return { name: entries, format: "R16UI", width: TABLE_ROW, height, data: () => folded(entries, height) };
}

function folded(entries: Uint16Array, height: number): Uint16Array {
  const rows = new Uint16Array(TABLE_ROW * height);
  rows.set(entries);
  return rows;
}

/** The inputs that the three tables of a palette have entries for, together. */
export function paletteRange(palette: Palette): { readonly first: number; readonly count: number } {
  const first = Math.min(...palette.map((table) => table.first));
  const end = Math.max(...palette.map((table) => table.first + table.entries.length));
  return { first, count: end - first };
}

export function paletteTexels(palette: Palette): Texels {
  const { first, count } = paletteRange(palette);
  const height = Math.ceil(count / TABLE_ROW);
  const data = (): Uint8Array => {
    const colours = new Uint8Array(3 * TABLE_ROW * height);
    palette.forEach((table, channel) => { fillChannel(colours, channel, table, first, count); });
    return colours;
  };
  return { name: palette, format: "RGB8UI", width: TABLE_ROW, height, data };
}

/** Entries of more than 8 bits keep their upper 8. */
function fillChannel(colours: Uint8Array, channel: number, { entries, first, bits }: LookupTable, from: number, count: number): void {
  const shift = Math.max(0, bits - 8);
  for (let i = 0; i < count; i++) {
    const entry = Math.min(entries.length - 1, Math.max(0, from + i - first));
    colours[3 * i + channel] = (entries[entry] ?? 0) >> shift;
  }
}
