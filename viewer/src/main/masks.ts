/** The mask of a frame: the same object as long as the same things lie over it, so that it is made and uploaded once. */
import type { DecodedFrame } from "../decode/frame";
import type { Mask } from "../engine/cell";
import type { LyingOver } from "../engine/mask";
import { maskOf } from "../engine/mask";
import { perFrame } from "../math/frameValues";
import type { Cell, ViewState } from "../view/cell";
import type { FrameRef } from "../view/loadOrder";
import type { ImageTable, Overlay, Shutter } from "../wire/types";
import type { Tables } from "./tables";
import { overlayBytes } from "./tables";

export type MaskNow =
  /** mask null: nothing lies over the frame. withoutOverlay: one did not come, which hides no sound image. */
  | { readonly kind: "ready"; readonly mask: Mask | null; readonly withoutOverlay: boolean }
  /** Bits are on their way. */
  | { readonly kind: "awaited" };

export type OverlayBits = Pick<Tables, "bits" | "lacks">;

const P_VALUE_BITS_ABOVE_GREY = 8;

export function maskNow(frame: FrameRef, image: ImageTable, decoded: DecodedFrame, view: ViewState, tables: OverlayBits): MaskNow {
  const shutter = view.shutterShown ? (perFrame(image.shutters, frame.frameIndex) ?? null) : null;
  const stated = view.overlaysShown ? image.overlays.filter((overlay) => overlay.frame === frame.frameIndex) : [];
  const lying = stated.map((overlay) => lyingOver(frame.displaySet, overlay, tables));
  if (lying.includes("awaited")) return { kind: "awaited" };
  const overlays = lying.filter((overlay) => typeof overlay !== "string");
  const withoutOverlay = overlays.length < lying.length;
  if (shutter === null && overlays.length === 0) return { kind: "ready", mask: null, withoutOverlay };
  return { kind: "ready", mask: remembered(image, shutter, stated, overlays, decoded), withoutOverlay };
}

function lyingOver(displaySet: number, overlay: Overlay, tables: OverlayBits): LyingOver | "awaited" | "lacking" {
  if (overlay.bit > 0) return { ...overlay, bits: null };
  const bits = tables.bits(displaySet, overlay);
  if (bits === null) return tables.lacks(displaySet, overlay) ? "lacking" : "awaited";
  return { ...overlay, bits };
}

interface Made {
  readonly parts: readonly object[];
  readonly mask: Mask;
}

/** By the first thing that the mask is made of; forgotten with it. */
const made = new WeakMap<object, readonly Made[]>();
const VIEWS = 4; // with and without overlays, with and without shutters

function remembered(image: ImageTable, shutter: Shutter | null, stated: readonly Overlay[], overlays: readonly LyingOver[], decoded: DecodedFrame): Mask {
  const sources = overlays.map(({ bits }) => bits ?? decoded.values);
  const parts = [image, ...sources, ...stated, ...(shutter === null ? [] : [shutter])];
  const first = sources[0] ?? shutter ?? image;
  const known = made.get(first) ?? [];
  const same = known.find((one) => one.parts.length === parts.length && one.parts.every((part, i) => part === parts[i]));
  if (same !== undefined) return same.mask;
  const cells = overlays.some(({ bits }) => bits === null) ? decoded.values : []; // else a mask would keep its frame in memory
  const mask: Mask = {
    name: {},
    covered: () => maskOf({ rows: image.rows, columns: image.columns, stretch: stretchOf(image) }, shutter, overlays, cells),
    shutterLevel: (shutter?.presentationValue ?? 0) >> P_VALUE_BITS_ABOVE_GREY,
  };
  made.set(first, [{ parts, mask }, ...known].slice(0, VIEWS));
  return mask;
}

const CHEAP_BYTES = 512 * 1024;

/** Asks for the overlays of the frame that the reader turns to next, where that costs little. */
export function askAhead({ displaySet, frameIndex, heading, view }: Cell, { overlays }: ImageTable, tables: OverlayBits): void {
  if (displaySet === null || !view.overlaysShown) return;
  const next = frameIndex + (heading === 0 ? 1 : heading);
  const stated = overlays.filter(({ frame, bit }) => frame === next && bit === 0);
  const bytes = stated.reduce((sum, overlay) => sum + overlayBytes(overlay), 0);
  if (bytes <= CHEAP_BYTES) stated.forEach((overlay) => tables.bits(displaySet, overlay));
}

function stretchOf({ spacing, pixelAspect }: ImageTable): number {
  if (spacing !== null) return spacing.betweenRowsMm / spacing.betweenColumnsMm;
  return pixelAspect === null ? 1 : pixelAspect[0] / pixelAspect[1];
}
