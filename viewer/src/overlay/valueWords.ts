/** What an annotation says, in lines: values with their unit, then where the unit comes from. */
import type { Assessment } from "../findings/assess";
import type { Measurement, Quantity } from "../findings/measure";
import type { Probe } from "../findings/probe";
import type { RoiStatistics, Spread } from "../findings/statistics";
import { nameOf } from "../view/findings";
import type { Annotation, Draft } from "../wire/annotation";
import { localNumber, t } from "../words/words";

export interface ValueLine {
  readonly text: string;
  /** "detail": for lists, where there is room. */
  readonly tone: "name" | "value" | "quiet" | "warning" | "detail";
}

const value = (text: string): ValueLine => ({ text, tone: "value" });
const quiet = (text: string): ValueLine => ({ text, tone: "quiet" });
const warning = (text: string): ValueLine => ({ text, tone: "warning" });

/** All lines of a label; what the reader has named begins with its name. */
export function labelLines(draft: Draft, assessment: Assessment): readonly ValueLine[] {
  const named = draft.text === "" ? [] : [{ text: draft.text, tone: "name" } as const];
  const reduced = draft.reduced > 1 ? [warning(t("measure.reduced", { factor: draft.reduced }))] : [];
  return [...named, ...valueLines(assessment).filter(({ tone }) => tone !== "detail"), ...sourceLines(assessment), ...reduced];
}

/** Values with their units. */
export function valueLines({ measurement, inside, pixel, unit }: Assessment): readonly ValueLine[] {
  return [...quantityLines(measurement), ...insideLines(inside), ...pixelLines(pixel, unit)].filter(({ text }) => text !== "");
}

/** Where the units come from, and the same in the object's plane where the file estimates it. */
export function sourceLines({ measurement, inObject }: Assessment): readonly ValueLine[] {
  const source = measurement?.kind === "measured" ? measurement.source : "";
  const other = inObject?.kind === "measured" ? `${inObject.quantities.map(quantityText).join(" × ")} ${inObject.source}` : "";
  return [source, other].filter(Boolean).map(quiet);
}

/** Of the table and for a screen reader: "Length 2: 42.3 mm, in the patient". */
export function summary(annotation: Annotation, assessment: Assessment): string {
  return t("measure.said.value", { name: nameOf(annotation), value: valueText(assessment) });
}

/** In one line. */
export function valueText(assessment: Assessment): string {
  return [...valueLines(assessment), ...sourceLines(assessment)].map(({ text }) => text).join(", ");
}

function quantityLines(measurement: Measurement | null): readonly ValueLine[] {
  if (measurement === null) return [];
  if (measurement.kind === "refused") return [warning(measurement.reason)];
  const { quantities } = measurement;
  const [only] = quantities;
  if (quantities.length === 1 && only !== undefined && only.name !== "area") return [value(quantityText(only))];
  return quantities.map((one) => value(`${quantityName(one.name)} ${quantityText(one)}`));
}

const NAMES = ["long", "short", "length", "area", "angle", "distance", "time", "velocity", "frequency", "level", "share", "across", "down"] as const;

function quantityName(name: string): string {
  const known = NAMES.find((one) => one === name);
  return known === undefined ? name : t(`measure.value.${known}`);
}

function quantityText({ value: number, unit }: Quantity): string {
  if (unit === "°") return `${fixed(number, 1)}°`;
  return `${unit.endsWith("²") ? areaFigure(number) : lengthFigure(number, unit)} ${unit}`;
}

function lengthFigure(number: number, unit: string): string {
  return unit === "mm" || unit === "px" ? fixed(number, 1) : precise(number);
}

/** As many digits as a hand can mean. */
function areaFigure(number: number): string {
  return fixed(number, number >= 100 ? 0 : number >= 10 ? 1 : 2);
}

function fixed(number: number, digits: number): string {
  const text = number.toFixed(digits);
  return localNumber(Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−"));
}

function precise(number: number): string {
  return localNumber(String(Number(number.toPrecision(4))).replace("-", "−"));
}

// ---- what lies inside -----------------------------------------------------------------------------

function insideLines(inside: RoiStatistics | "waiting" | "colour" | null): readonly ValueLine[] {
  if (inside === null) return [];
  if (inside === "waiting") return [quiet(t("measure.value.waiting"))];
  if (inside === "colour") return [quiet(t("measure.value.none"))];
  const { values, unit, suv, count, padded } = inside;
  if (values === null) return [warning(t("measure.value.empty"))];
  const [first] = suv;
  const pixels = [t("measure.value.pixels", { count }), padded === 0 ? "" : t("measure.value.padded", { count: padded })].filter(Boolean).join(", ");
  return [...spreadLines(values, unit, ""), ...(first === undefined ? [] : spreadLines(first, first.unit, first.name)), { text: pixels, tone: "detail" }];
}

/** A deviation of one pixel there is none. */
function spreadLines({ mean, standardDeviation, min, max }: Spread, unit: string, name: string): readonly ValueLine[] {
  const digits = name === "" ? 1 : 2;
  const said = (key: "mean" | "sd" | "min" | "max", number: number | null): string => {
    const whole = name === "" && (key === "min" || key === "max") && Number.isInteger(number);
    return `${t(`measure.value.${key}`)} ${number === null ? "–" : fixed(number, whole ? 0 : digits)}`;
  };
  const before = name === "" ? "" : `${name} `;
  const after = unit === "" ? "" : ` ${unit}`;
  return [
    value(`${before}${said("mean", mean)}  ${said("sd", standardDeviation)}${after}`),
    value(`${before}${said("min", min)}  ${said("max", max)}${after}`),
  ];
}

/** Of a probe: the value of its pixel. */
function pixelLines(pixel: Probe | "waiting" | null, unit: string): readonly ValueLine[] {
  if (pixel === null) return [];
  if (pixel === "waiting") return [quiet(t("measure.value.waiting"))];
  const { modality, rgb, suv, padding } = pixel;
  if (rgb !== null) return [value(t("measure.value.colour", { red: rgb[0], green: rgb[1], blue: rgb[2] }))];
  if (padding) return [value(t("measure.value.padding"))];
  if (modality === null) return [quiet(t("measure.value.waiting"))];
  const [first] = suv;
  const after = unit === "" ? "" : ` ${unit}`;
  return [value(`${precise(modality)}${after}`), ...(first === undefined ? [] : [value(`${first.name} ${fixed(first.value, 2)} ${first.unit}`.trim())])];
}
