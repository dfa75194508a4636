/** The words on and about an image (ux.md 2): pure text, drawn by page/. */
import { cross } from "../math/vec3";
import type { Banner, DisplaySet, StudyLabel } from "../wire/types";
import { planeName } from "./orientation";
import type { ResolvedView } from "./resolve";
import type { Cell } from "./cell";
import { priorMark } from "./planWords";

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
  const assigned = study.patientIdAssigned ? " (assigned id)" : "";
  return [
    line(priorMark(study), "prior"),
    line(personName(study.patientName) || "No name in the image", "strong"),
    line(study.patientId === "" ? "No ID in the image" : `ID ${study.patientId}${assigned}`),
    line([study.birthDate === "" ? "birth date not stated" : `* ${study.birthDate}`, study.sex].filter(Boolean).join("  ")),
    line(["Study", study.date || "undated", study.time].filter(Boolean).join(" ")),
    ...study.warnings.map((text) => line(`▲ ${text}`, "warning")),
  ];
}

function series(cell: Cell, set: DisplaySet): readonly Line[] {
  const number = set.seriesNumber === null ? "" : `Series ${String(set.seriesNumber)} · `;
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
  const marks = [view.flip ? "FLIPPED" : "", turnMark(cell), view.invert ? "INVERTED" : ""].filter(Boolean);
  return [
    line(marks.join(" · "), "warning"),
    line(windowText(resolved, set.image?.unit ?? "")),
    line(`Zoom ${percent(resolved.magnification)}${view.interpolation === "nearest" ? " · pixels" : ""}`),
  ];
}

/** Both flips at once are half a turn; the words say what the eye sees. */
function turnMark({ view }: Cell): string {
  return view.rotation === 0 ? "" : `ROTATED ${String(view.rotation)}°`;
}

export function windowText({ window }: ResolvedView, unit: string): string {
  if (window === null) return "";
  const curve = window.function === "SIGMOID" ? " sigmoid" : "";
  const name = window.explanation === "" ? "" : ` · ${window.explanation}`;
  return `W ${figure(window.width)}  L ${figure(window.center)}${unit === "" ? "" : ` ${unit}`}${curve}${name}`;
}

function place(cell: Cell, set: DisplaySet, resolved: ResolvedView): readonly Line[] {
  const image = set.image;
  const position = resolved.positionMm === null ? "" : `${signed(resolved.positionMm)} mm`;
  const thicknessMm = image?.sliceThicknessMm ?? null;
  const thickness = thicknessMm === null ? "" : `${figure(thicknessMm)} mm thick`;
  return [
    line(`${String(cell.frameIndex + 1)} / ${String(set.frameCount)}`, "strong"),
    line([position, thickness].filter(Boolean).join(" · ")),
    line(spacingText(set), "warning"),
    cell.drawnFrame === cell.frameIndex ? fidelity(set) : line("not on the screen yet", "warning"),
  ];
}

/** Nothing silent about millimetres: where they are missing or at the detector, say so. */
function spacingText({ image }: DisplaySet): string {
  const spacing = image?.spacing ?? null;
  if (spacing === null) return "no mm: pixels only";
  return spacing.source === "detector" ? "mm at the detector" : "";
}

const JPEG_LS_NEAR_LOSSLESS = "1.2.840.10008.1.2.4.81";

/** display.md 5: is what I see what was stored? */
export function fidelity({ image }: DisplaySet): Line {
  if (image?.lossy) {
    const { ratio } = image.lossy;
    return line(ratio === null ? "lossy, ratio unknown" : `lossy ${figure(ratio)}:1`, "warning");
  }
  if (image?.transferSyntaxUid === JPEG_LS_NEAR_LOSSLESS) return line("near-lossless", "warning");
  return line("lossless", "quiet");
}

/** What a screen reader is told about the active cell. */
export function announcement(cell: Cell, set: DisplaySet, resolved: ResolvedView): string {
  const place = `slice ${String(cell.frameIndex + 1)} of ${String(set.frameCount)}`;
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
  if (month === undefined) return months < 0 ? "" : `about ${String(today.getFullYear() - year)} y`;
  const whole = months - (day !== undefined && today.getDate() < day ? 1 : 0);
  if (whole < 0) return "";
  return whole < 24 ? `${String(whole)} mo` : `${String(Math.floor(whole / 12))} y`;
}

export function bannerBirth(banner: Banner, today: Date): string {
  if (banner.birthDate === "") return "not stated";
  const years = age(banner.birthDate, today);
  return years === "" ? banner.birthDate : `${banner.birthDate} (${years})`;
}

/** At most four significant figures, no trailing zeros: 1500, 0.0123, 40. */
export function figure(value: number): string {
  const text = Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
  return text.replace(/^-/, "−");
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(1);
  return value < 0 && text !== "0.0" ? `−${text}` : text;
}

function percent(magnification: number): string {
  return `${String(Math.round(magnification * 100))} %`;
}
