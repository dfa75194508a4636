/** The tool row: everything that a drag or a key can do, as buttons (WCAG 2.1.1, 2.5.7). */
import type { VoiWindow } from "../wire/types";
import { figure } from "../view/labels";
import type { AppState, Drawer, ToolName } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import { presetsOf } from "../view/window";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";
import { StageControls } from "./stageControls";
import { Button, Group } from "./toolButton";

const TOOLS: readonly (readonly [ToolName, IconName, string])[] = [
  ["windowLevel", "window", "Window (w; shift + drag)"],
  ["scroll", "scroll", "Scroll (wheel)"],
  ["pan", "pan", "Pan (middle drag)"],
  ["zoom", "zoom", "Zoom (z; right drag)"],
];

export function Toolbar({ state, ports }: PanelProps) {
  const view = state.cells[state.activeCell]?.view;
  const key = (name: string, icon: IconName, label: string, pressed?: boolean) => (
    <Button icon={icon} label={label} pressed={pressed} act={() => { ports.press(name); }} />
  );
  return (
    <div class="tools" role="toolbar" aria-label="Tools">
      <Button icon="list" label="Series list" pressed={state.railOpen} act={() => { ports.send({ kind: "rail" }); }} />
      <Group name="Left drag">
        {TOOLS.map(([tool, icon, label]) => (
          <Button icon={icon} label={label} pressed={state.tool === tool} act={() => { ports.send({ kind: "tool", tool }); }} />
        ))}
      </Group>
      <Group name="Window">
        <WindowMenu state={state} ports={ports} />
        {key("Shift+ArrowLeft", "narrower", "Narrower window (shift + ←)")}
        {key("Shift+ArrowRight", "wider", "Wider window (shift + →)")}
        {key("Shift+PageDown", "brighter", "Brighter: lower level (shift + page down)")}
        {key("Shift+PageUp", "darker", "Darker: higher level (shift + page up)")}
        {key("i", "invert", "Invert (i)", view?.invert === true)}
      </Group>
      <Group name="Image">
        {key("ArrowUp", "previous", "Previous image (↑)")}
        {key("ArrowDown", "next", "Next image (↓)")}
        {key("+", "zoomIn", "Zoom in (+)")}
        {key("-", "zoomOut", "Zoom out (−)")}
        {key("=", "fit", "Fit (=)")}
        {key("r", "rotate", "Rotate right (r)")}
        {key("h", "flip", "Flip left and right (h)", view?.flip === true)}
        {key("x", "pixels", "Single pixels (x)", view?.interpolation === "nearest")}
        {key("Shift+ ", "reset", "Reset the view (shift + space)")}
      </Group>
      <Group name="Layout">
        <LayoutMenu state={state} ports={ports} />
        {key("Enter", "oneUp", "One viewport, or all (enter; double-click)", state.oneUp)}
      </Group>
      <StageControls state={state} ports={ports} />
      <span class="spacer" />
      <Drawers state={state} ports={ports} />
    </div>
  );
}

/** Windows of the file first, then the presets of the modality. */
function WindowMenu({ state, ports }: PanelProps) {
  const set = displaySetOf(state, state.activeCell);
  const planned = state.cells[state.activeCell]?.as.window ?? null;
  const stated = set?.image?.windows ?? [];
  const presets = set === undefined ? [] : presetsOf(set);
  const choose = (value: string): void => {
    const [kind, index] = value.split(":");
    const preset = presets[Number(index)];
    const cell = state.activeCell;
    if (kind === "planned") ports.send({ kind: "window", cell, window: { kind: "default" } });
    else if (kind === "stated") ports.send({ kind: "window", cell, window: { kind: "stated", index: Number(index) } });
    else if (preset) ports.send({ kind: "window", cell, window: { kind: "own", window: preset } });
  };
  return (
    <select class="menu" aria-label="Window presets" value="" onChange={({ currentTarget }) => { choose(currentTarget.value); currentTarget.value = ""; }}>
      <option value="" disabled hidden>Presets</option>
      {planned !== null && <option value="planned:0">{`As hung  ${windowName(planned)}`}</option>}
      <optgroup label="From the image">
        {stated.map((window, i) => <option value={`stated:${String(i)}`}>{windowName(window)}</option>)}
        {stated.length === 0 && <option value="stated:0">From the pixels</option>}
      </optgroup>
      {presets.length > 0 && (
        <optgroup label={set?.modality ?? ""}>
          {presets.map((window, i) => <option value={`preset:${String(i)}`}>{`${String(i + 1)}  ${windowName(window)}`}</option>)}
        </optgroup>
      )}
    </select>
  );
}

function windowName({ explanation, width, center }: VoiWindow): string {
  return [explanation, `W ${figure(width)} L ${figure(center)}`].filter(Boolean).join("  ");
}

const LAYOUTS = [[1, 1], [1, 2], [2, 1], [2, 2], [2, 3], [3, 3]] as const;

function LayoutMenu({ state, ports }: PanelProps) {
  const now = `${String(state.rows)}×${String(state.columns)}`;
  const names = new Set([...LAYOUTS.map(([rows, columns]) => `${String(rows)}×${String(columns)}`), now]);
  const choose = (name: string): void => {
    const [rows = 1, columns = 1] = name.split("×").map(Number);
    ports.send({ kind: "layout", rows, columns });
  };
  return (
    <select class="menu menu-short" aria-label="Layout, rows by columns" value={now} onChange={({ currentTarget }) => { choose(currentTarget.value); }}>
      {[...names].map((name) => <option value={name}>{name}</option>)}
    </select>
  );
}

function Drawers({ state, ports }: PanelProps) {
  const { hanging, notices, trace } = state.plan;
  const toggle = (drawer: Drawer) => (): void => { ports.send({ kind: "drawer", drawer }); };
  return (
    <div class="tool-group" role="group" aria-label="About this reading">
      {hanging.label !== "" && (
        <button type="button" class="tool tool-text" aria-expanded={state.drawer === "hanging"} title="Why this hanging?" onClick={toggle("hanging")}>
          <Icon name="why" /><span class="tool-words">{hanging.label}</span>
        </button>
      )}
      {trace.length > 0 && <Button icon="trace" label="How these images were found" expanded={state.drawer === "trace"} act={toggle("trace")} />}
      {notices.length > 0 && (
        <button type="button" class={`tool tool-text tone-${noticeTone(state)}`} aria-expanded={state.drawer === "notices"} onClick={toggle("notices")}>
          <Icon name="bell" /><span>{`${String(notices.length)} ${notices.length === 1 ? "notice" : "notices"}`}</span>
        </button>
      )}
      <Button icon="help" label="Keys and mouse (?)" expanded={state.drawer === "help"} act={toggle("help")} />
    </div>
  );
}

function noticeTone({ plan }: AppState): string {
  return plan.notices.some(({ level }) => level === "blocked") ? "error" : plan.notices.some(({ level }) => level === "warning") ? "warning" : "plain";
}
