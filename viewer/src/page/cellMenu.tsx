/** The menu of one cell: right click, long press, Shift + F10 (ux.md 3). */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { EMPTY_CELL } from "../view/cell";
import type { ActionId } from "../view/keyNames";
import { keyText } from "../view/keys";
import { linkedWith } from "../view/link";
import { imageOf } from "../view/resolve";
import { displaySetOf } from "../view/viewState";
import { windowChoices } from "../view/windowChoices";
import { t } from "../words/words";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import { moveFocus, useOutside } from "./popover";
import type { PanelProps } from "./ports";
import { canCompare } from "./stageControls";

const EDGE_PX = 6;

export function CellMenu(props: PanelProps) {
  const { state, ports } = props;
  const box = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);
  const [place, setPlace] = useState<{ readonly left: number; readonly top: number } | null>(null);
  const { menu } = state;
  const close = (): void => {
    ports.send({ kind: "screen", act: { kind: "menu", menu: null } });
  };
  useOutside(box, menu !== null, close, false);
  useLayoutEffect(() => {
    const [element, cell] = [box.current, menu === null ? null : document.querySelector(`[data-cell="${String(menu.cell)}"]`)];
    if (element === null || cell === null || menu === null) {
      setPlace(null);
      return;
    }
    pressed.current = false;
    const { left, top } = cell.getBoundingClientRect();
    const within = (at: number, size: number, room: number): number => Math.max(EDGE_PX, Math.min(at, room - size - EDGE_PX));
    setPlace({ left: within(left + menu.x, element.offsetWidth, window.innerWidth), top: within(top + menu.y, element.offsetHeight, window.innerHeight) });
  }, [menu]);
  useEffect(() => { // a tablet is turned: what the menu was about lies elsewhere
    if (menu === null) return undefined;
    window.addEventListener("resize", close);
    return () => { window.removeEventListener("resize", close); };
  }, [menu]);
  useLayoutEffect(() => { // what is hidden takes no focus
    if (place !== null) box.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus({ preventScroll: true });
  }, [place]);
  useEffect(() => () => {
    if (menu !== null) document.querySelector<HTMLElement>(`[data-cell="${String(menu.cell)}"]`)?.focus({ preventScroll: true });
  }, [menu]);
  if (menu === null) return null;
  const style = place === null ? { visibility: "hidden" } : { left: `${String(place.left)}px`, top: `${String(place.top)}px` };
  return (
    <div
      class="popover cell-menu"
      role="menu"
      aria-label={t("menu.label", { number: menu.cell + 1 })}
      ref={box}
      style={style}
      onContextMenu={(event) => { event.preventDefault(); }}
      onPointerDown={() => { pressed.current = true; }}
      onClickCapture={(event) => { // the end of the press that opened it chooses nothing
        if (event.detail > 0 && !pressed.current) event.stopPropagation();
      }}
      onClick={close}
      onKeyDown={(event) => {
        if (box.current !== null) moveFocus(event, box.current);
        if (event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <Items {...props} cell={menu.cell} />
    </div>
  );
}

function Items({ state, ports, cell }: PanelProps & { readonly cell: number }) {
  const set = displaySetOf(state, cell);
  const image = imageOf(set);
  const { as, frameIndex, view } = state.cells[cell] ?? EMPTY_CELL;
  const act = (id: ActionId, icon: IconName, checked?: boolean, label?: string) => (
    <Item icon={icon} name={id} label={label ?? t(`key.${id}`)} keys={keyText(state.preferences, id)} checked={checked} act={() => { ports.press(id); }} />
  );
  const windows = set === undefined ? [] : windowChoices(set, frameIndex, as.window).flatMap(({ choices }) => choices);
  return (
    <>
      {windows.length > 0 && (
        <div role="group" aria-label={t("windows.label")}>
          {windows.slice(0, MOST_WINDOWS).map(({ text, choice, key }) => (
            <Item icon="window" name="window" label={text} keys={key} act={() => { ports.send({ kind: "window", cell, window: choice }); }} />
          ))}
          <Item icon="auto" name="auto" label={t("windows.auto")} keys="" act={() => { ports.send({ kind: "screen", act: { kind: "auto", cell } }); }} />
          <Item icon="region" name="region" label={t("windows.region")} keys="" act={() => { ports.send({ kind: "tool", tool: "windowRegion" }); }} />
        </div>
      )}
      <div role="group" aria-label={t("tools.hanging")}>
        {canCompare(state) && act("prior", "compare", state.compared !== null, t("tools.compare"))}
        {act("oneUp", state.oneUp ? "all" : "oneUp", undefined, state.oneUp ? t("menu.all") : t("menu.oneUp"))}
        {state.cells.length > 1 && act("link", "link", linkedWith(state, cell).length > 0)}
      </div>
      {image !== null && (
        <div role="group" aria-label={t("tools.image")}>
          {act("invert", "invert", view.invert)}
          {act("flipHorizontal", "flip", view.flip)}
          {act("rotateRight", "rotate")}
          {act("reset", "reset")}
        </div>
      )}
      <div role="group" aria-label={t("tools.screen")}>
        {image !== null && act("keyImage", "keyImage")}
        {image !== null && act("magnifier", "magnifier", state.magnifier)}
        {act("overlayWords", "words")}
        {set !== undefined && act("tags", "tags")}
      </div>
    </>
  );
}

const MOST_WINDOWS = 7;

interface ItemProps {
  readonly icon: IconName;
  readonly name: string;
  readonly label: string;
  readonly keys: string;
  readonly checked?: boolean | undefined;
  readonly act: () => void;
}

function Item({ icon, name, label, keys, checked, act }: ItemProps) {
  return (
    <button type="button" class="item" role={checked === undefined ? "menuitem" : "menuitemcheckbox"} aria-checked={checked} tabIndex={-1} data-item={name} onClick={act}>
      <Icon name={icon} /><bdi class="item-words">{label}</bdi>{checked === true && <Icon name="found" />}{keys !== "" && <kbd>{keys}</kbd>}
    </button>
  );
}
