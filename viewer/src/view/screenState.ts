/** What the reader arranges for himself: words on the images, chrome, menus, pointers. */
import type { Point } from "../math/affine";
import type { Vec3 } from "../math/vec3";
import type { Held } from "./grid";
import type { Hung } from "./hang";

/** How many words stand on the images. */
export type WordLevel = "full" | "minimum" | "none";

export type Chrome = "dark" | "light" | "system";

/** A menu at a point of the page, CSS pixels. */
export interface CellMenu {
  readonly cell: number;
  readonly x: number;
  readonly y: number;
}

/** One point of the patient, shown in every cell of its frame of reference. */
export interface Cursor {
  readonly point: Vec3;
  readonly frameOfReference: number;
  /** Where it was set. */
  readonly cell: number;
}

/** A rectangle over one image, in its coordinates. */
export interface Region {
  readonly cell: number;
  readonly from: Point;
  readonly to: Point;
  /** The hand has let go: a window is to be made from it. */
  readonly done: boolean;
}

export interface ScreenState {
  readonly words: WordLevel;
  readonly chrome: Chrome;
  readonly fullScreen: boolean;
  readonly magnifier: boolean;
  readonly referenceLines: boolean;
  readonly cursor: Cursor | null;
  readonly region: Region | null;
  readonly menu: CellMenu | null;
  readonly held: Held;
  /** What hung before a prior was put beside it by hand. */
  readonly compared: { readonly stage: number; readonly before: Hung } | null;
  /** The cell whose cine may flash: it is asked about before it runs (WCAG 2.3.1). */
  readonly flashing: number | null;
  /** Display sets that the reader has allowed to flash. */
  readonly flashesAllowed: readonly number[];
}

export const SCREEN: ScreenState = {
  words: "full",
  chrome: "dark",
  fullScreen: false,
  magnifier: false,
  referenceLines: true,
  cursor: null,
  region: null,
  menu: null,
  held: null,
  compared: null,
  flashing: null,
  flashesAllowed: [],
};
