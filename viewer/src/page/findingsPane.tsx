/** The list of what was measured: values, where they are, jump, rename, delete. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { jumpTo } from "../view/findingsInView";
import { t } from "../words/words";
import type { FindingRow, PagePorts, PanelProps } from "./ports";
import { Button, withKeys } from "./toolButton";

export function FindingsPane({ state, ports }: PanelProps) {
  const rows = ports.findings.value;
  const { past, future } = state.findings;
  return (
    <div class="findings" data-findings={rows.length}>
      <div class="findings-steps" role="group" aria-label={t("measure.pane")}>
        <Button icon="undo" tool="undo" label={withKeys(state, t("key.undo"), "undo")} disabled={past.length === 0} act={() => { ports.send({ kind: "findings", act: { kind: "undo" } }); }} />
        <Button icon="redo" tool="redo" label={withKeys(state, t("key.redo"), "redo")} disabled={future.length === 0} act={() => { ports.send({ kind: "findings", act: { kind: "redo" } }); }} />
        <span class="quiet">{t("measure.notSaved")}</span>
      </div>
      {rows.length === 0 && <p class="findings-none">{t("measure.none")}<br /><span class="quiet">{t("measure.noneHint")}</span></p>}
      <ul class="findings-list">
        {rows.map((row) => <Row key={row.id} row={row} state={state} ports={ports} />)}
      </ul>
    </div>
  );
}

function Row({ row, state, ports }: PanelProps & { readonly row: FindingRow }) {
  const [naming, setNaming] = useState(false);
  const { id, name, kindName, values, sources, place, selected, text } = row;
  const item = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    const [element, pane] = [item.current, item.current?.closest(".pane")?.querySelector<HTMLElement>(".pane-body")];
    return () => { if (element?.contains(document.activeElement) === true) pane?.focus({ preventScroll: true }); }; // focus that goes with it
  }, []);
  const jump = (): void => { jumpTo(state, id).forEach(ports.send); };
  return (
    <li class="finding" ref={item} data-finding={id} data-selected={selected}>
      {naming
        ? <NameField row={row} ports={ports} done={() => { setNaming(false); }} />
        : (
          <button type="button" class="finding-jump" aria-label={t("measure.jump", { name, place })} aria-current={selected} onClick={jump}>
            <bdi class="finding-name">{name}</bdi>
            {text !== "" && <span class="quiet">{kindName}</span>}
          </button>
        )}
      <div class="finding-tools">
        <Button icon="rename" tool="rename" label={t("measure.rename", { name })} act={() => { setNaming(!naming); }} />
        <Button icon="erase" tool="erase" label={t("measure.delete", { name })} act={() => { ports.send({ kind: "findings", act: { kind: "erase", id } }); }} />
      </div>
      <div class="finding-values">
        {values.map((line) => <div class={`finding-${line.tone}`}>{line.text}</div>)}
        {sources.map((source) => <div class="quiet">{source}</div>)}
        <div class="quiet"><bdi>{place}</bdi></div>
      </div>
    </li>
  );
}

/** Enter and leaving keep the name, Esc drops it. */
function NameField({ row: { id, name, text, kind }, ports, done }: { readonly row: FindingRow; readonly ports: PagePorts; readonly done: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const dropped = useRef(false);
  useLayoutEffect(() => { field.current?.select(); }, []);
  const keep = (): void => {
    const said = (field.current?.value ?? "").trim();
    const changes = !dropped.current && said !== text && !(said === "" && kind === "text");
    if (changes) ports.send({ kind: "findings", act: { kind: "name", id, text: said } });
    dropped.current = true;
    done();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") dropped.current = true;
    if (event.key === "Escape" || (event.key === "Enter" && !event.isComposing)) keep();
  };
  return <input ref={field} class="finding-field" type="text" maxLength={200} aria-label={t("measure.nameOf", { name })} defaultValue={text} onKeyDown={onKeyDown} onBlur={keep} />;
}
