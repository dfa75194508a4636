/** Statistics of a region, in modality units, from native pixels (H24). */
import type { FrameValues } from "../math/frameValues";
import type { ImageTable } from "../wire/types";
import type { Depth } from "./calibration";
import type { Measurement } from "./measure";
import { area } from "./measure";
import { suvOf } from "./probe";
import type { Shape } from "./shape";
import { boxOfShape, spans } from "./shape";
import type { EntriesOf } from "./values";
import { greyReader } from "./values";

export interface Spread {
  readonly mean: number;
  /** Of a sample: divided by count − 1 (ddof = 1); null for a single pixel. */
  readonly standardDeviation: number | null;
  readonly min: number;
  readonly max: number;
}

export interface RoiStatistics {
  /** Pixels whose centre lies inside the shape and the image, without padding. */
  readonly count: number;
  /** Pixels left out: padding, or no number. */
  readonly padded: number;
  /** In `unit`; null where no pixel counts. */
  readonly values: Spread | null;
  /** As the image states it; may be empty. */
  readonly unit: string;
  readonly suv: readonly (Spread & { readonly name: string; readonly unit: string })[];
  /** By the formula of the whole shape, not by counting. */
  readonly area: Measurement;
}

/** Null for colour, and while the modality LUT is on its way. */
export function roiStatistics(
  frame: FrameValues,
  image: ImageTable,
  frameIndex: number,
  shape: Shape,
  entriesOf: EntriesOf,
  depth: Depth = "detector",
): RoiStatistics | null {
  const read = frame.model === "grey" ? greyReader(frame, image, frameIndex, entriesOf) : null;
  if (read === null) return null;
  const sums = new Sums();
  let padded = 0;
  for (const pixel of pixelsInside(shape, image)) {
    const cell = frame.values[pixel] ?? 0;
    if (read.isPadding(cell)) padded += 1;
    else sums.add(read.modality(cell));
  }
  const values = sums.spread();
  const suv = values === null ? [] : suvOf(image, frameIndex, 1).map(({ name, unit, value }) => ({ name, unit, ...scaled(values, value) }));
  return { count: sums.count, padded, values, unit: image.unit, suv, area: area(image, frameIndex, shape, depth) };
}

/** Indices of the pixels whose centre lies inside the shape. */
function* pixelsInside(shape: Shape, { rows, columns }: ImageTable): Generator<number> {
  const { low, high } = boxOfShape(shape);
  const [first, last] = [Math.max(0, Math.floor(low[1])), Math.min(rows - 1, Math.floor(high[1]))];
  for (let row = first; row <= last; row++) {
    for (const [from, to] of spans(shape, row)) {
      for (let column = Math.max(0, from); column < Math.min(columns, to); column++) yield row * columns + column;
    }
  }
}

/** Running mean and squares about it, counted from the first value: values far from 0 keep their digits. */
class Sums {
  count = 0;
  private origin = 0;
  private mean = 0; // from the origin
  private squares = 0;
  private min = Infinity;
  private max = -Infinity;

  add(value: number): void {
    if (this.count === 0) this.origin = value;
    this.count += 1;
    const shifted = value - this.origin;
    const from = shifted - this.mean;
    this.mean += from / this.count;
    this.squares += from * (shifted - this.mean);
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  spread(): Spread | null {
    if (this.count === 0) return null;
    const standardDeviation = this.count === 1 ? null : Math.sqrt(this.squares / (this.count - 1));
    return { mean: this.origin + this.mean, standardDeviation, min: this.min, max: this.max };
  }
}

function scaled({ mean, standardDeviation, min, max }: Spread, factor: number): Spread {
  const deviation = standardDeviation === null ? null : standardDeviation * Math.abs(factor);
  return { mean: mean * factor, standardDeviation: deviation, min: min * factor, max: max * factor };
}
