/** What kind of millimetre an image has, and how its pixels are shaped (display.md H7, H8, H13). */
import { perFrame } from "../math/frameValues";
import type { ImageTable, Spacing, UltrasoundRegion } from "../wire/types";
import { calibrationNote } from "../words/notes";
import { localNumber, t } from "../words/words";

/** Width and height of one pixel: mm; without spacing the width is the unit (PS3.3 C.7.6.3.1.7). */
export function pixelSize({ spacing, pixelAspect }: ImageTable): { readonly x: number; readonly y: number } {
  if (spacing !== null) return { x: spacing.betweenColumnsMm, y: spacing.betweenRowsMm };
  const [vertical, horizontal] = pixelAspect ?? [1, 1];
  const shape = vertical / horizontal;
  return { x: 1, y: shape > 0 && Number.isFinite(shape) ? shape : 1 };
}

export function regionsOf({ regions }: ImageTable, frameIndex: number): readonly UltrasoundRegion[] {
  return perFrame(regions, frameIndex) ?? [];
}

/** Lengths can be measured in it. */
function hasMm({ unitX, unitY }: UltrasoundRegion): boolean {
  return unitX === "mm" && unitY === "mm";
}

export interface SpacingWords {
  readonly text: string;
  /** Said on the image: not the plain millimetre that a reader expects. */
  readonly remarkable: boolean;
  /** There are millimetres of some kind. */
  readonly calibrated: boolean;
}

/** The words that every length carries. Nothing is silent about millimetres, and none is guessed. */
export function spacingWords(image: ImageTable, frameIndex: number): SpacingWords {
  const { spacing } = image;
  if (spacing === null) {
    const inRegion = regionsOf(image, frameIndex).some(hasMm);
    return { text: inRegion ? t("spacing.region") : t("spacing.none"), remarkable: true, calibrated: inRegion };
  }
  switch (spacing.source) {
    case "patient":
      return { text: spacing.note === "" ? t("spacing.mm") : t("spacing.mmNote", { note: calibrationNote(spacing.note) }), remarkable: spacing.note !== "", calibrated: true };
    case "calibrated":
      return { text: spacing.note === "" ? t("spacing.calibrated") : t("spacing.calibratedAs", { note: calibrationNote(spacing.note) }), remarkable: true, calibrated: true };
    case "detector":
      return { text: atDetector(spacing), remarkable: true, calibrated: true };
  }
}

/** ERMF: the file's own estimate, never applied silently (H8). */
function atDetector({ note, magnification }: Spacing): string {
  const where = note === "" ? t("spacing.detector") : t("spacing.mmNote", { note: calibrationNote(note) }); // the note says where instead
  if (magnification === null) return where;
  return t("spacing.object", { where, factor: localNumber(String(Number(magnification.toPrecision(4)))) });
}
