/** One decoded frame, and what its cells mean as numbers (PS3.5 8.1.1). */

/** Interleaved, row by row: stored bits as they came, signed ones as unsigned bits; floats as they are. */
export interface FrameValues {
  readonly values: Uint8Array | Uint16Array | Uint32Array | Float32Array;
  readonly samples: 1 | 3;
  readonly model: "grey" | "palette" | "rgb" | "ybr";
  /** Added to each value; other than 0 for double float only. */
  readonly base: number;
}

export interface StoredBits {
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly isFloat: boolean;
}

/** From a cell to its stored value: the bits from the high bit down, with their sign; what lies beside them is dropped. */
export function storedValue({ bitsStored, highBit, signed, isFloat }: StoredBits, base = 0): (cell: number) => number {
  if (isFloat) return (cell) => cell + base;
  const shift = Math.max(0, highBit + 1 - bitsStored);
  const unused = 32 - bitsStored;
  if (signed) return (cell) => ((cell >>> shift) << unused) >> unused;
  return (cell) => ((cell >>> shift) << unused) >>> unused;
}

/** One value for all frames, or one a frame. */
export function perFrame<T>(values: readonly T[], frameIndex: number): T | undefined {
  return values.length === 1 ? values[0] : values[frameIndex];
}

/** The entry of a lookup table for an input; beyond its ends the end's entry (PS3.3 C.11.1.1, C.11.2.1.1). */
export function looked(entries: Uint16Array, first: number, input: number): number {
  const index = Math.min(entries.length - 1, Math.max(0, Math.trunc(input) - first));
  return entries[index] ?? 0;
}

export type Rgb = readonly [red: number, green: number, blue: number];

const FRACTION_BITS = 22;
const HALF_UP = (1 << (FRACTION_BITS - 1)) + 64; // halves go up, also those just missed
const RED_OF_CR = 5880414; // 1.402
const GREEN_OF_CB = -1443412; // −0.344136
const GREEN_OF_CR = -2995305; // −0.714136
const BLUE_OF_CB = 7432307; // 1.772

/** YBR_FULL to RGB, each 0 to 255, rounded half up (PS3.3 C.7.6.3.1.2); in whole numbers, as in the shader. */
export function rgbOfYbr(y: number, cb: number, cr: number): Rgb {
  const [blue, red] = [cb - 128, cr - 128];
  const level = (chroma: number): number => Math.min(255, Math.max(0, y + ((chroma + HALF_UP) >> FRACTION_BITS)));
  return [level(RED_OF_CR * red), level(GREEN_OF_CB * blue + GREEN_OF_CR * red), level(BLUE_OF_CB * blue)];
}
