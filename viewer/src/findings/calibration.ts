/** What a step of one pixel means, and who says so: never guessed (H7, H8, H13). */
import { perFrame } from "../math/frameValues";
import type { ImageTable, Spacing, UltrasoundRegion } from "../wire/types";
import { calibrationNote } from "../words/notes";
import { localNumber, t } from "../words/words";
import type { Box } from "./shape";

/** Of the detector's millimetres: as they are, or divided by the magnification that the file estimates. */
export type Depth = "detector" | "object";

export type Calibration =
  /** Both axes have one unit, so that lengths, areas and angles exist. */
  | { readonly kind: "plane"; readonly x: number; readonly y: number; readonly unit: "mm" | "px"; readonly source: string }
  /** Each axis has its own unit: differences along each, and nothing else. */
  | { readonly kind: "axes"; readonly region: UltrasoundRegion; readonly source: string }
  | { readonly kind: "refused"; readonly reason: string };

/** The part of an ImageTable that says how far apart pixels are. */
export type Spaced = Pick<ImageTable, "spacing" | "pixelAspect" | "regions">;

/** For what lies in `box`, on one frame. */
export function calibrationOf(image: Spaced, frameIndex: number, box: Box, depth: Depth = "detector"): Calibration {
  if (![...box.low, ...box.high].every(Number.isFinite)) return refused(t("measure.refused.place"));
  const regions = perFrame(image.regions, frameIndex) ?? [];
  if (regions.length > 0) return ofRegions(regions, box);
  if (image.spacing !== null) return ofSpacing(image.spacing, depth);
  return pixels(image.pixelAspect === null ? t("measure.source.none") : t("measure.source.ratio", { ratio: image.pixelAspect.join(" : ") }));
}

const refused = (reason: string): Calibration => ({ kind: "refused", reason });
const pixels = (source: string): Calibration => ({ kind: "plane", x: 1, y: 1, unit: "px", source });

function ofSpacing(spacing: Spacing, depth: Depth): Calibration {
  const { betweenColumnsMm: x, betweenRowsMm: y, magnification } = spacing;
  if (!(x > 0 && y > 0 && Number.isFinite(x + y))) return refused(t("measure.refused.spacing"));
  const divisor = depth === "object" && spacing.source === "detector" ? (magnification ?? 0) : 0;
  if (!(divisor > 0)) return { kind: "plane", x, y, unit: "mm", source: words(spacing) };
  const where = calibrationNote(spacing.note) || t("measure.source.detectorItself");
  const source = t("measure.source.object", { where, divisor: localNumber(String(divisor)) });
  return { kind: "plane", x: x / divisor, y: y / divisor, unit: "mm", source };
}

function words({ source, note }: Spacing): string {
  switch (source) {
    case "patient":
      return note === "" ? t("measure.source.patient") : t("measure.source.patientNote", { note: calibrationNote(note) });
    case "detector":
      return note === "" ? t("measure.source.detector") : calibrationNote(note); // the note says where instead
    case "calibrated":
      return note === "" ? t("measure.source.calibrated") : t("measure.source.calibratedBy", { note: calibrationNote(note) });
  }
}

function ofRegions(regions: readonly UltrasoundRegion[], box: Box): Calibration {
  const around = regions.filter((region) => encloses(region, box));
  const crossed = regions.filter((region) => overlaps(region, box) && !around.includes(region));
  const [first] = around;
  if (first === undefined) return crossed.length > 0 ? refused(t("measure.refused.crosses")) : pixels(t("measure.source.outside"));
  if (crossed.some((region) => !alike(region, first))) return refused(t("measure.refused.crosses")); // as a trace that lies on the whole frame's region
  if (around.some((region) => !alike(region, first))) return refused(t("measure.refused.overlap"));
  return ofRegion(first);
}

/** Bounds are pixels, inclusive: the last one ends at its far edge. */
function encloses({ left, top, right, bottom }: UltrasoundRegion, { low, high }: Box): boolean {
  return low[0] >= left && low[1] >= top && high[0] <= right + 1 && high[1] <= bottom + 1;
}

/** Also where it only touches the edge. */
function overlaps({ left, top, right, bottom }: UltrasoundRegion, { low, high }: Box): boolean {
  return low[0] <= right + 1 && low[1] <= bottom + 1 && high[0] >= left && high[1] >= top;
}

function alike(a: UltrasoundRegion, b: UltrasoundRegion): boolean {
  return isPlane(a) === isPlane(b) && a.unitX === b.unitX && a.unitY === b.unitY && a.deltaX === b.deltaX && a.deltaY === b.deltaY;
}

/** An axis without a unit, as a trace's, needs no step. */
function isStep(delta: number, unit: string): boolean {
  return unit === "" || (Number.isFinite(delta) && delta !== 0);
}

/** RegionSpatialFormat and RegionDataType of PS3.3 C.8.5.5.1.1 and C.8.5.5.1.2. */
const TWO_DIMENSIONAL = 1;
const OF_TISSUE: ReadonlySet<number> = new Set([0x1, 0x2, 0xf]); // tissue, colour flow, integrated backscatter

function isPlane({ spatialFormat, dataType, unitX, unitY }: UltrasoundRegion): boolean {
  return spatialFormat === TWO_DIMENSIONAL && OF_TISSUE.has(dataType) && unitX === "mm" && unitY === "mm";
}

function ofRegion(region: UltrasoundRegion): Calibration {
  const { deltaX, deltaY, unitX, unitY } = region;
  if (unitX === "" && unitY === "") return refused(t("measure.refused.unit"));
  if (!(isStep(deltaX, unitX) && isStep(deltaY, unitY))) return refused(t("measure.refused.step"));
  const source = t("measure.source.region");
  if (isPlane(region)) return { kind: "plane", x: Math.abs(deltaX), y: Math.abs(deltaY), unit: "mm", source };
  return { kind: "axes", region, source };
}
