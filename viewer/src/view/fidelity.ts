/** Is what I see what was stored? One line of words on every image (display.md 5). */
import type { Affine } from "../math/affine";
import type { DisplaySet, ImageTable, Note } from "../wire/types";
import type { Cell } from "./cell";
import { hasShutter } from "./masks";
import type { ResolvedView } from "./resolve";
import { perFrame } from "../math/frameValues";
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

const WAITING = warning("waiting", "not on the screen yet", "The pixels of this image are on their way.");

/** Of the slice shown. Nothing is claimed of an image that is not on the screen. */
export function badges(cell: Cell, { image }: DisplaySet, resolved: ResolvedView): readonly Badge[] {
  if (image === null) return [];
  if (cell.drawnFrame !== cell.frameIndex) return [WAITING];
  return [...quality(cell, image), sampling(cell, resolved), ...place(cell, image), ...calibration(cell, image), ...covered(cell, image), ...image.notes.map(noted)];
}

const NOT_STATED = "The file does not say whether detail was given up; its compression can.";
/** What the way of compression says where the file says nothing (PS3.5 A.4). */
const BY_SYNTAX: ReadonlyMap<string, Badge> = new Map([
  ["1.2.840.10008.1.2.4.50", warning("lossy", "lossy, ratio unknown", "Compressed as JPEG baseline, which gives up detail.")],
  ["1.2.840.10008.1.2.4.51", warning("lossy", "lossy, ratio unknown", "Compressed as extended JPEG, which gives up detail.")],
  ["1.2.840.10008.1.2.4.81", warning("lossy", "near-lossless", "Compressed so that each value may differ a little from the original.")],
  ["1.2.840.10008.1.2.4.91", warning("lossy", "possibly lossy", NOT_STATED)],
  ["1.2.840.10008.1.2.4.203", warning("lossy", "possibly lossy", NOT_STATED)],
]);

function quality({ drawnReduced, frameIndex }: Cell, image: ImageTable): readonly Badge[] {
  const { transferSyntaxUid } = image;
  const lossy = perFrame(image.lossy, frameIndex) ?? null;
  const reduced = drawnReduced > 1 ? [warning("reduced", `reduced 1/${figure(drawnReduced)}`, "This device cannot hold all pixels of the image: it is drawn with fewer.")] : [];
  if (lossy !== null) {
    const text = lossy.ratio === null ? "lossy, ratio unknown" : `lossy ${figure(lossy.ratio)}:1`;
    return [warning("lossy", text, "The file says that detail was given up to make it smaller."), ...reduced];
  }
  const bySyntax = BY_SYNTAX.get(transferSyntaxUid);
  if (bySyntax !== undefined) return [bySyntax, ...reduced];
  if (reduced.length > 0) return [quiet("lossless", "lossless", "Nothing was given up in compression."), ...reduced];
  return [quiet("full", "full, lossless", "Every stored bit of this image is decoded and drawn.")];
}

function sampling({ view }: Cell, { imageFromDevice }: ResolvedView): Badge {
  if (oneToOne(imageFromDevice)) return quiet("sampling", "1:1 pixels", "Each pixel of the image is one pixel of the screen.");
  if (view.interpolation === "nearest") return quiet("sampling", "single pixels", "Each point shows the nearest pixel of the image.");
  return quiet("sampling", "interpolated", "Between pixels, values are interpolated: the screen has more or fewer pixels than the image.");
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
  return [...gaps(stack.gaps, frameIndex), ...(STEPS[stack.state] ?? []), ...tilt(stack.tiltDeg)];
}

const STEPS: Readonly<Record<string, readonly Badge[]>> = {
  variable: [warning("spacing", "variable spacing", "The distance between slices changes within this stack.")],
  irregular: [warning("spacing", "irregular spacing", "The slices of this stack do not lie regularly behind each other.")],
};

function gaps(all: readonly number[], frameIndex: number): readonly Badge[] {
  const title = "Slices are missing here: the stack jumps.";
  const near = [frameIndex - 1, frameIndex].filter((index) => all.includes(index));
  if (near.length > 0) return near.map((index) => warning("gap", `gap after ${String(index + 1)}`, title));
  if (all.length === 0) return [];
  const where = all.map((index) => String(index + 1)).join(", ");
  return [quiet("gap", all.length === 1 ? "1 gap" : `${String(all.length)} gaps`, `Slices are missing behind ${where}.`)];
}

function tilt(tiltDeg: number): readonly Badge[] {
  const degrees = Math.abs(tiltDeg);
  return degrees < LEAST_TILT_DEG ? [] : [warning("tilt", `tilt ${figure(degrees)}°`, "The stack leans: its slices do not lie straight behind each other.")];
}

function calibration({ frameIndex }: Cell, image: ImageTable): readonly Badge[] {
  if (spacingWords(image, frameIndex).calibrated) return [];
  return [warning("uncalibrated", "uncalibrated", "The file states no millimetres: lengths are in pixels only.")];
}

/** What the file draws over the image or hides of it; what the reader has switched off is said elsewhere (H18, H20). */
function covered({ frameIndex, view, drawnWithoutOverlay }: Cell, image: ImageTable): readonly Badge[] {
  const shuttered = view.shutterShown && hasShutter(image, frameIndex);
  return [
    ...(shuttered ? [quiet("shutter", "shuttered", "A shutter of the file hides a part of this image.")] : []),
    ...(drawnWithoutOverlay ? [warning("note", "overlay not shown", "The file draws something over this image that could not be fetched: it is shown without it.")] : []),
  ];
}

const QUIET_NOTES: Readonly<Record<string, string>> = { icc: "sRGB from ICC", one_window: "one window for all" };

/** Some notes are no loss. */
function noted({ code, text }: Note): Badge {
  return QUIET_NOTES[code] !== undefined ? quiet("note", QUIET_NOTES[code], text) : warning("note", `${code.replaceAll("_", " ")} not shown`, text);
}

/** At most three significant figures. */
function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
