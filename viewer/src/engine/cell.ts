/** What the engine is asked to draw: plain data and the stored pixels. */

import type { Affine } from "../math/affine";
import type { PixelLayout, VoiWindow } from "../wire/types";

/** Whole device pixels; the origin is the top left corner of the canvas. */
export interface DeviceRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One decoded frame, row by row: stored bits as they came, signed ones as unsigned bits. */
export interface FramePixels {
  /** Names the frame for the texture cache; equal keys mean equal pixels. */
  readonly key: string;
  readonly width: number; // columns
  readonly height: number; // rows
  readonly values: Uint8Array | Uint16Array;
}

export type StoredBits = Pick<PixelLayout, "bitsStored" | "highBit" | "signed">;
export type Voi = Pick<VoiWindow, "center" | "width" | "function">; // modality units
export type Interpolation = "nearest" | "bilinear";

export interface CellDraw {
  readonly rect: DeviceRect;
  /** Null draws a black cell: its owner says in words why. */
  readonly frame: FramePixels | null;
  readonly layout: StoredBits;
  readonly slope: number;
  readonly intercept: number;
  readonly voi: Voi;
  /** MONOCHROME1 XOR the reader's own invert (PS3.3 C.7.6.3.1.2). */
  readonly invert: boolean;
  /**
   * From device pixels of the cell (origin its top left corner, y down, the centre of the first
   * pixel at (0.5, 0.5)) to image coordinates as in math/plane.ts: the pixel of column c and row r
   * covers [c, c + 1) × [r, r + 1). At 100 % the linear part is the identity and the
   * translation a whole number: every interpolation then reads pixels back exactly.
   */
  readonly imageFromScreen: Affine;
  readonly interpolation: Interpolation;
}

/** Why a cell stayed black. The caller puts `text` on the screen. */
export interface Refusal {
  readonly code: "frame_invalid" | "frame_too_large" | "out_of_memory" | "context_lost";
  readonly text: string;
}

const refuse = (code: Refusal["code"], text: string): Refusal => ({ code, text });

/** Why `cell` cannot be drawn with textures up to `maxTextureSize`; null where it can. */
export function refusalOf(
  frame: FramePixels,
  cell: CellDraw,
  maxTextureSize: number,
): Refusal | null {
  const fault = frameFault(frame) ?? bitsFault(frame, cell.layout) ?? numbersFault(cell);
  if (fault !== null) return refuse("frame_invalid", fault);
  if (Math.max(frame.width, frame.height) <= maxTextureSize) return null;
  return refuse(
    "frame_too_large",
    `The image has ${frame.width} × ${frame.height} pixels; ` +
      `this device shows at most ${maxTextureSize} in one direction.`,
  );
}

function frameFault({ width, height, values }: FramePixels): string | null {
  const whole = Number.isInteger(width) && Number.isInteger(height);
  if (!whole || width < 1 || height < 1) return `The image size ${width} × ${height} is not valid.`;
  if (values.length === width * height) return null;
  return `The frame has ${values.length} values where ${width} × ${height} are declared.`;
}

function bitsFault({ values }: FramePixels, { bitsStored, highBit }: StoredBits): string | null {
  const allocated = values.BYTES_PER_ELEMENT * 8;
  if (bitsStored >= 1 && highBit >= bitsStored - 1 && highBit < allocated) return null;
  return `${bitsStored} bits stored with high bit ${highBit} do not fit ${allocated} bits allocated.`;
}

function numbersFault({ slope, intercept, voi }: CellDraw): string | null {
  if (![slope, intercept, voi.center, voi.width].every(Number.isFinite))
    return "The rescale or window values are not numbers.";
  const wideEnough = voi.function === "LINEAR" ? voi.width >= 1 : voi.width > 0;
  return wideEnough ? null : `A ${voi.function} window of width ${voi.width} is not in the Standard.`;
}
