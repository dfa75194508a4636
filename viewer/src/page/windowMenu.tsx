/** Windows: what was hung, what the file offers, presets of the modality, typed values, one from the pixels (display.md 4). */
import { useState } from "preact/hooks";
import { EMPTY_CELL } from "../view/cell";
import { isColour } from "../view/pixelKind";
import { imageOf, resolvedCell } from "../view/resolve";
import { displaySetOf } from "../view/viewState";
import type { Choice } from "../view/windowChoices";
import { typedWindow, windowChoices } from "../view/windowChoices";
import { t } from "../words/words";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";
import { Popover } from "./popover";

export function WindowMenu({ state, ports }: PanelProps) {
  const image = imageOf(displaySetOf(state, state.activeCell));
  const colour = image !== null && isColour(image);
  const label = colour ? t("windows.colour") : t("windows.label");
  return (
    <Popover icon="window" tool="windows" label={label} disabled={colour || image === null} arrowOnly>
      {(close) => <Windows state={state} ports={ports} close={close} />}
    </Popover>
  );
}

function Windows({ state, ports, close }: PanelProps & { readonly close: () => void }) {
  const cell = state.activeCell;
  const set = displaySetOf(state, cell);
  const { as, frameIndex } = state.cells[cell] ?? EMPTY_CELL;
  const image = imageOf(set);
  if (set === undefined || image === null) return null;
  const choose = ({ choice }: Choice): void => {
    ports.send({ kind: "window", cell, window: choice });
    close();
  };
  return (
    <div class="windows">
      <Typed state={state} ports={ports} />
      <div class="windows-makers">
        <button type="button" class="button button-small" data-do="auto" onClick={() => { ports.send({ kind: "screen", act: { kind: "auto", cell } }); close(); }}><Icon name="auto" />{t("windows.auto")}</button>
        <button type="button" class="button button-small" data-do="region" aria-pressed={state.tool === "windowRegion"} onClick={() => { ports.send({ kind: "tool", tool: "windowRegion" }); close(); }}><Icon name="region" />{t("windows.region")}</button>
      </div>
      <div class="windows-list">
        {windowChoices(set, frameIndex, as.window).map(({ label, choices }) => (
          <section>
            <h2>{label}</h2>
            {choices.map((choice) => (
              <button type="button" class="item" data-window={choice.text} onClick={() => { choose(choice); }}>
                <span>{choice.text}</span>{choice.key !== "" && <kbd>{choice.key}</kbd>}
              </button>
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}

/** Width and level as numbers, or the two ends of an SUV window. */
function Typed({ state, ports }: PanelProps) {
  const cell = state.activeCell;
  const byHand = resolvedCell(state, cell)?.byHand ?? null;
  const [wrong, setWrong] = useState(false);
  if (byHand === null) return null;
  const { window, suv } = byHand;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const [width, center] = [numberIn(form, "width"), numberIn(form, "center")];
    const action = width === null || center === null ? null : typedWindow(cell, byHand, center, width);
    setWrong(action === null);
    if (action !== null) ports.send(action);
  };
  const unit = suv === null ? (imageOf(displaySetOf(state, cell))?.unit ?? "") : suv.name;
  return (
    <form class="windows-typed" onSubmit={submit} noValidate>
      <Field name="width" label={t("windows.width")} value={window.width} wrong={wrong} />
      <Field name="center" label={t("windows.center")} value={window.center} wrong={wrong} />
      <span class="quiet windows-unit">{unit}</span>
      <button type="submit" class="button button-small">{t("windows.apply")}</button>
      {wrong && <p class="tone-error windows-wrong" role="alert">{t("windows.wrong")}</p>}
    </form>
  );
}

function Field({ name, label, value, wrong }: { readonly name: string; readonly label: string; readonly value: number; readonly wrong: boolean }) {
  return (
    <label class="typed">
      <span>{label}</span>
      <input name={name} type="text" inputMode="decimal" autocomplete="off" defaultValue={String(Number(value.toPrecision(6)))} aria-invalid={wrong} onKeyDown={(event) => { if (event.key !== "Escape") event.stopPropagation(); }} />
    </label>
  );
}

/** Both decimal signs are understood; null where it is no number. */
function numberIn(form: HTMLFormElement, name: string): number | null {
  const field = form.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement) || field.value.trim() === "") return null;
  const value = Number(field.value.trim().replace(",", ".").replace("−", "-"));
  return Number.isFinite(value) ? value : null;
}
