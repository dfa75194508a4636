/** Which variant of the frame shader a cell needs, and the numbers that it is given (static/shaders/frame.frag.glsl). */

import { apply } from "../math/affine";
import type { Affine } from "../math/affine";
import type { CellDraw, FramePixels, Voi } from "./cell";
import { paletteRange } from "./texels";

/** The names that are #defined, sorted; what an image does not have costs nothing. */
export function variantOf(frame: FramePixels, cell: CellDraw): readonly string[] {
  const names = cellsOf(frame);
  if (frame.model === "grey") {
    if (cell.modalityLut !== null) names.push("MODALITY_LUT");
    if (paddedRange(frame, cell) !== null && !cell.layout.isFloat) names.push("PADDED");
    if (cell.voi !== null) names.push(...voiNames(cell.voi));
  }
  if (cell.mask !== null) names.push("MASKED");
  if (cell.interpolation === "bilinear") names.push("INTERPOLATED");
  return names.sort();
}

function cellsOf({ model, values }: FramePixels): string[] {
  if (model === "palette") return ["CELLS_PALETTE"];
  if (model !== "grey") return ["CELLS_COLOUR"];
  if (values instanceof Float32Array) return ["CELLS_FLOAT"];
  return values instanceof Uint32Array ? ["CELLS_DEEP"] : [];
}

function voiNames(voi: Voi): readonly string[] {
  if (voi.kind === "table") return ["VOI_LUT"];
  switch (voi.window.function) {
    case "LINEAR":
      return [];
    case "LINEAR_EXACT":
      return ["VOI_EXACT"];
    case "SIGMOID":
      return ["VOI_SIGMOID"];
  }
}

/** Values of uniforms by name; the shader's other ones are samplers. */
export interface Numbers {
  readonly ints: Readonly<Record<string, number>>;
  readonly uints: Readonly<Record<string, number>>;
  readonly floats: Readonly<Record<string, number>>;
}

/** Names that the variant does not declare are left out by the caller. */
export function numbersOf(frame: FramePixels, cell: CellDraw): Numbers {
  const common = { invert: Number(cell.invert) };
  const masked = { shutter_level: cell.mask?.shutterLevel ?? 0 };
  if (frame.model === "grey") return greyNumbers(frame, cell, common, masked);
  const { first, count } = cell.palette === null ? { first: 0, count: 1 } : paletteRange(cell.palette);
  const table = { table_first: first, table_count: count };
  const ints = { ...common, ...table, colour_model: Number(frame.model === "ybr") };
  return { ints, uints: bitsOf(cell), floats: masked };
}

function bitsOf({ layout }: CellDraw): Readonly<Record<string, number>> {
  const { bitsStored, highBit, signed } = layout;
  return { stored_shift: highBit + 1 - bitsStored, stored_mask: 2 ** bitsStored - 1, stored_sign: signed ? 2 ** (bitsStored - 1) : 0 };
}

function greyNumbers(frame: FramePixels, cell: CellDraw, common: Readonly<Record<string, number>>, masked: Readonly<Record<string, number>>): Numbers {
  const { modalityLut, voi } = cell;
  const ints = { ...common, ...tableOf(cell), ...voiOf(cell) };
  const { slope, fromCenter, reference } = modality(frame, cell);
  const padding = paddedRange(frame, cell);
  const floats = {
    ...masked,
    rescale_slope: slope,
    intercept_from_center: fromCenter,
    voi_width: voi?.kind === "window" ? voi.window.width : 1,
    voi_lut_largest: voi?.kind === "table" ? 2 ** voi.table.bits - 1 : 1,
  };
  if (cell.layout.isFloat) {
    const { low, high } = padding ?? { low: 1, high: 0 }; // low above high: none
    return { ints, uints: {}, floats: { ...floats, padding_low: low, padding_high: high } };
  }
  const order = orderOf(cell);
  const uints = { ...bitsOf(cell), padding_low: order(padding?.low ?? 0), padding_high: order(padding?.high ?? 0), stored_reference: order(reference) };
  return { ints, uints: modalityLut === null ? uints : { ...uints, stored_reference: 0 }, floats };
}

function tableOf({ modalityLut }: CellDraw): Readonly<Record<string, number>> {
  return modalityLut === null ? {} : { table_first: modalityLut.first, table_count: modalityLut.entries.length };
}

function voiOf({ voi }: CellDraw): Readonly<Record<string, number>> {
  return voi?.kind === "table" ? { voi_lut_count: voi.table.entries.length } : {};
}

/**
 * Subtracted here, in 64 bits, so that the shader's 32 keep the digits that matter: the window's centre from the
 * intercept, and of integers of 32 bits also a stored value near the window.
 */
function modality(frame: FramePixels, cell: CellDraw) {
  const { values, base } = frame;
  const center = cell.voi?.kind === "table" ? cell.voi.table.first : (cell.voi?.window.center ?? 0);
  if (cell.modalityLut !== null) return { slope: 1, fromCenter: -center, reference: 0 };
  const { slope, intercept } = cell;
  const reference = values instanceof Uint32Array ? nearestStored(cell, center) : base;
  return { slope, fromCenter: reference * slope + intercept - center, reference };
}

function storedRange({ layout }: CellDraw): readonly [lowest: number, highest: number] {
  const half = 2 ** (layout.bitsStored - 1);
  return layout.signed ? [-half, half - 1] : [0, 2 * half - 1];
}

/** Halves to the even neighbour, as the server's host rounds: both give the same bytes. */
function nearestStored(cell: CellDraw, center: number): number {
  const [lowest, highest] = storedRange(cell);
  if (cell.slope === 0) return lowest;
  const wanted = Math.min(highest, Math.max(lowest, (center - cell.intercept) / cell.slope));
  const up = Math.round(wanted);
  return up - wanted === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** Unsigned numbers in the order of the stored values. */
function orderOf({ layout }: CellDraw): (stored: number) => number {
  return layout.signed ? (stored) => stored + 2 ** 31 : (stored) => stored;
}

/** In the values of the texture; null where no stored value can be padding. */
function paddedRange({ base }: FramePixels, cell: CellDraw): { readonly low: number; readonly high: number } | null {
  const { padding, layout } = cell;
  if (padding === null) return null;
  if (layout.isFloat) return { low: Math.fround(padding.low - base), high: Math.fround(padding.high - base) };
  const [lowest, highest] = storedRange(cell);
  const [low, high] = [Math.max(lowest, Math.ceil(padding.low)), Math.min(highest, Math.floor(padding.high))];
  return low <= high ? { low, high } : null;
}

/** From the cell's pixels to texels: those of a reduced image are larger. */
export function texelsFromScreen(map: Affine, frame: FramePixels, [columns, rows]: readonly [number, number]): Affine {
  const [x, y] = [columns / frame.width, rows / frame.height];
  return { xx: map.xx * x, xy: map.xy * x, x0: map.x0 * x, yx: map.yx * y, yy: map.yy * y, y0: map.y0 * y };
}

/** Positions are taken from the cell's centre, where 32 bits are the most exact. */
export function placeOf(cell: CellDraw, map: Affine, drawingBufferHeight: number): Readonly<Record<string, readonly [number, number]>> {
  const { rect } = cell;
  const bottom = drawingBufferHeight - rect.y - rect.height;
  return {
    viewport_center_px: [rect.x + rect.width / 2, bottom + rect.height / 2],
    image_center_px: apply(map, [rect.width / 2, rect.height / 2]),
    image_px_per_screen_px_right: [map.xx, map.yx],
    image_px_per_screen_px_down: [map.xy, map.yy],
  };
}
