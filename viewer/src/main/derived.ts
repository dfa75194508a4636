/** What is made from decoded pixels once: a window where none is stated, and the list's pictures. */
import type { StoredValues } from "../decode/frame";
import type { Thumbnails } from "../page/ports";
import type { Action } from "../view/actions";
import type { FrameRef } from "../view/loadOrder";
import { framesInView, thumbnailFrames } from "../view/loadOrder";
import { imageOf } from "../view/resolve";
import { thumbnail } from "../view/thumbnail";
import type { AppState } from "../view/viewState";
import { appliedWindow, windowFromPixels } from "../view/window";

export type PixelsOf = (frame: FrameRef) => StoredValues | null;

/**
 * One action for each display set that states no window and has a frame now. A window is computed once,
 * so that it never jumps from slice to slice.
 */
export function computedWindows(state: AppState, pixels: PixelsOf): readonly Action[] {
  const found = new Map<number, Action>();
  for (const frame of [...framesInView(state), ...thumbnailFrames(state)]) {
    const set = state.plan.displaySets[frame.displaySet];
    const image = imageOf(set);
    if (set === undefined || image === null || image.windows.length > 0) continue;
    if (found.has(frame.displaySet) || state.computedWindows[frame.displaySet] !== undefined) continue;
    const values = pixels(frame);
    if (values === null) continue;
    const window = windowFromPixels(values, image, frame.frameIndex, set.modality);
    found.set(frame.displaySet, { kind: "computedWindow", displaySet: frame.displaySet, window });
  }
  return [...found.values()];
}

/** The pictures there are, with those that can be made now; the same object when none is new. */
export function withThumbnails(known: Thumbnails, state: AppState, pixels: PixelsOf): Thumbnails {
  const made = thumbnailFrames(state).flatMap((frame) => {
    if (known[frame.displaySet] !== undefined) return [];
    const picture = thumbnailOf(state, frame, pixels);
    return picture === null ? [] : [[frame.displaySet, picture] as const];
  });
  return made.length === 0 ? known : { ...known, ...Object.fromEntries(made) };
}

function thumbnailOf(state: AppState, frame: FrameRef, pixels: PixelsOf) {
  const image = imageOf(state.plan.displaySets[frame.displaySet]);
  const values = pixels(frame);
  if (image === null || values === null) return null;
  const window = appliedWindow({ kind: "default" }, image, state.computedWindows[frame.displaySet] ?? null);
  return window === null ? null : thumbnail(values, image, frame.frameIndex, window);
}
