/** Every window that a reader can choose for one image, in groups; and one that he types. */
import { t } from "../words/words";
import type { DisplaySet, ImageTable, VoiWindow } from "../wire/types";
import type { CellAction } from "./actions";
import type { WindowChoice } from "./cell";
import { figure } from "./figures";
import { isColour } from "./pixelKind";
import type { Suv } from "./suv";
import { endsOf, rescaled, suvTypes } from "./suv";
import type { ReadWindow, Voi } from "./voi";
import { offeredBy } from "./voi";
import type { Preset } from "./window";
import { leastWidth, presetsOf } from "./window";

export interface Choice {
  readonly text: string;
  readonly choice: WindowChoice;
  /** The preset's number; empty for others. */
  readonly key: string;
}

export interface Choices {
  readonly label: string;
  readonly choices: readonly Choice[];
}

/** planned: the plan's wish for the cell. Empty for colours. */
export function windowChoices(set: DisplaySet, frameIndex: number, planned: VoiWindow | null): readonly Choices[] {
  const { image, modality } = set;
  if (image === null || isColour(image)) return [];
  const asHung: readonly Choice[] = planned === null ? [] : [{ text: plannedName(planned, suvTypes(image, frameIndex)[0]), choice: { kind: "default" }, key: "" }];
  const presets = presetsOf(set).map((preset, i): Choice => ({ text: presetName(preset), choice: { kind: "own", ...preset }, key: String(i + 1) }));
  const groups: readonly Choices[] = [
    { label: t("windows.asHung"), choices: asHung },
    { label: modality, choices: presets },
    { label: t("windows.fromImage"), choices: ofImage(image) },
  ];
  return groups.filter(({ choices }) => choices.length > 0);
}

function ofImage(image: ImageTable): readonly Choice[] {
  const offered = offeredBy(image).map(({ voi, choice }): Choice => ({ text: nameOf(voi, choice), choice, key: "" }));
  return offered.length > 0 ? offered : [{ text: t("windows.fromPixels"), choice: { kind: "stated", index: 0 }, key: "" }];
}

function nameOf(voi: Voi, choice: WindowChoice): string {
  if (voi.kind === "window") return windowName(voi.window);
  if (voi.kind === "none") return "";
  return t("windows.lut", { name: voi.table.explanation || String(choice.kind === "table" ? choice.index + 1 : 1) });
}

function plannedName(window: VoiWindow, suv: Suv | undefined): string {
  return suv === undefined ? windowName(window) : presetName({ window: rescaled(window, suv.factor), suv: suv.name });
}

function windowName({ explanation, width, center }: VoiWindow): string {
  return [explanation, t("image.window", { width: figure(width), center: figure(center) })].filter(Boolean).join("  ");
}

function presetName({ window, suv }: Preset): string {
  if (suv === undefined) return windowName(window);
  const [lower, upper] = endsOf(window);
  return `${suv} ${figure(lower)}–${figure(upper)}`;
}

/** As typed, in the units in which it is read; null where there is no such window. */
export function typedWindow(cell: number, { window, suv }: ReadWindow, center: number, width: number): CellAction | null {
  if (!Number.isFinite(center) || !(width >= leastWidth(window))) return null;
  const own: VoiWindow = { ...window, center, width, explanation: "" };
  return { kind: "window", cell, window: { kind: "own", window: own, ...(suv === null ? {} : { suv: suv.name }) } };
}
