/** One valid cell for the engine's tests; each test changes one thing. */
import type { CellDraw, FramePixels } from "../src/engine/cell";
import { identity } from "../src/math/affine";

/** 4 columns × 3 rows of 12 bits. */
export const frame: FramePixels = { width: 4, height: 3, values: new Uint16Array(12), samples: 1, model: "grey", base: 0 };

export const cell: CellDraw = {
  rect: { x: 0, y: 0, width: 10, height: 10 },
  frame,
  layout: { bitsStored: 12, highBit: 11, signed: false, isFloat: false },
  modalityLut: null,
  slope: 1,
  intercept: -1024,
  voi: { kind: "window", window: { center: 40, width: 400, function: "LINEAR" } },
  padding: null,
  palette: null,
  mask: null,
  invert: false,
  imageFromScreen: identity,
  interpolation: "bilinear",
};

export const lut = (entries: readonly number[], first = 0, bits = 16) => ({ entries: Uint16Array.from(entries), first, bits });
