/** The measuring tools of the tool row: the one last used, all others under the arrow, and the list of what was measured. */
import { useRef } from "preact/hooks";
import type { ActionId } from "../view/keyNames";
import { isMeasuring, kindName } from "../view/findings";
import type { AppState } from "../view/viewState";
import type { AnnotationKind } from "../wire/annotation";
import { ANNOTATION_KINDS } from "../wire/annotation";
import { t } from "../words/words";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import { moveFocus, Popover } from "./popover";
import type { PanelProps } from "./ports";
import { Button, withKeys } from "./toolButton";

const ICON_OF: Readonly<Record<AnnotationKind, IconName>> = {
  length: "length",
  bidirectional: "bidirectional",
  angle: "angle",
  cobb: "cobb",
  ellipse: "ellipse",
  rectangle: "rectangle",
  freehand: "freehand",
  arrow: "arrow",
  text: "text",
  probe: "point",
};

export function MeasureTools(props: PanelProps) {
  const { state, ports } = props;
  const last = useRef<AnnotationKind>("length");
  if (isMeasuring(state.tool)) last.current = state.tool;
  const kind = last.current;
  const { annotations, past } = state.findings;
  return (
    <>
      <Button icon={ICON_OF[kind]} tool="measure" label={labelOf(state, kind)} pressed={state.tool === kind} act={() => { ports.send({ kind: "tool", tool: kind }); }} />
      <Popover icon="ruler" tool="measureMore" label={t("measure.more")} arrowOnly>
        {(close) => <MeasureMenu {...props} close={close} />}
      </Popover>
      <Button
        icon="findings"
        tool="findings"
        label={t("measure.paneOpen", { count: annotations.length })}
        expanded={state.drawer === "findings"}
        act={() => { ports.send({ kind: "drawer", drawer: "findings" }); }}
      />
      <Button icon="undo" tool="undo" label={withKeys(state, t("key.undo"), "undo")} disabled={past.length === 0} act={() => { ports.send({ kind: "findings", act: { kind: "undo" } }); }} />
    </>
  );
}

function labelOf(state: AppState, kind: AnnotationKind): string {
  const id: ActionId | null = kind === "length" ? "measureLength" : kind === "ellipse" ? "measureRoi" : null;
  return id === null ? kindName(kind) : withKeys(state, kindName(kind), id);
}

/** Chosen by a key, the tool is in the hands of the keyboard: the cross stands in the active cell. */
function MeasureMenu({ state, ports, close }: PanelProps & { readonly close: () => void }) {
  const menu = useRef<HTMLDivElement>(null);
  const choose = (tool: AnnotationKind, byKey: boolean): void => {
    ports.send({ kind: "tool", tool });
    close();
    if (!byKey) return;
    document.querySelector<HTMLElement>(`[data-cell="${String(state.activeCell)}"]`)?.focus({ preventScroll: true });
    ports.measureByKeys();
  };
  const step = (kind: "undo" | "redo") => (): void => {
    ports.send({ kind: "findings", act: { kind } });
    close();
  };
  const { past, future } = state.findings;
  return (
    <div class="measure-menu" role="menu" aria-label={t("measure.tools")} ref={menu} onKeyDown={(event) => { if (menu.current !== null) moveFocus(event, menu.current); }}>
      {ANNOTATION_KINDS.map((kind) => (
        <button type="button" class="measure-choice" role="menuitemradio" aria-checked={state.tool === kind} data-measure={kind} onClick={(event) => { choose(kind, event.detail === 0); }}>
          <Icon name={ICON_OF[kind]} /><span>{labelOf(state, kind)}</span>
        </button>
      ))}
      <hr class="measure-rule" />
      <button type="button" class="measure-choice" role="menuitem" data-measure="undo" disabled={past.length === 0} onClick={step("undo")}>
        <Icon name="undo" /><span>{withKeys(state, t("key.undo"), "undo")}</span>
      </button>
      <button type="button" class="measure-choice" role="menuitem" data-measure="redo" disabled={future.length === 0} onClick={step("redo")}>
        <Icon name="redo" /><span>{withKeys(state, t("key.redo"), "redo")}</span>
      </button>
    </div>
  );
}
