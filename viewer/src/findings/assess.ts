/** Everything an annotation says: its quantities, what their unit rests on, what lies inside. */
import type { FrameValues } from "../math/frameValues";
import type { Point } from "../math/affine";
import type { Draft } from "../wire/annotation";
import type { ImageTable } from "../wire/types";
import { t } from "../words/words";
import type { Measurement, Quantity } from "./measure";
import { angle, area, axisValues, cobbAngle, length } from "./measure";
import type { Probe } from "./probe";
import { probe } from "./probe";
import { shapeOf } from "./reshape";
import { areaPx } from "./shape";
import type { RoiStatistics } from "./statistics";
import { roiStatistics } from "./statistics";
import type { EntriesOf } from "./values";

export interface Assessment {
  readonly measurement: Measurement | null;
  /** The same in the object's plane, where the file gives a magnification; never in place of the first. */
  readonly inObject: Measurement | null;
  /** Of what encloses pixels. "waiting": they are on their way; "colour": they are no one value. */
  readonly inside: RoiStatistics | "waiting" | "colour" | null;
  /** Of a probe; "waiting" as above. */
  readonly pixel: Probe | "waiting" | null;
  /** Of the pixels, as the image states it. */
  readonly unit: string;
  /** All that can be known is known: nothing will change while the annotation does not. */
  readonly final: boolean;
}

/** Where values come from; frame: null while it is not here. */
export interface Values {
  readonly frame: FrameValues | null;
  readonly entriesOf: EntriesOf;
  /** A region of more pixels is not walked through now: it is "waiting". */
  readonly mostPixels?: number;
}

const NOTHING: Assessment = { measurement: null, inObject: null, inside: null, pixel: null, unit: "", final: true };

export function assess(draft: Pick<Draft, "kind" | "points" | "frameIndex">, image: ImageTable, values: Values): Assessment {
  const { kind, points, frameIndex } = draft;
  switch (kind) {
    case "length":
    case "bidirectional":
    case "angle":
    case "cobb":
      return { ...NOTHING, measurement: lines(kind, points, image, frameIndex, "detector"), inObject: inObject(kind, points, image, frameIndex) };
    case "ellipse":
    case "rectangle":
    case "freehand":
      return region(draft, image, values);
    case "probe":
      return pixelAt(points, image, frameIndex, values);
    case "arrow":
    case "text":
      return NOTHING;
  }
}

type Lines = "length" | "bidirectional" | "angle" | "cobb";

function lines(kind: Lines, points: readonly Point[], image: ImageTable, frameIndex: number, depth: "detector" | "object"): Measurement | null {
  const [a, b, c, d] = points;
  if (a === undefined || b === undefined) return null;
  if (kind === "length") return length(image, frameIndex, a, b, depth);
  if (c === undefined) return kind === "bidirectional" ? axes([length(image, frameIndex, a, b, depth)]) : null;
  if (kind === "angle") return angle(image, frameIndex, a, b, c);
  if (d === undefined) return kind === "bidirectional" ? axes([length(image, frameIndex, a, b, depth)]) : null;
  if (kind === "cobb") return cobbAngle(image, frameIndex, [a, b], [c, d]);
  return axes([length(image, frameIndex, a, b, depth), length(image, frameIndex, c, d, depth)]);
}

/** The longer first, whichever was drawn first; refused where one of them is, or where they have no unit in common. */
function axes(lengths: readonly Measurement[]): Measurement {
  const refusal = lengths.find(({ kind }) => kind === "refused");
  if (refusal !== undefined) return refusal;
  const found = lengths.flatMap((one) => (one.kind === "measured" ? one.quantities : []));
  const sources = new Set(lengths.flatMap((one) => (one.kind === "measured" ? [one.source] : [])));
  if (sources.size > 1 || found.some(({ name }) => name !== "length")) return { kind: "refused", reason: t("measure.refused.crosses") };
  const sorted = [...found].sort((one, other) => other.value - one.value);
  const quantities = sorted.map((quantity, i): Quantity => ({ ...quantity, name: i === 0 ? "long" : "short" }));
  return { kind: "measured", quantities, source: [...sources][0] ?? "" };
}

function inObject(kind: Lines, points: readonly Point[], image: ImageTable, frameIndex: number): Measurement | null {
  if (kind === "angle" || kind === "cobb" || !hasMagnification(image)) return null;
  return lines(kind, points, image, frameIndex, "object");
}

function hasMagnification({ spacing, regions }: ImageTable): boolean {
  return spacing?.source === "detector" && (spacing.magnification ?? 0) > 0 && regions.length === 0;
}

function region(draft: Pick<Draft, "kind" | "points" | "frameIndex">, image: ImageTable, values: Values): Assessment {
  const { frameIndex } = draft;
  const shape = shapeOf(draft);
  if (shape === null) return NOTHING;
  const measurement = area(image, frameIndex, shape);
  const apart = hasMagnification(image) ? area(image, frameIndex, shape, "object") : null;
  if (image.pixels.samplesPerPixel > 1 || image.palette !== null) return { ...NOTHING, measurement, inObject: apart, inside: "colour" };
  const walked = values.frame !== null && areaPx(shape) <= (values.mostPixels ?? Infinity);
  const found = walked && values.frame !== null ? roiStatistics(values.frame, image, frameIndex, shape, values.entriesOf) : null;
  return { measurement, inObject: apart, inside: found ?? "waiting", pixel: null, unit: image.unit, final: found !== null };
}

function pixelAt([point]: readonly Point[], image: ImageTable, frameIndex: number, { frame, entriesOf }: Values): Assessment {
  if (point === undefined) return NOTHING;
  // The far edge belongs to the last pixel.
  const inside: Point = [Math.min(point[0], image.columns - 0.5), Math.min(point[1], image.rows - 0.5)];
  const found = probe(frame, image, frameIndex, inside, entriesOf);
  const known = found !== null && (found.modality !== null || found.rgb !== null);
  return { ...NOTHING, measurement: axisValues(image, frameIndex, inside), pixel: found ?? "waiting", unit: image.unit, final: known };
}
