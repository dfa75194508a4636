/** Which VOI is applied (PS3.3 C.11.2): a window, a lookup table, or none where the pixels are colours. */
import type { ImageTable, Table, VoiWindow } from "../wire/types";
import { t } from "../words/words";
import type { WindowChoice } from "./cell";
import { isColour } from "./pixelKind";
import { fromEnds, rescaled, SUV_WINDOWS, suvTypes } from "./suv";
import type { Suv } from "./suv";

export type Voi =
  /** In modality units. */
  | { readonly kind: "window"; readonly window: VoiWindow }
  /** Its input are modality values. */
  | { readonly kind: "table"; readonly table: Table }
  /** Colours are shown as they are. */
  | { readonly kind: "none" };

/** A window as it is read and changed by hand: in SUV where there is one, else in modality units. */
export interface ReadWindow {
  readonly window: VoiWindow;
  readonly suv: Suv | null;
}

export interface AppliedVoi {
  readonly voi: Voi;
  /** Null for a table and for colours. */
  readonly read: ReadWindow | null;
}

export interface Offered {
  readonly voi: Voi;
  readonly choice: WindowChoice;
}

/** What the file offers: windows, then lookup tables. A reader selects one; none wins by itself (PS3.3 C.11.2.1.1). */
export function offeredBy(image: ImageTable): readonly Offered[] {
  if (isColour(image)) return [];
  const windows = image.windows.map((window, index): Offered => ({ voi: { kind: "window", window }, choice: { kind: "stated", index } }));
  const tables = image.voiLuts.map((table, index): Offered => ({ voi: { kind: "table", table }, choice: { kind: "table", index } }));
  return [...windows, ...tables];
}

/** Where windows come from. */
export interface VoiSources {
  readonly image: ImageTable;
  readonly frameIndex: number;
  /** Made from the pixels; null until there are some, or where the image states its own. */
  readonly computed: VoiWindow | null;
  /** The plan's wish, in modality units. */
  readonly planned: VoiWindow | null;
}

/** What is applied; null until a window is planned, stated or computed. */
export function appliedVoi(choice: WindowChoice, sources: VoiSources): AppliedVoi | null {
  if (isColour(sources.image)) return { voi: { kind: "none" }, read: null };
  return chosen(choice, sources) ?? byDefault(sources);
}

/** Null where the image does not offer what was chosen. */
function chosen(choice: WindowChoice, sources: VoiSources): AppliedVoi | null {
  const { image } = sources;
  switch (choice.kind) {
    case "default":
      return null;
    case "stated":
      return ofWindow(image.windows[choice.index] ?? image.windows[0] ?? sources.computed, sources);
    case "table":
      return ofTable(image.voiLuts[choice.index]);
    case "own":
      return choice.suv === undefined ? ofWindow(choice.window, sources) : ofSuvWindow(choice.window, choice.suv, sources);
  }
}

/** The plan's wish; for PET its SUV window; else the image's first choice: a window before a lookup table (H2). */
function byDefault(sources: VoiSources): AppliedVoi | null {
  const { image, planned, computed, frameIndex } = sources;
  if (planned !== null) return ofWindow(planned, sources);
  const [suv, window] = [suvTypes(image, frameIndex)[0], SUV_WINDOWS[0]];
  if (suv !== undefined && window !== undefined) return ofSuvWindow(window, suv.name, sources);
  return ofWindow(image.windows[0], sources) ?? ofTable(image.voiLuts[0]) ?? ofWindow(computed, sources);
}

function ofTable(table: Table | undefined): AppliedVoi | null {
  return table === undefined ? null : { voi: { kind: "table", table }, read: null };
}

function ofWindow(window: VoiWindow | null | undefined, { image, frameIndex }: VoiSources): AppliedVoi | null {
  if (window === null || window === undefined) return null;
  const suv = suvTypes(image, frameIndex)[0] ?? null;
  return { voi: { kind: "window", window }, read: { window: suv === null ? window : rescaled(window, suv.factor), suv } };
}

/** Null where this frame has no such SUV: then the window means nothing. */
function ofSuvWindow(window: VoiWindow, name: string, { image, frameIndex }: VoiSources): AppliedVoi | null {
  const suv = suvTypes(image, frameIndex).find((one) => one.name === name);
  if (suv === undefined) return null;
  return { voi: { kind: "window", window: rescaled(window, 1 / suv.factor) }, read: { window, suv } };
}

/** What such a window is called from then on. */
export function lookupTableOff(): string {
  return t("window.tableOff");
}

/** What a reader who changes a window by hand starts from: a lookup table is left for a ramp over its input. */
export function windowByHand({ voi, read }: AppliedVoi): ReadWindow | null {
  if (voi.kind !== "table") return read;
  const { first, count } = voi.table;
  return { window: fromEnds(first, first + Math.max(1, count - 1), lookupTableOff()), suv: null };
}
