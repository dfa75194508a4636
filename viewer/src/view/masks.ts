/** What the file draws over an image, and what it hides of it (display.md H18, H20). */
import { perFrame } from "../math/frameValues";
import type { ImageTable } from "../wire/types";

export function hasOverlays({ overlays }: ImageTable, frameIndex: number): boolean {
  return overlays.some(({ frame }) => frame === frameIndex);
}

export function hasShutter({ shutters }: ImageTable, frameIndex: number): boolean {
  return (perFrame(shutters, frameIndex) ?? null) !== null;
}
