/** Windows that no file states: presets of the modality, and one made from the pixels. */
import type { DisplaySet, ImageTable, VoiWindow } from "../wire/types";
import { t } from "../words/words";
import type { PixelReader } from "./pixelReader";
import { SUV_WINDOWS, suvTypes } from "./suv";

const linear = (explanation: string, center: number, width: number): VoiWindow => {
  return { center, width, function: "LINEAR", explanation };
};

/** Keys 1 to 9 choose these, in HU. */
const HU_PRESETS: Readonly<Record<string, () => readonly VoiWindow[]>> = {
  CT: () => [
    linear(t("preset.softTissue"), 40, 400),
    linear(t("preset.lung"), -600, 1500),
    linear(t("preset.bone"), 480, 2500),
    linear(t("preset.brain"), 40, 80),
    linear(t("preset.mediastinum"), 50, 350),
    linear(t("preset.liver"), 30, 150),
    linear(t("preset.stroke"), 40, 40),
    linear(t("preset.angiography"), 300, 600),
    linear(t("preset.subdural"), 75, 215),
  ],
};

export interface Preset {
  readonly window: VoiWindow;
  /** The type of SUV that the window is in; absent: modality units. */
  readonly suv?: string;
}

/** HU presets mean nothing where the values are not HU, nor SUV presets where there is no SUV. */
export function presetsOf({ image, modality }: DisplaySet): readonly Preset[] {
  if (image === null) return [];
  const suv = suvTypes(image, 0)[0];
  if (suv !== undefined) return SUV_WINDOWS.map((window) => ({ window, suv: suv.name }));
  return image.unit === "HU" ? (HU_PRESETS[modality]?.() ?? []).map((window) => ({ window })) : [];
}

/** The smallest width used: PS3.3 C.11.2.1.2 allows LINEAR 1, the others anything above 0. */
export function leastWidth(window: VoiWindow): number {
  return window.function === "LINEAR" ? 1 : 1e-6;
}

const CLIPPED_SHARE = 0.01;
const MOST_SAMPLES = 65_536;
const SCREEN_BITS = 8;
/** Their values are measured: a window from what there is. Eight bits of anything else are made for the screen. */
const MEASURED: ReadonlySet<string> = new Set(["CT", "MR", "NM", "PT"]);

/**
 * A window that shows the pixels given, in modality units; padding and what is no number are left out (H5).
 * MR: 1st to 99th percentile, since its values have no unit and a few are extreme; NM and PET: from 0 to the
 * most; grey of 8 bits that was made for a screen: as it is (display.md 4); otherwise the whole range.
 */
export function windowFromPixels(pixels: GreyPixels, image: ImageTable, modality: string): VoiWindow {
  const made = madeForScreens(image, modality);
  const [a, b] = made ?? (modality === "MR" ? percentiles(pixels) : extremes(pixels));
  const low = modality === "NM" || modality === "PT" ? Math.min(0, a) : a;
  const width = b - low;
  return { center: (low + b) / 2, width: width > 0 ? width : 1, function: "LINEAR_EXACT", explanation: made === null ? t("window.fromPixels") : t("window.asStored") };
}

type Range = readonly [number, number];
type GreyPixels = Extract<PixelReader, { readonly kind: "grey" }>;

function madeForScreens({ pixels, modalityLut, rescaleSlope, rescaleIntercept }: ImageTable, modality: string): Range | null {
  const { bitsStored, signed, isFloat } = pixels;
  if (MEASURED.has(modality) || bitsStored > SCREEN_BITS || signed || isFloat || modalityLut !== null) return null;
  const plain = rescaleSlope.every((slope) => slope === 1) && rescaleIntercept.every((intercept) => intercept === 0);
  return plain ? [0, 2 ** bitsStored - 1] : null;
}

function extremes({ count, at }: GreyPixels): Range {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    const value = at(i);
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high >= low ? [low, high] : [0, 0];
}

/** Of at most MOST_SAMPLES evenly spread pixels. */
function percentiles({ count, at }: GreyPixels): Range {
  const step = Math.max(1, Math.ceil(count / MOST_SAMPLES));
  const found = new Float64Array(Math.ceil(count / step));
  let used = 0;
  for (let i = 0; i < count; i += step) {
    const value = at(i);
    if (value !== null) found[used++] = value;
  }
  const sorted = found.subarray(0, used).sort();
  const value = (share: number): number => sorted[Math.round(share * (used - 1))] ?? 0;
  return [value(CLIPPED_SHARE), value(1 - CLIPPED_SHARE)];
}
