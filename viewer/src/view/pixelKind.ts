/** What the pixels of an image are: shades, or colours. */
import type { ImageTable } from "../wire/types";

/** Colours, of three samples or of a palette: no VOI applies to them (PS3.4 N.2). */
export function isColour({ pixels }: ImageTable): boolean {
  return pixels.samplesPerPixel > 1 || pixels.photometricInterpretation === "PALETTE COLOR";
}
