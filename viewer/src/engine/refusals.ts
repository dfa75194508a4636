/** What is not valid is not drawn: each fault in words for the reader. */

import type { CellDraw, FramePixels, LookupTable, Refusal, Voi } from "./cell";
import { refuse } from "./cell";

/** Why `cell` cannot be drawn with `frame`; null where it can. */
export function refusalOf(frame: FramePixels, cell: CellDraw): Refusal | null {
  const fault = frameFault(frame) ?? (frame.model === "grey" ? greyFault(frame, cell) : colourFault(frame, cell)) ?? placeFault(cell);
  return fault === null ? null : refuse("frame_invalid", fault);
}

function frameFault({ width, height, values, samples }: FramePixels): string | null {
  const whole = Number.isInteger(width) && Number.isInteger(height);
  if (!whole || width < 1 || height < 1) return `The image size ${width} × ${height} is not valid.`;
  if (values.length === width * height * samples) return null;
  return `The frame has ${values.length} values where ${width} × ${height} × ${samples} are declared.`;
}

function greyFault(frame: FramePixels, cell: CellDraw): string | null {
  if (frame.samples !== 1) return `A grey image of ${frame.samples} samples a pixel is not in the Standard.`;
  return bitsFault(frame, cell) ?? modalityFault(frame, cell) ?? voiFault(cell.voi);
}

function colourFault(frame: FramePixels, cell: CellDraw): string | null {
  if (frame.model === "palette") return bitsFault(frame, cell) ?? paletteFault(frame, cell);
  if (frame.samples === 3 && frame.values instanceof Uint8Array) return null;
  return "Colour is drawn from three samples of 8 bits a pixel.";
}

function bitsFault({ values }: FramePixels, { layout }: CellDraw): string | null {
  if (layout.isFloat !== values instanceof Float32Array) return "The frame's values are not of the declared kind.";
  const { bitsStored, highBit } = layout;
  const allocated = values.BYTES_PER_ELEMENT * 8;
  if (layout.isFloat || (bitsStored >= 1 && highBit >= bitsStored - 1 && highBit < allocated)) return null;
  return `${bitsStored} bits stored with high bit ${highBit} do not fit ${allocated} bits allocated.`;
}

function modalityFault({ values, base }: FramePixels, { modalityLut, slope, intercept }: CellDraw): string | null {
  if (modalityLut !== null && values instanceof Float32Array) return "A modality LUT has no entries for floating point values.";
  if (modalityLut !== null) return tableFault(modalityLut);
  return [slope, intercept, base].every(Number.isFinite) ? null : "The rescale values are not numbers.";
}

function voiFault(voi: Voi | null): string | null {
  if (voi === null) return "A grey image needs a window.";
  if (voi.kind === "table") return tableFault(voi.table);
  const { center, width, function: name } = voi.window;
  if (![center, width].every(Number.isFinite)) return "The window values are not numbers.";
  const wideEnough = name === "LINEAR" ? width >= 1 : width > 0;
  return wideEnough ? null : `A ${name} window of width ${width} is not in the Standard.`;
}

const MOST_ENTRIES = 65_536;

function tableFault({ entries, first, bits }: LookupTable): string | null {
  const counted = entries.length >= 1 && entries.length <= MOST_ENTRIES;
  if (counted && Number.isInteger(first) && Number.isInteger(bits) && bits >= 1 && bits <= 16) return null;
  return `A lookup table of ${entries.length} entries of ${bits} bits from ${first} is not in the Standard.`;
}

function paletteFault({ samples, values }: FramePixels, { palette }: CellDraw): string | null {
  if (palette === null) return "The image needs a palette.";
  if (samples !== 1 || values.BYTES_PER_ELEMENT > 2) return "A palette is looked up with one sample of at most 16 bits.";
  return palette.map(tableFault).find((fault) => fault !== null) ?? null;
}

function placeFault({ imageFromScreen }: CellDraw): string | null {
  return Object.values(imageFromScreen).every(Number.isFinite) ? null : "The view is not made of numbers.";
}
