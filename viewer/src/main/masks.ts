/** The mask of a frame: the same object as long as the same things lie over it, so that it is made and uploaded once. */
import type { DecodedFrame } from "../decode/frame";
import type { Mask } from "../engine/cell";
import type { LyingOver } from "../engine/mask";
import { maskOf } from "../engine/mask";
import { perFrame } from "../math/frameValues";
import type { ViewState } from "../view/cell";
import type { FrameRef } from "../view/loadOrder";
import type { ImageTable, Overlay, Shutter } from "../wire/types";
import type { Tables } from "./tables";

export type MaskNow =
  /** Null: nothing lies over the frame. */
  | { readonly kind: "ready"; readonly mask: Mask | null }
  /** Bits are on their way. */
  | { readonly kind: "awaited" };

const P_VALUE_BITS_ABOVE_GREY = 8;

export function maskNow(frame: FrameRef, image: ImageTable, decoded: DecodedFrame, view: ViewState, tables: Pick<Tables, "bits">): MaskNow {
  const shutter = view.shutterShown ? (perFrame(image.shutters, frame.frameIndex) ?? null) : null;
  const stated = view.overlaysShown ? image.overlays.filter((overlay) => overlay.frame === frame.frameIndex) : [];
  const lying = stated.map((overlay) => lyingOver(frame.displaySet, overlay, tables));
  const overlays = lying.flatMap((overlay) => overlay ?? []);
  if (overlays.length < lying.length) return { kind: "awaited" };
  if (shutter === null && overlays.length === 0) return { kind: "ready", mask: null };
  return { kind: "ready", mask: remembered(image, shutter, stated, overlays, decoded) };
}

function lyingOver(displaySet: number, overlay: Overlay, tables: Pick<Tables, "bits">): LyingOver | null {
  if (overlay.bit > 0) return { ...overlay, bits: null };
  const bits = tables.bits(displaySet, overlay);
  return bits === null ? null : { ...overlay, bits };
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
  const mask: Mask = {
    name: {},
    covered: () => maskOf({ rows: image.rows, columns: image.columns, stretch: stretchOf(image) }, shutter, overlays, decoded.values),
    shutterLevel: (shutter?.presentationValue ?? 0) >> P_VALUE_BITS_ABOVE_GREY,
  };
  made.set(first, [{ parts, mask }, ...known].slice(0, VIEWS));
  return mask;
}

function stretchOf({ spacing, pixelAspect }: ImageTable): number {
  if (spacing !== null) return spacing.betweenRowsMm / spacing.betweenColumnsMm;
  return pixelAspect === null ? 1 : pixelAspect[0] / pixelAspect[1];
}
