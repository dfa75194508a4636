/** From state and pixels to what the engine draws: the one place that knows both. */
import type { DecodedFrame } from "../decode/frame";
import type { CellDraw, LookupTable, Palette, Voi } from "../engine/cell";
import { perFrame } from "../math/frameValues";
import type { CellRect } from "../page/ports";
import type { Cell } from "../view/cell";
import type { FrameRef } from "../view/loadOrder";
import type { ResolvedView } from "../view/resolve";
import { imageOf, resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { displaySetOf, visibleCells } from "../view/viewState";
import type { Voi as AppliedVoi } from "../view/voi";
import type { Problem } from "../wire/client";
import type { ImageTable, Table } from "../wire/types";
import type { PixelsOf } from "./derived";
import { maskNow } from "./masks";
import type { Tables } from "./tables";

export interface CellPicture {
  readonly index: number;
  readonly frame: FrameRef;
  readonly draw: CellDraw;
  /** An overlay of the frame did not come. */
  readonly withoutOverlay: boolean;
}

export type PictureTables = Pick<Tables, "entries" | "bits" | "lacks">;

/** What changes no pixel: a hand that marks or reads never makes the images be drawn again. */
const WITHOUT_IMAGES: ReadonlySet<string> = new Set<keyof AppState>(["findings", "news", "tool", "touchTool", "drawer", "detailed",
  "words", "chrome", "fullScreen", "referenceLines", "cursor", "region", "menu", "flashing", "flashesAllowed"]);

/** Whether the pictures of both are the same, as far as the state decides that. */
export function sameImages(before: AppState, after: AppState): boolean {
  return Object.entries(after).every(([part, value]) => WITHOUT_IMAGES.has(part) || before[part as keyof AppState] === value);
}

/** The cells on the screen of whose frame in view everything is here: pixels, window, tables, overlays. */
export function pictures(state: AppState, rects: readonly (CellRect | null)[], pixels: PixelsOf, tables: PictureTables): readonly CellPicture[] {
  return visibleCells(state).flatMap((index) => picture(state, index, rects[index] ?? null, pixels, tables) ?? []);
}

/** Why a frame whose pixels are here is not drawn: a table that it needs, as it is looked at now, did not come (never a wrong grey). */
export function lackingOf(state: AppState, index: number, pixels: PixelsOf, { problem }: Pick<Tables, "problem">): Problem | null {
  const { displaySet = null, frameIndex = 0 } = state.cells[index] ?? {};
  const image = imageOf(displaySetOf(state, index));
  if (displaySet === null || image === null || pixels({ displaySet, frameIndex }) === null) return null;
  const voi = resolvedCell(state, index)?.voi ?? null;
  const needed = [image.modalityLut, ...(image.palette ?? []), voi?.kind === "table" ? voi.table : null];
  return needed.reduce<Problem | null>((found, table) => found ?? (table === null ? null : problem(displaySet, table)), null);
}

function picture(state: AppState, index: number, rect: CellRect | null, pixels: PixelsOf, tables: PictureTables): CellPicture | null {
  const cell = state.cells[index];
  const image = imageOf(displaySetOf(state, index));
  const resolved = resolvedCell(state, index);
  if (cell === undefined || cell.displaySet === null || rect === null || image === null || resolved === null) return null;
  const frame = { displaySet: cell.displaySet, frameIndex: cell.frameIndex };
  const decoded = pixels(frame);
  if (decoded === null || resolved.voi === null) return null;
  const values = valuesOf(frame, image, resolved.voi, tables);
  const lying = maskNow(frame, image, decoded, cell.view, tables);
  if (values === null || lying.kind === "awaited") return null;
  return { index, frame, draw: { rect, ...framed(image, decoded), ...values, mask: lying.mask, ...looked(cell, resolved) }, withoutOverlay: lying.withoutOverlay };
}

function framed(image: ImageTable, decoded: DecodedFrame): Pick<CellDraw, "frame" | "layout" | "padding"> {
  const { values, samples, model, base } = decoded;
  const frame = { values, samples, model, base, width: image.columns, height: image.rows };
  return { frame, layout: image.pixels, padding: image.padding };
}

function looked({ view }: Cell, { invert, imageFromDevice }: ResolvedView): Pick<CellDraw, "invert" | "imageFromScreen" | "interpolation"> {
  return { invert, imageFromScreen: imageFromDevice, interpolation: view.interpolation };
}

type Values = Pick<CellDraw, "slope" | "intercept" | "modalityLut" | "voi" | "palette">;

/** Null while one of the tables is on its way. */
function valuesOf({ displaySet, frameIndex }: FrameRef, image: ImageTable, applied: AppliedVoi, tables: PictureTables): Values | null {
  const lut = (table: Table): LookupTable | null => {
    const entries = tables.entries(displaySet, table);
    return entries === null ? null : { entries, first: table.first, bits: table.bits };
  };
  const modalityLut = image.modalityLut === null ? null : lut(image.modalityLut);
  const palette = image.palette === null ? null : paletteOf(image.palette.map(lut));
  const voi = voiOf(applied, lut);
  if (modalityLut === null && image.modalityLut !== null) return null;
  if (palette === null && image.palette !== null) return null;
  if (voi === null && applied.kind === "table") return null;
  const slope = perFrame(image.rescaleSlope, frameIndex) ?? 1;
  const intercept = perFrame(image.rescaleIntercept, frameIndex) ?? 0;
  return { slope, intercept, modalityLut, voi, palette };
}

function voiOf(applied: AppliedVoi, lut: (table: Table) => LookupTable | null): Voi | null {
  switch (applied.kind) {
    case "none":
      return null;
    case "window":
      return applied;
    case "table": {
      const table = lut(applied.table);
      return table === null ? null : { kind: "table", table };
    }
  }
}

/** One object for the same three tables: it names the palette's texture. */
const palettes = new WeakMap<Uint16Array, Palette>();

function paletteOf([red = null, green = null, blue = null]: readonly (LookupTable | null)[]): Palette | null {
  if (red === null || green === null || blue === null) return null;
  const known = palettes.get(red.entries);
  if (known !== undefined && known[1].entries === green.entries && known[2].entries === blue.entries) return known;
  const palette = [red, green, blue] as const;
  palettes.set(red.entries, palette);
  return palette;
}
