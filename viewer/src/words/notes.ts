/** The server's own words on a calibration and on SUV, in the reader's language; what a file says stays as it is. */
import type { Key } from "./words";
import { t } from "./words";

type Plain = Extract<Key, `spacing.note.${string}` | `suv.none.${string}`>;

const KEYS: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ["localizer: at the isocentre", "spacing.note.isocentre"],
  ["on the film or page that was scanned", "spacing.note.scanned"],
  ["in the plane of the RT image", "spacing.note.rtImage"],
  ["calibration unknown", "spacing.note.unknown"],
  ["corrected, method not told", "spacing.note.corrected"],
]);

const SUV_KEYS: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ["The header lacks the injected dose.", "suv.none.dose"],
  ["The injected dose in the header is too small to be one.", "suv.none.smallDose"],
  ["The header lacks the half-life of the radionuclide.", "suv.none.halfLife"],
  ["The header lacks the time of injection.", "suv.none.injectionTime"],
  ["By the header the dose was given after the scan.", "suv.none.afterScan"],
  ["By the header the dose had decayed before the scan.", "suv.none.decayed"],
  ["The header lacks the patient's weight.", "suv.none.weight"],
  ["The header does not say what its pixel values are.", "suv.none.unsaid"],
  ["No SUV is computed of this kind of PET object.", "suv.none.kind"],
  ["The header's SUV Type and Units contradict each other.", "suv.none.contradict"],
  ["The pixel values are counts, and their factor is not told.", "suv.none.counts"],
  ["The header names several doses.", "suv.none.doses"],
  ["The header does not say to which time decay is corrected.", "suv.none.decayTime"],
  ["The header lacks the time of the scan.", "suv.none.scanTime"],
  ["The series' time is later than the scan that it is of.", "suv.none.seriesTime"],
  ["The image is not corrected for attenuation.", "suv.none.attenuation"],
  ["The image is not corrected for decay.", "suv.none.decay"],
  ["The image is not corrected for attenuation and decay.", "suv.none.both"],
]);

export function calibrationNote(note: string): string {
  return said(KEYS, note);
}

export function suvRefusal(reason: string): string {
  return said(SUV_KEYS, reason);
}

function said(keys: ReadonlyMap<string, Plain>, note: string): string {
  const key = keys.get(note);
  return key === undefined ? note : t(key);
}
