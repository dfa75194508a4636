/** VOI windows: which one is applied, presets of the modality, and one made from the pixels. */
import type { DisplaySet, ImageTable, VoiWindow } from "../wire/types";
import type { WindowChoice } from "./cell";

const linear = (explanation: string, center: number, width: number): VoiWindow => {
  return { center, width, function: "LINEAR", explanation };
};

/** Keys 1 to 9 choose these, in HU. */
const PRESETS: Readonly<Record<string, readonly VoiWindow[]>> = {
  CT: [
    linear("Soft tissue", 40, 400),
    linear("Lung", -600, 1500),
    linear("Bone", 480, 2500),
    linear("Brain", 40, 80),
  ],
};

/** HU presets mean nothing where the values are not HU. */
export function presetsOf(displaySet: DisplaySet): readonly VoiWindow[] {
  return displaySet.image?.unit === "HU" ? (PRESETS[displaySet.modality] ?? []) : [];
}

/** The window to draw with; null until one is planned, stated or computed. */
export function appliedWindow(
  choice: WindowChoice,
  image: ImageTable,
  computed: VoiWindow | null,
  planned: VoiWindow | null = null,
): VoiWindow | null {
  if (choice.kind === "own") return choice.window;
  if (choice.kind === "default" && planned !== null) return planned;
  const index = choice.kind === "stated" ? choice.index : 0;
  return image.windows[index] ?? image.windows[0] ?? computed;
}

/** The smallest width used: PS3.3 C.11.2.1.2 allows LINEAR 1, the others anything above 0. */
export function leastWidth(window: VoiWindow): number {
  return window.function === "LINEAR" ? 1 : 1e-6;
}

const CLIPPED_SHARE = 0.01;
const MOST_SAMPLES = 65_536;

/**
 * A window that shows the pixels given, in modality units. MR: 1st to 99th percentile, since its values
 * have no unit and a few are extreme (display.md 4); otherwise the whole range.
 * cells: as the decoder gave them; bits outside the stored ones are dropped here (H6).
 */
export function windowFromPixels(cells: ArrayLike<number>, image: ImageTable, frameIndex: number, modality: string): VoiWindow {
  const [a, b] = modality === "MR" ? percentiles(cells, image) : extremes(cells, image);
  const slope = perFrame(image.rescaleSlope, frameIndex, 1);
  const intercept = perFrame(image.rescaleIntercept, frameIndex, 0);
  const width = Math.abs((b - a) * slope);
  const center = ((a + b) / 2) * slope + intercept;
  return { center, width: width > 0 ? width : 1, function: "LINEAR_EXACT", explanation: "from the pixels" };
}

type Range = readonly [number, number];

function extremes(cells: ArrayLike<number>, image: ImageTable): Range {
  const stored = storedValue(image);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < cells.length; i++) {
    const value = stored(cells[i] ?? 0);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high >= low ? [low, high] : [0, 0];
}

/** Of at most MOST_SAMPLES evenly spread pixels. */
function percentiles(cells: ArrayLike<number>, image: ImageTable): Range {
  const step = Math.max(1, Math.ceil(cells.length / MOST_SAMPLES));
  const stored = storedValue(image);
  const values = new Float64Array(Math.ceil(cells.length / step));
  for (let i = 0; i < values.length; i++) values[i] = stored(cells[i * step] ?? 0);
  values.sort();
  const at = (share: number): number => values[Math.round(share * (values.length - 1))] ?? 0;
  return [at(CLIPPED_SHARE), at(1 - CLIPPED_SHARE)];
}

/** From the bits of a pixel cell to its stored value: PS3.5 8.1.1, high bit and sign. */
export function storedValue({ pixels }: ImageTable): (cell: number) => number {
  const shift = Math.max(0, pixels.highBit + 1 - pixels.bitsStored);
  const unused = 32 - pixels.bitsStored;
  if (pixels.signed) return (cell) => ((cell >>> shift) << unused) >> unused;
  return (cell) => ((cell >>> shift) << unused) >>> unused;
}

/** One value for all frames, or one a frame. */
export function perFrame(values: readonly number[], frameIndex: number, otherwise: number): number {
  return (values.length === 1 ? values[0] : values[frameIndex]) ?? otherwise;
}
