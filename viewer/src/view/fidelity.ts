/** Is what I see what was stored? One line of words on every image (display.md 5). */
import type { Affine } from "../math/affine";
import { perFrame } from "../math/frameValues";
import type { DisplaySet, ImageTable, Note } from "../wire/types";
import { localNumber, t, tOr } from "../words/words";
import type { Cell } from "./cell";
import { hasShutter } from "./masks";
import type { ResolvedView } from "./resolve";
import { spacingWords } from "./spacing";

export interface Badge {
  /** Stable, for tests and for style. */
  readonly kind: "waiting" | "full" | "lossless" | "lossy" | "reduced" | "sampling" | "gap" | "spacing" | "tilt" | "uncalibrated" | "shutter" | "note";
  readonly text: string;
  /** What it means, in a sentence. */
  readonly title: string;
  readonly tone: "quiet" | "warning";
}

const quiet = (kind: Badge["kind"], text: string, title: string): Badge => ({ kind, text, title, tone: "quiet" });
const warning = (kind: Badge["kind"], text: string, title: string): Badge => ({ kind, text, title, tone: "warning" });

/** Of the slice shown. Nothing is claimed of an image that is not on the screen. */
export function badges(cell: Cell, { image }: DisplaySet, resolved: ResolvedView): readonly Badge[] {
  if (image === null) return [];
  if (cell.drawnFrame !== cell.frameIndex) return [warning("waiting", t("badge.waiting"), t("badge.waitingTitle"))];
  return [...quality(cell, image), sampling(cell, resolved), ...place(cell, image), ...calibration(cell, image), ...covered(cell, image), ...image.notes.map(noted)];
}

const possiblyLossy = (): Badge => warning("lossy", t("badge.possiblyLossy"), t("badge.possiblyLossyTitle"));
/** What the way of compression says where the file says nothing (PS3.5 A.4). */
const BY_SYNTAX: ReadonlyMap<string, () => Badge> = new Map([
  ["1.2.840.10008.1.2.4.50", () => warning("lossy", t("badge.ratioUnknown"), t("badge.jpegTitle"))],
  ["1.2.840.10008.1.2.4.51", () => warning("lossy", t("badge.ratioUnknown"), t("badge.jpegExtendedTitle"))],
  ["1.2.840.10008.1.2.4.81", () => warning("lossy", t("badge.nearLossless"), t("badge.nearLosslessTitle"))],
  ["1.2.840.10008.1.2.4.91", possiblyLossy],
  ["1.2.840.10008.1.2.4.203", possiblyLossy],
]);

function quality({ drawnReduced, frameIndex }: Cell, image: ImageTable): readonly Badge[] {
  const { transferSyntaxUid } = image;
  const lossy = perFrame(image.lossy, frameIndex) ?? null;
  const reduced = drawnReduced > 1 ? [warning("reduced", t("badge.reduced", { factor: figure(drawnReduced) }), t("badge.reducedTitle"))] : [];
  if (lossy !== null) {
    const text = lossy.ratio === null ? t("badge.ratioUnknown") : t("badge.lossy", { ratio: figure(lossy.ratio) });
    return [warning("lossy", text, t("badge.lossyTitle")), ...reduced];
  }
  const bySyntax = BY_SYNTAX.get(transferSyntaxUid)?.();
  if (bySyntax !== undefined) return [bySyntax, ...reduced];
  if (reduced.length > 0) return [quiet("lossless", t("badge.lossless"), t("badge.losslessTitle")), ...reduced];
  return [quiet("full", t("badge.full"), t("badge.fullTitle"))];
}

function sampling({ view }: Cell, { imageFromDevice }: ResolvedView): Badge {
  if (oneToOne(imageFromDevice)) return quiet("sampling", t("badge.oneToOne"), t("badge.oneToOneTitle"));
  if (view.interpolation === "nearest") return quiet("sampling", t("badge.nearest"), t("badge.nearestTitle"));
  return quiet("sampling", t("badge.interpolated"), t("badge.interpolatedTitle"));
}

/** Whole pixels on whole pixels, turned or flipped. */
function oneToOne({ xx, xy, x0, yx, yy, y0 }: Affine): boolean {
  const parts = [xx, xy, yx, yy].map(Math.abs);
  return parts.every((part) => part === 0 || part === 1) && xx * yy - xy * yx !== 0 && Number.isInteger(x0) && Number.isInteger(y0);
}

const LEAST_TILT_DEG = 0.1;

/** How this slice lies in its stack (H9 to H11). */
function place({ frameIndex }: Cell, { stack }: ImageTable): readonly Badge[] {
  if (stack === null) return [];
  return [...gaps(stack.gaps, frameIndex), ...(STEPS[stack.state]?.() ?? []), ...tilt(stack.tiltDeg)];
}

const STEPS: Readonly<Record<string, () => readonly Badge[]>> = {
  variable: () => [warning("spacing", t("badge.variable"), t("badge.variableTitle"))],
  irregular: () => [warning("spacing", t("badge.irregular"), t("badge.irregularTitle"))],
};

function gaps(all: readonly number[], frameIndex: number): readonly Badge[] {
  const title = t("badge.gapAfterTitle");
  const near = [frameIndex - 1, frameIndex].filter((index) => all.includes(index));
  if (near.length > 0) return near.map((index) => warning("gap", t("badge.gapAfter", { number: index + 1 }), title));
  if (all.length === 0) return [];
  const where = all.map((index) => String(index + 1)).join(", ");
  return [quiet("gap", t("badge.gaps", { count: all.length }), t("badge.gapsTitle", { places: where }))];
}

function tilt(tiltDeg: number): readonly Badge[] {
  const degrees = Math.abs(tiltDeg);
  return degrees < LEAST_TILT_DEG ? [] : [warning("tilt", t("badge.tilt", { degrees: figure(degrees) }), t("badge.tiltTitle"))];
}

function calibration({ frameIndex }: Cell, image: ImageTable): readonly Badge[] {
  if (spacingWords(image, frameIndex).calibrated) return [];
  return [warning("uncalibrated", t("badge.uncalibrated"), t("badge.uncalibratedTitle"))];
}

/** What the file draws over the image or hides of it; what the reader has switched off is said elsewhere (H18, H20). */
function covered({ frameIndex, view, drawnWithoutOverlay }: Cell, image: ImageTable): readonly Badge[] {
  const shuttered = view.shutterShown && hasShutter(image, frameIndex);
  return [
    ...(shuttered ? [quiet("shutter", t("badge.shuttered"), t("badge.shutteredTitle"))] : []),
    ...(drawnWithoutOverlay ? [warning("note", t("badge.noOverlay"), t("badge.noOverlayTitle"))] : []),
  ];
}

const QUIET_NOTES: ReadonlySet<string> = new Set(["icc", "one_window"]);

/** Some notes are no loss. */
function noted({ code, text }: Note): Badge {
  const said = tOr(`badge.note.${code}`, t("badge.noteOther", { what: code.replaceAll("_", " ") }));
  const why = tOr(`badge.noteTitle.${code}`, text);
  return QUIET_NOTES.has(code) ? quiet("note", said, why) : warning("note", said, why);
}

/** At most three significant figures. */
function figure(value: number): string {
  return localNumber(String(Number(value.toPrecision(3))));
}
