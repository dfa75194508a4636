/** The choice of VOI: the plan's, the file's windows and lookup tables with their explanations, the modality's presets. */
import type { WindowChoice } from "../view/cell";
import { EMPTY_CELL } from "../view/cell";
import { figure } from "../view/figures";
import { isColour } from "../view/pixelKind";
import { imageOf } from "../view/resolve";
import type { Suv } from "../view/suv";
import { endsOf, rescaled, suvTypes } from "../view/suv";
import { displaySetOf } from "../view/viewState";
import type { Voi } from "../view/voi";
import { offeredBy } from "../view/voi";
import type { Preset } from "../view/window";
import { presetsOf } from "../view/window";
import type { DisplaySet, ImageTable, VoiWindow } from "../wire/types";
import type { PanelProps } from "./ports";

/** One entry of the menu. */
interface Choice {
  readonly text: string;
  readonly choice: WindowChoice;
}

interface Choices {
  readonly label: string;
  readonly choices: readonly Choice[];
}

export function VoiMenu({ state, ports }: PanelProps) {
  const cell = state.activeCell;
  const set = displaySetOf(state, cell);
  const { as, frameIndex } = state.cells[cell] ?? EMPTY_CELL;
  const groups = set === undefined ? [] : groupsOf(set, frameIndex, as.window);
  const all = groups.flatMap(({ choices }) => choices);
  const choose = (index: number): void => {
    const chosen = all[index];
    if (chosen !== undefined) ports.send({ kind: "window", cell, window: chosen.choice });
  };
  const image = imageOf(set);
  const colour = image !== null && isColour(image);
  return (
    <select
      class="menu"
      aria-label="Window presets"
      title={colour ? "Colour images have no window" : "Windows and lookup tables"}
      value=""
      disabled={colour}
      onChange={({ currentTarget }) => { choose(Number(currentTarget.value)); currentTarget.value = ""; }}
    >
      <option value="" disabled={!colour} hidden>{colour ? "Colour" : "Presets"}</option>
      {groups.map(({ label, choices }) => (
        <optgroup label={label}>{choices.map((choice) => <option value={all.indexOf(choice)}>{choice.text}</option>)}</optgroup>
      ))}
    </select>
  );
}

function groupsOf(set: DisplaySet, frameIndex: number, planned: VoiWindow | null): readonly Choices[] {
  const { image, modality } = set;
  if (image === null || isColour(image)) return [];
  const asHung = planned === null ? [] : [{ text: plannedName(planned, suvTypes(image, frameIndex)[0]), choice: { kind: "default" } } as const];
  const presets = presetsOf(set).map((preset, i): Choice => ({ text: `${String(i + 1)}  ${presetName(preset)}`, choice: { kind: "own", ...preset } }));
  const groups: readonly Choices[] = [
    { label: "As hung", choices: asHung },
    { label: "From the image", choices: ofImage(image) },
    { label: modality, choices: presets },
  ];
  return groups.filter(({ choices }) => choices.length > 0);
}

function ofImage(image: ImageTable): readonly Choice[] {
  const offered = offeredBy(image).map(({ voi, choice }): Choice => ({ text: nameOf(voi, choice), choice }));
  return offered.length > 0 ? offered : [{ text: "From the pixels", choice: { kind: "stated", index: 0 } }];
}

function nameOf(voi: Voi, choice: WindowChoice): string {
  if (voi.kind === "window") return windowName(voi.window);
  if (voi.kind === "none") return "";
  return `LUT ${voi.table.explanation || String(choice.kind === "table" ? choice.index + 1 : 1)}`;
}

function plannedName(window: VoiWindow, suv: Suv | undefined): string {
  return suv === undefined ? windowName(window) : presetName({ window: rescaled(window, suv.factor), suv: suv.name });
}

function windowName({ explanation, width, center }: VoiWindow): string {
  return [explanation, `W ${figure(width)} L ${figure(center)}`].filter(Boolean).join("  ");
}

function presetName({ window, suv }: Preset): string {
  if (suv === undefined) return windowName(window);
  const [lower, upper] = endsOf(window);
  return `${suv} ${figure(lower)}–${figure(upper)}`;
}
