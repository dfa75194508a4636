/** Standardised uptake values: factors by frame, and the windows that PET is read with (display.md H14). */
import type { ImageTable, VoiWindow } from "../wire/types";
import { perFrame } from "../math/frameValues";

/** One type of SUV on one frame: modality value × factor = SUV. */
export interface Suv {
  /** "SUVbw", … */
  readonly name: string;
  /** "g/ml", … */
  readonly unit: string;
  readonly factor: number;
}

/** The types that this frame has, the default one first. */
export function suvTypes({ suv }: ImageTable, frameIndex: number): readonly Suv[] {
  return (suv?.types ?? []).flatMap(({ name, unit, factors }) => {
    const factor = perFrame(factors, frameIndex);
    return factor !== undefined && factor > 0 && Number.isFinite(factor) ? [{ name, unit, factor }] : [];
  });
}

/** Upper ends; every one begins at 0. The first is what a PET image opens with where the plan has no wish. */
const UPPER_ENDS = [5, 7, 10, 15, 20, 3] as const;

/** In SUV. LINEAR_EXACT: with LINEAR, 0 to 5 would end at 4.5 (PS3.3 C.11.2.1.2.1). */
export const SUV_WINDOWS: readonly VoiWindow[] = UPPER_ENDS.map((upper) => fromEnds(0, upper, ""));

/** The window that shows `lower` black and `upper` white. */
export function fromEnds(lower: number, upper: number, explanation: string): VoiWindow {
  return { center: (lower + upper) / 2, width: upper - lower, function: "LINEAR_EXACT", explanation };
}

/** The ends of the ramp of a LINEAR_EXACT window. */
export function endsOf({ center, width }: VoiWindow): readonly [lower: number, upper: number] {
  return [center - width / 2, center + width / 2];
}

/** A window in other units: value × factor. A LINEAR one keeps the ends of its ramp (PS3.3 C.11.2.1.2.1). */
export function rescaled(window: VoiWindow, factor: number): VoiWindow {
  if (window.function !== "LINEAR") return { ...window, center: window.center * factor, width: window.width * factor };
  const middle = window.center - 0.5;
  const width = Math.max(window.width - 1, Number.MIN_VALUE);
  return { ...window, center: middle * factor, width: width * factor, function: "LINEAR_EXACT" };
}
