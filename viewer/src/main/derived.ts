/** What is made from decoded pixels once: a window where none is stated, and the list's pictures. */
import type { DecodedFrame } from "../decode/frame";
import type { EntriesOf } from "../findings/values";
import { greyReader, rgbAt } from "../findings/values";
import type { Thumbnails } from "../page/ports";
import type { Action } from "../view/actions";
import type { FrameRef } from "../view/loadOrder";
import { framesInView, thumbnailFrames } from "../view/loadOrder";
import { isColour } from "../view/pixelKind";
import type { PixelReader } from "../view/pixelReader";
import { imageOf } from "../view/resolve";
import { thumbnail } from "../view/thumbnail";
import type { Thumbnail } from "../view/thumbnail";
import type { AppState } from "../view/viewState";
import { appliedVoi } from "../view/voi";
import { windowFromPixels } from "../view/window";
import type { ImageTable, Table } from "../wire/types";

export type PixelsOf = (frame: FrameRef) => DecodedFrame | null;

/** Null while they are on their way; asking fetches them. */
export type TableEntries = (displaySet: number, table: Table) => Uint16Array | null;

/** Where decoded frames and the tables that give them meaning come from. */
export interface PixelSources {
  readonly pixels: PixelsOf;
  readonly entries: TableEntries;
}

/**
 * One action for each display set that offers no VOI and has a frame now. A window is computed once,
 * so that it never jumps from slice to slice.
 */
export function computedWindows(state: AppState, sources: PixelSources): readonly Action[] {
  const found = new Map<number, Action>();
  for (const frame of [...framesInView(state), ...thumbnailFrames(state)]) {
    const set = state.plan.displaySets[frame.displaySet];
    const image = imageOf(set);
    if (set === undefined || image === null || offersVoi(image)) continue;
    if (found.has(frame.displaySet) || state.computedWindows[frame.displaySet] !== undefined) continue;
    const pixels = pixelsOf(image, frame, sources);
    if (pixels === null || pixels.kind !== "grey") continue;
    const window = windowFromPixels(pixels, image, set.modality);
    found.set(frame.displaySet, { kind: "computedWindow", displaySet: frame.displaySet, window });
  }
  return [...found.values()];
}

function offersVoi(image: ImageTable): boolean {
  return isColour(image) || image.windows.length > 0 || image.voiLuts.length > 0;
}

/** The pictures there are, with those that can be made now; the same object when none is new. */
export function withThumbnails(known: Thumbnails, state: AppState, sources: PixelSources): Thumbnails {
  const made = thumbnailFrames(state).flatMap((frame) => {
    if (known[frame.displaySet] !== undefined) return [];
    const picture = thumbnailOf(state, frame, sources);
    return picture === null ? [] : [[frame.displaySet, picture] as const];
  });
  return made.length === 0 ? known : { ...known, ...Object.fromEntries(made) };
}

/** Null until all that the large picture needs is here: a picture never shows wrong colours first. */
function thumbnailOf(state: AppState, frame: FrameRef, sources: PixelSources): Thumbnail | null {
  const image = imageOf(state.plan.displaySets[frame.displaySet]);
  if (image === null) return null;
  const pixels = pixelsOf(image, frame, sources);
  const computed = state.computedWindows[frame.displaySet] ?? null;
  const voi = appliedVoi({ kind: "default" }, { image, frameIndex: frame.frameIndex, computed, planned: null })?.voi;
  if (pixels === null || voi === undefined) return null;
  const entries = voi.kind === "table" ? sources.entries(frame.displaySet, voi.table) : null;
  if (voi.kind === "table" && entries === null) return null;
  return thumbnail(pixels, image, { voi, invert: image.inverse, entries });
}

/** Null while the frame or a table that it needs is not here. */
export function pixelsOf(image: ImageTable, frame: FrameRef, { pixels, entries }: PixelSources): PixelReader | null {
  const decoded = pixels(frame);
  if (decoded === null) return null;
  const entriesOf: EntriesOf = (table) => entries(frame.displaySet, table);
  const count = image.rows * image.columns;
  return decoded.model === "grey" ? greyPixels(decoded, image, frame.frameIndex, count, entriesOf) : colourPixels(decoded, image, count, entriesOf);
}

function greyPixels(decoded: DecodedFrame, image: ImageTable, frameIndex: number, count: number, entriesOf: EntriesOf): PixelReader | null {
  const read = greyReader(decoded, image, frameIndex, entriesOf);
  if (read === null) return null;
  const { values } = decoded;
  const at = (pixel: number): number | null => {
    const cell = values[pixel] ?? 0;
    return read.isPadding(cell) ? null : read.modality(cell);
  };
  return { kind: "grey", count, at };
}

function colourPixels(decoded: DecodedFrame, image: ImageTable, count: number, entriesOf: EntriesOf): PixelReader | null {
  if (rgbAt(decoded, image, 0, entriesOf) === null) return null; // its palette is on its way
  return { kind: "colour", count, at: (pixel) => rgbAt(decoded, image, pixel, entriesOf) ?? [0, 0, 0] };
}
