/** What the engine is asked to draw: plain data and the stored pixels. */

import type { Affine } from "../math/affine";
import type { FrameValues, StoredBits } from "../math/frameValues";
import type { VoiWindow } from "../wire/types";

/** Whole device pixels; the origin is the top left corner of the canvas. */
export interface DeviceRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One decoded frame. The array names it: the same array means the same pixels, and is never written again. */
export interface FramePixels extends FrameValues {
  readonly width: number; // columns
  readonly height: number; // rows
}

/** Inputs below `first` map to the first entry, those behind the last one to the last. */
export interface LookupTable {
  readonly entries: Uint16Array;
  readonly first: number;
  /** Entries lie in 0 … 2^bits − 1. */
  readonly bits: number;
}

/** The object names it, as the array names a frame. */
export type Palette = readonly [red: LookupTable, green: LookupTable, blue: LookupTable];

export type VoiFunction = Pick<VoiWindow, "center" | "width" | "function">; // modality units

export type Voi =
  | { readonly kind: "window"; readonly window: VoiFunction }
  | { readonly kind: "table"; readonly table: LookupTable };

/** What lies over the image. */
export interface Mask {
  /** The same object means the same mask. */
  readonly name: object;
  /** One byte a pixel, as engine/mask.ts makes them; asked for when it is uploaded. */
  readonly covered: () => Uint8Array;
  /** Grey level of the shutter, 0 to 255. */
  readonly shutterLevel: number;
}

export type Interpolation = "nearest" | "bilinear";

export interface CellDraw {
  readonly rect: DeviceRect;
  /** Null draws a black cell: its owner says in words why. */
  readonly frame: FramePixels | null;
  readonly layout: StoredBits;
  /** Wins over slope and intercept (PS3.3 C.11.1). */
  readonly modalityLut: LookupTable | null;
  readonly slope: number;
  readonly intercept: number;
  /** Null in colour, where there is none. */
  readonly voi: Voi | null;
  /** Stored values from low to high, inclusive: black, inverted or not (C.7.5.1.1.2). */
  readonly padding: { readonly low: number; readonly high: number } | null;
  /** Of model "palette". */
  readonly palette: Palette | null;
  readonly mask: Mask | null;
  /** The image's own inversion XOR the reader's (PS3.3 C.7.6.3.1.2, C.11.6). */
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
  readonly code: "frame_invalid" | "out_of_memory" | "shader_failed" | "context_lost";
  readonly text: string;
}

/** Drawn with one pixel in `reduced` of each row and column, because a texture holds no more: to be said on the screen. */
export interface Reduced {
  readonly reduced: number;
}

/** Null: drawn in full, or nothing was to be drawn. */
export type Answer = Refusal | Reduced | null;

export const refuse = (code: Refusal["code"], text: string): Refusal => ({ code, text });
