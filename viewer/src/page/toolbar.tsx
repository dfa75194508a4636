/** The tool row: everything that a drag or a key can do, as buttons (WCAG 2.1.1, 2.5.7). */
import { timelineOf } from "../view/cine";
import { hasOverlays, hasShutter } from "../view/masks";
import { imageOf } from "../view/resolve";
import type { AppState, Drawer, ToolName } from "../view/viewState";
import { displaySetOf } from "../view/viewState";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";
import { StageControls } from "./stageControls";
import { Button, Group } from "./toolButton";
import { VoiMenu } from "./voiMenu";

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
        <VoiMenu state={state} ports={ports} />
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
      <OfTheFile state={state} ports={ports} />
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

/** What only some files have: overlays, shutters, time. */
function OfTheFile({ state, ports }: PanelProps) {
  const cell = state.cells[state.activeCell];
  const set = displaySetOf(state, state.activeCell);
  const image = imageOf(set);
  if (cell === undefined || set === undefined || image === null) return null;
  const overlays = hasOverlays(image, cell.frameIndex);
  const shutter = hasShutter(image, cell.frameIndex);
  const plays = timelineOf(set) !== null;
  return (
    <Group name="Of the file">
      {plays && <Button icon={cell.playing ? "pause" : "play"} label={cell.playing ? "Stop the cine (c)" : "Play as a cine (c)"} pressed={cell.playing} act={() => { ports.press("c"); }} />}
      {overlays && <Button icon="drawn" label="Overlays of the file (t)" pressed={cell.view.overlaysShown} act={() => { ports.press("t"); }} />}
      {shutter && <Button icon="shutter" label="Shutter of the file (q)" pressed={cell.view.shutterShown} act={() => { ports.press("q"); }} />}
      <Button icon="probe" label="Detailed readout (d)" pressed={state.detailed} act={() => { ports.press("d"); }} />
    </Group>
  );
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
