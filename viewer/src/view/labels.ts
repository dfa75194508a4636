/** The words on and about an image (ux.md 2): pure text, drawn by page/. */
import { perFrame } from "../math/frameValues";
import { cross } from "../math/vec3";
import type { Allergy, Banner, DisplaySet, ImageTable, StudyLabel, VoiWindow } from "../wire/types";
import { suvRefusal } from "../words/notes";
import { localDate, localNumber, t, tOr } from "../words/words";
import type { Cell } from "./cell";
import { figure } from "./figures";
import { hasOverlays, hasShutter } from "./masks";
import { planeName } from "./orientation";
import { priorMark } from "./planWords";
import type { ResolvedView } from "./resolve";
import { spacingWords } from "./spacing";
import type { Suv } from "./suv";
import { endsOf } from "./suv";
import type { ReadWindow } from "./voi";

export type Tone = "plain" | "strong" | "quiet" | "warning" | "prior";

export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

export interface Corners {
  readonly topLeft: readonly Line[];
  readonly topRight: readonly Line[];
  readonly bottomLeft: readonly Line[];
  readonly bottomRight: readonly Line[];
}

const line = (text: string, tone: Tone = "plain"): Line => ({ text, tone });
const said = (lines: readonly Line[]): readonly Line[] => lines.filter(({ text }) => text !== "");

/** All four corners; what depends on the picture is left out while `resolved` is null. */
export function corners(cell: Cell, set: DisplaySet, resolved: ResolvedView | null): Corners {
  return {
    topLeft: said(identity(set.study)),
    topRight: said(series(cell, set)),
    bottomLeft: resolved === null ? [] : said(appearance(cell, set, resolved)),
    bottomRight: resolved === null ? [] : said(place(cell, set, resolved)),
  };
}

/** Who and when the image says it is: never left out, whatever else is hidden. */
function identity(study: StudyLabel): readonly Line[] {
  const id = study.patientId;
  return [
    line(priorMark(study), "prior"),
    line(personName(study.patientName) || t("image.noName"), "strong"),
    line(id === "" ? t("image.noId") : study.patientIdAssigned ? t("image.assignedId", { id }) : t("image.id", { id })),
    line([study.birthDate === "" ? t("image.noBirthDate") : t("image.born", { date: localDate(study.birthDate) }), study.sex].filter(Boolean).join("  ")),
    line([t("image.study"), localDate(study.date) || t("image.undated"), study.time].filter(Boolean).join(" ")),
    ...study.warnings.map((text) => line(`▲ ${text}`, "warning")),
    line(study.incomplete === null ? "" : `▲ ${t("study.incomplete", study.incomplete)}`, "warning"),
  ];
}

function series(cell: Cell, set: DisplaySet): readonly Line[] {
  const number = set.seriesNumber === null ? "" : `${t("image.series", { number: set.seriesNumber })} · `;
  const geometry = set.image?.geometry ?? null;
  const plane = geometry === null ? "" : planeName(cross(geometry.row, geometry.column));
  return [
    line(cell.as.label === set.label ? "" : cell.as.label, "strong"),
    line(set.label, cell.as.label === "" || cell.as.label === set.label ? "strong" : "plain"),
    line(`${number}${set.modality}${plane === "" ? "" : ` · ${plane}`}`),
    line(set.study.description),
    line(set.study.institution, "quiet"),
  ];
}

function appearance(cell: Cell, set: DisplaySet, resolved: ResolvedView): readonly Line[] {
  const { view } = cell;
  const marks = [view.flip ? t("image.flipped") : "", turnMark(cell), view.invert ? t("image.inverted") : "", ...hiddenMarks(cell, set)].filter(Boolean);
  const noSuv = set.image?.suv?.refusal ?? "";
  return [
    line(marks.join(" · "), "warning"),
    line(windowText(resolved, set.image?.unit ?? "")),
    line(noSuv === "" ? "" : t("image.noSuv", { reason: suvRefusal(noSuv) }), "warning"),
    line([zoomText(resolved), view.interpolation === "nearest" ? t("image.pixels") : ""].filter(Boolean).join(" · ")),
  ];
}

/** What the file draws or hides, and the reader has switched off. */
function hiddenMarks({ view, frameIndex }: Cell, { image }: DisplaySet): readonly string[] {
  if (image === null) return [];
  const overlaysOff = !view.overlaysShown && hasOverlays(image, frameIndex);
  const shutterOff = !view.shutterShown && hasShutter(image, frameIndex);
  return [overlaysOff ? t("image.overlaysOff") : "", shutterOff ? t("image.shutterOff") : ""];
}

/** Both flips at once are half a turn; the words say what the eye sees. */
function turnMark({ view }: Cell): string {
  return view.rotation === 0 ? "" : t("image.rotated", { degrees: view.rotation });
}

/** "W 400  L 40 HU · SOFT", "SUVbw 0–5 g/ml", "LUT · NORMAL"; empty while there is no window yet. */
export function windowText({ voi, read }: ResolvedView, unit: string): string {
  if (voi === null) return "";
  if (voi.kind === "none") return t("image.colour");
  if (voi.kind === "table") return [t("image.lut"), voi.table.explanation].filter(Boolean).join(" · ");
  return read === null ? "" : readWindowText(read, unit);
}

function readWindowText({ window, suv }: ReadWindow, unit: string): string {
  const said = suv?.name.startsWith(window.explanation) === true ? "" : window.explanation; // "SUV" says nothing more
  const name = said === "" ? "" : ` · ${said}`;
  if (suv !== null) return `${suvRange(window, suv)}${name}`;
  const curve = window.function === "SIGMOID" ? ` ${t("image.sigmoid")}` : "";
  return `${t("image.window", { width: figure(window.width), center: figure(window.center) })}${unit === "" ? "" : ` ${unit}`}${curve}${name}`;
}

/** PET is read by its ends, not by width and level (H14). */
function suvRange(window: VoiWindow, { name, unit }: Suv): string {
  const [lower, upper] = endsOf(window);
  return `${name} ${figure(lower)}–${figure(upper)}${unit === "" ? "" : ` ${unit}`}`;
}

function place(cell: Cell, set: DisplaySet, resolved: ResolvedView): readonly Line[] {
  const image = set.image;
  const position = resolved.positionMm === null ? "" : `${signed(resolved.positionMm)} mm`;
  const thicknessMm = image === null ? null : perFrame(image.sliceThicknessMm, cell.frameIndex) ?? null;
  const thickness = thicknessMm === null ? "" : t("image.thick", { mm: figure(thicknessMm) });
  return [
    line(`${String(cell.frameIndex + 1)} / ${String(set.frameCount)}`, "strong"),
    line(image?.frameNames[cell.frameIndex] ?? ""),
    line([position, thickness].filter(Boolean).join(" · ")),
    image === null ? line("") : spacingLine(image, cell.frameIndex),
  ];
}

/** Said unless it is the plain millimetre that a reader expects. */
function spacingLine(image: ImageTable, frameIndex: number): Line {
  const { text, remarkable, calibrated } = spacingWords(image, frameIndex);
  if (!remarkable) return line("");
  return line(text, calibrated && image.spacing?.source !== "detector" ? "plain" : "warning");
}

/** What a screen reader is told about the active cell. */
export function announcement(cell: Cell, set: DisplaySet, resolved: ResolvedView): string {
  const place = t("image.sliceOf", { number: cell.frameIndex + 1, count: set.frameCount });
  return [place, windowText(resolved, set.image?.unit ?? "")].filter(Boolean).join(", ");
}

/** "Family, Given Middle" from a PN or from a name as it stands (PS3.5 6.2, first component group). */
export function personName(name: string): string {
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = (name.split("=")[0] ?? "").split("^");
  const first = [given, middle].filter(Boolean).join(" ");
  const whole = [family, first].filter(Boolean).join(", ");
  return [prefix, whole, suffix].filter(Boolean).join(" ").trim();
}

/** "64 y" from an ISO date, "about 64 y" from a year; months below two years; empty where unknown. */
export function age(birthDate: string, today: Date): string {
  const [year, month, day] = birthDate.split("-").map(Number);
  if (year === undefined || !(year > 0)) return "";
  const months = (today.getFullYear() - year) * 12 + today.getMonth() + 1 - (month ?? 1);
  if (month === undefined) return months < 0 ? "" : t("age.about", { count: today.getFullYear() - year });
  const whole = months - (day !== undefined && today.getDate() < day ? 1 : 0);
  if (whole < 0) return "";
  return whole < 24 ? t("age.months", { count: whole }) : t("age.years", { count: Math.floor(whole / 12) });
}

/** FHIR's administrative gender in words; anything else as it stands. */
export function sexText(sex: string): string {
  return tOr(`sex.${sex}`, sex);
}

export function bannerBirth(banner: Banner, today: Date): string {
  if (banner.birthDate === "") return t("age.unknown");
  const years = age(banner.birthDate, today);
  const date = localDate(banner.birthDate);
  return years === "" ? date : t("age.of", { date, age: years });
}

/** Of high criticality first, as the server sorts them. */
export function allergyText(allergies: readonly Allergy[]): string {
  return allergies.map(({ text, high }) => {
    const substance = text || t("banner.allergyUnnamed");
    return high ? t("banner.allergyHigh", { substance }) : substance;
  }).join(", ");
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(1);
  return localNumber(value < 0 && text !== "0.0" ? `−${text}` : text);
}

function zoomText({ magnification }: ResolvedView): string {
  return t("image.zoom", { percent: Math.round(magnification * 100) });
}
